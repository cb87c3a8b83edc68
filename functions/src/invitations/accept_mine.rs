//! Accept an invitation to one's own address, signed in.
//!
//! `POST /v1/me/invitations/{invitation}/accept`

use guichet_domain::changes::{Changes, Place};
use guichet_domain::ids::InvitationId;
use guichet_domain::invitation::{Invitation, InvitationState};
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::admission::grounds;
use crate::views::PersonView;

/// Which invitation.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Path {
    /// The invitation.
    pub(super) invitation: InvitationId,
}

/// Accept an invitation to one's own address.
///
/// # Errors
/// 403 when who invited no longer may, 404 for an invitation to somebody else, 409 for one that
/// ended, 410 for one that has expired.
#[utoipa::path(
    post,
    path = "/v1/me/invitations/{invitation}/accept",
    params(Path, ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: Path = request.path()?;
    let place = Place::Invitation(path.invitation);
    let desk = app.desk(request, None, std::slice::from_ref(&place)).await?;
    let account = &desk.account;
    let invitation: Option<Invitation> = desk.find(&place)?;
    // An invitation to another address, or one that was not mailed yet, does not exist: nobody
    // learns of it by its number.
    let to_me = |invitation: &Invitation| {
        invitation.state != InvitationState::Preloaded
            && check(&desk.actor, Action::DeclineInvitation(invitation, Some(account))).is_ok()
    };
    let invitation = invitation.filter(to_me).ok_or_else(|| Error::from(&NOT_FOUND))?;
    let grounds = grounds(app, &invitation, Some(account.id)).await?;
    let now = app.now();
    if desk.replay == Replay::Done {
        let person = grounds.person.ok_or_else(|| Error::from(&NOT_FOUND))?;
        return PersonView::new(&person, now).reply();
    }
    let permit = grounds.permit(&desk.actor, &invitation, Some(account))?;
    let (admitted, changes) = grounds.accept(app, invitation, account, Changes::new(permit))?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&admitted.person, now).reply()
}
