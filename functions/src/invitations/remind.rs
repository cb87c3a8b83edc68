//! Remind invitees of invitations that expire soon.
//!
//! Every five minutes.

use guichet_domain::invitation::Invitation;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;

use crate::due;

/// Remind invitees of invitations that expire soon.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    due::each_invitation(app, "invitations::remind", Invitation::remind).await
}
