//! What arrives although SES refused.

use serde_json::json;

use crate::world::World;

use guichet_local::wire::Fault;

#[tokio::test]
async fn what_ses_refuses_is_sent_later_and_given_up_in_the_end() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let refusal = "<ErrorResponse><Error><Code>Throttling</Code><Message>slow</Message></Error></ErrorResponse>";
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, refusal.to_owned()));
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    assert_eq!(world.stack.run("mails::retry").await.unwrap()["done"], 0, "two minutes later");
    world.clock.advance_seconds(121);
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(503, refusal.to_owned()));
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    world.clock.advance_seconds(241);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 3);
}

#[tokio::test]
async fn after_a_failure_inside_ses_a_mail_waits_until_it_is_known_that_it_did_not_go_out() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let failure = "<ErrorResponse><Error><Code>InternalFailure</Code></Error></ErrorResponse>";
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(500, failure.to_owned()));
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    world.clock.advance_seconds(14 * 60);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 2, "SES may still tell that it has it");
    world.clock.advance_seconds(2 * 60);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), 3);
}

#[tokio::test]
async fn a_link_that_ses_refused_arrives_later_and_works() {
    let world = World::new().await;
    let refusal = "<ErrorResponse><Error><Code>Throttling</Code><Message>slow</Message></Error></ErrorResponse>";
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, refusal.to_owned()));
    world.sign_up("Anne", "Durand", "anne.durand@exemple.fr", None).await;
    assert_eq!(world.mails_to("anne.durand@exemple.fr").await, []);
    world.clock.advance_seconds(121);
    world.stack.run("mails::retry").await.unwrap();
    world.verify("anne.durand@exemple.fr", "anne.durand").await;
}
