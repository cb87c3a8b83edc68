//! What staff see of correcting the address of an invitation.

use guichet_local::outcome::bounce;
use serde_json::{Value, json};

use crate::world::{User, World};

async fn correct(world: &World, portal: &str, by: &User, id: &str, email: &str) -> (u16, Value) {
    let path = format!("/v1/portals/{portal}/invitations/{id}");
    let etag = world.etag(by, &path).await;
    let call = world.call("PUT", &format!("{path}/address")).by(by).if_match(&etag).once();
    let answer = call.json(&json!({"email": email})).send().await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn the_new_address_is_mailed_at_once_and_the_wrong_one_has_a_dead_link() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, "zoé@exemple.fr", json!({})).await;
    assert_eq!(made.status, 422);
    let made = world.invite(&portal, &admin, "zeo@exemple.fr", json!({})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let wrong = world.invited_link("zeo@exemple.fr").await;
    let (status, shown) = correct(&world, &portal, &admin, &id, "zoe@exemple.fr").await;
    assert_eq!((status, &shown["email"]), (200, &json!("zoe@exemple.fr")));
    assert_eq!(world.create_account(&wrong, "zoe.blanc").await.status, 410);
    let right = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.create_account(&right, "zoe.blanc").await.status, 303);
    assert_eq!(world.invite(&portal, &admin, "zeo@exemple.fr", json!({})).await.status, 201);
}

#[tokio::test]
async fn what_can_not_be_corrected_is_refused() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, "a@exemple.fr", json!({"send": "later"})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let other = world.invite(&portal, &admin, "b@exemple.fr", json!({})).await.json();
    let (status, body) = correct(&world, &portal, &admin, &id, "a@exemple.fr").await;
    assert_eq!((status, &body["code"]), (409, &json!("address_unchanged")));
    let (status, body) = correct(&world, &portal, &admin, &id, "b@exemple.fr").await;
    assert_eq!((status, &body["invitation"]), (409, &other["id"]));
    let (status, body) = correct(&world, &portal, &admin, &id, "c@exemple.fr").await;
    assert_eq!((status, &body["state"]), (200, &json!("preloaded")));
    assert_eq!(world.mails_to("c@exemple.fr").await, []);
    world.manage(&portal, &admin, &id, "cancel").await;
    let (status, _) = correct(&world, &portal, &admin, &id, "d@exemple.fr").await;
    assert_eq!(status, 409);
}

/// RULES D6, D7, H3: it bounced, it is corrected, it is sent at once.
#[tokio::test]
async fn an_address_that_does_not_exist_makes_it_undeliverable_until_it_is_corrected() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, "zeo@exemple.fr", json!({})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        world.manage(&portal, &admin, &id, "resend").await;
    }
    world.settle().await;
    let sent = world.stack.aws.mails().pop().unwrap();
    for _ in 0..2 {
        world.stack.aws.put_event(bounce(&sent, "Permanent", "General", world.clock.now()));
        world.settle().await;
    }
    let path = format!("/v1/portals/{portal}/invitations/{id}");
    let shown = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(
        (&shown["state"], &shown["delivery"]),
        (&json!("undeliverable"), &json!("address_unknown"))
    );
    assert_eq!(shown["mails"][0]["meaning"], "There is no such address, or no longer.");
    let (status, shown) = correct(&world, &portal, &admin, &id, "zoe@exemple.fr").await;
    assert_eq!(
        (status, &shown["state"]),
        (200, &json!("pending")),
        "at once, however often before"
    );
    let link = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    // The suppressed address is told of the next invitation to it, also to another portal.
    let (beta, owner) = world.portal("Beta").await;
    let made = world.invite(&beta, &owner, "zeo@exemple.fr", json!({})).await.json();
    world.settle().await;
    let path = format!("/v1/portals/{beta}/invitations/{}", made["id"].as_str().unwrap());
    let shown = world.call("GET", &path).by(&owner).send().await.json();
    assert_eq!(
        (&shown["state"], &shown["delivery"]),
        (&json!("undeliverable"), &json!("address_bounced"))
    );
}
