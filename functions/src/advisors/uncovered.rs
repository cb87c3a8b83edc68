//! List the departments of a portal that no local adviser covers. National advisers are apart.
//!
//! `GET /v1/portals/{portal}/advisors/uncovered-departments`

use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::AdvisorRow;
use guichet_domain::territory::{Department, DepartmentCode};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PortalPath;

/// The departments without a local adviser.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    departments: Vec<Department>,
}

/// List the departments of a portal that no local adviser covers.
///
/// One small query for each department of the list, all at once: the cost does not depend on how
/// many advisers there are.
///
/// # Errors
/// 403 below reviewer.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/advisors/uncovered-departments",
    params(PortalPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let portal = desk.portal()?;
    let _permit = check(&desk.actor, Action::SeePeople(portal.id))?;
    let now = app.now();
    let offered = Department::offered(portal.settings.collectivities);
    let checks = offered.map(|department| async move {
        let covered = is_covered(app, portal.id, department, now).await?;
        Ok::<_, StoreError>((!covered).then_some(*department))
    });
    let checked = futures_util::future::try_join_all(checks).await?;
    Reply::ok(&Output { departments: checked.into_iter().flatten().collect() })
}

/// How many pages of accesses past their end are looked through.
const MOST_PAGES: usize = 20;

async fn is_covered(
    app: &App,
    portal: guichet_domain::ids::PortalId,
    department: &Department,
    now: Instant,
) -> Result<bool, StoreError> {
    let Ok(code) = DepartmentCode::try_from(department.code.to_owned()) else { return Ok(false) };
    let listing = Listing::Coverage(portal, Some(code));
    let holds = |row: &AdvisorRow| row.ends_at.is_none_or(|end| now < end);
    let mut query = PageQuery::first(1, Order::Ascending);
    for _ in 0..MOST_PAGES {
        // A few rows are read at once, so that accesses past their end do not hide one that holds.
        let page = app.page_where(&listing, &query, 10, holds).await?;
        if !page.rows.is_empty() {
            return Ok(true);
        }
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    Ok(false)
}
