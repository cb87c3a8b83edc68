//! Choose how to be told of new dossiers: at once, by daily mail, or not.
//!
//! `PUT /v1/portals/{portal}/dossier-mails`

use guichet_domain::moderation::MailRhythm;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::views::PortalPath;

/// The choice.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Choice {
    mails: MailRhythm,
}

/// Choose how to be told of new dossiers that one may see.
///
/// It concerns nobody else and needs no version: the last choice counts. Whoever chose nothing is
/// told daily.
///
/// # Errors
/// 404 for whoever is no active person of the portal.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/dossier-mails",
    params(PortalPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Choice,
    responses((status = 200, body = Choice)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let permit = check(&desk.actor, Action::ChooseDossierMails(desk.portal()?.id))?;
    let person = desk.person.clone().ok_or_else(|| Error::from(&NOT_FOUND))?;
    if desk.replay == Replay::Done {
        return Reply::ok(&Choice { mails: person.dossier_mails.rhythm });
    }
    let choice: Choice = request.json()?;
    let (_, changes) = person.choose_dossier_mails(permit, choice.mails, app.now());
    app.commit_at(&desk, changes).await?;
    Reply::ok(&choice)
}
