//! What people see who ask for a new link to an invitation that has expired.

use serde_json::json;

use crate::world::{User, World};

const EMAIL: &str = "zoe@exemple.fr";

async fn expired() -> (World, String, User, String) {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, EMAIL, json!({})).await;
    let link = world.invited_link(EMAIL).await;
    world.clock.advance_days(7);
    let admin = world.sign_in(&admin.email).await;
    (world, portal, admin, link)
}

async fn renew(world: &World, link: &str) -> u16 {
    let (_, token) = link.split_once("?token=").unwrap();
    world.press_at("/invitation/renew", token, &[]).await.status
}

#[tokio::test]
async fn a_new_link_comes_to_the_same_address_and_the_old_one_is_dead() {
    for tidied in [false, true] {
        let (world, portal, _, old) = expired().await;
        if tidied {
            assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 1);
        }
        assert_eq!(renew(&world, &old).await, 303);
        let (subject, _) = world.mails_to(EMAIL).await.pop().unwrap();
        assert!(subject.contains("votre nouveau lien"), "{subject}");
        assert_eq!(world.create_account(&old, "zoe.blanc").await.status, 410);
        let new = world.invited_link(EMAIL).await;
        assert_eq!(world.create_account(&new, "zoe.blanc").await.status, 303);
        let zoe = world.sign_in(EMAIL).await;
        assert_eq!(world.membership(&zoe, &portal).await["level"], "user");
    }
}

#[tokio::test]
async fn it_is_asked_once_a_day_and_only_once_it_expired() {
    let (world, _, _, old) = expired().await;
    assert_eq!(renew(&world, &old).await, 303);
    let new = world.invited_link(EMAIL).await;
    assert_eq!(renew(&world, &new).await, 409, "it is open");
    assert_eq!(renew(&world, &old).await, 410, "an older link");
    assert_eq!(world.mails_to(EMAIL).await.len(), 2);
}

#[tokio::test]
async fn an_inviter_who_may_no_longer_invite_renews_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    world.invite(&portal, &bruno, EMAIL, json!({})).await;
    let link = world.invited_link(EMAIL).await;
    world.on_person(&portal, &admin, &bruno, "level", &json!({"level": "user"})).await;
    world.clock.advance_days(7);
    assert_eq!(renew(&world, &link).await, 403);
}

#[tokio::test]
async fn another_invitation_of_the_address_is_not_overridden() {
    let (world, portal, admin, old) = expired().await;
    world.stack.run("invitations::remind").await.unwrap();
    assert_eq!(world.invite(&portal, &admin, EMAIL, json!({})).await.status, 201);
    assert_eq!(renew(&world, &old).await, 409);
    // Once that one has expired too, the first link renews again, also where no schedule runs.
    world.clock.advance_days(7);
    assert_eq!(renew(&world, &old).await, 303);
}
