//! How many requests a second the whole system takes on one machine, and in how much memory.
//!
//! `cargo run --release -p guichet-bench --example load`. Bounded in count, and in this process.

#[allow(dead_code, reason = "the budgets use more of it")]
mod fixtures;
#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::time::Instant;

use fixtures::populate;
use futures_util::future::join_all;
use guichet_local::stack::{Delivery, Environments, Options};
use serde_json::json;
use world::{User, World};

/// How many people ask, each on every portal.
const PEOPLE: usize = 20;

/// How many portals there are.
const PORTALS: usize = 10;

/// How many pages of the queue are read.
const PAGES: usize = 400;

/// How many requests wait in the queue that is read.
const WAITING: usize = 1_000;

/// How many hands ask at once.
const HANDS: usize = 8;

#[tokio::main]
async fn main() {
    let warm = |options| Options {
        environments: Environments::Shared,
        delivery: Delivery::Once,
        ..options
    };
    let world = World::with(1, warm).await;
    let mut portals = Vec::new();
    for number in 0..PORTALS {
        portals.push(world.portal(&format!("Portail{number}")).await);
    }
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let letter = char::from(b'a' + u8::try_from(number).unwrap());
        people.push(world.user(&format!("Anne{letter}"), "Durand").await);
    }
    let all: Vec<(&str, &User, &User)> = portals
        .iter()
        .flat_map(|(portal, admin)| people.iter().map(move |one| (portal.as_str(), admin, one)))
        .collect();
    let begun = Instant::now();
    for some in all.chunks(HANDS) {
        let asked = some.iter().map(|(portal, _, one)| world.submit(portal, one, &["33"]));
        assert!(join_all(asked).await.iter().all(|answer| answer.status == 201));
    }
    tell("advisor_requests::submit", all.len(), begun);
    let mut etags = Vec::new();
    for (portal, admin, one) in &all {
        let path = format!("/v1/portals/{portal}/advisor-requests/{}", one.account);
        etags.push((format!("{path}/accept"), *admin, world.etag(admin, &path).await));
    }
    let begun = Instant::now();
    for some in etags.chunks(HANDS) {
        let accepted = some.iter().map(|(path, admin, etag)| {
            world.call("POST", path).by(admin).if_match(etag).json(&json!({})).send()
        });
        assert!(join_all(accepted).await.iter().all(|answer| answer.status == 200));
    }
    tell("advisor_requests::accept", etags.len(), begun);
    let (portal, admin) = &portals[0];
    populate(&world.stack, portal, 0..WAITING).await;
    let path = format!("/v1/portals/{portal}/advisor-requests?limit=25");
    let begun = Instant::now();
    for _ in 0..PAGES / HANDS {
        let pages = (0..HANDS).map(|_| world.call("GET", &path).by(admin).send());
        assert!(join_all(pages).await.iter().all(|answer| answer.status == 200));
    }
    tell("advisor_requests::list", PAGES, begun);
    println!("{:<28}{:>8} MB at most", "memory", most_memory_in_kilobytes() / 1024);
}

fn tell(name: &str, count: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!("{name:<28}{:>8.0} a second, {HANDS} hands", count as f64 / seconds);
}

/// The most memory that this process had, as the kernel counts it.
fn most_memory_in_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
