//! Make the signing keys: the first ones, and their successors a day before they are used.
//!
//! Every day; the operator invokes it once for the first keys.

use guichet_domain::changes::Changes;
use guichet_domain::journal::{Act, Event, Facts, Object};
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::{Tally, system_permit};
use guichet_platform::store::Origin;

/// Make the signing keys that are missing or due.
///
/// Public parts come first: nothing is signed with a key that nobody can verify.
///
/// # Errors
/// Secrets Manager or the table did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut rotation = app.plan_rotation().await?;
    let public = std::mem::take(&mut rotation.public);
    let done = u32::try_from(public.len()).unwrap_or(u32::MAX);
    if done > 0 {
        let families = public.iter().map(|public| public.family.code().to_owned());
        let event = Event::new(Act::KeysRotated, None, Object::Keys, 0)
            .changing(Facts::none(), Facts { codes: families.collect(), ..Facts::none() });
        let changes = Changes::new(system_permit(Action::RotateKeys)?).journal(event);
        let changes = public.into_iter().fold(changes, Changes::create);
        app.commit(&Origin::default(), changes).await?;
    }
    app.keep_rotation(rotation).await?;
    app.forget_public_keys().await;
    Ok(Tally { done, ..Tally::default() })
}
