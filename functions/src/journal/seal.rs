//! Seal the journals: chain signed Merkle roots of what can't change any more (RULES I3).
//!
//! Every hour. Each seal is also logged, so that a copy stands outside the table (SECURITY S19).

use guichet_domain::seal::{ACCOUNT_JOURNALS, Journal};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;

/// How many seals of one journal a run makes at most; the next run goes on.
const MOST_SEALS: usize = 200;

/// Seal what can't change any more of each journal.
///
/// # Errors
/// The list of portals could not be read.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for number in 0..ACCOUNT_JOURNALS {
        try_to_seal(app, Journal::Accounts(number), &mut tally).await;
    }
    for portal in app.portals().await? {
        try_to_seal(app, Journal::Portal(portal), &mut tally).await;
    }
    Ok(tally)
}

/// One journal that can't be sealed keeps nobody from the others.
async fn try_to_seal(app: &App, journal: Journal, tally: &mut Tally) {
    if let Err(error) = seal(app, journal, tally).await {
        tracing::error!(%journal, why = %error, "a journal could not be sealed");
        tally.failed += 1;
    }
}

/// Makes the seals that are due. Whenever one gets a successor, its entries are counted again:
/// whatever was changed, added or removed since is told at once, and what comes next is sealed all
/// the same.
async fn seal(app: &App, journal: Journal, tally: &mut Tally) -> Result<(), Error> {
    let mut last = app.last_seal(journal).await?;
    for _ in 0..MOST_SEALS {
        let Some(next) = app.seal_next(journal, last.as_ref()).await? else { break };
        let (number, entries) = (next.seal.number, next.seal.entries);
        tracing::info!(seal = next.token, %journal, number, entries, "a journal was sealed");
        tally.done += 1;
        if let Some(last) = last
            && !app.still_fits(&last.seal).await?
        {
            let number = last.seal.number;
            tracing::error!(%journal, number, "the journal is not what was sealed");
            tally.failed += 1;
        }
        last = Some(next);
    }
    Ok(())
}
