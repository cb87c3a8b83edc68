//! What people see before they decline an invitation.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn declining_asks_to_be_confirmed_and_a_closed_one_does_not() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await.replace("/accept?", "/decline?");
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    let asked = world.call("GET", path).send().await;
    assert_eq!(asked.status, 200);
    assert!(asked.text().contains("Decline the invitation"), "{}", asked.text());
    assert!(asked.text().contains("z…@exemple.fr"));
    world.press(&link, &[]).await;
    let closed = world.call("GET", path).send().await;
    assert!(!closed.text().contains("<form"), "{}", closed.text());
}
