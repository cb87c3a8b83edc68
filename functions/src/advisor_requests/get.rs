//! Show an adviser request: one's own, or any of the portal for its staff.
//!
//! `GET /v1/portals/{portal}/advisor-requests/{account}`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::views::{PersonPath, Reader, RequestView};

/// Show an adviser request.
///
/// # Errors
/// 404 for a request that one may not see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/advisor-requests/{account}",
    params(PersonPath),
    responses((status = 200, body = RequestView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.request()]).await?;
    let current: AdvisorRequest = desk.require(&path.request())?;
    let _permit = check(&desk.actor, Action::SeeRequest(&current))?;
    let reader = Reader::of(desk.account.id, &current);
    RequestView::new(&current, reader, app.now()).reply()
}
