//! Archive somebody: they can no longer see or do anything on this portal, from their next request.
//!
//! `POST /v1/portals/{portal}/people/{account}/archive`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::changes::Place;
use guichet_domain::ids::AccountId;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::{Leaving, Person, PersonError};
use guichet_domain::text::Reason;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, PersonView, person_problem};
use crate::words::unlinked;

/// Why, and who takes over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Told to the person by mail.
    #[serde(default, deserialize_with = "unlinked")]
    reason: Option<Reason>,
    /// Who inherits their open invitations, which are dead without one, and may take over their
    /// dossiers.
    successor: Option<AccountId>,
}

/// Archive somebody.
///
/// # Errors
/// 403 for somebody whose level one does not govern, or for oneself; 409 for the last super
/// administrator; 412 when the rights changed; 422 for a successor who can't be one.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/people/{account}/archive",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let input: Result<Input, Error> = request.json();
    let heir = input.as_ref().ok().and_then(|input| input.successor);
    let heir = heir.map(|account| Place::Person(account, path.portal));
    let count_place = Place::SuperAdministrators(path.portal);
    let mut places = vec![path.person(), path.request(), count_place.clone()];
    places.extend(heir.clone());
    let desk = app.desk(request, Some(path.portal), &places).await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    let successor: Option<Person> = match &heir {
        Some(place) => desk.find(place)?,
        None => None,
    };
    let permit = check(&desk.actor, Action::ArchivePerson(&person, successor.as_ref()))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    let input = input?;
    let refused = |error| person_problem(error, &person, now);
    if heir.is_some() && successor.is_none() {
        return Err(refused(PersonError::NoSuccessor));
    }
    let request: Option<AdvisorRequest> = desk.find(&path.request())?;
    let leaving = Leaving {
        etag: &etag,
        request,
        successor: successor.as_ref(),
        count: desk.require(&count_place)?,
        now,
    };
    let by = desk.named()?;
    let (next, changes) =
        person.clone().archive(permit, leaving, by, input.reason.as_ref()).map_err(refused)?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
