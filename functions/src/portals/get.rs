//! Show a portal: its name, its terms and what one may ask for there.
//!
//! `GET /v1/portals/{portal}`

use guichet_domain::permissions::{Action, check};
use guichet_domain::portal::OpenTo;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PortalPath;

/// A portal as anybody who may see it sees it; its admins also see the settings.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    id: guichet_domain::ids::PortalId,
    name: guichet_domain::text::Label,
    address: guichet_domain::text::WebAddress,
    contact_address: guichet_domain::text::Email,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms_address: Option<guichet_domain::text::WebAddress>,
    language: guichet_domain::level::Language,
    requests_open_to: OpenTo,
    /// Reasons to choose from when refusing, for moderators.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal_reasons: Option<Vec<guichet_domain::text::Reason>>,
    /// The user types to choose from when inviting, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_types: Option<Vec<guichet_domain::text::Label>>,
    /// The dossier that a form proposes as the first one of whoever is invited, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_dossier: Option<guichet_domain::ids::DossierId>,
    /// All settings, for super administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    settings: Option<guichet_domain::portal::Settings>,
}

/// Show a portal.
///
/// # Errors
/// 404 for a portal that is closed to whoever asks.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}",
    params(PortalPath),
    responses((status = 200, body = Output)),
    security((), ("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let (actor, portal) = app.visitor(request, path.portal).await?;
    let _permit = check(&actor, Action::SeePortal(&portal))?;
    let may_change = check(&actor, Action::UpdatePortal(&portal)).is_ok();
    let moderates = check(&actor, Action::SeeQueue(portal.id)).is_ok();
    let etag = portal.version.to_string();
    let settings = portal.settings;
    let output = Output {
        id: portal.id,
        name: settings.name.clone(),
        address: settings.address.clone(),
        contact_address: settings.contact_address.clone(),
        terms_address: settings.terms_address.clone(),
        language: settings.language,
        requests_open_to: settings.requests_open_to,
        refusal_reasons: moderates.then(|| settings.refusal_reasons.clone()),
        user_types: moderates.then(|| settings.user_types.clone()),
        default_dossier: settings.default_dossier.filter(|_| moderates),
        settings: may_change.then_some(settings),
    };
    Ok(Reply::ok(&output)?.etag(&etag))
}
