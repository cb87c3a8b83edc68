//! What a mailed link holds. The signature is verified before anything is read, and nothing is said
//! of an object whose link is not the newest (SECURITY S7).

use guichet_domain::account::{Account, SignUp};
use guichet_domain::changes::Place;
use guichet_domain::ids::{AccountId, SignUpId};
use guichet_platform::app::App;
use guichet_platform::problem::{Error, LINK_EXPIRED};
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

/// A link that does not work, whatever the reason.
fn unusable(error: TokenError) -> Error {
    match error {
        TokenError::Forged | TokenError::Expired => (&LINK_EXPIRED).into(),
        other => other.into(),
    }
}
