//! Stop an import. What was invited stays invited.
//!
//! `POST /v1/portals/{portal}/imports/{import}/cancel`

use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::import_views::{ImportPath, WholeImportView, import_problem};

/// Stop an import. What was invited stays invited, and can be cancelled one by one.
///
/// # Errors
/// 403 below staff, 409 for an import that is over, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/imports/{import}/cancel",
    params(
        ImportPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses((status = 200, body = WholeImportView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: ImportPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.place()]).await?;
    let permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    let import = path.found(app, &desk)?;
    if desk.replay == Replay::Done {
        return WholeImportView::new(&import).reply();
    }
    let etag = request.if_match()?;
    let (next, changes) =
        import.cancel(permit, &etag, app.now()).map_err(|error| import_problem(error, &import))?;
    app.commit_at(&desk, changes).await?;
    WholeImportView::new(&next).reply()
}
