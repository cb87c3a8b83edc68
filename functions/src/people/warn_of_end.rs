//! Warn advisers whose access ends soon.
//!
//! Every five minutes.

use guichet_domain::permissions::Action;
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::{Tally, system_permit};

use crate::due;
use crate::views::person_problem;

/// Warn advisers whose access ends soon.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let now = app.now();
    due::each(app, "people::warn_of_end", |person: Person| {
        let permit = system_permit(Action::EndAccess(&person))?;
        let decided = person.clone().warn_of_end(permit, now);
        Ok(decided.map_err(|error| person_problem(error, &person, now))?.1)
    })
    .await
}
