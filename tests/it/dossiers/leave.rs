//! What people see who leave a dossier.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_adviser_leaves_and_may_come_back_and_the_contact_may_not_leave() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let leave = async |user| world.on_dossier(&dossier, user, "leave", json!({})).await;
    assert_eq!(leave(&local).await.status, 403, "they take no part");
    for _ in 0..2 {
        let joined = world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
        assert_eq!((joined.status, joined.json()["advisors"].clone()), (200, json!(1)));
        assert_eq!(leave(&local).await.status, 204);
    }
    let contact = leave(&anne).await;
    assert_eq!((contact.status, contact.json()["code"].clone()), (409, "is_referent".into()));
    // Without an access, the dossier is gone with the position.
    world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
    world.access(&portal, &admin, &local, "revoke", &json!({})).await;
    assert_eq!(world.call("GET", &dossier).by(&local).send().await.status, 200);
    assert_eq!(leave(&local).await.status, 204);
    assert_eq!(world.call("GET", &dossier).by(&local).send().await.status, 404);
}
