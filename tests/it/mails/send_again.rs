//! A mail that did not arrive goes out again, once what kept it away was repaired.

use guichet_local::aws::Caught;
use guichet_local::gateway::HttpAnswer;
use guichet_local::outcome::{bounce, delivery};
use serde_json::{Value, json};

use crate::world::{User, World};

async fn list(world: &World, portal: &str, admin: &User) -> Vec<Value> {
    let path = format!("/v1/portals/{portal}/mails?limit=100");
    let list = world.call("GET", &path).by(admin).send().await.json();
    list["items"].as_array().unwrap().clone()
}

async fn mail(world: &World, portal: &str, admin: &User, automation: &str) -> Value {
    let items = list(world, portal, admin).await;
    items.into_iter().find(|mail| mail["automation"] == automation).unwrap()
}

async fn send_again(world: &World, portal: &str, actor: &User, mail: &Value) -> HttpAnswer {
    let path = format!("/v1/portals/{portal}/mails/{}/send-again", mail["id"].as_str().unwrap());
    let call = world.call("POST", &path).by(actor).header("idempotency-key", "again-1");
    call.if_match(mail["etag"].as_str().unwrap()).send().await
}

/// The last mail to somebody, as SES names it in its events.
fn last_sent(world: &World, to: &User) -> Caught {
    let mut mails = world.stack.aws.mails().into_iter();
    mails.rfind(|mail| mail.recipients == [to.email.clone()]).unwrap()
}

#[tokio::test]
async fn a_bounced_mail_goes_out_again_and_its_delivery_frees_the_address() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    let first = last_sent(&world, &anne);
    world.stack.aws.put_event(bounce(&first, "Permanent", "General", world.clock.now()));
    world.settle().await;
    world.clock.advance_seconds(60);
    let lost = mail(&world, &portal, &admin, "request_received").await;
    assert_eq!(lost["state"], "bounced");
    let count = world.mails_to(&anne.email).await.len();

    let answer = send_again(&world, &portal, &admin, &lost).await;
    assert_eq!(
        (answer.status, &answer.json()["state"]),
        (200, &json!("queued")),
        "{}",
        answer.text()
    );
    // The same key does nothing again; the same version without it is too old, or not lost.
    assert_eq!(send_again(&world, &portal, &admin, &lost).await.status, 200);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(world.mails_to(&anne.email).await.len(), count + 1);

    // An event of the first time says nothing of the second.
    world.stack.aws.put_event(bounce(&first, "Permanent", "General", world.clock.now()));
    world.settle().await;
    assert_eq!(mail(&world, &portal, &admin, "request_received").await["state"], "sent");

    // Other mails wait for the proof that the address works; then they go out.
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    world.settle().await;
    assert_eq!(mail(&world, &portal, &admin, "request_accepted").await["state"], "suppressed");
    let again = last_sent(&world, &anne);
    world.stack.aws.put_event(delivery(&again, world.clock.now()));
    world.settle().await;
    assert_eq!(mail(&world, &portal, &admin, "request_received").await["state"], "delivered");
    let kept = mail(&world, &portal, &admin, "request_accepted").await;
    let path = format!("/v1/portals/{portal}/mails/{}/send-again", kept["id"].as_str().unwrap());
    let call = world.call("POST", &path).by(&admin);
    assert_eq!(call.if_match(kept["etag"].as_str().unwrap()).send().await.status, 200);
    world.stack.run("mails::retry").await.unwrap();
    world.settle().await;
    assert_eq!(mail(&world, &portal, &admin, "request_accepted").await["state"], "sent");
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts.iter().filter(|act| *act == "mail.sent_again").count(), 2);
}

#[tokio::test]
async fn a_mail_that_is_not_lost_is_not_sent_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    let sent = mail(&world, &portal, &admin, "request_received").await;
    let answer = send_again(&world, &portal, &admin, &sent).await;
    assert_eq!((answer.status, &answer.json()["code"]), (409, &json!("mail_not_lost")));
}

#[tokio::test]
async fn only_staff_of_the_portal_and_only_the_version_that_they_read() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (other, stranger) = world.portal("Beta").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    let event = bounce(&last_sent(&world, &anne), "Permanent", "General", world.clock.now());
    world.stack.aws.put_event(event);
    world.settle().await;
    let lost = mail(&world, &portal, &admin, "request_received").await;
    assert_eq!(send_again(&world, &portal, &anne, &lost).await.status, 403);
    assert_eq!(send_again(&world, &portal, &stranger, &lost).await.status, 404);
    assert_eq!(send_again(&world, &other, &stranger, &lost).await.status, 404);
    let mut old = lost.clone();
    old["etag"] = json!(format!("{}.1", lost["id"].as_str().unwrap()));
    assert_eq!(send_again(&world, &portal, &admin, &old).await.status, 412);
    let path = format!("/v1/portals/{portal}/mails/{}/send-again", lost["id"].as_str().unwrap());
    assert_eq!(world.call("POST", &path).by(&admin).send().await.status, 428);
}
