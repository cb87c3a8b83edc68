//! List the departments that a portal offers, with their regions.
//!
//! `GET /v1/portals/{portal}/territories`

use guichet_domain::permissions::{Action, check};
use guichet_domain::territory::{Department, EDITION, MOST_DEPARTMENTS};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PortalPath;

/// The official list.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    /// Where the list comes from, and its edition.
    edition: &'static str,
    /// How many departments one territory may hold.
    most_departments: usize,
    departments: Vec<Department>,
}

/// List the departments that a portal offers.
///
/// # Errors
/// 404 for a portal that is closed to whoever asks.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/territories",
    params(PortalPath),
    responses((status = 200, body = Output)),
    security((), ("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let (actor, portal) = app.visitor(request, path.portal).await?;
    let _permit = check(&actor, Action::SeePortal(&portal))?;
    let offered = Department::offered(portal.settings.collectivities);
    Reply::ok(&Output {
        edition: EDITION,
        most_departments: MOST_DEPARTMENTS,
        departments: offered.copied().collect(),
    })
}
