//! Take over what the contact of a dossier offered: to speak for it.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/referent/accept`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::DossierView;
use crate::referent_desk::contact;

/// Take over to speak for a dossier.
///
/// # Errors
/// 403 for whoever takes no part, 409 for whom nothing is offered, or no longer.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/referent/accept",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::AcceptReferent(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let before = contact(app, &at).await?;
    let held = at.position.as_ref();
    let accepted = at.file.clone().accept_referent(permit, held, &before.position, at.now);
    let (file, position, changes) = accepted.map_err(|error| at.problem(error))?;
    at.commit_with(app, file, Some(position), changes).await
}
