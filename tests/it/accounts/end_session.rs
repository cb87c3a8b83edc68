//! What somebody sees who ends a session elsewhere.

use crate::world::World;

#[tokio::test]
async fn people_end_their_own_sessions_and_nobody_elses() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let karim = world.user("Karim", "Durand").await;
    let list = world.call("GET", "/v1/sessions").by(&anne).send().await.json();
    let id = list["items"][0]["session"].as_str().unwrap().to_owned();
    let path = format!("/v1/sessions/{id}");
    assert_eq!(world.call("DELETE", &path).by(&karim).send().await.status, 404);
    assert_eq!(world.call("DELETE", &path).by(&anne).once().send().await.status, 204);
    assert_eq!(world.call("GET", "/v1/me").by(&anne).send().await.status, 401);
}
