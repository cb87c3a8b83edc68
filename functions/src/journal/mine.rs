//! Read what touched one's own rights on a portal.
//!
//! `GET /v1/portals/{portal}/journal/mine`

use guichet_domain::journal::{Author, Entry};
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

use crate::journal::list::{Output, with_reasons};
use crate::views::{PageLimit, PortalPath};

/// How many entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// Read what touched one's own rights on a portal, the newest first.
///
/// # Errors
/// 404 for somebody who is nobody there.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/journal/mine",
    params(PortalPath, Query),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::ReadOwnJournal(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let account = desk.account.id;
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let page = app.page::<Entry>(&Listing::Touched(account, path.portal), &page).await?;
    // Requesters see "the portal's team", not which moderator (SECURITY S18).
    let masked = page.rows.into_iter().map(|entry| match entry.author {
        Author::Account(author) if author != account => Entry { author: Author::Team, ..entry },
        _ => entry,
    });
    let items = with_reasons(app, masked.collect()).await?;
    Reply::ok(&List { items, cursor: page.cursor })
}
