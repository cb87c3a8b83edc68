//! Note on which day somebody last did something on a portal, for its lists of people. Only the
//! portal's own journal tells: what they do elsewhere is none of its business (SECURITY S4).

use guichet_domain::changes::{Noted, Place, Write};
use guichet_domain::journal::{Author, Entry};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::store::CommitError;

/// Note on which day somebody last did something on a portal.
///
/// # Errors
/// The table did not answer; the bus comes back.
pub async fn handle(app: &App, event: &Entry) -> Result<(), Error> {
    let (Some(portal), Author::Account(account)) = (event.portal, event.author) else {
        return Ok(());
    };
    let place = Place::Person(account, portal);
    let day = event.at.day();
    let person: Option<Person> = app.read_one(&place).await?;
    let is_noted = |person: &Person| person.active_on.as_ref().is_some_and(|noted| *noted >= day);
    // Whoever acted may be no person of the portal yet; most of what people do is not the first
    // thing of their day.
    if person.is_none_or(|person| is_noted(&person)) {
        return Ok(());
    }
    // The entry is read again: whoever can put events on a bus can not write the journal.
    let entry = app.read_entry(event.portal, event.id).await?;
    let entry = entry.ok_or_else(|| Error::Internal("there is no such entry".to_owned()))?;
    if entry.author != event.author || entry.at != event.at {
        return Err(Error::Internal("the entry says something else".to_owned()));
    }
    match app.apply(&[Write::Note(place, Noted::ActiveOn(day))]).await {
        // A later day was noted meanwhile.
        Ok(()) | Err(CommitError::Lost) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
