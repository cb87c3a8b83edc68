//! What those who ask see before the moderators have decided.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn those_who_ask_revise_until_it_is_decided_and_nobody_accepts_what_they_have_not_read() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.dossier(&portal, &anne, "33063").await;
    let read = world.etag(&admin, &dossier).await;
    let change = json!({"title": "Deux écoles", "commune": "64102"});
    let revised = world.on_dossier(&dossier, &anne, "revise", change.clone()).await;
    assert_eq!(revised.status, 200, "{}", revised.text());
    assert_eq!(revised.json()["title"], "Deux écoles");
    assert_eq!(revised.json()["locality"]["department"], "64");
    let accept = world.call("POST", &format!("{dossier}/accept")).by(&admin).if_match(&read);
    let stale = accept.json(&json!({})).send().await;
    assert_eq!(stale.status, 412);
    assert_eq!(stale.json()["current"]["title"], "Deux écoles");
    // Staff moderate what others say; they do not say it for them before moderation.
    let by_staff = world.on_dossier(&dossier, &admin, "revise", json!({"title": "X"})).await;
    assert_eq!((by_staff.status, by_staff.json()["rule"].clone()), (403, "those_who_ask".into()));
    let early = world.on_dossier(&dossier, &anne, "", json!({"title": "X"})).await;
    assert_eq!((early.status, early.json()["code"].clone()), (409, "dossier_not_accepted".into()));
    world.on_dossier(&dossier, &admin, "accept", json!({})).await;
    let late = world.on_dossier(&dossier, &anne, "revise", change).await;
    assert_eq!((late.status, late.json()["code"].clone()), (409, "dossier_decided".into()));
    assert!(!late.text().contains("Claire"), "the portal's team decided: {}", late.text());
}
