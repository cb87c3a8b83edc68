//! What somebody sees who signs out.

use crate::world::World;

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_no_other() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let phone = world.sign_in(&anne.email).await;
    let ended = world.call("DELETE", "/v1/sessions/current").by(&anne).once().send().await;
    assert_eq!(ended.status, 204);
    assert_eq!(world.call("GET", "/v1/me").by(&anne).send().await.status, 401);
    assert_eq!(world.call("GET", "/v1/me").by(&phone).send().await.status, 200);
}
