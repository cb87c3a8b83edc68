//! What staff see of mailing an invitation again.

use serde_json::json;

use crate::world::{User, World};

const EMAIL: &str = "zoe@exemple.fr";

async fn scene() -> (World, String, User, String) {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, EMAIL, json!({})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    (world, portal, admin, id)
}

#[tokio::test]
async fn it_is_mailed_three_times_a_day_and_not_more() {
    let (world, portal, admin, id) = scene().await;
    for _ in 0..2 {
        world.settle().await;
        assert_eq!(world.manage(&portal, &admin, &id, "resend").await.status, 200);
    }
    let often = world.manage(&portal, &admin, &id, "resend").await;
    assert_eq!((often.status, &often.json()["code"]), (429, &json!("sent_often")));
    assert_eq!(often.header("retry-after"), Some("43200"));
    assert_eq!(world.mails_to(EMAIL).await.len(), 3);
    world.clock.advance_seconds(43_200);
    let admin = world.sign_in(&admin.email).await;
    assert_eq!(world.manage(&portal, &admin, &id, "resend").await.status, 200);
    let path = format!("/v1/portals/{portal}/invitations/{id}");
    let shown = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(shown["times_sent"], 4);
}

#[tokio::test]
async fn an_expired_one_lives_again_unless_another_has_taken_its_place() {
    let (world, portal, admin, id) = scene().await;
    world.clock.advance_days(8);
    world.stack.run("invitations::remind").await.unwrap();
    let admin = world.sign_in(&admin.email).await;
    assert_eq!(world.manage(&portal, &admin, &id, "resend").await.status, 200);
    world.clock.advance_days(8);
    world.stack.run("invitations::remind").await.unwrap();
    let admin = world.sign_in(&admin.email).await;
    let other = world.invite(&portal, &admin, EMAIL, json!({})).await.json();
    let refused = world.manage(&portal, &admin, &id, "resend").await;
    assert_eq!((refused.status, &refused.json()["invitation"]), (409, &other["id"]));
}

#[tokio::test]
async fn who_may_not_give_the_level_does_not_mail_it_again() {
    let (world, portal, admin, _) = scene().await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let more = json!({"level": "global_administrator"});
    let made = world.invite(&portal, &admin, "chef@exemple.fr", more).await.json();
    let id = made["id"].as_str().unwrap();
    for verb in ["resend", "cancel"] {
        assert_eq!(world.manage(&portal, &bruno, id, verb).await.status, 403, "{verb}");
    }
    let reviewer = world.member(&portal, &admin, "Rene", "reviewer").await;
    assert_eq!(world.manage(&portal, &reviewer, id, "resend").await.status, 403);
    let path = format!("/v1/portals/{portal}/invitations/{id}/resend");
    let stale = world.call("POST", &path).by(&admin).if_match("1").send().await;
    assert_eq!(stale.status, 412);
}

#[tokio::test]
async fn whoever_joined_meanwhile_is_mailed_nothing_and_whoever_was_archived_since_may_come_back() {
    let (world, portal, admin, _) = scene().await;
    let zoe = world.user("Zoe", "Petit").await;
    let later = json!({"send": "later"});
    let made = world.invite(&portal, &admin, &zoe.email, later).await.json();
    let preloaded = made["id"].as_str().unwrap();
    assert_eq!(world.submit(&portal, &zoe, &["33"]).await.status, 201);
    for verb in ["send", "resend"] {
        let refused = world.manage(&portal, &admin, preloaded, verb).await;
        let said = (refused.status, refused.json()["code"].clone());
        let wanted = if verb == "send" { "already_a_person" } else { "not_preloaded" };
        assert_eq!(said, (409, json!(wanted)), "{verb}: {}", refused.text());
    }
    world.clock.advance_seconds(1);
    let archived = world.on_person(&portal, &admin, &zoe, "archive", &json!({})).await;
    assert_eq!(archived.status, 200, "{}", archived.text());
    world.clock.advance_seconds(1);
    let sent = world.manage(&portal, &admin, preloaded, "send").await;
    assert_eq!(sent.status, 200, "{}", sent.text());
    let back = world.accept_mine(&zoe).await;
    assert_eq!(back.status, 200, "what was mailed is of use: {}", back.text());
}
