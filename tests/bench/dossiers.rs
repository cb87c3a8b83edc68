//! A page of dossiers costs the same on a portal with 100 and with 10,000 of them (RULES F14).

#[allow(dead_code, reason = "the budgets use more of it")]
mod fixtures;
#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use fixtures::populate_dossiers;
use guichet_local::stack::{Environments, Options};
use guichet_local::wire::sequential;
use serde_json::json;
use world::World;

/// How many dossiers there are; `DOSSIERS=100000` adds the size that is tried by hand.
fn sizes() -> Vec<usize> {
    let by_hand = std::env::var("DOSSIERS").ok().and_then(|size| size.parse().ok());
    [200, 10_000].into_iter().chain(by_hand).collect()
}

#[tokio::test]
async fn a_page_of_dossiers_costs_the_same_with_200_and_with_10_000() {
    let shared = Environments::Shared;
    let world = World::with(1, |options| Options { environments: shared, ..options }).await;
    let (portal, mut admin) = world.portal("Alpha").await;
    let mut local = world.advisor(&portal, &admin, "Luc", &["33", "40", "75"]).await;
    let mut national = world.advisor(&portal, &admin, "Nadia", &[]).await;
    let mut lea = world.user("Lea", "Roux").await;
    let mut own = Vec::new();
    for number in 0..12 {
        if number == 6 {
            // So many are submitted in an hour by one person.
            world.clock.advance_seconds(3_601);
            admin = world.sign_in(&admin.email).await;
            lea = world.sign_in(&lea.email).await;
            local = world.sign_in(&local.email).await;
            national = world.sign_in(&national.email).await;
        }
        own.push(world.open_dossier(&portal, &lea, &admin, "33063").await);
    }
    for dossier in &own[..3] {
        world.on_dossier(dossier, &local, "join", json!({"role": "advisor"})).await;
    }
    let (mut costs, mut present) = (Vec::new(), 0);
    for size in sizes() {
        populate_dossiers(&world.stack, &portal, present..size).await;
        present = size;
        for (who, user, query) in [
            ("staff", &admin, "?limit=10"),
            ("national adviser", &national, "?limit=10"),
            ("adviser of 3 departments", &local, "?limit=10"),
            ("adviser, of one of them", &local, "?limit=10&department=40"),
            ("one's own", &lea, "?limit=10"),
        ] {
            let path = format!("/v1/portals/{portal}/dossiers{query}");
            world.stack.wire.take_calls();
            let answer = world.call("GET", &path).by(user).send().await;
            let calls = world.stack.wire.take_calls();
            assert_eq!(answer.json()["items"].as_array().map(Vec::len), Some(10), "{size} {who}");
            let capacity = calls.iter().map(|call| call.capacity).fold(0.0, |sum, one| sum + one);
            let (round_trips, calls) = (sequential(&calls), calls.len());
            println!(
                "{size:>7} {who:<26}{calls:>3} calls in {round_trips} round trips{capacity:>7.1} units"
            );
            costs.push((who, query, round_trips, calls, capacity));
        }
    }
    previews(&world, &portal, &admin, &local.account).await;
    for (who, query, round_trips, calls, capacity) in &costs {
        let (.., same_round_trips, same_calls, most) =
            costs.iter().find(|(other, ..)| other == who).unwrap();
        assert_eq!((round_trips, calls), (same_round_trips, same_calls), "{who}");
        // A filter looks at no more than 1,000 rows, so that it costs less where there are fewer.
        assert!(capacity == most || query.contains('&'), "{who}: {capacity} instead of {most}");
    }
}

/// Where there are more than a thousand dossiers, a preview says so of the numbers that it concerns,
/// and of no other.
async fn previews(world: &World, portal: &str, admin: &world::User, advisor: &str) {
    let path = format!("/v1/portals/{portal}/advisors/{advisor}/preview-territory");
    let none = json!({"count": 0, "and_more": false});
    let many = json!({"count": 1000, "and_more": true});
    for (query, gained, kept, lost) in [
        // All that is read is seen already; what is not may be anywhere.
        ("national=true", json!({"count": 0, "and_more": true}), &many, &none),
        ("departments=33", none.clone(), &many, &many),
        ("departments=33,13", none.clone(), &many, &many),
    ] {
        let said = world.call("GET", &format!("{path}?{query}")).by(admin).send().await.json();
        assert_eq!(said["dossiers_gained"], gained, "{query}");
        assert_eq!((&said["dossiers_kept"], &said["dossiers_lost"]), (kept, lost), "{query}");
    }
}
