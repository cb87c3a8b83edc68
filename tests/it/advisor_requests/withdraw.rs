//! What a requester sees who takes it back.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_withdrawn_request_is_over_and_one_can_ask_again_at_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let done = world.decide(&portal, &anne, &anne, "withdraw", &json!({})).await;
    assert_eq!((done.status, done.json()["status"].as_str()), (200, Some("withdrawn")));
    let late = world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!(late.json()["code"], "already_decided");
    assert!(late.json()["detail"].as_str().unwrap().contains("by the person who made it"));
    assert_eq!(world.submit(&portal, &anne, &["33"]).await.status, 201);
}
