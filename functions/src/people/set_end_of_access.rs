//! Set or lift the end of an adviser access.
//!
//! `PUT /v1/portals/{portal}/people/{account}/end-of-access`

use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, PersonView, person_problem};

/// When the access ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// An instant to come; null for an access without an end.
    ends_at: Option<Instant>,
}

/// Set or lift the end of an adviser access.
///
/// # Errors
/// 403 below staff or for oneself, 409 without an access, 412 when the rights changed, 422 for an
/// instant that is past.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/people/{account}/end-of-access",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.person()]).await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    let permit = check(&desk.actor, Action::GiveAccess(&person))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let (next, changes) = person
        .clone()
        .set_end_of_access(permit, &etag, input.ends_at, now)
        .map_err(|error| person_problem(error, &person, now))?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
