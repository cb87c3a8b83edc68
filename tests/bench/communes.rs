//! Two ways of finding communes, measured: the list in the program, and words in the table.
//!
//! `cargo run --release -p guichet-bench --example communes`

#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::time::Instant;

use guichet_domain::changes::Write;
use guichet_domain::ids::{AccountId, PortalId, Ulid};
use guichet_domain::person::SearchWord;
use guichet_domain::territory::Commune;
use guichet_domain::text::folded;
use guichet_local::stack::{Environments, Flow, Options};
use guichet_platform::keys::Listing;
use guichet_platform::store::{Order, PageQuery};
use world::World;

/// What people type on their way to a commune.
const TYPED: [&str; 6] = ["b", "bord", "saint-den", "st etienne", "33000", "la roche"];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let begun = Instant::now();
    let found = Commune::search("bordeaux", 25);
    println!("{:<28}{:>9.2} ms, with its index", "the first in the program", since(begun));
    assert_eq!(found[0].code, "33063");
    for text in TYPED {
        let begun = Instant::now();
        let found = Commune::search(text, 25).len();
        println!("{text:<28}{:>9.2} ms, {found} found", since(begun));
    }
    let shared = Environments::Shared;
    let world = World::with(1, |options| Options { environments: shared, ..options }).await;
    let portal = PortalId::new(Ulid(1));
    let items = fill(&world, portal).await;
    println!("{:<28}{items:>9} items to be kept up to date", "words in the table");
    for text in TYPED {
        let word = folded(text).split(' ').next_back().unwrap_or_default().to_owned();
        world.stack.wire.take_calls();
        let begun = Instant::now();
        let listing = Listing::FoundBy(portal, word);
        let query = PageQuery::first(25, Order::Ascending);
        let page = world.stack.app.page::<SearchWord>(&listing, &query).await.expect("a page");
        let calls = world.stack.wire.take_calls();
        let capacity = calls.iter().map(|call| call.capacity).fold(0.0, |sum, one| sum + one);
        println!(
            "{text:<28}{:>9.2} ms, {} found, {} round trip, {capacity} units",
            since(begun),
            page.rows.len(),
            calls.len()
        );
    }
}

fn since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

/// Puts each word of each commune, and each of its postal codes, into the table.
async fn fill(world: &World, portal: PortalId) -> usize {
    let mut writes = Vec::new();
    for letter in 'a'..='z' {
        // A word of one letter finds them all, in pages: here only the list is wanted.
        for commune in Commune::search(&letter.to_string(), usize::MAX) {
            let name = folded(commune.name);
            let words = name.split(' ').map(str::to_owned);
            let words = words.chain(commune.postal_codes().map(str::to_owned));
            let account = AccountId::new(Ulid(u128::from_str_radix(commune.code, 36).unwrap_or(0)));
            writes.extend(words.map(|word| SearchWord { portal, word, account }));
        }
    }
    writes.sort_by(|one, next| (&one.word, one.account).cmp(&(&next.word, next.account)));
    writes.dedup();
    world.stack.stream(Flow::Stopped).expect("the stream stops");
    for chunk in writes.chunks(100) {
        let chunk: Vec<Write> = chunk.iter().cloned().map(|word| Write::Put(word.into())).collect();
        world.stack.app.apply(&chunk).await.expect("written");
    }
    writes.len()
}
