//! What people see of a dossier that rests.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_contact_or_staff_let_a_dossier_rest_and_the_contact_is_told_of_the_latter() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let waiting = world.dossier(&portal, &anne, "33063").await;
    let reason = json!({"reason": "En attente du budget."});
    let pause = async |path: &str, by| world.on_dossier(path, by, "pause", reason.clone()).await;
    assert_eq!(pause(&waiting, &anne).await.json()["code"], "dossier_not_accepted");
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let by_adviser = pause(&dossier, &local).await;
    assert_eq!(
        (by_adviser.status, by_adviser.json()["rule"].clone()),
        (403, "referent_or_staff".into())
    );
    let mails = world.mails_to(&anne.email).await.len();
    let paused = pause(&dossier, &anne).await;
    assert_eq!(paused.status, 200, "{}", paused.text());
    assert_eq!(paused.json()["state"], "paused");
    assert_eq!(paused.json()["pause"]["reason"], "En attente du budget.");
    assert_eq!(world.mails_to(&anne.email).await.len(), mails, "nobody is told of their own act");
    assert_eq!(pause(&dossier, &admin).await.json()["code"], "dossier_paused");
    world.on_dossier(&dossier, &anne, "resume", json!({})).await;
    assert_eq!(pause(&dossier, &admin).await.status, 200);
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(subject.ends_with("your dossier has been paused"), "{subject}");
    assert!(text.contains("En attente du budget."), "{text}");
    let path = format!("/v1/portals/{portal}/dossiers?state=paused");
    let list = world.call("GET", &path).by(&local).send().await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "advisers still see it");
}
