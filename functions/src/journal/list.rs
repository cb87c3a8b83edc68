//! Read the journal of a portal: by month, or what touched a person.
//!
//! `GET /v1/portals/{portal}/journal?month=2026-11`

use guichet_domain::ids::AccountId;
use guichet_domain::journal::{Act, Entry, Object};
use guichet_domain::permissions::{Action, check};
use guichet_domain::seal::Journal;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::views::{PageLimit, PortalPath, month_or_present};

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The month in UTC; the present one if nothing is said.
    #[param(example = "2026-11")]
    month: Option<String>,
    /// Only what touched this person, in all months.
    person: Option<AccountId>,
    /// Only what was done to this person's request, in all months.
    request: Option<AccountId>,
    /// Only this act.
    #[param(value_type = Option<String>, example = "advisor_request.accepted")]
    act: Option<Act>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// An entry, with its reason where one was given and nobody erased it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Output {
    #[serde(flatten)]
    #[schema(inline, value_type = Object)]
    entry: Entry,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Read the journal of a portal, the newest first.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/journal",
    params(PortalPath, Query),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::ReadJournal(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let listing = match (query.person, query.request) {
        (Some(person), _) => Listing::Touched(person, path.portal),
        (None, Some(account)) => Listing::About(path.portal, Object::AdvisorRequest(account)),
        (None, None) => {
            let month = month_or_present(query.month, app.now())?;
            Listing::Journal(Journal::Portal(path.portal), month)
        }
    };
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let wanted = |entry: &Entry| query.act.is_none_or(|act| act == entry.act);
    let most = if query.act.is_some() { 1000 } else { query.limit.0 };
    let page = app.page_where(&listing, &page, most, wanted).await?;
    Reply::ok(&List { items: with_reasons(app, page.rows).await?, cursor: page.cursor })
}

/// Adds the reasons, in one round trip.
pub(super) async fn with_reasons(app: &App, entries: Vec<Entry>) -> Result<Vec<Output>, Error> {
    let mut reasons = app.read_reasons(&entries).await?;
    let with_reason = |entry: Entry| Output { reason: reasons.remove(&entry.id), entry };
    Ok(entries.into_iter().map(with_reason).collect())
}
