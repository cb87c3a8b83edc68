//! Seal the journals: chain signed Merkle roots of what can't change any more (RULES I3).
//!
//! Every hour. Each seal is also logged, so that a copy stands outside the table (SECURITY S19).

use guichet_domain::seal::{Journal, LATEST_SEAL_DAYS};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;
use guichet_platform::seal::Sealed;

/// How many seals of one journal a run makes at most; the next run goes on.
const MOST_SEALS_OF_A_RUN: usize = 200;

/// Seal what can't change any more of each journal.
///
/// # Errors
/// The list of portals could not be read.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for journal in app.journals().await? {
        // One journal that can't be sealed keeps nobody from the others.
        if let Err(error) = seal(app, journal, &mut tally).await {
            tracing::error!(%journal, why = %error, "a journal could not be sealed");
            tally.failed += 1;
        }
    }
    Ok(tally)
}

/// Makes the seals that are due. Before a seal gets a successor, its entries are counted again:
/// whatever was changed, added or removed since is told, and what comes next is sealed all the
/// same.
async fn seal(app: &App, journal: Journal, tally: &mut Tally) -> Result<(), Error> {
    let mut last = app.last_seal(journal).await?;
    for _ in 0..MOST_SEALS_OF_A_RUN {
        let Some(due) = app.due_for_a_seal(journal, last.as_ref()).await? else { break };
        if let Some(last) = &last {
            // Should the run that made it have died before it could.
            log(last);
            if !app.still_fits(&last.seal).await? {
                let (number, broken) = (last.seal.number, "changed");
                tracing::error!(%journal, number, broken, "the journal is not what was sealed");
                tally.failed += 1;
            }
        }
        if due.seal.is_later_than(LATEST_SEAL_DAYS) {
            let late_seconds = due.seal.late_seconds();
            tracing::error!(%journal, late_seconds, broken = "late", "a journal is sealed late");
            tally.failed += 1;
        }
        let Some(next) = app.seal(due).await? else { break };
        log(&next);
        tally.done += 1;
        last = Some(next);
    }
    Ok(())
}

/// Leaves a copy of a seal in the log.
fn log(sealed: &Sealed) {
    let (seal, journal) = (&sealed.token, sealed.seal.journal);
    let (number, entries) = (sealed.seal.number, sealed.seal.entries);
    tracing::info!(seal, %journal, number, entries, "a journal is sealed");
}
