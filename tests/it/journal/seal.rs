//! What the seals tell whoever watches over the journal.

use guichet_local::stack::AttributeValue;
use serde_json::json;

use crate::world::World;

/// Runs the schedule and tells how many seals it made and how many journals it complains of.
pub async fn seal(world: &World) -> (u64, u64) {
    let tally = world.stack.run("journal::seal").await.unwrap();
    (tally["done"].as_u64().unwrap(), tally["failed"].as_u64().unwrap())
}

/// A portal with some entries, sealed with everything before; then a later entry.
async fn sealed_portal(world: &World) -> String {
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Non."})).await;
    world.clock.advance_seconds(16 * 60);
    let (done, failed) = seal(world).await;
    assert!(
        done > 1 && failed == 0,
        "the portal's journal and those of accounts: {done}, {failed}"
    );
    let claire = world.sign_in("admin@alpha.fr").await;
    let answer =
        world.decide(&portal, &claire, &anne, "reopen", &json!({"reason": "Erreur."})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    world.clock.advance_seconds(16 * 60);
    portal
}

fn journal_key(portal: &str) -> String {
    format!("JOURNAL#{portal}#2026-11")
}

#[tokio::test]
async fn what_may_still_be_joined_by_others_is_not_sealed_and_nothing_is_sealed_twice() {
    let world = World::new().await;
    world.portal("Alpha").await;
    world.clock.advance_seconds(15 * 60 - 1);
    assert_eq!(seal(&world).await, (0, 0), "nothing is a quarter of an hour old");
    world.clock.advance_seconds(2);
    assert!(seal(&world).await.0 > 0);
    assert_eq!(seal(&world).await, (0, 0));
    world.clock.advance_seconds(11 * 3_600);
    assert_eq!(seal(&world).await, (0, 0), "nothing happened");
    world.clock.advance_seconds(3_600);
    let (done, failed) = seal(&world).await;
    assert!(done > 0 && failed == 0, "that nothing happened for half a day is sealed");
}

#[tokio::test]
async fn a_month_without_any_entry_is_sealed_once_it_is_over() {
    let world = World::new().await;
    let portal = sealed_portal(&world).await;
    seal(&world).await;
    world.clock.advance_days(70);
    world.stack.run("keys::rotate").await.unwrap();
    seal(&world).await;
    let seals = world.stack.items().unwrap();
    let of_portal = json!({ "S": format!("SEAL#{portal}") });
    let is_of_portal = |item: &&guichet_local::stack::Item| json!(item)["PK"] == of_portal;
    let mut seals: Vec<_> =
        seals.iter().filter(is_of_portal).map(guichet_local::stack::shown).collect();
    seals.sort_by_key(|seal| seal["SK"].to_string());
    let hashes: Vec<_> = seals.iter().map(|signed| signed["hashes"].as_str().unwrap()).collect();
    // Two with entries in November, then the rest of November, December, and what is over of January.
    assert_eq!(hashes.len(), 5, "{seals:#?}");
    assert!(!hashes[1].is_empty());
    assert_eq!(hashes[2..], ["", "", ""]);
}

#[tokio::test]
async fn of_two_runs_at_once_one_makes_each_seal() {
    let world = World::new().await;
    world.portal("Alpha").await;
    world.clock.advance_seconds(16 * 60);
    let runs = futures_util::future::join_all((0..4).map(|_| seal(&world))).await;
    let done: u64 = runs.iter().map(|(done, _)| done).sum();
    let items = world.stack.items().unwrap();
    let seals = items.iter().filter(
        |item| matches!(item.get("PK"), Some(AttributeValue::S(pk)) if pk.starts_with("SEAL#")),
    );
    assert_eq!(done, seals.count() as u64);
    assert!(runs.iter().all(|(_, failed)| *failed == 0), "{runs:?}");
}

#[tokio::test]
async fn a_changed_entry_is_told_by_the_next_seal() {
    let world = World::new().await;
    let portal = sealed_portal(&world).await;
    let first = first_entry(&world, &portal);
    let mut changed = first.clone();
    changed.insert("act".to_owned(), AttributeValue::S("portal.updated".to_owned()));
    world.stack.overwrite(&changed).unwrap();
    let (done, failed) = seal(&world).await;
    assert!(done >= 1, "what comes after is sealed all the same");
    assert_eq!(failed, 1);
    assert_eq!(seal(&world).await.1, 0, "it is told once");
}

#[tokio::test]
async fn a_removed_entry_is_told_by_the_next_seal() {
    let world = World::new().await;
    let portal = sealed_portal(&world).await;
    world.stack.erase(&first_entry(&world, &portal)).unwrap();
    assert_eq!(seal(&world).await.1, 1);
}

#[tokio::test]
async fn an_entry_slipped_into_the_past_is_told_by_the_next_seal() {
    let world = World::new().await;
    let portal = sealed_portal(&world).await;
    let mut slipped = first_entry(&world, &portal);
    let Some(AttributeValue::S(id)) = slipped.get("SK").cloned() else { panic!("no key") };
    // The same millisecond, and the greatest random part.
    slipped.insert("SK".to_owned(), AttributeValue::S(format!("{}ZZZZZZZZZZZZZZZZ", &id[..10])));
    world.stack.overwrite(&slipped).unwrap();
    assert_eq!(seal(&world).await.1, 1);
}

#[tokio::test]
async fn an_entry_that_lists_show_otherwise_is_told_by_the_next_seal() {
    let world = World::new().await;
    let portal = sealed_portal(&world).await;
    let mut first = first_entry(&world, &portal);
    let Some(AttributeValue::S(row)) = first.get("row").cloned() else { panic!("no row") };
    let otherwise = row.replace("\"version\":1", "\"version\":2");
    assert_ne!(row, otherwise);
    first.insert("row".to_owned(), AttributeValue::S(otherwise));
    world.stack.overwrite(&first).unwrap();
    assert_eq!(seal(&world).await.1, 1);
}

#[tokio::test]
async fn after_a_forged_seal_nothing_is_sealed() {
    let world = World::new().await;
    let portal = sealed_portal(&world).await;
    let items = world.stack.items().unwrap();
    let key = json!({ "S": format!("SEAL#{portal}") });
    let mut last = items.into_iter().find(|item| json!(item)["PK"] == key).unwrap();
    let Some(AttributeValue::S(token)) = last.get("token").cloned() else { panic!("no token") };
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{rest}.{}", signature.chars().rev().collect::<String>());
    last.insert("token".to_owned(), AttributeValue::S(forged));
    world.stack.overwrite(&last).unwrap();
    assert_eq!(seal(&world).await.1, 1, "the journal can't be sealed, and that is told");
}

#[tokio::test]
async fn without_a_key_that_can_be_verified_nothing_is_sealed_until_there_is_one() {
    let world = World::new().await;
    sealed_portal(&world).await;
    world.clock.advance_days(150);
    let (done, failed) = seal(&world).await;
    assert!(done == 0 && failed > 0, "no rotation ran for months");
    world.stack.run("keys::rotate").await.unwrap();
    world.clock.advance_seconds(601);
    assert!(seal(&world).await.0 > 0);
}

fn first_entry(world: &World, portal: &str) -> guichet_local::stack::Item {
    let key = json!({ "S": journal_key(portal) });
    let items = world.stack.items().unwrap();
    let mut entries: Vec<_> = items.into_iter().filter(|item| json!(item)["PK"] == key).collect();
    entries.sort_by_key(|item| json!(item)["SK"].to_string());
    entries.swap_remove(0)
}
