//! Show an invitation, and what became of its mails.
//!
//! `GET /v1/portals/{portal}/invitations/{invitation}`

use guichet_domain::mail::Recipient;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Serialize;
use utoipa::ToSchema;

use crate::invitation_views::{InvitationPath, WholeInvitationView};
use crate::outcomes::{MailOfPerson, MailRow, ReaderOfMails};

/// How many mails are shown, the newest first.
const MOST_MAILS: u16 = 10;

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
/// 403 below reviewer, 404 for another portal's.
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
    let _permit = check(&desk.actor, Action::SeeInvitations(desk.portal()?.id))?;
    let invitation = path.of_portal(desk.find(&path.place())?)?;
    let (now, language) = (app.now(), request.language());
    let mails = match check(&desk.actor, Action::ReadMails(path.portal)) {
        Err(_) => None,
        Ok(_) => {
            let mails = Listing::MailsTo(Recipient::Invitation(invitation.id), path.portal);
            let newest = PageQuery::first(MOST_MAILS, Order::Descending);
            let rows = app.page::<MailRow>(&mails, &newest).await?.rows.into_iter();
            let staff = ReaderOfMails::Staff;
            Some(rows.map(|row| row.into_mail_of_person(staff, now, language)).collect())
        }
    };
    let invitation_etag = invitation.etag();
    let invitation = WholeInvitationView::new(&invitation, now);
    Ok(Reply::ok(&Output { invitation, mails })?.etag(&invitation_etag))
}
