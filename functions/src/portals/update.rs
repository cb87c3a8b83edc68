//! Change a portal's settings.
//!
//! `PATCH /v1/portals/{portal}`

use guichet_domain::level::Language;
use guichet_domain::permissions::{Action, check};
use guichet_domain::portal::{Days, OpenTo, Settings};
use guichet_domain::territory::Collectivities;
use guichet_domain::text::{Domain, Email, Label, Reason, WebAddress};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{self, Error, Problem};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::PortalPath;

/// The settings to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    name: Option<Label>,
    address: Option<WebAddress>,
    contact_address: Option<Email>,
    terms_address: Option<WebAddress>,
    language: Option<Language>,
    requests_open_to: Option<OpenTo>,
    cool_down_in_days: Option<Days>,
    lapses_in_days: Option<Days>,
    collectivities: Option<Collectivities>,
    refusal_reasons: Option<Vec<Reason>>,
    invitations_expire_in_days: Option<Days>,
    reminded_before_in_days: Option<Days>,
    invitations_kept_in_days: Option<Days>,
    dossiers_reminded_every_in_days: Option<Days>,
    dossiers_pause_after_in_days: Option<Days>,
    dossiers_warned_before_in_days: Option<Days>,
    invited_domains: Option<Vec<Domain>>,
    user_types: Option<Vec<Label>>,
}

impl Input {
    fn over(self, settings: Settings) -> Settings {
        Settings {
            name: self.name.unwrap_or(settings.name),
            address: self.address.unwrap_or(settings.address),
            contact_address: self.contact_address.unwrap_or(settings.contact_address),
            terms_address: self.terms_address.or(settings.terms_address),
            language: self.language.unwrap_or(settings.language),
            requests_open_to: self.requests_open_to.unwrap_or(settings.requests_open_to),
            cool_down_in_days: self.cool_down_in_days.unwrap_or(settings.cool_down_in_days),
            lapses_in_days: self.lapses_in_days.unwrap_or(settings.lapses_in_days),
            collectivities: self.collectivities.unwrap_or(settings.collectivities),
            refusal_reasons: self.refusal_reasons.unwrap_or(settings.refusal_reasons),
            invitations_expire_in_days: self
                .invitations_expire_in_days
                .unwrap_or(settings.invitations_expire_in_days),
            reminded_before_in_days: self
                .reminded_before_in_days
                .unwrap_or(settings.reminded_before_in_days),
            invitations_kept_in_days: self
                .invitations_kept_in_days
                .unwrap_or(settings.invitations_kept_in_days),
            dossiers_reminded_every_in_days: self
                .dossiers_reminded_every_in_days
                .unwrap_or(settings.dossiers_reminded_every_in_days),
            dossiers_pause_after_in_days: self
                .dossiers_pause_after_in_days
                .unwrap_or(settings.dossiers_pause_after_in_days),
            dossiers_warned_before_in_days: self
                .dossiers_warned_before_in_days
                .unwrap_or(settings.dossiers_warned_before_in_days),
            invited_domains: self.invited_domains.unwrap_or(settings.invited_domains),
            user_types: self.user_types.unwrap_or(settings.user_types),
        }
    }
}

/// Change a portal's settings.
///
/// # Errors
/// 403 below super administrator, 412 when they changed since they were read.
#[utoipa::path(
    patch,
    path = "/v1/portals/{portal}",
    params(PortalPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = Settings)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let portal = desk.portal()?.clone();
    let permit = check(&desk.actor, Action::UpdatePortal(&portal))?;
    let etag = portal.version.to_string();
    if desk.replay == Replay::Done {
        return Ok(Reply::ok(&portal.settings)?.etag(&etag));
    }
    let read = request.if_match()?;
    let input: Input = request.json()?;
    if read != etag {
        return Err(Problem::new(&problem::STALE).with("current", &portal.settings).into());
    }
    let settings = input.over(portal.settings.clone());
    let (portal, changes) = portal
        .update(permit, settings)
        .map_err(|(field, invalid)| problem::invalid(field, invalid))?;
    app.commit_at(&desk, changes).await?;
    Ok(Reply::ok(&portal.settings)?.etag(&portal.version.to_string()))
}
