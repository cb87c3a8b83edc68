//! What people see of a dossier that goes on.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_dossier_goes_on_by_hand_or_when_those_who_ask_write() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let state = async || world.call("GET", &dossier).by(&anne).send().await.json()["state"].clone();
    let resume = async |user| world.on_dossier(&dossier, user, "resume", json!({})).await;
    assert_eq!(resume(&anne).await.json()["code"], "dossier_not_paused");
    let pause = || world.on_dossier(&dossier, &anne, "pause", json!({"reason": "Budget."}));
    pause().await;
    assert_eq!(resume(&local).await.status, 403);
    assert_eq!(resume(&admin).await.status, 200);
    assert_eq!(state().await, "open");
    pause().await;
    world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
    let note = |text: &str| json!({ "text": text });
    world.on_dossier(&dossier, &local, "notes", note("Où en êtes-vous\u{202F}?")).await;
    assert_eq!(state().await, "paused", "advisers do not wake it");
    let answer = world.on_dossier(&dossier, &anne, "notes", note("Le budget est voté.")).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(state().await, "open");
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts[acts.len() - 2..], ["note.added", "dossier.resumed"]);
    pause().await;
    let title = |title: &str| json!({ "title": title });
    world.on_dossier(&dossier, &admin, "", title("Une école")).await;
    assert_eq!(state().await, "paused", "staff do not wake it by correcting a word");
    let updated = world.on_dossier(&dossier, &anne, "", title("Deux écoles")).await;
    assert_eq!((updated.status, updated.json()["state"].clone()), (200, "open".into()));
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts[acts.len() - 2..], ["dossier.updated", "dossier.resumed"]);
}
