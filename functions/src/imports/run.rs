//! Go over the rows of an import: look at them, invite whom they name, or settle where it stopped.

use guichet_domain::journal::{Act, Entry, Object};
use guichet_platform::app::App;
use guichet_platform::problem::Error;

use crate::importing::go_on;

/// Go over the rows of an import.
///
/// # Errors
/// The table did not answer; the bus comes back, and `imports::resume` after it.
pub async fn handle(app: &App, event: &Entry) -> Result<(), Error> {
    // The entry is read again: whoever can put events on a bus can not write the journal.
    let entry = app.read_entry(event.portal, event.id).await?;
    let entry = entry.ok_or_else(|| Error::Internal("there is no such entry".to_owned()))?;
    match (entry.act, entry.object) {
        (Act::ImportCheckAsked | Act::ImportStarted | Act::ImportCancelled, Object::Import(id)) => {
            go_on(app, id).await
        }
        _ => Ok(()),
    }
}
