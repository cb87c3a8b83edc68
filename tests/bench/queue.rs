//! A page of the moderators' queue costs the same however many requests wait.

#[allow(dead_code, reason = "the budgets use more of it")]
mod fixtures;
#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use fixtures::populate;
use guichet_local::stack::{Environments, Options};
use guichet_local::wire::sequential;
use world::World;

/// How many requests wait; `QUEUE=100000` adds the size that is tried by hand.
fn sizes() -> Vec<usize> {
    let by_hand = std::env::var("QUEUE").ok().and_then(|size| size.parse().ok());
    [20, 1_000, 10_000].into_iter().chain(by_hand).collect()
}

#[tokio::test]
async fn a_page_of_the_queue_costs_the_same_with_20_and_with_10_000_requests() {
    let shared = Environments::Shared;
    let world = World::with(1, |options| Options { environments: shared, ..options }).await;
    let (portal, admin) = world.portal("Alpha").await;
    let (mut costs, mut present) = (Vec::new(), 0);
    for size in sizes() {
        populate(&world.stack, &portal, present..size).await;
        present = size;
        for query in ["?limit=20", "?limit=20&department=33", "?limit=20&search=camille"] {
            let path = format!("/v1/portals/{portal}/advisor-requests{query}");
            world.stack.wire.take_calls();
            let answer = world.call("GET", &path).by(&admin).send().await;
            let calls = world.stack.wire.take_calls();
            assert_eq!(answer.json()["items"].as_array().map(Vec::len), Some(20), "{size} {query}");
            let capacity = calls.iter().map(|call| call.capacity).fold(0.0, |sum, one| sum + one);
            println!(
                "{size:>7} {query:<26}{:>3} round trips{capacity:>7.1} units",
                sequential(&calls)
            );
            costs.push((size, query, sequential(&calls), capacity));
        }
    }
    for (size, query, round_trips, capacity) in &costs {
        // A filter looks at no more than 1,000 rows, so that it costs less where there are fewer.
        let is_plain = !query.contains('&');
        let like =
            costs.iter().find(|(other, same, ..)| same == query && (is_plain || *other == 1_000));
        let (_, _, same_round_trips, most) = like.unwrap();
        assert_eq!(round_trips, same_round_trips, "{size} {query}");
        let is_same = if is_plain { capacity == most } else { capacity <= most };
        assert!(is_same, "{size} {query}: {capacity} units instead of {most}");
    }
}
