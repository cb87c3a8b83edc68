//! Send a mail again that did not arrive, after what kept it away was repaired.
//!
//! `POST /v1/portals/{portal}/mails/{mail}/send-again`

use guichet_domain::changes::Place;
use guichet_domain::ids::PortalId;
use guichet_domain::mail::{Mail, MailId, SendAgainError};
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{self, Error, Problem};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::outcomes::MailView;

/// A mail of a portal.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct MailPath {
    /// The portal.
    portal: PortalId,
    /// The mail.
    mail: MailId,
}

/// Send a mail again that did not arrive: it goes out within five minutes, to the address that its
/// recipient has now, even if that address refused an earlier mail.
///
/// # Errors
/// 403 below staff, 409 for a mail that is not lost or not wanted, 410 when its link has expired,
/// 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/mails/{mail}/send-again",
    params(MailPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = MailView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: MailPath = request.path()?;
    let place = Place::Mail(path.mail);
    let desk = app.desk(request, Some(path.portal), std::slice::from_ref(&place)).await?;
    let permit = check(&desk.actor, Action::SendMailAgain(desk.portal()?.id))?;
    let mail: Option<Mail> = desk.find(&place)?;
    let mail = mail.filter(|mail| mail.portal == Some(path.portal));
    let mail = mail.ok_or_else(|| Error::from(&problem::NOT_FOUND))?;
    let (now, language) = (app.now(), request.language());
    if desk.replay == Replay::Done {
        return MailView::new(&mail, now, language).reply();
    }
    let etag = request.if_match()?;
    let shown = MailView::new(&mail, now, language);
    let (next, changes) = mail.send_again(permit, &etag, now).map_err(|error| match error {
        SendAgainError::NotLost => Error::from(&problem::MAIL_NOT_LOST),
        SendAgainError::NotWanted => (&problem::MAIL_NOT_WANTED).into(),
        SendAgainError::Expired => (&problem::LINK_EXPIRED).into(),
        SendAgainError::Stale => Problem::new(&problem::STALE).with("current", shown).into(),
    })?;
    app.commit_at(&desk, changes).await?;
    MailView::new(&next, now, language).reply()
}
