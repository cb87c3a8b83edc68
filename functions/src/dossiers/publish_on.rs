//! Publish a dossier on another portal, whose staff then decide on it.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/publications`

use guichet_domain::changes::Place;
use guichet_domain::dossier::{MOST_APPLICANTS, Position, Publication, Republication};
use guichet_domain::ids::{PortalId, PublicationId};
use guichet_domain::permissions::{Action, Actor, Member, check};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_domain::text::Invalid;
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::limits::SUBMIT_DOSSIER;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath, bearer};
use crate::dossier_views::PublicationView;

/// Where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The other portal.
    portal: PortalId,
}

/// Publish a dossier on another portal.
///
/// # Errors
/// 403 for whoever does not speak for it, 409 before it is accepted here, where it is published
/// already, or on five portals, 422 for a portal where one may not submit dossiers.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/publications",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 201, body = PublicationView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let input: Result<Input, Error> = request.json();
    let account = bearer(app, request).await?;
    let by = account.to_string();
    let by = [by.as_str()];
    let wanted = input.as_ref().ok().map(|input| input.portal);
    let places = wanted.map(|portal| {
        let publication = Place::Publication(path.dossier, portal);
        [Place::Portal(portal), Place::Person(account, portal), publication]
    });
    let (at, counted) = tokio::join!(
        DossierDesk::open(app, request, path, places.as_ref().map_or(&[], |all| &all[..])),
        app.within_one(request.attempt, SUBMIT_DOSSIER, &by),
    );
    let at = at?;
    let _sight = at.check(Action::SeeDossier(at.viewed()))?;
    if let (true, Some([_, _, publication])) = (at.is_done(), &places) {
        let made: Publication = at.desk.require(publication)?;
        return PublicationView::new(&made).created();
    }
    let permit = at.check(Action::PublishDossier(at.viewed()))?;
    let (input, Some([portal, person, _])) = (input?, places) else {
        return Err(Error::Again);
    };
    counted?;
    let unknown = || problem::invalid("portal", Invalid::UnknownPortal);
    let portal: Portal = at.desk.find(&portal)?.ok_or_else(unknown)?;
    let person: Option<Person> = at.desk.find(&person)?;
    let there = Member { account, portal: Some(input.portal), person: person.clone() };
    let also = check(&Actor::Account(Box::new(there)), Action::SubmitDossier(&portal));
    let newcomer = at.desk.account.profile();
    let applicants = applicants(app, &at).await?;
    let republication = Republication {
        portal: &portal,
        publication: PublicationId::new(app.fresh_ulid(at.now)),
        person: person.as_ref(),
        profile: person.as_ref().map_or(newcomer, |person| person.profile.clone()),
        applicants: &applicants,
        now: at.now,
    };
    let permit = permit.and(also.map_err(|_| unknown())?);
    let published = at.file.clone().publish_on(permit, republication);
    let (made, changes) = published.map_err(|error| at.problem(error))?;
    app.commit_at(&at.desk, changes).await?;
    PublicationView::new(&made).created()
}

/// All who ask. They are read after the item that each change of them writes, and which publishing
/// writes, too.
async fn applicants(app: &App, at: &DossierDesk) -> Result<Vec<Position>, Error> {
    let most = PageQuery::first(u16::try_from(MOST_APPLICANTS).unwrap_or(100), Order::Ascending);
    let listing = Listing::Positions(at.file.dossier.id, None);
    Ok(app.page(&listing, &most).await?.rows)
}
