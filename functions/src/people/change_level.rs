//! Give somebody another level.
//!
//! `PUT /v1/portals/{portal}/people/{account}/level`

use guichet_domain::changes::Place;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_domain::portal::SuperAdministrators;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, PersonView, person_problem};

/// The level to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    level: Level,
}

/// Give somebody another level.
///
/// # Errors
/// 403 for a level that one does not govern, or for oneself; 409 for the last super administrator;
/// 412 when the rights changed.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/people/{account}/level",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app
        .desk(request, Some(path.portal), &[path.person(), Place::SuperAdministrators(path.portal)])
        .await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    // Seeing somebody comes before knowing what is asked of them.
    let _sight = check(&desk.actor, Action::SeePerson(&person))?;
    let input: Input = request.json()?;
    let permit = check(&desk.actor, Action::ChangeLevel(&person, input.level))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    let count: SuperAdministrators = desk.require(&Place::SuperAdministrators(path.portal))?;
    let (next, changes) = person
        .clone()
        .change_level(permit, &etag, input.level, count, now)
        .map_err(|error| person_problem(error, &person, now))?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
