//! End the requests that nobody decided in time.
//!
//! Every five minutes.

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::{Tally, system_permit};

use crate::due;
use crate::views::{Reader, request_problem};

/// End the requests that nobody decided in time.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let now = app.now();
    due::each(app, "advisor_requests::lapse", |request: AdvisorRequest| {
        let permit = system_permit(Action::LapseRequest(&request))?;
        let decided = request.lapse(permit, now);
        Ok(decided.map_err(|error| request_problem(error, None, Reader::Moderator, now))?.1)
    })
    .await
}
