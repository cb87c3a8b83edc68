//! What a schedule does: each item that is due is read, decided and written by itself, so that one
//! that fails keeps nobody from the others.

use guichet_domain::changes::{Changes, Place};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Invitation, InvitationError};
use guichet_domain::permissions::{Action, Permit};
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::Origin;
use serde::de::DeserializeOwned;

use crate::invitation_views::invitation_problem;

/// How many items of a shard one run deals with; what is left is due at the next.
const MOST: u16 = 200;

/// Decides on each item that is due for a schedule.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn each<T: DeserializeOwned>(
    app: &App,
    use_case: &'static str,
    decide: impl Fn(T) -> Result<Changes, Error>,
) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for (_, place) in app.due(use_case, app.now(), MOST).await? {
        tally.count(&one(app, &place, &decide).await);
    }
    Ok(tally)
}

/// Decides on each invitation that is due for a schedule.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn each_invitation(
    app: &App,
    use_case: &'static str,
    decide: impl Fn(Invitation, Permit, Instant) -> Result<Changes, InvitationError>,
) -> Result<Tally, Error> {
    let now = app.now();
    each(app, use_case, |invitation: Invitation| {
        let permit = system_permit(Action::TendInvitation(&invitation))?;
        let decided = decide(invitation.clone(), permit, now);
        decided.map_err(|error| invitation_problem(error, &invitation, now))
    })
    .await
}

async fn one<T: DeserializeOwned>(
    app: &App,
    place: &Place,
    decide: impl Fn(T) -> Result<Changes, Error>,
) -> Result<(), Error> {
    let item: Option<T> = app.read_one(place).await?;
    let changes = decide(item.ok_or_else(|| Error::from(&NOT_FOUND))?)?;
    Ok(app.commit(&Origin::default(), changes).await?)
}
