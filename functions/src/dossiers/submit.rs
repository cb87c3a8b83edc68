//! Submit a dossier to a portal, whose moderators then decide.
//!
//! `POST /v1/portals/{portal}/dossiers`

use guichet_domain::dossier::{Position, Submission};
use guichet_domain::ids::{DossierId, PublicationId};
use guichet_domain::permissions::{Action, Actor, Member, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::limits::SUBMIT_DOSSIER;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath, bearer};
use crate::dossier_views::{DossierView, NewSheet, sheet_problem};
use crate::views::PortalPath;

/// Submit a dossier to a portal.
///
/// # Errors
/// 404 on a portal that is closed to whoever asks, 422 for an unknown commune.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers",
    params(PortalPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewSheet,
    responses((status = 201, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let account = bearer(app, request).await?.to_string();
    let by_account = [account.as_str()];
    let (counted, desk) = tokio::join!(
        app.within_one(request.attempt, SUBMIT_DOSSIER, &by_account),
        app.desk(request, Some(path.portal), &[]),
    );
    let mut desk = desk?;
    counted?;
    let portal = desk.portal()?;
    let permit = check(&desk.actor, Action::SubmitDossier(portal))?;
    if desk.replay == Replay::Done {
        let made = desk.made.as_ref().and_then(|made| made.parse().ok());
        let dossier = made.ok_or_else(|| Error::from(&NOT_FOUND))?;
        let path = DossierPath { portal: path.portal, dossier };
        let at = DossierDesk::open(app, request, path, &[]).await?;
        let _permit = at.check(Action::SeeDossier(at.viewed()))?;
        return created(&at);
    }
    let input: NewSheet = request.json()?;
    let (now, account) = (app.now(), desk.account.id);
    let newcomer = || Person::newcomer(account, path.portal, desk.account.profile(), now);
    let person = desk.person.clone().unwrap_or_else(newcomer);
    let submission = Submission {
        portal,
        account,
        person: desk.person.as_ref(),
        profile: person.profile.clone(),
        dossier: DossierId::new(app.fresh_ulid(now)),
        publication: PublicationId::new(app.fresh_ulid(now)),
        now,
    };
    let (file, changes) = submission.submit(permit, input.sheet()?).map_err(sheet_problem)?;
    app.commit_made(&desk, changes, file.dossier.id).await?;
    // Whoever submits a dossier is a person of the portal from now on (RULES A6).
    let member = Member { account, portal: Some(path.portal), person: Some(person) };
    desk.actor = Actor::Account(Box::new(member));
    let position = Some(Position::of_referent(file.dossier.id, account, now));
    created(&DossierDesk { desk, file, position, now })
}

fn created(at: &DossierDesk) -> Result<Reply, Error> {
    Ok(Reply::created(&DossierView::new(at))?.etag(&at.file.etag()))
}
