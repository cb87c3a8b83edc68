//! Erase closed invitations, with what is personal in them, after the portal’s retention.
//!
//! Every hour.

use guichet_domain::invitation::Invitation;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;

use crate::due;

/// Erase closed invitations, with what is personal in them, after the portal’s retention.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    due::each_invitation(app, "invitations::erase_closed", Invitation::erase).await
}
