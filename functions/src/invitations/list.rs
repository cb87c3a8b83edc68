//! List the invitations of a portal: those that nobody has answered, or those that have ended.
//!
//! `GET /v1/portals/{portal}/invitations?list=open`

use guichet_domain::invitation::{InvitationState, Scope};
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::invitation_views::{InvitationRow, InvitationView};
use crate::search::{MOST_READ, Search};
use crate::views::{PageLimit, PortalPath};

/// Which invitations.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    /// Preloaded and pending ones, and those that have expired meanwhile.
    #[default]
    Open,
    /// Those that have ended.
    Closed,
}

/// Which invitations, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    #[param(inline)]
    list: Which,
    /// Only those that stand so.
    state: Option<InvitationState>,
    /// Only those in whose name or address each of these words begins a word.
    search: Option<String>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// List the invitations of a portal, the newest first.
///
/// # Errors
/// 403 below reviewer.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/invitations",
    params(PortalPath, Query),
    responses((status = 200, body = List<InvitationView>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::SeeInvitations(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let scope = Scope::Portal(path.portal);
    let listing = match query.list {
        Which::Open => Listing::OpenInvitations(scope),
        Which::Closed => Listing::ClosedInvitations(scope),
    };
    let now = app.now();
    let search = Search::new(query.search.as_deref().unwrap_or_default());
    let narrows = query.state.is_some() || search.longest().is_some();
    let most = if narrows { MOST_READ } else { query.limit.0 };
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let is_wanted = |row: &InvitationRow| {
        query.state.is_none_or(|state| row.state_at(now) == state) && row.is_found_by(&search)
    };
    let page = app.page_where(&listing, &page, most, is_wanted).await?;
    let items = page.rows.into_iter().map(|row| InvitationView::new(row, now)).collect();
    Reply::ok(&List::<InvitationView> { items, cursor: page.cursor })
}
