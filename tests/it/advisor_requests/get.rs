//! What one sees of a request.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn requesters_see_the_team_and_moderators_see_each_other() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let karim = world.requester(&portal, "Karim", &["33"]).await;
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Incomplet."})).await;
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let own = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(own["decision"]["reason"], "Incomplet.");
    assert!(own["decision"]["by"].is_null());
    let staff = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(staff["decision"]["by"]["name"], "Claire Martin");
    assert_eq!(world.call("GET", &path).by(&karim).send().await.status, 404);
    assert_eq!(world.call("GET", &path).send().await.status, 401);
}
