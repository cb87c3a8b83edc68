//! Sealing many entries: how long it takes, in how many round trips, and in how much memory.

#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::io::Cursor;
use std::time::Instant;

use guichet_domain::changes::Changes;
use guichet_domain::ids::{AccountId, PortalId, Ulid};
use guichet_domain::journal::{Act, Event, Facts, Object};
use guichet_domain::level::Level;
use guichet_domain::permissions::Action;
use guichet_domain::seal::{Journal, SealNumber};
use guichet_local::stack::{Environments, Flow, Options};
use guichet_local::wire::sequential;
use guichet_platform::run::system_permit;
use guichet_platform::seal::verify::{Known, verify};
use guichet_platform::store::Origin;
use world::World;

/// How many entries are sealed at once; `SEAL=100000` adds the size that is tried by hand.
fn sizes() -> Vec<usize> {
    let by_hand = std::env::var("SEAL").ok().and_then(|size| size.parse().ok());
    [2_000, 20_000].into_iter().chain(by_hand).collect()
}

/// How many entries one transaction takes.
const MOST_ENTRIES: usize = 100;

/// Writes entries, as many commands would.
async fn journal(world: &World, portal: PortalId, entries: usize) {
    world.stack.stream(Flow::Stopped).unwrap();
    let level = |level| Facts::level(level);
    for first in (0..entries).step_by(MOST_ENTRIES) {
        let mut changes = Changes::new(system_permit(Action::RotateKeys).unwrap());
        for number in first..(first + MOST_ENTRIES).min(entries) {
            let account = AccountId::new(Ulid::from_parts(1_700_000_000_000, number as u128));
            let event = Event::new(Act::LevelChanged, Some(portal), Object::Person(account), 2);
            let event = event.touching(account);
            changes = changes
                .journal(event.changing(level(Level::User), level(Level::GlobalAdministrator)));
        }
        world.stack.app.commit(&Origin::default(), changes).await.unwrap();
    }
    world.stack.stream(Flow::Running).unwrap();
}

/// What the process holds of the machine's memory in MiB: now, or at most since it was asked to
/// forget.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B']).parse::<f64>().unwrap() / 1024.0
}

/// Seals what is due; tells how much more memory it took than the process had.
async fn sealed(world: &World, entries: usize) -> f64 {
    world.clock.advance_seconds(3_600);
    world.stack.wire.take_calls();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (before, began) = (memory("VmRSS"), Instant::now());
    let tally = world.stack.run("journal::seal").await.unwrap();
    let took = began.elapsed().as_secs_f64();
    let more = memory("VmHWM") - before;
    let (seals, trips) = (&tally["done"], sequential(&world.stack.wire.take_calls()));
    println!(
        "{entries:>7} entries: {seals} seals in {took:.1} s, {trips} round trips, {more:.1} MiB more \
         than the {before:.0} before"
    );
    assert_eq!(tally["failed"], 0);
    assert!(seals.as_u64().unwrap() as usize > entries / 1_024);
    // Journals without a seal are looked for month by month: some hundred round trips.
    assert!(trips < entries / 100 + 150, "some round trips for a thousand entries");
    more
}

#[tokio::test]
async fn sealing_ten_times_as_many_entries_takes_no_more_memory() {
    let environments = Environments::Shared;
    let world = World::with(1, |options| Options { environments, ..options }).await;
    let (portal, _) = world.portal("Alpha").await;
    let portal: PortalId = portal.parse().unwrap();
    let mut more = Vec::new();
    for entries in sizes() {
        journal(&world, portal, entries).await;
        more.push(sealed(&world, entries).await);
    }
    // Seals that are full are cut and paged like any others: the whole verifies.
    let (mut export, mut next) = (String::new(), Some(1));
    while let Some(number) = next {
        let number = SealNumber::try_from(number).unwrap();
        let page = world.stack.app.export(Journal::Portal(portal), number).await.unwrap();
        export.push_str(&page.lines);
        next = page.next;
    }
    let verified = verify(Cursor::new(&export), &Known::default()).unwrap();
    // The portal's own first entry stands before them.
    assert_eq!(verified.entries, sizes().iter().sum::<usize>() as u64 + 1);
    assert!(more.iter().all(|more_memory| *more_memory < more[0] + 16.0), "{more:?} MiB");
}
