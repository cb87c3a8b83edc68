//! What people see who edit a note.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn people_edit_their_own_notes_and_no_others() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let made = world.on_dossier(&dossier, &anne, "notes", json!({"text": "Bonjour."})).await.json();
    let inner = json!({"text": "Entre nous.", "space": "advisors"});
    let inner = world.on_dossier(&dossier, &local, "notes", inner).await.json();
    let edit = async |user, note: &serde_json::Value, etag: &str| {
        let path = format!("{dossier}/notes/{}", note["id"].as_str().unwrap());
        let call = world.call("PATCH", &path).by(user).if_match(etag).once();
        call.json(&json!({"text": "Bonsoir."})).send().await
    };
    let others = edit(&admin, &made, "1").await;
    assert_eq!((others.status, others.json()["rule"].clone()), (403, "own_note".into()));
    assert_eq!(edit(&anne, &inner, "1").await.status, 404);
    let edited = edit(&anne, &made, "1").await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    assert_eq!(edited.json()["text"], "Bonsoir.");
    assert!(edited.json()["edited_at"].is_string());
    let stale = edit(&anne, &made, "1").await;
    assert_eq!((stale.status, stale.json()["current"]["text"].clone()), (412, "Bonsoir.".into()));
    let unseen = json!({"id": "not_01KAM0000000000000000000N0"});
    assert_eq!(edit(&anne, &unseen, "1").await.status, 404);
    let refused = world.dossier(&portal, &anne, "33063").await;
    let late = world.on_dossier(&refused, &anne, "notes", json!({"text": "Bonjour."})).await.json();
    world.on_dossier(&refused, &admin, "refuse", json!({"reason": "Non."})).await;
    let path = format!("{refused}/notes/{}", late["id"].as_str().unwrap());
    let call = world.call("PATCH", &path).by(&anne).if_match("1");
    let edited = call.json(&json!({"text": "Bonsoir."})).send().await;
    assert_eq!(edited.json()["code"], "dossier_refused");
    // Whoever lost the access can't write through an old note.
    world.access(&portal, &admin, &local, "revoke", &json!({})).await;
    assert_eq!(edit(&local, &inner, "1").await.status, 404);
}
