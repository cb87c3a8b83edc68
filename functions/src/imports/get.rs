//! Show an import and how far it is.
//!
//! `GET /v1/portals/{portal}/imports/{import}`

use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::import_views::{ImportPath, WholeImportView};

/// Show an import and how far it is.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/imports/{import}",
    params(ImportPath),
    responses((status = 200, body = WholeImportView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: ImportPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.place()]).await?;
    let _permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    WholeImportView::new(&path.found(app, &desk)?).reply()
}
