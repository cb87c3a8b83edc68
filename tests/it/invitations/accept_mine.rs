//! What people see of accepting an invitation signed in.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_holder_of_the_address_accepts_and_anybody_else_learns_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let zoe = world.user("Zoe", "Blanc").await;
    let other = world.user("Olga", "Durand").await;
    let more = json!({"level": "reviewer"});
    let made = world.invite(&portal, &admin, &zoe.email, more).await.json();
    let accept = |id: &str| format!("/v1/me/invitations/{id}/accept");
    let path = accept(made["id"].as_str().unwrap());
    let foreign = world.call("POST", &path).by(&other).send().await;
    let never = accept("inv_01KAM0000000000000000000V0");
    let never = world.call("POST", &never).by(&other).send().await;
    assert_eq!((foreign.status, foreign.text()), (404, never.text()));
    let send = || world.call("POST", &path).by(&zoe).header("idempotency-key", "one").send();
    let accepted = send().await;
    assert_eq!((accepted.status, &accepted.json()["level"]), (200, &json!("reviewer")));
    assert_eq!(send().await.json(), accepted.json(), "the same request again");
    let again = world.call("POST", &path).by(&zoe).send().await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("invitation_ended")));
}

#[tokio::test]
async fn an_adviser_is_raised_and_an_inactive_person_comes_back() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let zoe = world.user("Zoe", "Blanc").await;
    let more = json!({"level": "super_administrator"});
    let made = world.invite(&portal, &admin, &zoe.email, more).await.json();
    world.submit(&portal, &zoe, &["33"]).await;
    let territory = json!({"territory": {"departments": ["33"]}});
    world.access(&portal, &admin, &zoe, "promote", &territory).await;
    let path = format!("/v1/me/invitations/{}/accept", made["id"].as_str().unwrap());
    let accepted = world.call("POST", &path).by(&zoe).once().send().await;
    assert_eq!(accepted.json()["level"], "super_administrator", "{}", accepted.text());
    // There are two super administrators now: either may leave, and the other may not.
    let etag = accepted.header("etag").unwrap().to_owned();
    let leave = format!("/v1/portals/{portal}/leave");
    let left = world.call("POST", &leave).by(&zoe).if_match(&etag).once().send().await;
    assert_eq!(left.status, 204, "{}", left.text());
    world.clock.advance_seconds(1);
    let made = world.invite(&portal, &admin, &zoe.email, json!({})).await.json();
    let path = format!("/v1/me/invitations/{}/accept", made["id"].as_str().unwrap());
    let back = world.call("POST", &path).by(&zoe).once().send().await.json();
    assert_eq!((&back["level"], back.get("access")), (&json!("user"), None));
}
