//! An import of 5,000 people from a file that a spreadsheet program saved: rows a second for the
//! file, the dry run, the run and the report, and the memory of the whole system in one process.
//!
//! `cargo run --release -p guichet-bench --example imports`. What plays DynamoDB looks at its whole
//! stream for each write, so that the run grows slower with each row, here and nowhere else.

#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::path::Path;
use std::time::Instant;

use guichet_local::stack::{Delivery, Environments, Options};
use serde_json::json;
use world::World;

fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
    number.unwrap_or_default()
}

fn told(what: &str, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let (rate, memory) = (5_000.0 / seconds, kilobytes("VmHWM"));
    println!("{what:<12}{seconds:>8.2} s{rate:>10.0} rows a second{memory:>10} KB at most");
}

#[tokio::main]
async fn main() {
    let once = |options| Options {
        environments: Environments::Shared,
        delivery: Delivery::Once,
        ..options
    };
    let world = World::with(1, once).await;
    let (portal, admin) = world.portal("Alpha").await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spreadsheets");
    let file = std::fs::read(folder.join("five_thousand.xlsx")).unwrap();
    println!("{:<44}{:>10} KB before", "", kilobytes("VmRSS"));
    let begun = Instant::now();
    let answer = world.upload(&portal, &admin, &file).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    told("upload", begun);
    let import = format!("/v1/portals/{portal}/imports/{}", answer.json()["id"].as_str().unwrap());
    for verb in ["dry-run", "start"] {
        let later = json!({"send": "later"});
        assert_eq!(world.on_import(&import, &admin, verb, later).await.status, 202);
        world.clock.advance_seconds(120);
        let begun = Instant::now();
        let done = world.stack.run("imports::resume").await.unwrap();
        assert_eq!(done["done"], 1, "{done}");
        told(verb, begun);
    }
    let begun = Instant::now();
    let report = world.report(&import, &admin).await;
    assert!(report.iter().all(|[_, _, result, _]| result == "Invitation prepared, not sent"));
    told("report", begun);
}
