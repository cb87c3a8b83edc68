//! What staff see of mailing a preloaded invitation.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_preloaded_invitation_is_sent_once_and_its_seven_days_begin_then() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let made = world.invite(&portal, &admin, "zoe@exemple.fr", json!({"send": "later"})).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.manage(&portal, &admin, &id, "resend").await.status, 409);
    world.clock.advance_days(40);
    let admin = world.sign_in(&admin.email).await;
    let sent = world.manage(&portal, &admin, &id, "send").await;
    assert_eq!((sent.status, &sent.json()["state"]), (200, &json!("pending")));
    assert_eq!(sent.json()["expires_at"], "2027-01-07T12:00:00.000Z");
    assert_eq!(world.mails_to("zoe@exemple.fr").await.len(), 1);
    assert_eq!(world.manage(&portal, &admin, &id, "send").await.status, 409);
}
