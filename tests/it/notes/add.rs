//! What people see of notes when they write them.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn each_writes_where_they_take_part_and_pressing_twice_writes_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let far = world.advisor(&portal, &admin, "Luc", &["40"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let public = json!({"text": "Bonjour."});
    let inner = json!({"text": "À voir avec la DREAL.", "space": "advisors"});
    let write = async |user, body: &serde_json::Value| {
        world.on_dossier(&dossier, user, "notes", body.clone()).await.status
    };
    assert_eq!(write(&anne, &public).await, 201);
    assert_eq!(write(&anne, &inner).await, 404, "the advisers' space does not exist for them");
    assert_eq!(write(&local, &public).await, 403, "they see it, and take no part yet");
    assert_eq!(write(&local, &inner).await, 201, "by their territory");
    assert_eq!(write(&far, &public).await, 404);
    assert_eq!((write(&admin, &public).await, write(&admin, &inner).await), (201, 201));
    let call = || {
        let path = format!("{dossier}/notes");
        let call = world.call("POST", &path).by(&anne).header("idempotency-key", "note");
        call.json(&public).send()
    };
    let (first, second) = (call().await, call().await);
    assert_eq!(first.json(), second.json());
    let list = world.call("GET", &format!("{dossier}/notes")).by(&anne).send().await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
}
