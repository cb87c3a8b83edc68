//! List one's own sessions.
//!
//! `GET /v1/sessions`

use guichet_domain::account::{Session, Standing};
use guichet_domain::ids::SessionId;
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, check};
use guichet_domain::text::Label;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Serialize;
use utoipa::ToSchema;

/// A session, as its holder recognises it.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    session: SessionId,
    /// What the client said it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Label>,
    created_at: Instant,
    refreshed_at: Instant,
    /// Whether it is the one that asks.
    current: bool,
}

/// List one's own sessions, the newest first.
///
/// # Errors
/// 401 without a session.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    params(("cursor" = Option<String>, Query)),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let desk = app.desk(request, None, &[]).await?;
    let _permit = check(&desk.actor, Action::UseOwnAccount(desk.account.id))?;
    let cursor = request.query_text("cursor").map(str::to_owned);
    let query = PageQuery { limit: 100, cursor, order: Order::Descending };
    let page = app.page::<Session>(&Listing::Sessions(desk.account.id), &query).await?;
    let (epoch, now) = (desk.account.session_epoch, app.now());
    let alive = page.rows.into_iter().filter(|row| row.lives(epoch, Standing::Ordinary, now));
    let items = alive.map(|session| Output {
        session: session.id,
        client: session.client,
        created_at: session.created_at,
        refreshed_at: session.refreshed_at,
        current: session.id == desk.session.id,
    });
    Reply::ok(&List { items: items.collect(), cursor: page.cursor })
}
