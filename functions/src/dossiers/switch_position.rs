//! Switch between adviser and observer.
//!
//! `PUT /v1/portals/{portal}/dossiers/{dossier}/position`

use guichet_domain::dossier::AdvisingRole;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::DossierView;

/// As what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    role: AdvisingRole,
}

/// Switch between adviser and observer.
///
/// # Errors
/// 403 for whoever takes no part, 409 for those who ask, or when one is that already.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/dossiers/{dossier}/position",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::UseOwnPosition(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let input: Input = request.json()?;
    let held = at.position.as_ref();
    let switched = at.file.clone().switch_position(permit, held, input.role, at.now);
    let (file, position, changes) = switched.map_err(|error| at.problem(error))?;
    at.commit_with(app, file, Some(position), changes).await
}
