//! Download a list of the people of a portal as a spreadsheet.
//!
//! `GET /v1/portals/{portal}/people/export?list=active`

use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::keys::{Listing, PeopleList};
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::people_lists::PersonRow;
use crate::sheets::{people, workbook};
use crate::views::PortalPath;

/// How many people are read at once.
const PAGE: u16 = 1_000;

/// How many times so many are read for one file; the header `Link` names the next one.
const MOST_PAGES: u32 = 5;

/// Which of the two lists of people (RULES E1); `GET …/invitations` lists who is invited.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    #[default]
    Active,
    Inactive,
}

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
    /// Where the file before ended, as its `Link` named it.
    cursor: Option<String>,
}

/// Download a list of the people of a portal, sorted by name: 5,000 a file.
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
    let (list, name) = match query.list {
        Which::Active => (PeopleList::Active, "active"),
        Which::Inactive => (PeopleList::Inactive, "inactive"),
    };
    let listing = Listing::People(path.portal, list);
    let mut page = PageQuery { limit: PAGE, cursor: query.cursor, order: Order::Ascending };
    let mut rows: Vec<PersonRow> = Vec::new();
    for _ in 0..MOST_PAGES {
        let read = app.page::<PersonRow>(&listing, &page).await?;
        let is_wanted = |row: &PersonRow| query.level.is_none_or(|level| row.level == level);
        rows.extend(read.rows.into_iter().filter(is_wanted));
        page.cursor = read.cursor;
        if page.cursor.is_none() {
            break;
        }
    }
    let portal = path.portal;
    let level = query.level.map(|level| format!("&level={}", level.code())).unwrap_or_default();
    let next = page.cursor.map(|cursor| {
        format!("/v1/portals/{portal}/people/export?list={name}{level}&cursor={cursor}")
    });
    let now = app.now();
    let reply = workbook(&[people(rows, now, request.language())], now, "personnes")?;
    Ok(reply.next(next.as_deref()))
}
