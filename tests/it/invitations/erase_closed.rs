//! What is left of closed invitations after the portal's retention.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_closed_invitation_is_erased_after_a_year_and_the_journal_keeps_the_acts() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await.replace("/accept?", "/decline?");
    world.press(&link, &[]).await;
    let more = json!({"send": "later"});
    world.invite(&portal, &admin, "ines@exemple.fr", more.clone()).await;
    world.clock.advance_days(363);
    world.rotate_keys().await;
    world.clock.advance_seconds(-1);
    assert_eq!(world.stack.run("invitations::erase_closed").await.unwrap()["done"], 0);
    world.clock.advance_seconds(1);
    assert_eq!(world.stack.run("invitations::erase_closed").await.unwrap()["done"], 2);
    let admin = world.sign_in(&admin.email).await;
    for list in ["open", "closed"] {
        let path = format!("/v1/portals/{portal}/invitations?list={list}");
        let left = world.call("GET", &path).by(&admin).send().await.json();
        assert_eq!(left["items"], json!([]), "{list}");
    }
    let journal = world.stack.journal().unwrap();
    let acts: Vec<&str> = journal.iter().filter_map(|entry| entry["act"].as_str()).collect();
    assert_eq!(acts.iter().filter(|act| **act == "invitation.erased").count(), 2);
    assert!(acts.contains(&"invitation.declined"));
    let again = world.invite(&portal, &admin, "ines@exemple.fr", more).await;
    assert_eq!(again.status, 201, "a preloaded one gives its place back");
}
