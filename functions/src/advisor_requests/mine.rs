//! Show one's own request on a portal, with the openings before it: its one stable page.
//!
//! `GET /v1/portals/{portal}/advisor-requests/mine`

use guichet_domain::advisor_request::{AdvisorRequest, PastRequest};
use guichet_domain::changes::Place;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::{Error, NOT_FOUND, UNAUTHORISED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::{PortalPath, Reader, RequestView};

/// One's own request, and the openings before it.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    current: RequestView,
    /// At most ten, the newest first.
    past: Vec<RequestView>,
}

/// Show one's own request on a portal, with the openings before it.
///
/// # Errors
/// 404 when one never asked.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/advisor-requests/mine",
    params(PortalPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
    let account = app.bearer(token).await?.account;
    let place = Place::AdvisorRequest(account, path.portal);
    let listing = Listing::PastRequests(account, path.portal);
    let newest = PageQuery::first(10, Order::Descending);
    let (desk, past) = tokio::join!(
        app.desk(request, Some(path.portal), std::slice::from_ref(&place)),
        app.page::<PastRequest>(&listing, &newest),
    );
    let desk = desk?;
    let current: Option<AdvisorRequest> = desk.find(&place)?;
    let current = current.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let _permit = check(&desk.actor, Action::SeeRequest(&current))?;
    let (reader, now) = (Reader::Requester, app.now());
    let etag = current.etag();
    let past = past?.rows.into_iter();
    let output = Output {
        current: RequestView::new(&current, reader, now),
        past: past.map(|past| RequestView::new(&past.request, reader, now)).collect(),
    };
    Ok(Reply::ok(&output)?.etag(&etag))
}
