//! What a moderator chooses.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_moderator_who_wants_no_mail_gets_none() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let path = format!("/v1/portals/{portal}/moderation/mails");
    let call = world.call("PUT", &path).by(&admin).once();
    let chosen = call.json(&json!({"mails": "never"})).send().await;
    assert_eq!((chosen.status, chosen.json()["mails"].as_str()), (200, Some("never")));
    let before = world.mails_to(&admin.email).await.len();
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    assert_eq!(world.mails_to(&admin.email).await.len(), before);
    let refused = world.call("PUT", &path).by(&anne).json(&json!({"mails": "never"})).send().await;
    assert_eq!(refused.status, 403);
}
