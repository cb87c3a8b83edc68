//! What somebody sees of their sessions.

use crate::world::World;

#[tokio::test]
async fn people_see_their_own_sessions_and_which_one_asks() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    world.clock.advance_seconds(5);
    world.sign_in(&anne.email).await;
    world.user("Karim", "Durand").await;
    let answer = world.call("GET", "/v1/sessions").by(&anne).send().await;
    let items = answer.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (items[0]["current"].as_bool(), items[1]["current"].as_bool()),
        (Some(false), Some(true))
    );
}
