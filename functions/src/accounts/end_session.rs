//! End one of one's own sessions.
//!
//! `DELETE /v1/sessions/{session}`

use guichet_domain::account::Session;
use guichet_domain::changes::Place;
use guichet_domain::ids::SessionId;
use guichet_domain::journal::Act;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::IntoParams;

/// The session of the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct SessionPath {
    session: SessionId,
}

/// End one of one's own sessions.
///
/// # Errors
/// 404 for a session that is not one's own, or has ended.
#[utoipa::path(
    delete,
    path = "/v1/sessions/{session}",
    params(SessionPath),
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: SessionPath = request.path()?;
    let desk = app.desk(request, None, &[]).await?;
    let permit = check(&desk.actor, Action::UseOwnAccount(desk.account.id))?;
    let place = Place::Session(desk.account.id, path.session);
    let session: Option<Session> = app.read_one(&place).await?;
    let session = session.ok_or_else(|| Error::from(&NOT_FOUND))?;
    app.commit_at(&desk, session.end(permit, Act::SessionEnded)).await?;
    Ok(Reply::no_content())
}
