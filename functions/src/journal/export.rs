//! Download a portal's journal with its seals, to keep it or to verify it offline.
//!
//! `GET /v1/portals/{portal}/journal/export`

use guichet_domain::permissions::{Action, check};
use guichet_domain::seal::{Journal, SealNumber};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::views::PortalPath;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The seal that the page begins with, as the page before named it in its `Link`.
    #[serde(default)]
    #[param(inline)]
    cursor: SealNumber,
}

/// Download a portal's sealed journal, page by page, as lines of JSON.
///
/// The pages one after the other are the export, which `cargo portal verify` checks offline. The
/// header `Link` names the next page, if there is one. What is younger than about an hour is not
/// sealed yet and not in it.
///
/// # Errors
/// 403 below super administrator.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/journal/export",
    params(PortalPath, Query),
    responses((
        status = 200, body = String, content_type = "application/x-ndjson",
        headers(("Link" = Option<String>, description = "The next page, as `rel=\"next\"`"))
    )),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let portal = desk.portal()?.id;
    let _permit = check(&desk.actor, Action::ExportJournal(portal))?;
    let query: Query = request.query()?;
    let page = app.export(Journal::Portal(portal), query.cursor).await?;
    let next = page.next.map(|next| format!("/v1/portals/{portal}/journal/export?cursor={next}"));
    Ok(Reply::lines(page.lines).next(next.as_deref()))
}
