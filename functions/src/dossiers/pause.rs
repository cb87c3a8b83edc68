//! Let a dossier rest, with a reason: no reminders are sent until it goes on.
//!
//! `POST /v1/portals/{portal}/dossiers/{dossier}/pause`

use guichet_domain::permissions::Action;
use guichet_domain::text::Reason;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::dossier_views::DossierView;
use crate::words::unlinked;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(deserialize_with = "unlinked")]
    reason: Reason,
}

/// Let a dossier rest, with a reason.
///
/// # Errors
/// 403 for others than its contact and staff, 409 when it rests already, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/dossiers/{dossier}/pause",
    params(
        DossierPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Input,
    responses((status = 200, body = DossierView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let permit = at.check(Action::PauseDossier(at.viewed()))?;
    if at.is_done() {
        return at.reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let paused = at.file.clone().pause(permit, &etag, input.reason, at.now);
    let (file, changes) = paused.map_err(|error| at.problem(error))?;
    at.commit(app, file, changes).await
}
