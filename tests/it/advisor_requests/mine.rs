//! What a requester finds on their one stable page.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_page_keeps_state_history_decision_and_reason() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let path = format!("/v1/portals/{portal}/advisor-requests/mine");
    let anne = world.user("Anne", "Durand").await;
    assert_eq!(world.call("GET", &path).by(&anne).send().await.status, 404);
    world.submit(&portal, &anne, &["33"]).await;
    world.decide(&portal, &anne, &anne, "withdraw", &json!({})).await;
    world.submit(&portal, &anne, &["64"]).await;
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Incomplet."})).await;
    let page = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(page["current"]["decision"]["reason"], "Incomplet.");
    assert_eq!(page["current"]["previous"]["status"], "withdrawn");
    assert_eq!(page["past"][0]["status"], "withdrawn");
}
