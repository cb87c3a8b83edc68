//! Start an import: its rows become invitations, each once.
//!
//! `POST /v1/portals/{portal}/imports/{import}/start`

use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::limits::START_IMPORT;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::import_views::{ImportPath, WholeImportView, import_problem};
use crate::inviting::limited_desk;

/// Start an import whose rows one has had looked at oneself: what they come to follows from one's
/// rights.
///
/// `GET` shows how far it is; a mail tells who started it that it is finished.
///
/// # Errors
/// 403 below staff, 409 for an import that was not looked at, is under way or over; 412 when it
/// changed, 429 beyond the daily quota.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/imports/{import}/start",
    params(
        ImportPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses((status = 202, body = WholeImportView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: ImportPath = request.path()?;
    let places = [path.place()];
    let (desk, counted) = limited_desk(app, request, path.portal, START_IMPORT, &places).await?;
    let permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    let import = path.found(app, &desk)?;
    counted?;
    if desk.replay == Replay::Done {
        return WholeImportView::new(&import).accepted();
    }
    let etag = request.if_match()?;
    let (next, changes) = import
        .start(permit, &etag, desk.named()?, app.now())
        .map_err(|error| import_problem(error, &import))?;
    app.commit_at(&desk, changes).await?;
    WholeImportView::new(&next).accepted()
}
