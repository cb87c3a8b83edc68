//! What becomes of an import that its runner has left.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_schedule_goes_on_once_the_lease_has_ended() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    // The event that would have it run is lost.
    let answer = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!(answer.status, 202);
    let none = world.stack.run("imports::resume").await.unwrap();
    assert_eq!(none["done"], 0, "it has its time");
    world.clock.advance_seconds(120);
    let done = world.stack.run("imports::resume").await.unwrap();
    assert_eq!(done["done"], 1);
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!((&whole["state"], &whole["counts"]), (&json!("checked"), &json!({"new": 1})));
    // The event comes late and finds nothing to do.
    world.settle().await;
    let after = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(after, whole);
}
