//! What people see of stopping an import.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_import_that_was_not_started_is_over_at_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    let answer = world.on_import(&import, &admin, "cancel", json!({})).await;
    assert_eq!((answer.status, &answer.json()["state"]), (200, &json!("cancelled")));
    let again = world.on_import(&import, &admin, "cancel", json!({})).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("import_ended")));
    let late = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!(late.status, 409);
}

#[tokio::test]
async fn one_that_is_stopped_before_it_is_gone_over_invites_nobody() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    world.on_import(&import, &admin, "dry-run", json!({})).await;
    world.settle().await;
    world.on_import(&import, &admin, "start", json!({})).await;
    let stopped = world.on_import(&import, &admin, "cancel", json!({})).await;
    assert_eq!((stopped.status, &stopped.json()["state"]), (200, &json!("stopping")));
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!((&whole["state"], &whole["counts"]), (&json!("cancelled"), &json!({})));
    assert_eq!(world.mails_to("zoe@exemple.fr").await, []);
    let [[_, _, result, _]] = &world.report(&import, &admin).await[..] else { panic!() };
    assert_eq!(result, "To be invited");
}
