//! What other systems receive.

use crate::world::World;

#[tokio::test]
async fn each_entry_goes_out_on_the_bus_with_its_act_as_type() {
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    world.submit(&portal, &anne, &["33"]).await;
    let entries = world.stack.journal().unwrap();
    let last = entries.last().unwrap();
    assert_eq!(last["act"], "advisor_request.submitted");
    world.settle().await;
    assert!(world.stack.aws.events().is_empty(), "everything was handed on");
}

#[tokio::test]
async fn an_entry_that_the_bus_did_not_take_comes_again() {
    use guichet_local::wire::Fault;
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    world.submit(&portal, &anne, &["33"]).await;
    let partial = r#"{"FailedEntryCount":1,"Entries":[{"ErrorCode":"ThrottlingException"}]}"#;
    world.stack.wire.fail_next("PutEvents", Fault::Answer(200, partial.to_owned()));
    world.stack.wire.fail_next("PutEvents", Fault::Answer(500, "{}".to_owned()));
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    let _ = admin;
}
