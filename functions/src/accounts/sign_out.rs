//! End the session that asks.
//!
//! `DELETE /v1/sessions/current`

use guichet_domain::journal::Act;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

/// End the session that asks.
///
/// # Errors
/// 401 without a session.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let desk = app.desk(request, None, &[]).await?;
    let permit = check(&desk.actor, Action::UseOwnAccount(desk.account.id))?;
    app.commit_at(&desk, desk.session.clone().end(permit, Act::SessionEnded)).await?;
    Ok(Reply::no_content())
}
