//! Show an invitation to whoever reads the address's mail, with both ways to accept it. Changes
//! nothing.
//!
//! `GET /invitation/accept?token=…`

use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;

use crate::invitation_page::Shown;
use crate::links;

/// Show an invitation.
///
/// # Errors
/// The link is not ours, or was replaced.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let token = request.query_text("token").unwrap_or_default();
    let shown = Shown::of(request, links::invitation(app, token).await?, token);
    shown.page(app).reply(StatusCode::OK)
}
