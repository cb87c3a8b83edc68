//! List the advisers of a portal by name, or those of one department or of the whole country.
//!
//! `GET /v1/portals/{portal}/advisors?department=33`

use guichet_domain::ids::AccountId;
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::AdvisorRow;
use guichet_domain::territory::{DepartmentCode, Territory};
use guichet_domain::text::{Label, Name};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::views::{PageLimit, PortalPath};

/// Which advisers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only those of this department, or `national` for those of the whole country.
    #[param(example = "33")]
    department: Option<String>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// An adviser.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    account: AccountId,
    first_name: Name,
    last_name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<Label>,
    territory: Territory,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Instant>,
    /// What If-Match wants for changes of the access.
    etag: String,
}

impl From<AdvisorRow> for Output {
    fn from(row: AdvisorRow) -> Self {
        Self {
            account: row.account,
            first_name: row.first_name,
            last_name: row.last_name,
            organisation: row.organisation,
            territory: row.territory,
            ends_at: row.ends_at,
            etag: row.rights_version.to_string(),
        }
    }
}

/// List the advisers of a portal.
///
/// # Errors
/// 403 below reviewer.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/advisors",
    params(PortalPath, Query),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::SeePeople(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let listing = match query.department.as_deref() {
        None => Listing::Advisors(path.portal),
        Some("national") => Listing::Coverage(path.portal, None),
        Some(code) => {
            let code = DepartmentCode::try_from(code.to_owned())
                .map_err(|invalid| guichet_platform::problem::invalid("department", invalid))?;
            Listing::Coverage(path.portal, Some(code))
        }
    };
    let now = app.now();
    let holds = |row: &AdvisorRow| row.ends_at.is_none_or(|end| now < end);
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Ascending };
    let page = app.page_where(&listing, &page, 100, holds).await?;
    let items: Vec<Output> = page.rows.into_iter().map(Output::from).collect();
    Reply::ok(&List { items, cursor: page.cursor })
}
