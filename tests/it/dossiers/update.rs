//! What changes when an accepted dossier says something else.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_dossier_that_moves_is_seen_by_the_advisers_of_its_new_place_alone() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let gironde = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let landes = world.advisor(&portal, &admin, "Luc", &["40"]).await;
    let joined = world.advisor(&portal, &admin, "Jeanne", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let join = world.on_dossier(&dossier, &joined, "join", json!({"role": "advisor"})).await;
    assert_eq!(join.status, 200, "{}", join.text());
    let list = format!("/v1/portals/{portal}/dossiers");
    let sees = async |user| {
        let listed = world.call("GET", &list).by(user).send().await.json();
        let shown = world.call("GET", &dossier).by(user).send().await.status;
        (listed["items"].as_array().unwrap().len(), shown)
    };
    assert_eq!(sees(&gironde).await, (1, 200));
    assert_eq!(sees(&landes).await, (0, 404));
    let moved = world.on_dossier(&dossier, &anne, "", json!({"commune": "40192"})).await;
    assert_eq!(moved.status, 200, "{}", moved.text());
    assert_eq!(moved.json()["locality"]["name"], "Mont-de-Marsan");
    assert_eq!(moved.json()["title"], "Une école pour deux villages", "what is absent stays");
    assert_eq!(sees(&gironde).await, (0, 404));
    assert_eq!(sees(&landes).await, (1, 200));
    assert_eq!(sees(&joined).await, (1, 200), "positions stay");
}

#[tokio::test]
async fn a_place_that_the_portal_no_longer_offers_may_stay() {
    let world = World::new().await;
    let (portal, admin) = world.portal_with("Alpha", json!({"collectivities": "offered"})).await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "98818").await;
    let path = format!("/v1/portals/{portal}");
    let etag = world.etag(&admin, &path).await;
    let hidden = json!({"collectivities": "hidden"});
    let call = world.call("PATCH", &path).by(&admin).if_match(&etag);
    assert_eq!(call.json(&hidden).send().await.status, 200);
    let title = world.on_dossier(&dossier, &anne, "", json!({"title": "Deux écoles"})).await;
    assert_eq!(title.status, 200, "{}", title.text());
    let moved = world.on_dossier(&dossier, &anne, "", json!({"commune": "98817"})).await;
    assert_eq!(moved.status, 422);
    assert_eq!(moved.json()["errors"][0]["code"], "invalid.commune_not_offered");
}

#[tokio::test]
async fn advisers_change_what_they_take_part_in_from_administrator_on() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let title = json!({"title": "Deux écoles"});
    let change = async |user| world.on_dossier(&dossier, user, "", title.clone()).await.status;
    world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
    assert_eq!(change(&local).await, 403);
    let level = json!({"level": "administrator"});
    world.on_person(&portal, &admin, &local, "level", &level).await;
    assert_eq!(change(&local).await, 200);
    world.on_dossier(&dossier, &local, "leave", json!({})).await;
    assert_eq!(change(&local).await, 403, "they see it by territory, and take no part");
    assert_eq!(change(&admin).await, 200, "staff change every dossier");
}
