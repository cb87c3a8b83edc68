//! What staff see of one invitation.

use guichet_local::outcome::{complaint, delivery};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_invitation_shows_what_became_of_its_mails_to_staff() {
    let world = World::with_outcomes().await;
    let (portal, admin) = world.portal("Alpha").await;
    let more = json!({"message": "Bonjour.", "job_title": "Élue"});
    let made = world.invite(&portal, &admin, "zoe@exemple.fr", more).await.json();
    world.settle().await;
    let path = format!("/v1/portals/{portal}/invitations/{}", made["id"].as_str().unwrap());
    let shown = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(
        (&shown["message"], &shown["job_title"], &shown["delivery"]),
        (&json!("Bonjour."), &json!("Élue"), &json!("delivered"))
    );
    assert_eq!(shown["mails"][0]["automation"], "invited");
    assert_eq!(shown["mails"][0]["state"], "delivered");
    let reviewer = world.member(&portal, &admin, "Rene", "reviewer").await;
    let shown = world.call("GET", &path).by(&reviewer).send().await.json();
    assert_eq!((&shown["email"], shown.get("mails")), (&json!("zoe@exemple.fr"), None));
}

#[tokio::test]
async fn who_calls_an_invitation_unwanted_is_not_reminded_of_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await.json();
    world.settle().await;
    let sent = world.stack.aws.mails().pop().unwrap();
    world.stack.aws.put_event(delivery(&sent, world.clock.now()));
    world.stack.aws.put_event(complaint(&sent, Some("abuse"), world.clock.now()));
    world.settle().await;
    let path = format!("/v1/portals/{portal}/invitations/{}", made["id"].as_str().unwrap());
    let shown = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(
        (&shown["state"], &shown["delivery"]),
        (&json!("undeliverable"), &json!("complained"))
    );
    world.clock.advance_days(6);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 0);
}
