//! Publish the journal entries of the last hours that nobody composed from: what the stream lost,
//! or what a consumer dropped.
//!
//! Every ten minutes.

use guichet_domain::changes::Place;
use guichet_domain::instant::Instant;
use guichet_domain::journal::Entry;
use guichet_domain::mail::Composed;
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::run::Tally;
use guichet_platform::store::{Order, PageQuery};

use crate::bus::publish;

/// How far back a run looks. Runs overlap, so that a run that failed is made up for.
const WINDOW_HOURS: i64 = 48;

/// How old an entry must be: a younger one may still be on its way. A commit gives up after 60
/// seconds, so that the window before is complete (DESIGN §6).
const SETTLED_SECONDS: i64 = 300;

/// How many pages of a journal one run reads at most.
const MOST_PAGES: usize = 100;

/// Publish the journal entries that nobody composed from.
///
/// # Errors
/// The table or the bus did not answer.
pub async fn handle(app: &App) -> Result<Tally, Error> {
    let now = app.now();
    let (from, to) = (now.plus_seconds(-WINDOW_HOURS * 3_600), now.plus_seconds(-SETTLED_SECONDS));
    let mut months = vec![from.month(), to.month()];
    months.dedup();
    let journals = app.journals().await?;
    let mut tally = Tally::default();
    for month in months {
        for journal in &journals {
            let journal = Listing::Journal(*journal, month.clone());
            try_to_catch_up(app, &journal, from, to, &mut tally).await;
        }
    }
    Ok(tally)
}

/// One journal that can't be read keeps nobody from the others.
async fn try_to_catch_up(
    app: &App,
    journal: &Listing,
    from: Instant,
    to: Instant,
    tally: &mut Tally,
) {
    if let Err(error) = catch_up(app, journal, from, to, tally).await {
        tracing::error!(why = %error, "a journal could not be caught up with");
        tally.failed += 1;
    }
}

/// Walks one journal backwards through the window.
async fn catch_up(
    app: &App,
    journal: &Listing,
    from: Instant,
    to: Instant,
    tally: &mut Tally,
) -> Result<(), Error> {
    let mut query = PageQuery::first(100, Order::Descending);
    for _ in 0..MOST_PAGES {
        let page = app.page::<Entry>(journal, &query).await?;
        let reached_the_start = page.rows.last().is_none_or(|entry| entry.at < from);
        let settled: Vec<Entry> =
            page.rows.into_iter().filter(|entry| (from..to).contains(&entry.at)).collect();
        let places: Vec<Place> = settled.iter().map(|entry| Place::Composed(entry.id)).collect();
        let composed = app.read(&places).await?;
        let mut missed = Vec::new();
        for entry in settled {
            match composed.find::<Composed>(&Place::Composed(entry.id))? {
                Some(Composed { reached: None, .. }) => tally.skipped += 1,
                // Nobody composed from it, or whoever did got stuck on the way.
                _ => missed.push(entry),
            }
        }
        publish(app, &missed).await?;
        tally.done += u32::try_from(missed.len()).unwrap_or(u32::MAX);
        query.cursor = page.cursor;
        if reached_the_start || query.cursor.is_none() {
            return Ok(());
        }
    }
    Ok(())
}
