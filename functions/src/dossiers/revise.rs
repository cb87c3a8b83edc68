//! Change what a dossier says, before the moderators have decided.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/revise`

use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::{DossierView, SheetChange};

/// Change what a dossier says, before the moderators have decided.
///
/// # Errors
/// 403 for others than those who ask, 409 when it was decided, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/revise",
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
    let permit = at.check(Action::ReviseDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let etag = request.if_match()?;
    let input: SheetChange = request.json()?;
    let sheet = input.applied_to(&at.file.dossier.sheet)?;
    let changed = at.file.clone().revise(permit, &etag, sheet, at.desk.portal()?, at.now);
    let (file, changes) = changed.map_err(|error| at.problem(error))?;
    at.commit(app, file, changes).await
}
