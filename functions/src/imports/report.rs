//! Download what each row of an import came to.
//!
//! `GET /v1/portals/{portal}/imports/{import}/report`

use guichet_domain::changes::Place;
use guichet_domain::import::ImportRows;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::import_views::ImportPath;
use crate::sheets::{report, workbook};

/// Download what each row of an import came to: in the dry run, or when it was started.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/imports/{import}/report",
    params(ImportPath),
    responses((
        status = 200, body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: ImportPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.place()]).await?;
    let _permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    let import = path.found(app, &desk)?;
    let places: Vec<Place> =
        (0..import.chunks()).map(|chunk| Place::ImportRows(import.id, chunk)).collect();
    let read = app.read(&places).await?;
    let mut rows = Vec::new();
    for place in &places {
        let chunk: Option<ImportRows> = read.find(place)?;
        rows.extend(chunk.into_iter().flat_map(|chunk| chunk.rows));
    }
    workbook(&[report(&rows, request.language())], app.now(), "compte-rendu-import")
}
