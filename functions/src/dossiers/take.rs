//! Say that one takes care of a waiting dossier, which reserves nothing.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/take`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};

/// Say that one takes care of a waiting dossier.
///
/// # Errors
/// 403 below staff or for one's own dossier, 409 when it was decided.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/take",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = crate::dossier_views::DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let mut at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::ModerateDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let by = at.desk.named()?;
    let taken = at.file.clone().take(permit, by, at.now);
    let (file, changes) = taken.map_err(|error| at.problem(error))?;
    app.commit_at(&at.desk, changes).await?;
    at.file = file;
    at.reply()
}
