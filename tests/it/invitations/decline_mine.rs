//! What people see of declining an invitation signed in.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_holder_of_the_address_declines() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let zoe = world.user("Zoe", "Blanc").await;
    let other = world.user("Olga", "Durand").await;
    let made = world.invite(&portal, &admin, &zoe.email, json!({})).await.json();
    let path = format!("/v1/me/invitations/{}/decline", made["id"].as_str().unwrap());
    assert_eq!(world.call("POST", &path).by(&other).send().await.status, 404);
    let send = || world.call("POST", &path).by(&zoe).header("idempotency-key", "one").send();
    assert_eq!(send().await.status, 204);
    assert_eq!(send().await.status, 204, "the same request again");
    assert_eq!(world.call("POST", &path).by(&zoe).send().await.status, 409);
    assert!(world.membership(&zoe, &portal).await.is_null());
}
