//! List the open invitations addressed to one's own address, on every portal.
//!
//! `GET /v1/me/invitations`

use guichet_domain::changes::Place;
use guichet_domain::ids::InvitationId;
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Assignment, InvitationState, Scope};
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_domain::portal::Portal;
use guichet_domain::text::Label;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::invitation_views::InvitationRow;
use crate::views::PageLimit;

/// How many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// An invitation to oneself.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    id: InvitationId,
    scope: Scope,
    /// The portal's name.
    name: Label,
    level: Level,
    /// The position on a dossier to be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<Assignment>,
    /// The name of who invites.
    inviter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
}

/// List the open invitations addressed to one's own address.
///
/// # Errors
/// 401 without a session.
#[utoipa::path(
    get,
    path = "/v1/me/invitations",
    params(Query),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let desk = app.desk(request, None, &[]).await?;
    let _permit = check(&desk.actor, Action::UseOwnAccount(desk.account.id))?;
    let query: Query = request.query()?;
    let now = app.now();
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let listing = Listing::InvitationsTo(desk.account.email.clone());
    // What was not mailed yet is not known to the invitee either.
    let is_open = |row: &InvitationRow| row.state_at(now) == InvitationState::Pending;
    let page = app.page_where(&listing, &page, 100, is_open).await?;
    let place = |row: &InvitationRow| Place::Portal(row.scope.portal());
    let places: Vec<Place> = page.rows.iter().map(place).collect();
    let portals = app.read(&places).await?;
    let mut items = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        if let Some(portal) = portals.find::<Portal>(&place(&row))? {
            items.push(Output {
                id: row.id,
                scope: row.scope,
                name: portal.settings.name,
                level: row.level,
                assignment: row.assignment,
                inviter: row.inviter.name,
                expires_at: row.expires_at,
            });
        }
    }
    Reply::ok(&List { items, cursor: page.cursor })
}
