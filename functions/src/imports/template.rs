//! Download the template of the spreadsheet that people are imported from.
//!
//! `GET /v1/portals/{portal}/imports/template`

use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::sheets::{template, workbook};
use crate::views::PortalPath;

/// Download the template: the headings in the caller's language, the levels that one gives and the
/// portal's user types to choose from, and a sheet that explains them.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/imports/template",
    params(PortalPath),
    responses((
        status = 200, body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let portal = desk.portal()?;
    let _permit = check(&desk.actor, Action::ManageImports(portal.id))?;
    let level = desk.person.as_ref().map(|person| person.level).unwrap_or_default();
    let sheets = template(&portal.settings, level, request.language());
    workbook(&sheets, app.now(), "modele-invitations")
}
