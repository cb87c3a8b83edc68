//! What arrives, and when it may arrive twice.

use serde_json::json;

use crate::world::World;

use guichet_local::wire::Fault;

/// Hands everything on until the process dies at a call, and then starts anew.
async fn die_and_go_on(world: &World) {
    tokio::select! {
        settled = world.stack.settle() => panic!("it lived: {settled:?}"),
        () = world.stack.wire.death() => {}
    }
}

async fn accepted(world: &World) -> crate::world::User {
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    anne
}

#[tokio::test]
async fn a_crash_before_ses_loses_nothing_and_sends_once() {
    let world = World::new().await;
    let anne = accepted(&world).await;
    world.stack.wire.fail_next("SendRawEmail", Fault::DieBefore);
    die_and_go_on(&world).await;
    assert_eq!(world.mails_to(&anne.email).await.len(), 2, "the lease is another's");
    world.clock.advance_seconds(901);
    world.stack.run("mails::retry").await.unwrap();
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 3);
}

#[tokio::test]
async fn a_crash_after_ses_answers_is_the_one_window_in_which_a_mail_comes_twice() {
    let world = World::new().await;
    let anne = accepted(&world).await;
    world.stack.wire.fail_next("SendRawEmail", Fault::DieAfter);
    die_and_go_on(&world).await;
    assert_eq!(world.mails_to(&anne.email).await.len(), 3);
    world.clock.advance_seconds(901);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 4);
    world.clock.advance_seconds(901);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 4);
}

#[tokio::test]
async fn the_link_of_a_mail_that_is_shown_is_hidden() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let list = world.call("GET", &format!("/v1/portals/{portal}/mails")).by(&admin).send().await;
    assert!(!list.text().contains("token"), "{}", list.text());
}
