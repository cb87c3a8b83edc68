//! End the requests that nobody decided in time.
//!
//! Every five minutes.

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::changes::Place;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::Origin;

use crate::views::{Reader, request_problem};

/// How many requests of a shard one run ends; what is left is due at the next.
const MOST: u16 = 200;

/// End the requests that nobody decided in time.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for (_, place) in app.due("advisor_requests::lapse", app.now(), MOST).await? {
        tally.count(&lapse(app, &place).await);
    }
    Ok(tally)
}

async fn lapse(app: &App, place: &Place) -> Result<(), Error> {
    let request: Option<AdvisorRequest> = app.read_one(place).await?;
    let request = request.ok_or_else(|| Error::from(&NOT_FOUND))?;
    let permit = system_permit(Action::LapseRequest(&request))?;
    let now = app.now();
    let (_, changes) = request
        .lapse(permit, now)
        .map_err(|error| request_problem(error, None, Reader::Moderator, now))?;
    Ok(app.commit(&Origin::default(), changes).await?)
}
