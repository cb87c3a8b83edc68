//! Take part in a dossier as adviser or observer.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/join`

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

/// Take part in a dossier as adviser or observer.
///
/// # Errors
/// 403 for those who ask, 409 for whoever takes part already, or before it is accepted.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/join",
    params(DossierPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::JoinDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let input: Input = request.json()?;
    let held = at.position.as_ref();
    let (account, role) = (at.desk.account.id, input.role);
    let joined = at.file.clone().join(permit, account, held, role, at.now);
    let (file, position, changes) = joined.map_err(|error| at.problem(error))?;
    at.commit_with(app, file, Some(position), changes).await
}
