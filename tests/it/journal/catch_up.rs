//! What is made up for when a consumer was lost.

use crate::world::World;

#[tokio::test]
async fn what_nobody_composed_from_is_published_again_and_mailed_once() {
    use guichet_local::wire::Fault;
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    world.settle().await;
    world.submit(&portal, &anne, &["33"]).await;
    // The bus says that it took the entry, and loses it: both deliveries of the record.
    let taken = r#"{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}"#;
    for _ in 0..2 {
        world.stack.wire.fail_next("PutEvents", Fault::Answer(200, taken.to_owned()));
    }
    assert_eq!(world.mails_to(&anne.email).await.len(), 1);
    assert_eq!(world.stack.run("journal::catch_up").await.unwrap()["done"], 0, "too young");
    world.clock.advance_seconds(301);
    assert_eq!(world.stack.run("journal::catch_up").await.unwrap()["done"], 1);
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    assert_eq!(world.stack.run("journal::catch_up").await.unwrap()["done"], 0);
}
