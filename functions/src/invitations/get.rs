//! Show an invitation, and what became of its mails.
//!
//! `GET /v1/portals/{portal}/invitations/{invitation}`

use guichet_domain::invitation::Scope;
use guichet_domain::mail::Recipient;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Serialize;
use utoipa::ToSchema;

use crate::invitation_views::{InvitationPath, Reader, WholeInvitationView};
use crate::inviting::in_sight;
use crate::outcomes::{MailOfPerson, ReaderOfMails, last_mails};

/// An invitation and its last mails.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    #[serde(flatten)]
    invitation: WholeInvitationView,
    /// Its last ten mails, with what became of them, for staff (RULES H3).
    #[serde(skip_serializing_if = "Option::is_none")]
    mails: Option<Vec<MailOfPerson>>,
}

/// Show an invitation, and what became of its mails.
///
/// # Errors
/// 403 for one to a dossier that others manage, 404 below reviewer and for another portal's.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/invitations/{invitation}",
    params(InvitationPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: InvitationPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.place()]).await?;
    let invitation = in_sight(app, &desk, path).await?.invitation;
    let mails = match check(&desk.actor, Action::ReadMails(path.portal)) {
        Err(_) => None,
        Ok(_) => {
            let (to, staff) = (Recipient::Invitation(invitation.id), ReaderOfMails::Staff);
            Some(last_mails(app, to, path.portal, staff, request.language()).await?)
        }
    };
    let invitation_etag = invitation.etag();
    let reader = match invitation.scope {
        Scope::Portal { portal } => Reader::of(&desk.actor, portal),
        Scope::Dossier { .. } => Reader::Manager,
    };
    let invitation = WholeInvitationView::new(&invitation, app.now()).shown_to(reader);
    Ok(Reply::ok(&Output { invitation, mails })?.etag(&invitation_etag))
}
