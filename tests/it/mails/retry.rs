//! What arrives although SES refused.

use guichet_local::outcome::bounce;
use guichet_local::wire::Fault;
use serde_json::json;

use crate::world::World;

const SLOW_DOWN: &str =
    "<ErrorResponse><Error><Code>Throttling</Code><Message>slow</Message></Error></ErrorResponse>";

#[tokio::test]
async fn what_ses_refuses_is_sent_later_and_given_up_in_the_end() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, SLOW_DOWN.to_owned()));
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    assert_eq!(world.stack.run("mails::retry").await.unwrap()["done"], 0, "two minutes later");
    world.clock.advance_seconds(121);
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(503, SLOW_DOWN.to_owned()));
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
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, SLOW_DOWN.to_owned()));
    world.sign_up("Anne", "Durand", "anne.durand@exemple.fr", None).await;
    assert_eq!(world.mails_to("anne.durand@exemple.fr").await, []);
    world.clock.advance_seconds(121);
    world.stack.run("mails::retry").await.unwrap();
    world.verify("anne.durand@exemple.fr", "anne.durand").await;
}

#[tokio::test]
async fn an_invitation_that_ses_refused_arrives_later_unless_its_address_bounced_meanwhile() {
    for bounces in [false, true] {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let (beta, owner) = world.portal("Beta").await;
        let email = "zoe.blanc@exemple.fr";
        world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, SLOW_DOWN.to_owned()));
        let made = world.invite(&portal, &admin, email, json!({})).await.json();
        assert_eq!(world.mails_to(email).await, []);
        if bounces {
            world.invite(&beta, &owner, email, json!({})).await;
            world.settle().await;
            let sent = world.stack.aws.mails().pop().unwrap();
            world.stack.aws.put_event(bounce(&sent, "Permanent", "General", world.clock.now()));
            world.settle().await;
        }
        world.clock.advance_seconds(121);
        world.stack.run("mails::retry").await.unwrap();
        let list = format!("/v1/portals/{portal}/invitations");
        let path = format!("{list}/{}", made["id"].as_str().unwrap());
        let shown = world.call("GET", &path).by(&admin).send().await.json();
        if bounces {
            let is = (&shown["state"], &shown["delivery"]);
            assert_eq!(is, (&json!("undeliverable"), &json!("address_bounced")));
            continue;
        }
        assert_eq!(shown["state"], "pending");
        let link = world.invited_link(email).await;
        assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    }
}
