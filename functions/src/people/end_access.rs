//! Put away the adviser accesses whose end has come.
//!
//! Every five minutes.

use guichet_domain::permissions::Action;
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::{Tally, system_permit};

use crate::due;
use crate::views::person_problem;

/// Put away the adviser accesses whose end has come.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let now = app.now();
    due::each(app, "people::end_access", |person: Person| {
        let permit = system_permit(Action::EndAccess(&person))?;
        let decided = person.clone().end_access(permit, now);
        Ok(decided.map_err(|error| person_problem(error, &person, now))?.1)
    })
    .await
}
