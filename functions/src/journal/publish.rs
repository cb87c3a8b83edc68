//! Publish a journal entry on the bus, as soon as the table's stream shows it.

use guichet_domain::journal::Entry;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Changed;

use crate::bus::publish;

/// Publish a journal entry on the bus.
///
/// # Errors
/// The bus did not take it; the stream comes back with it.
pub async fn handle(app: &App, record: &Changed) -> Result<(), Error> {
    publish(app, &[record.image::<Entry>()?]).await
}
