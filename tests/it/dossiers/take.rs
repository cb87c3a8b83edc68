//! What moderators see of who takes care of a waiting dossier, and of what was asked before.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_moderator_takes_care_of_a_dossier_and_reserves_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let before = world.etag(&admin, &dossier).await;
    let take = |by| world.on_dossier(&dossier, by, "take", json!({}));
    assert_eq!(take(&anne).await.status, 403);
    let taken = take(&bruno).await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert_eq!(taken.json()["taken"]["by"]["name"], "Bruno Durand");
    assert_eq!(world.etag(&admin, &dossier).await, before, "it changes no version");
    let read = async |by, path: &str| world.call("GET", path).by(by).send().await.json();
    let list = format!("/v1/portals/{portal}/dossiers");
    let queue = read(&admin, &format!("{list}?state=submitted&search=anne")).await;
    assert_eq!(queue["items"][0]["taken"]["by"]["name"], "Bruno Durand", "{queue}");
    let own = read(&anne, &list).await;
    assert!(own["items"][0]["taken"].is_null(), "moderators are not named to who asks: {own}");
    assert!(read(&anne, &dossier).await["taken"].is_null());
    assert_eq!(take(&admin).await.json()["taken"]["by"]["name"], "Claire Martin");
    // What is written meanwhile keeps it, and another moderator decides.
    let revised =
        world.on_dossier(&dossier, &anne, "revise", json!({"title": "Deux écoles"})).await;
    assert_eq!(revised.status, 200, "{}", revised.text());
    assert_eq!(read(&bruno, &dossier).await["taken"]["by"]["name"], "Claire Martin");
    assert_eq!(world.on_dossier(&dossier, &bruno, "accept", json!({})).await.status, 200);
    assert!(read(&bruno, &dossier).await["taken"].is_null());
    assert_eq!(take(&admin).await.json()["code"], "dossier_decided");
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts.iter().filter(|act| *act == "dossier.taken").count(), 2);
}

#[tokio::test]
async fn moderators_see_what_the_same_person_submitted_before_and_what_was_decided() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let first = world.dossier(&portal, &anne, "33063").await;
    let read = async |by, path: &str| world.call("GET", path).by(by).send().await.json();
    assert!(read(&admin, &first).await["previous"].is_null());
    let reason = json!({"reason": "Hors sujet."});
    assert_eq!(world.on_dossier(&first, &admin, "refuse", reason).await.status, 200);
    let second = world.dossier(&portal, &anne, "33063").await;
    let shown = read(&admin, &second).await;
    assert_eq!(shown["previous"]["state"], "refused", "{shown}");
    assert!(first.ends_with(shown["previous"]["dossier"].as_str().unwrap()));
    let list = format!("/v1/portals/{portal}/dossiers");
    let queue = read(&admin, &format!("{list}?state=submitted")).await;
    assert_eq!(queue["items"][0]["previous"]["state"], "refused", "{queue}");
    assert!(read(&anne, &second).await["previous"].is_null());
}
