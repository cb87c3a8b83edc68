//! What a mailed link holds. The signature is verified before anything is read, and nothing is said
//! of an object whose link is not the newest (SECURITY S7).

use guichet_domain::account::{Account, SignUp};
use guichet_domain::changes::Place;
use guichet_domain::ids::{AccountId, InvitationId, SignUpId};
use guichet_domain::invitation::Invitation;
use guichet_domain::person::Person;
use guichet_domain::portal::{Portal, SuperAdministrators};
use guichet_platform::app::App;
use guichet_platform::limits::ANSWER_INVITATION;
use guichet_platform::problem::{Error, LINK_EXPIRED};
use guichet_platform::request::Request;
use guichet_platform::tokens::{MailedToken, Purpose, TokenError};

/// A sign-up and the link that proves its address.
pub(crate) struct HeldSignUp {
    pub(crate) sign_up: SignUp,
    pub(crate) token: MailedToken,
}

/// The sign-up of a mailed link.
///
/// # Errors
/// 410 for a link that is not ours, was replaced, or has expired.
pub(crate) async fn sign_up(app: &App, token: &str) -> Result<HeldSignUp, Error> {
    let expired = || Error::from(&LINK_EXPIRED);
    let token = app.mailed(Purpose::VerifyEmail, token).await.map_err(unusable)?;
    let id: SignUpId = token.object.parse().map_err(|_| expired())?;
    let found: Option<SignUp> = app.read_one(&Place::SignUp(id)).await?;
    let sign_up = found.ok_or_else(expired)?;
    let is_newest = token.generation == sign_up.generation && token.is_for(&sign_up.email);
    if is_newest && app.now() < sign_up.expires_at {
        Ok(HeldSignUp { sign_up, token })
    } else {
        Err(expired())
    }
}

/// The account of a mailed link.
///
/// # Errors
/// 410 for a link that is not ours, was used or replaced, or has expired.
pub(crate) async fn account(app: &App, token: &str) -> Result<Account, Error> {
    let expired = || Error::from(&LINK_EXPIRED);
    let token = app.mailed(Purpose::SetPassword, token).await.map_err(unusable)?;
    let id: AccountId = token.object.parse().map_err(|_| expired())?;
    let found: Option<Account> = app.read_one(&Place::Account(id)).await?;
    let account = found.ok_or_else(expired)?;
    let is_newest = token.generation == account.link_generation && token.is_for(&account.email);
    if is_newest { Ok(account) } else { Err(expired()) }
}

/// An invitation and what its link names beside it, read in one round trip.
pub(crate) struct HeldInvitation {
    pub(crate) invitation: Invitation,
    pub(crate) portal: Portal,
    pub(crate) inviter: Option<Person>,
    pub(crate) count: SuperAdministrators,
}

/// The invitation of a mailed link, also once it has expired or ended: its page says what can be
/// done then.
///
/// # Errors
/// 410 for a link that is not ours or was replaced.
pub(crate) async fn invitation(app: &App, token: &str) -> Result<HeldInvitation, Error> {
    let expired = || Error::from(&LINK_EXPIRED);
    let token = app.mailed(Purpose::Invitation, token).await.map_err(unusable)?;
    let id: InvitationId = token.object.parse().map_err(|_| expired())?;
    let (Some(portal), Some(by)) = (token.portal, token.by) else { return Err(expired()) };
    let (invitation, inviter) = (Place::Invitation(id), Place::Person(by, portal));
    let (portal, count) = (Place::Portal(portal), Place::SuperAdministrators(portal));
    let places = [invitation.clone(), inviter.clone(), portal.clone(), count.clone()];
    let items = app.read(&places).await?;
    let is_newest =
        |one: &Invitation| token.generation == one.generation && token.is_for(&one.email);
    let invitation = items.find(&invitation)?.filter(is_newest);
    match (invitation, items.find(&portal)?, items.find(&count)?) {
        (Some(invitation), Some(portal), Some(count)) => {
            Ok(HeldInvitation { invitation, portal, inviter: items.find(&inviter)?, count })
        }
        _ => Err(expired()),
    }
}

/// Counts one attempt to answer the invitation of a link, beside reading it.
///
/// # Errors
/// 410 for a link that is not ours or was replaced, 429 after too many attempts.
pub(crate) async fn invitation_to_answer(
    app: &App,
    request: &Request,
    token: &str,
) -> Result<HeldInvitation, Error> {
    let named = app.mailed(Purpose::Invitation, token).await.map_err(unusable)?;
    let by = [named.object.as_str()];
    let (counted, held) = tokio::join!(
        app.within_one(request.attempt, ANSWER_INVITATION, &by),
        invitation(app, token),
    );
    counted.and(held)
}

/// A link that does not work, whatever the reason.
fn unusable(error: TokenError) -> Error {
    match error {
        TokenError::Forged | TokenError::Expired => (&LINK_EXPIRED).into(),
        other => other.into(),
    }
}
