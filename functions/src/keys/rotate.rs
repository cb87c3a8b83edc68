//! Make the signing keys: the first ones, and their successors a day before they are used.
//!
//! Every day; the operator invokes it once for the first keys.

use guichet_domain::changes::{Changes, Place};
use guichet_domain::journal::{Act, Event, Facts, Object};
use guichet_domain::permissions::Action;
use guichet_domain::signing::PublicKey;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::Origin;

/// Make the signing keys that are missing or due.
///
/// The secrets come first, then the table: a run that dies between them is completed by the next.
///
/// # Errors
/// Secrets Manager or the table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let keys = app.rotate_secrets().await?;
    let places: Vec<Place> = keys.iter().map(|key| Place::PublicKey(key.kid.clone())).collect();
    let known = app.read(&places).await?;
    let mut missing = Vec::new();
    for key in keys {
        if known.find::<PublicKey>(&Place::PublicKey(key.kid.clone()))?.is_none() {
            missing.push(key);
        }
    }
    let mut tally = Tally::default();
    if missing.is_empty() {
        return Ok(tally);
    }
    let codes = missing.iter().map(|key| key.family.code().to_owned()).collect();
    let event = Event::new(Act::KeysRotated, None, Object::Keys, 0)
        .changing(Facts::none(), Facts { codes, ..Facts::none() });
    let changes = Changes::new(system_permit(Action::RotateKeys)?).journal(event);
    tally.done = u32::try_from(missing.len()).unwrap_or(u32::MAX);
    let changes = missing.into_iter().fold(changes, Changes::create);
    app.commit(&Origin::default(), changes).await?;
    app.forget_public_keys().await;
    Ok(tally)
}
