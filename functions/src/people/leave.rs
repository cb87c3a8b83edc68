//! Leave a portal. The account, and other portals, stay as they are.
//!
//! `POST /v1/portals/{portal}/leave`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::changes::Place;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::{Leaving, Person};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::views::{PersonPath, PortalPath, person_problem};

/// Leave a portal.
///
/// # Errors
/// 404 for somebody who is no active person of the portal; 409 for the last super administrator;
/// 412 when one's rights changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/leave",
    params(PortalPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let bearer = app.bearer(request.bearer_token().unwrap_or_default()).await?;
    let own = PersonPath { portal: path.portal, account: bearer.account };
    let count_place = Place::SuperAdministrators(path.portal);
    let desk = app.desk(request, Some(path.portal), &[own.request(), count_place.clone()]).await?;
    if desk.replay == Replay::Done {
        return Ok(Reply::no_content());
    }
    let person: Person = desk.person.clone().ok_or_else(|| Error::from(&NOT_FOUND))?;
    let permit = check(&desk.actor, Action::LeavePortal(&person))?;
    let etag = request.if_match()?;
    let now = app.now();
    let request: Option<AdvisorRequest> = desk.find(&own.request())?;
    let count = desk.require(&count_place)?;
    let leaving = Leaving { etag: &etag, request, successor: None, count, now };
    let (_, changes) = person
        .clone()
        .leave(permit, leaving)
        .map_err(|error| person_problem(error, &person, now))?;
    app.commit_at(&desk, changes).await?;
    Ok(Reply::no_content())
}
