//! List the adviser requests of a portal: the moderators' queue, or what was closed.
//!
//! `GET /v1/portals/{portal}/advisor-requests?state=open`

use guichet_domain::advisor_request::{Status, Taking};
use guichet_domain::ids::{AccountId, OpeningId};
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, check};
use guichet_domain::territory::{DepartmentCode, Territory};
use guichet_domain::text::{Label, Name, folded};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::search::MOST_READ;
use crate::views::{PageLimit, PortalPath, TakingView};

/// Which requests.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    #[default]
    Open,
    Closed,
}

/// Which requests, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    #[param(inline)]
    state: State,
    /// Only those that ask for this department, or `national`.
    department: Option<String>,
    /// Only those in whose name or organisation a word begins so.
    search: Option<String>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// A request as the queue's index holds it.
#[derive(Debug, Deserialize)]
struct Row {
    account: AccountId,
    opening: OpeningId,
    version: u64,
    status: Status,
    first_name: Name,
    last_name: Name,
    organisation: Label,
    territory: Territory,
    submitted_at: Instant,
    lapses_at: Instant,
    previous_status: Option<Status>,
    taking: Option<Taking>,
}

/// A request in a list.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    account: AccountId,
    etag: String,
    status: Status,
    first_name: Name,
    last_name: Name,
    organisation: Label,
    territory: Territory,
    submitted_at: Instant,
    lapses_at: Instant,
    /// How their request before this one ended, if they asked before.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<TakingView>,
}

impl From<Row> for Output {
    fn from(row: Row) -> Self {
        let taken = row.taking.filter(|taking| taking.opening == row.opening);
        Self {
            account: row.account,
            etag: format!("{}.{}", row.opening.ulid(), row.version),
            status: row.status,
            first_name: row.first_name,
            last_name: row.last_name,
            organisation: row.organisation,
            territory: row.territory,
            submitted_at: row.submitted_at,
            lapses_at: row.lapses_at,
            previous_status: row.previous_status,
            taken: taken.as_ref().map(|taking| TakingView::new(&taking.by, taking.at)),
        }
    }
}

/// List the adviser requests of a portal, the newest first.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/advisor-requests",
    params(PortalPath, Query),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::SeeQueue(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let listing = match query.state {
        State::Open => Listing::OpenRequests(path.portal),
        State::Closed => Listing::ClosedRequests(path.portal),
    };
    let filter = Filter::new(&query, app.now())?;
    let most = if filter.narrows() { MOST_READ } else { query.limit.0 };
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let page = app.page_where::<Row>(&listing, &page, most, |row| filter.wants(row)).await?;
    let items: Vec<Output> = page.rows.into_iter().map(Output::from).collect();
    Reply::ok(&List { items, cursor: page.cursor })
}

/// Where a request must ask for.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    National,
    Department(DepartmentCode),
}

struct Filter {
    place: Place,
    search: String,
    now: Instant,
    state: State,
}

impl Filter {
    fn new(query: &Query, now: Instant) -> Result<Self, Error> {
        let place = match query.department.as_deref() {
            None => Place::Anywhere,
            Some("national") => Place::National,
            Some(code) => DepartmentCode::try_from(code.to_owned())
                .map(Place::Department)
                .map_err(|invalid| guichet_platform::problem::invalid("department", invalid))?,
        };
        let search = folded(&query.search.clone().unwrap_or_default());
        Ok(Self { place, search, now, state: query.state })
    }

    fn narrows(&self) -> bool {
        self.place != Place::Anywhere || !self.search.is_empty()
    }

    fn wants(&self, row: &Row) -> bool {
        let in_place = match self.place {
            Place::Anywhere => true,
            Place::National => row.territory == Territory::National,
            Place::Department(code) => row.territory.codes().any(|other| other == code),
        };
        // What has lapsed waits for nobody, also before a schedule has written it down.
        let waits = self.state == State::Closed || self.now < row.lapses_at;
        in_place && waits && self.finds(row)
    }

    fn finds(&self, row: &Row) -> bool {
        let texts = [row.first_name.as_str(), row.last_name.as_str(), row.organisation.as_str()];
        let all = folded(&texts.join(" "));
        let begins = |wanted: &str| all.split(' ').any(|word| word.starts_with(wanted));
        self.search.split(' ').all(begins)
    }
}
