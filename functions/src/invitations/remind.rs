//! Remind invitees of invitations that expire soon.
//!
//! Every five minutes.

use guichet_domain::invitation::Invitation;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::{Tally, system_permit};

use crate::due;
use crate::invitation_views::invitation_problem;

/// Remind invitees of invitations that expire soon.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let now = app.now();
    due::each(app, "invitations::remind", |invitation: Invitation| {
        let permit = system_permit(Action::TendInvitation(&invitation))?;
        let decided = invitation.clone().remind(permit, now);
        decided.map_err(|error| invitation_problem(error, &invitation, now))
    })
    .await
}
