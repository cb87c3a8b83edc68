//! Revoke an adviser access; positions stay, and one can ask again.
//!
//! `POST /v1/portals/{portal}/advisors/{account}/revoke`

use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
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

/// Why, if one says so.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Told to the person by mail.
    #[serde(default, deserialize_with = "unlinked")]
    reason: Option<Reason>,
}

/// Revoke an adviser access.
///
/// # Errors
/// 403 below staff or for oneself, 409 without an access, 412 when the rights changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/advisors/{account}/revoke",
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
        .revoke(permit, &etag, input.reason.as_ref(), now)
        .map_err(|error| person_problem(error, &person, now))?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
