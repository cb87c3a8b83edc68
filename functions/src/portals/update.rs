//! Change a portal's settings.
//!
//! `PATCH /v1/portals/{portal}`

use guichet_domain::changes::Place;
use guichet_domain::dossier::Publication;
use guichet_domain::ids::DossierId;
use guichet_domain::level::Language;
use guichet_domain::permissions::{Action, check};
use guichet_domain::portal::{Days, OpenTo, Settings};
use guichet_domain::territory::Collectivities;
use guichet_domain::text::{Domain, Email, Invalid, Label, Reason, WebAddress};
use guichet_platform::app::App;
use guichet_platform::desk::{Desk, Replay};
use guichet_platform::problem::{self, Error, Problem};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PortalPath, present};
use crate::words::unlinked;

/// The settings to change: what is left out stays, and null takes away what can be absent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    name: Option<Label>,
    address: Option<WebAddress>,
    contact_address: Option<Email>,
    #[serde(default, deserialize_with = "present")]
    terms_address: Option<Option<WebAddress>>,
    language: Option<Language>,
    requests_open_to: Option<OpenTo>,
    cool_down_in_days: Option<Days>,
    lapses_in_days: Option<Days>,
    collectivities: Option<Collectivities>,
    #[serde(default, deserialize_with = "unlinked")]
    refusal_reasons: Option<Vec<Reason>>,
    invitations_expire_in_days: Option<Days>,
    reminded_before_in_days: Option<Days>,
    invitations_kept_in_days: Option<Days>,
    dossiers_reminded_every_in_days: Option<Days>,
    dossiers_pause_after_in_days: Option<Days>,
    dossiers_warned_before_in_days: Option<Days>,
    invited_domains: Option<Vec<Domain>>,
    user_types: Option<Vec<Label>>,
    /// One that the portal has accepted.
    #[serde(default, deserialize_with = "present")]
    default_dossier: Option<Option<DossierId>>,
}

impl Input {
    fn over(self, settings: Settings) -> Settings {
        Settings {
            name: self.name.unwrap_or(settings.name),
            address: self.address.unwrap_or(settings.address),
            contact_address: self.contact_address.unwrap_or(settings.contact_address),
            terms_address: self.terms_address.unwrap_or(settings.terms_address),
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
            default_dossier: self.default_dossier.unwrap_or(settings.default_dossier),
        }
    }
}

/// Change a portal's settings.
///
/// # Errors
/// 403 below super administrator, 412 when they changed since they were read, 422 for a dossier
/// that the portal has not accepted.
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
    let input: Result<Input, Error> = request.json();
    let first = input.as_ref().ok().and_then(|input| input.default_dossier.flatten());
    let first = first.map(|dossier| Place::Publication(dossier, path.portal));
    let desk = app.desk(request, Some(path.portal), first.as_slice()).await?;
    let portal = desk.portal()?.clone();
    let permit = check(&desk.actor, Action::UpdatePortal(&portal))?;
    let etag = portal.version.to_string();
    if desk.replay == Replay::Done {
        return Ok(Reply::ok(&portal.settings)?.etag(&etag));
    }
    let read = request.if_match()?;
    let input = input?;
    if read != etag {
        return Err(Problem::new(&problem::STALE).with("current", &portal.settings).into());
    }
    if let Some(first) = &first {
        must_be_accepted(&desk, first)?;
    }
    let settings = input.over(portal.settings.clone());
    let (portal, changes) = portal
        .update(permit, settings)
        .map_err(|(field, invalid)| problem::invalid(field, invalid))?;
    app.commit_at(&desk, changes).await?;
    Ok(Reply::ok(&portal.settings)?.etag(&portal.version.to_string()))
}

fn must_be_accepted(desk: &Desk, dossier: &Place) -> Result<(), Error> {
    let publication: Option<Publication> = desk.find(dossier)?;
    match publication {
        Some(publication) if publication.state.is_accepted() => Ok(()),
        _ => Err(problem::invalid("default_dossier", Invalid::UnknownDossier)),
    }
}
