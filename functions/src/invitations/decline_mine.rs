//! Decline an invitation to one's own address, signed in.
//!
//! `POST /v1/me/invitations/{invitation}/decline`

use guichet_domain::changes::Place;
use guichet_domain::invitation::{Invitation, InvitationState};
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::invitation_views::invitation_problem;
use crate::invitations::accept_mine::Path;

/// Decline an invitation to one's own address.
///
/// # Errors
/// 404 for an invitation to somebody else, 409 for one that ended, 410 for one that has expired.
#[utoipa::path(
    post,
    path = "/v1/me/invitations/{invitation}/decline",
    params(Path, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 204)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: Path = request.path()?;
    let place = Place::Invitation(path.invitation);
    let desk = app.desk(request, None, std::slice::from_ref(&place)).await?;
    let invitation: Option<Invitation> = desk.find(&place)?;
    let is_mailed = |one: &Invitation| one.state != InvitationState::Preloaded;
    let invitation = invitation.filter(is_mailed).ok_or_else(|| Error::from(&NOT_FOUND))?;
    let permit = check(&desk.actor, Action::DeclineInvitation(&invitation, Some(&desk.account)))?;
    if desk.replay == Replay::Done {
        return Ok(Reply::no_content());
    }
    let now = app.now();
    let (_, changes) = invitation
        .clone()
        .decline(permit, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    app.commit_at(&desk, changes).await?;
    Ok(Reply::no_content())
}
