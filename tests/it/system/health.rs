//! What a monitor sees.

use crate::world::World;

#[tokio::test]
async fn a_monitor_is_answered_without_a_call_of_the_table() {
    let world = World::new().await;
    world.stack.wire.take_calls();
    let answer = world.call("GET", "/v1/health").send().await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("ok")));
    assert_eq!(world.stack.wire.take_calls(), []);
}
