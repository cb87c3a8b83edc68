//! Mail an invitation again, with a new link and a new lifetime; older links are dead.
//!
//! `POST /v1/portals/{portal}/invitations/{invitation}/resend`

use guichet_domain::invitation::Scope;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::invitation_views::{InvitationPath, WholeInvitationView, invitation_problem};
use crate::inviting::{at_the_desk, in_sight_to_mail, must_be_free, other, people_with};

/// Mail an invitation again.
///
/// # Errors
/// 403 for a level that one does not give, or one to a dossier that others manage, 409 for one that
/// ended or whose address has another, 412 when it changed, 429 when it was mailed often enough
/// today.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/invitations/{invitation}/resend",
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
    let (people, standing) = tokio::join!(
        people_with(app, path.portal, Some(&invitation.email)),
        other(app, &invitation),
    );
    let (next, changes) = invitation
        .clone()
        .resend(permit, &etag, standing?, desk.named()?, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    // Whoever joined since it was made is mailed nothing (RULES D10).
    must_be_free(app, &desk, &invitation, people?).await?;
    app.commit_at(&desk, changes).await?;
    WholeInvitationView::new(&next, now).reply()
}
