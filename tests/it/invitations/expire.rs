//! What people see of invitations that nobody answered.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_unanswered_invitation_is_written_down_as_expired_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    world.clock.advance_days(5);
    world.stack.run("invitations::remind").await.unwrap();
    world.clock.advance_days(2);
    world.clock.advance_seconds(-1);
    assert_eq!(world.stack.run("invitations::expire").await.unwrap()["done"], 0);
    world.clock.advance_seconds(1);
    assert_eq!(world.stack.run("invitations::expire").await.unwrap()["done"], 1);
    assert_eq!(world.stack.run("invitations::expire").await.unwrap()["done"], 0);
    let admin = world.sign_in(&admin.email).await;
    let path = format!("/v1/portals/{portal}/invitations?list=closed");
    let closed = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(closed["items"][0]["state"], "expired");
    assert_eq!(closed["items"][0]["ended_at"], "2026-11-28T12:00:00.000Z");
}
