//! Go on with a dossier that rests.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/resume`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::DossierView;

/// Go on with a dossier that rests.
///
/// # Errors
/// 403 for advisers, 409 when it does not rest, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/resume",
    params(
        DossierPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::ResumeDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let etag = request.if_match()?;
    let resumed = at.file.clone().resume(permit, &etag, at.now);
    let (file, changes) = resumed.map_err(|error| at.problem(error))?;
    at.commit(app, file, changes).await
}
