//! Send a mail, as soon as the table's stream shows it.

use guichet_domain::mail::Mail;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Changed;

use crate::delivery::deliver;

/// Send a mail.
///
/// # Errors
/// The table did not answer; the stream comes back with it. What SES refuses is not an error here:
/// the mail is tried again later.
pub async fn handle(app: &App, record: &Changed) -> Result<(), Error> {
    deliver(app, &record.image::<Mail>()?.id).await
}
