//! What people see of a revoked access.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_revoked_adviser_has_nothing_left_and_reads_why() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let early = world.access(&portal, &admin, &anne, "revoke", &json!({})).await;
    assert_eq!(early.json()["code"], "no_access");
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let done =
        world.access(&portal, &admin, &anne, "revoke", &json!({"reason": "Mutation."})).await;
    assert_eq!((done.status, done.json()["access"].is_null()), (200, true));
    let (_, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(text.contains("Mutation."), "{text}");
    let list =
        world.call("GET", &format!("/v1/portals/{portal}/advisors")).by(&admin).send().await.json();
    assert_eq!(list["items"], json!([]));
}
