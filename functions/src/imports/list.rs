//! List the imports of a portal.
//!
//! `GET /v1/portals/{portal}/imports`

use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::import_views::{ImportRow, ImportView};
use crate::views::{PageLimit, PortalPath};

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// List the imports of a portal, the newest first.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/imports",
    params(PortalPath, Query),
    responses((status = 200, body = List<ImportView>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let now = app.now();
    let is_here = |row: &ImportRow| now < row.expires_at;
    let page = app.page_where(&Listing::Imports(path.portal), &page, page.limit, is_here).await?;
    let items = page.rows.into_iter().map(ImportView::from).collect();
    Reply::ok(&List::<ImportView> { items, cursor: page.cursor })
}
