//! What people see of the invitations addressed to them.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn one_sees_the_open_invitations_of_ones_own_address_and_no_other() {
    let world = World::new().await;
    let (alpha, admin) = world.portal("Alpha").await;
    let (beta, owner) = world.portal("Beta").await;
    let zoe = world.user("Zoe", "Blanc").await;
    world.invite(&alpha, &admin, &zoe.email, json!({"level": "manager"})).await;
    world.invite(&alpha, &admin, "other@exemple.fr", json!({})).await;
    world.invite(&beta, &owner, &zoe.email, json!({"send": "later"})).await;
    let mine = world.call("GET", "/v1/me/invitations").by(&zoe).send().await.json();
    let items = mine["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{mine}");
    assert_eq!(
        (&items[0]["name"], &items[0]["level"], &items[0]["inviter"]),
        (&json!("Alpha"), &json!("manager"), &json!("Claire Martin"))
    );
    world.clock.advance_days(7);
    let zoe = world.sign_in(&zoe.email).await;
    let mine = world.call("GET", "/v1/me/invitations").by(&zoe).send().await.json();
    assert_eq!(mine["items"], json!([]));
}
