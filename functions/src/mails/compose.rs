//! Compose the mails that a journal entry causes: one for each recipient, once.
//!
//! The id of a mail is a hash of entry, automation and recipient, so that composing twice makes
//! nothing twice; `COMPOSED` is written even when nobody is mailed (DESIGN §6).

use guichet_domain::changes::{Guard, Place, Write};
use guichet_domain::journal::{Act, Entry};
use guichet_domain::mail::Composed;
use guichet_domain::moderation::Digest;
use guichet_domain::portal::Portal;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::store::CommitError;

use crate::composition::{Context, compose_mails};

/// Compose the mails that a journal entry causes.
///
/// # Errors
/// The entry or what it made can't be read yet; the bus comes back with it.
pub async fn handle(app: &App, event: &Entry) -> Result<(), Error> {
    // The entry is read again: whoever can put events on a bus can not write the journal.
    let entry = app.read_entry(event.portal, event.id).await?;
    let entry = entry.ok_or_else(|| Error::Internal("there is no such entry".to_owned()))?;
    let done: Option<Composed> = app.read_one(&Place::Composed(entry.id)).await?;
    if done.is_some_and(|done| done.reached.is_none()) {
        return Ok(());
    }
    if entry.at >= app.config.mail_epoch {
        let portal: Option<Portal> = match entry.portal {
            Some(portal) => app.read_one(&Place::Portal(portal)).await?,
            None => None,
        };
        if let Some(portal) = &portal {
            arm_digest(app, &entry, portal).await?;
        }
        compose_mails(app, &Context { entry: &entry, portal: portal.as_ref() }).await?;
    }
    let composed = Composed { entry: entry.id, at: app.now(), reached: None };
    Ok(app.apply(&[Write::Put(composed.into())]).await?)
}

/// Arms the moderators' digest when something begins to wait for them.
async fn arm_digest(app: &App, entry: &Entry, portal: &Portal) -> Result<(), Error> {
    if !matches!(entry.act, Act::RequestSubmitted | Act::RequestReopened | Act::DossierSubmitted) {
        return Ok(());
    }
    let now = app.now();
    let current: Option<Digest> = app.read_one(&Place::Digest(portal.id)).await?;
    let write = match current {
        None => Write::Create(Digest::first(portal.id, now).into()),
        Some(digest) => match digest.armed(now) {
            None => return Ok(()),
            Some(armed) => Write::Update(armed.into(), Guard::Version),
        },
    };
    match app.apply(&[write]).await {
        // Somebody else armed it.
        Ok(()) | Err(CommitError::Lost) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
