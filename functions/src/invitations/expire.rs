//! Write down that invitations have expired. They give nothing since their end, also without
//! this.
//!
//! Every five minutes.

use guichet_domain::invitation::Invitation;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;

use crate::due;

/// Write down that invitations have expired. They give nothing since their end, also without
/// this.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    due::each_invitation(app, "invitations::expire", Invitation::expire).await
}
