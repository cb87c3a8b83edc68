//! Mail an invitation that was made without a mail.
//!
//! `POST /v1/portals/{portal}/invitations/{invitation}/send`

use guichet_domain::invitation::Scope;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::invitation_views::{InvitationPath, WholeInvitationView, invitation_problem};
use crate::inviting::{at_the_desk, in_sight_to_mail, must_be_free, people_with};

/// Mail an invitation that was made without a mail.
///
/// # Errors
/// 403 for a level that one does not give, or one to a dossier that others manage, 409 for one that
/// was mailed already, 412 when it changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/invitations/{invitation}/send",
    params(
        InvitationPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses((status = 200, body = WholeInvitationView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: InvitationPath = request.path()?;
    let scope = Scope::Portal { portal: path.portal };
    let (desk, counted) = at_the_desk(app, request, scope, None, &[path.place()]).await?;
    let found = in_sight_to_mail(app, request, &desk, path).await?;
    let permit = found.permit(&desk.actor)?;
    counted?;
    let now = app.now();
    if desk.replay == Replay::Done {
        return WholeInvitationView::new(&found.invitation, now).reply();
    }
    found.must_be_of_use()?;
    let invitation = found.invitation;
    let etag = request.if_match()?;
    let (next, changes) = invitation
        .clone()
        .send(permit, &etag, desk.named()?, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    // Whoever joined since it was made is mailed nothing (RULES D10).
    let people = people_with(app, path.portal, Some(&invitation.email)).await?;
    must_be_free(app, &desk, &invitation, people).await?;
    app.commit_at(&desk, changes).await?;
    WholeInvitationView::new(&next, now).reply()
}
