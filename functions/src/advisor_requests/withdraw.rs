//! Withdraw one's own open request.
//!
//! `POST /v1/portals/{portal}/advisor-requests/{account}/withdraw`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::views::{PersonPath, Reader, RequestView, request_problem};

/// Withdraw one's own open request.
///
/// # Errors
/// 409 when it was decided, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/advisor-requests/{account}/withdraw",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = RequestView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.request()]).await?;
    let current: AdvisorRequest = desk.require(&path.request())?;
    let now = app.now();
    let permit = check(&desk.actor, Action::ReviseRequest(&current))?;
    if desk.replay == Replay::Done {
        return RequestView::new(&current, Reader::Requester, now).reply();
    }
    let etag = request.if_match()?;
    let (next, changes) = current
        .clone()
        .withdraw(permit, &etag, now)
        .map_err(|error| request_problem(error, Some(&current), Reader::Requester, now))?;
    app.commit_at(&desk, changes).await?;
    RequestView::new(&next, Reader::Requester, now).reply()
}
