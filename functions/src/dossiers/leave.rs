//! Give one's position on a dossier back.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/leave`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};

/// Give one's position on a dossier back. Afterwards it may be out of sight: nothing is answered.
///
/// # Errors
/// 403 for whoever takes no part, 409 for the dossier's contact.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/leave",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    if at.is_done() {
        return Ok(Reply::no_content());
    }
    let permit = at.check(Action::UseOwnPosition(at.viewed()))?;
    let left = at.file.clone().remove(permit, at.position.as_ref(), at.now);
    let (_, changes) = left.map_err(|error| at.problem(error))?;
    app.commit_at(&at.desk, changes).await?;
    Ok(Reply::no_content())
}
