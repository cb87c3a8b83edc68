//! Submit a dossier to a portal, whose moderators then decide.
//!
//! `POST /v1/portals/{portal}/dossiers`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{Position, Publication, Submission};
use guichet_domain::ids::{AccountId, DossierId, PortalId, PublicationId};
use guichet_domain::permissions::{Action, Actor, Member, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::limits::SUBMIT_DOSSIER;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery, StoreError};

use crate::dossier_desk::{DossierDesk, DossierPath, bearer};
use crate::dossier_views::{DossierView, NewSheet, sheet_problem};
use crate::person_positions::own_dossiers;
use crate::views::{PersonPath, PortalPath};

/// Among how many of their newest dossiers the last one that they submitted is looked for.
const MOST_LOOKED_AT: u16 = 10;

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
    let account = bearer(app, request).await?;
    let by_account = account.to_string();
    let by_account = [by_account.as_str()];
    let (counted, desk, previous) = tokio::join!(
        app.within_one(request.attempt, SUBMIT_DOSSIER, &by_account),
        app.desk(request, Some(path.portal), &[]),
        previous(app, account, path.portal),
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
    let previous = previous?;
    let (now, account) = (app.now(), desk.account.id);
    let newcomer = || Person::newcomer(account, path.portal, desk.account.profile(), now);
    let person = desk.person.clone().unwrap_or_else(newcomer);
    let submission = Submission {
        portal,
        account,
        person: desk.person.as_ref(),
        profile: person.profile.clone(),
        previous: previous.as_ref(),
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

/// What they submitted to the portal before, the newest of their dossiers there.
async fn previous(
    app: &App,
    account: AccountId,
    portal: PortalId,
) -> Result<Option<Publication>, StoreError> {
    let newest = PageQuery::first(MOST_LOOKED_AT, Order::Descending);
    let own = own_dossiers(app, PersonPath { portal, account }, &newest).await?.rows;
    let places: Vec<Place> =
        own.iter().map(|own| Place::Publication(own.dossier, portal)).collect();
    let items = app.read(&places).await?;
    let found = places.iter().map(|place| items.find::<Publication>(place));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().find(|found| found.submitted_by.account == account))
}

fn created(at: &DossierDesk) -> Result<Reply, Error> {
    Ok(Reply::created(&DossierView::new(at))?.etag(&at.file.etag()))
}
