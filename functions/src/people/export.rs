//! Download a list of the people of a portal as a spreadsheet.
//!
//! `GET /v1/portals/{portal}/people/export?list=active`

use guichet_domain::invitation::Scope;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::invitation_views::InvitationRow;
use crate::people_lists::{Narrowed, PersonRow, Which};
use crate::sheets::{self, workbook};
use crate::views::PortalPath;

/// How many people are read at once.
const PAGE: u16 = 1_000;

/// How many times so many are read for one file; the header `Link` names the next one.
const MOST_PAGES: u32 = 5;

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    #[param(inline)]
    list: Which,
    /// Only those of this level.
    level: Option<Level>,
    /// Only those who are advisers, or are invited as such; or only the others.
    adviser: Option<bool>,
    /// Where the file before ended, as its `Link` named it.
    cursor: Option<String>,
}

/// Download a list of the people of a portal, 5,000 a file.
///
/// Active and inactive people are sorted by name, those who are invited by the date of their
/// invitation, the newest first.
///
/// # Errors
/// 403 below reviewer.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/people/export",
    params(PortalPath, Query),
    responses((
        status = 200, body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers(("Link" = Option<String>, description = "The next file, as `rel=\"next\"`"))
    )),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::SeePeople(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let narrowed = Narrowed { level: query.level, adviser: query.adviser };
    let (now, language, portal) = (app.now(), request.language(), path.portal);
    let page = |order| PageQuery { limit: PAGE, cursor: query.cursor.clone(), order };
    let (sheet, cursor) = match query.list.people() {
        Some(list) => {
            let listing = Listing::People(portal, list);
            let is_wanted = |row: &PersonRow| narrowed.wants_person(row, now);
            let (rows, cursor) = pages(app, &listing, page(Order::Ascending), is_wanted).await?;
            (sheets::people(rows, now, language), cursor)
        }
        None => {
            let open = Listing::OpenInvitations(Scope::Portal { portal });
            let is_wanted = |row: &InvitationRow| narrowed.wants_invitee(row);
            let (rows, cursor) = pages(app, &open, page(Order::Descending), is_wanted).await?;
            (sheets::invitees(rows, now, language), cursor)
        }
    };
    let level = query.level.map(|level| format!("&level={}", level.code())).unwrap_or_default();
    let adviser = query.adviser.map(|adviser| format!("&adviser={adviser}")).unwrap_or_default();
    let list = query.list.code();
    let next = cursor.map(|cursor| {
        format!("/v1/portals/{portal}/people/export?list={list}{level}{adviser}&cursor={cursor}")
    });
    Ok(workbook(&[sheet], now, "personnes")?.next(next.as_deref()))
}

/// What is wanted of the pages for one file, and where the next one begins.
async fn pages<R: DeserializeOwned>(
    app: &App,
    listing: &Listing,
    mut page: PageQuery,
    is_wanted: impl Fn(&R) -> bool,
) -> Result<(Vec<R>, Option<String>), Error> {
    let mut rows = Vec::new();
    for _ in 0..MOST_PAGES {
        let read = app.page::<R>(listing, &page).await?;
        rows.extend(read.rows.into_iter().filter(&is_wanted));
        page.cursor = read.cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    Ok((rows, page.cursor))
}
