//! Name who inherits the open invitations of somebody archived, and may take over their dossiers.
//!
//! `PUT /v1/portals/{portal}/people/{account}/successor`

use guichet_domain::changes::Place;
use guichet_domain::ids::AccountId;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::{Person, PersonError};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, PersonView, person_problem};

/// Who takes over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// An active person of the portal.
    successor: AccountId,
}

/// Name who inherits the open invitations of somebody archived, and may take over their dossiers.
///
/// # Errors
/// 403 for somebody whose level one does not govern, 409 for somebody active, 412 when the rights
/// changed, 422 for a successor who can't be one.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/people/{account}/successor",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let input: Result<Input, Error> = request.json();
    let heir = input.as_ref().map(|input| Place::Person(input.successor, path.portal)).ok();
    let places: Vec<Place> = std::iter::once(path.person()).chain(heir.clone()).collect();
    let desk = app.desk(request, Some(path.portal), &places).await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    let successor: Option<Person> = match &heir {
        Some(place) => desk.find(place)?,
        None => None,
    };
    // Nobody to hand over to is said to those who might.
    let heir = successor.as_ref().unwrap_or(&person);
    let permit = check(&desk.actor, Action::HandOver(&person, heir))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    input?;
    let refused = |error| person_problem(error, &person, now);
    let successor = successor.ok_or_else(|| refused(PersonError::NoSuccessor))?;
    let (next, changes) =
        person.clone().hand_over(permit, &etag, &successor, now).map_err(refused)?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
