//! What people read of their own rights.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn people_read_what_touched_them_and_not_which_moderator() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.requester(&portal, "Karim", &["33"]).await;
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Non."})).await;
    let answer =
        world.call("GET", &format!("/v1/portals/{portal}/journal/mine")).by(&anne).send().await;
    let items = answer.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (items[0]["author"]["kind"].as_str(), items[0]["reason"].as_str()),
        (Some("team"), Some("Non."))
    );
    assert!(!answer.text().contains(&admin.account));
}
