//! What staff see of taking an invitation back.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn cancelling_wins_or_loses_against_accepting_never_both() {
    for seed in 0..8 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        let made = world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let link = world.invited_link("zoe@exemple.fr").await;
        let (cancelled, accepted) = tokio::join!(
            world.manage(&portal, &admin, &id, "cancel"),
            world.create_account(&link, "zoe.blanc"),
        );
        let done = (cancelled.status == 200, accepted.status == 303);
        assert!(done.0 != done.1, "{} {}", cancelled.status, accepted.status);
        let acts = world.acts(&portal, &admin).await;
        let ends = ["invitation.cancelled", "invitation.accepted"];
        assert_eq!(acts.iter().filter(|act| ends.contains(&act.as_str())).count(), 1);
        let path = format!("/v1/portals/{portal}/invitations?list=closed");
        let closed = world.call("GET", &path).by(&admin).send().await.json();
        let state = if done.0 { "cancelled" } else { "accepted" };
        assert_eq!(closed["items"][0]["state"], state);
        assert_eq!(closed["items"][0]["ended_by"].is_null(), !done.0);
    }
}

#[tokio::test]
async fn a_preloaded_one_is_cancelled_and_so_is_an_expired_one_which_then_is_not_renewed() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, "a@exemple.fr", json!({"send": "later"})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.manage(&portal, &admin, &id, "cancel").await.status, 200);
    let made = world.invite(&portal, &admin, "b@exemple.fr", json!({})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let link = world.invited_link("b@exemple.fr").await;
    let (_, token) = link.split_once("?token=").unwrap();
    world.clock.advance_days(8);
    let admin = world.sign_in(&admin.email).await;
    assert_eq!(world.manage(&portal, &admin, &id, "cancel").await.status, 200);
    assert_eq!(world.press_at("/invitation/renew", token, &[]).await.status, 409);
    assert_eq!(world.manage(&portal, &admin, &id, "cancel").await.status, 409);
}
