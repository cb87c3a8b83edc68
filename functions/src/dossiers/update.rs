//! Change what a dossier says, once it was accepted.
//!
//! `PATCH /v1/portals/{portal}/dossiers/{dossier}`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::{DossierView, SheetChange};

/// Change what a dossier says, once it was accepted.
///
/// # Errors
/// 403 for those who may not change it, 409 before it is accepted, 412 when it changed.
#[utoipa::path(
    patch,
    path = "/v1/portals/{portal}/dossiers/{dossier}",
    params(
        DossierPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = SheetChange,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::UpdateDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let etag = request.if_match()?;
    let input: SheetChange = request.json()?;
    let sheet = input.applied_to(&at.file.dossier.sheet)?;
    let changed = at.file.clone().update(
        permit,
        &etag,
        sheet,
        at.desk.portal()?,
        at.position.as_ref(),
        at.now,
    );
    let (file, changes) = changed.map_err(|error| at.problem(error))?;
    at.commit(app, file, changes).await
}
