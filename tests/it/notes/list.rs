//! What people see of the notes on a dossier.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_advisers_space_is_never_for_those_who_ask_whatever_else_they_are() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    // Staff who submit a dossier stand on the side of those who ask.
    let bruno = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let dossier = world.open_dossier(&portal, &bruno, &admin, "33063").await;
    for number in 0..3 {
        let text = format!("Note {number}");
        world
            .on_dossier(&dossier, &admin, "notes", json!({"text": text, "space": "advisors"}))
            .await;
        world.on_dossier(&dossier, &admin, "notes", json!({ "text": text })).await;
    }
    let list = async |user, query: &str| {
        world.call("GET", &format!("{dossier}/notes{query}")).by(user).send().await
    };
    assert_eq!(list(&bruno, "?space=advisors").await.status, 404);
    let public = list(&bruno, "?limit=2").await.json();
    let texts: Vec<_> =
        public["items"].as_array().unwrap().iter().map(|note| note["text"].clone()).collect();
    assert_eq!(texts, ["Note 2", "Note 1"], "the newest first");
    assert_eq!(public["items"][0]["author_name"], "Claire Martin");
    let next = format!("?limit=2&cursor={}", public["cursor"].as_str().unwrap());
    assert_eq!(list(&bruno, &next).await.json()["items"][0]["text"], "Note 0");
    assert_eq!(list(&admin, "?space=advisors").await.json()["items"].as_array().unwrap().len(), 3);
    // A cursor of the one space shows nothing of the other.
    let inner = list(&admin, "?space=advisors&limit=1").await.json();
    let forged = format!("?cursor={}", inner["cursor"].as_str().unwrap());
    let forged = list(&bruno, &forged).await.text();
    assert!(!forged.contains("\"advisors\""), "{forged}");
}
