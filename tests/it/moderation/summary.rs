//! What moderators see first.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_counter_is_what_waits_and_nothing_else() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let path = format!("/v1/portals/{portal}/moderation");
    let count = async |admin| {
        world.call("GET", &path).by(admin).send().await.json()["advisor_requests"]["count"].clone()
    };
    assert_eq!(count(&admin).await, 0);
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.requester(&portal, "Karim", &["33"]).await;
    assert_eq!(count(&admin).await, 2);
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Non."})).await;
    assert_eq!(count(&admin).await, 1);
    world.clock.advance_days(60);
    let admin = world.sign_in(&admin.email).await;
    assert_eq!(count(&admin).await, 0, "what has lapsed waits for nobody, with schedules off");
}
