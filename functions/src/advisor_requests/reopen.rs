//! Reopen a refused adviser request, with a traced reason: a new opening.
//!
//! `POST /v1/portals/{portal}/advisor-requests/{account}/reopen`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::ids::OpeningId;
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

use crate::views::{PersonPath, Reader, RequestView, request_problem};
use crate::words::unlinked;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Traced in the journal and told to the requester.
    #[serde(deserialize_with = "unlinked")]
    reason: Reason,
}

/// Reopen a refused adviser request.
///
/// # Errors
/// 403 below super administrator, 409 when one is open or it was not refused, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/advisor-requests/{account}/reopen",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = RequestView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;

    // Read: who asks, the request and the requester's record, in one round trip.
    let places = [path.request(), path.person()];
    let desk = app.desk(request, Some(path.portal), &places).await?;
    let current: AdvisorRequest = desk.require(&path.request())?;
    let person: Option<Person> = desk.find(&path.person())?;
    let now = app.now();

    // Decide: who may, then what follows.
    let permit = check(&desk.actor, Action::ReopenRequest(&current, person.as_ref()))?;
    if desk.replay == Replay::Done {
        return RequestView::new(&current, Reader::Moderator, now).reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let opening = OpeningId::new(app.fresh_ulid(now));
    let portal = desk.portal()?;
    let (next, changes) = current
        .clone()
        .reopen(permit, &etag, &input.reason, portal, opening, now)
        .map_err(|error| request_problem(error, Some(&current), Reader::Moderator, now))?;

    // Write: all of it, or nothing.
    app.commit_at(&desk, changes).await?;
    RequestView::new(&next, Reader::Moderator, now).reply()
}
