//! Go on with imports that their runner has left.

use guichet_domain::changes::Place;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;

use crate::importing::go_on;

/// How many imports of a shard one run goes on with.
const MOST: u16 = 20;

/// Go on with imports that their runner has left.
///
/// # Errors
/// The table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for (_, place) in app.due("imports::resume", app.now(), MOST).await? {
        let Place::Import(id) = place else { continue };
        // Who meets others again and again goes on with nothing either.
        let result = go_on(app, id).await.map_err(|error| match error {
            Error::Again => Error::Internal("an import meets others again and again".to_owned()),
            error => error,
        });
        tally.count(&result);
    }
    Ok(tally)
}
