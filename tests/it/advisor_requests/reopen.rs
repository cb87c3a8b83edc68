//! What people see of a reopened request.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_admin_reopens_what_was_refused_and_it_is_decided_anew() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let reason = json!({"reason": "Les pièces sont arrivées."});
    let open = world.decide(&portal, &admin, &anne, "reopen", &reason).await;
    assert_eq!(open.json()["code"], "already_open");
    world.decide(&portal, &staff, &anne, "refuse", &json!({"reason": "Incomplet."})).await;
    let refused = world.decide(&portal, &staff, &anne, "reopen", &reason).await;
    assert_eq!((refused.status, refused.json()["rule"].as_str()), (403, Some("admins")));
    let done = world.decide(&portal, &admin, &anne, "reopen", &reason).await;
    assert_eq!(
        (done.status, done.json()["status"].as_str(), done.json()["previous"]["status"].as_str()),
        (200, Some("open"), Some("refused"))
    );
    assert_eq!(world.decide(&portal, &staff, &anne, "accept", &json!({})).await.status, 200);
    let closed = world.decide(&portal, &admin, &anne, "reopen", &reason).await;
    assert_eq!(closed.json()["code"], "not_refused");
    assert_eq!(world.mails_to(&anne.email).await.len(), 5);
}
