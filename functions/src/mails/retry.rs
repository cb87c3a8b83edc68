//! Send again the mails that SES did not take, or whose sender died with them.
//!
//! Every five minutes.

use guichet_domain::changes::Place;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;

use crate::delivery::deliver;

/// How many mails of a shard one run sends.
const MOST: u16 = 100;

/// Send again the mails that wait.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let now = app.now();
    let waiting = app.due("mails::retry", now, MOST).await?;
    let longest = waiting.iter().map(|(since, _)| now.seconds_since(*since)).max();
    // The alarm on mails that wait too long reads this line.
    tracing::info!(longest_wait_seconds = longest.unwrap_or(0));
    for (_, place) in waiting {
        if let Place::Mail(id) = place {
            tally.count(&deliver(app, &id).await);
        }
    }
    Ok(tally)
}
