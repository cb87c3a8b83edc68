//! What staff see of changing the portal's copy of what is known of somebody.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_portals_copy_changes_and_the_account_stays_its_holders() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (beta, owner) = world.portal("Beta").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    world.submit(&beta, &anne, &["33"]).await;
    let territory = json!({"territory": {"departments": ["33"]}});
    world.access(&portal, &admin, &anne, "promote", &territory).await;
    let body = json!({"last_name": "Petit", "organisation": "Mairie", "phone": "01 02 03 04 05"});
    let changed = world.on_person(&portal, &admin, &anne, "", &body).await.json();
    assert_eq!(
        (&changed["last_name"], &changed["phone"]),
        (&json!("Petit"), &json!("01 02 03 04 05"))
    );
    let advisors = format!("/v1/portals/{portal}/advisors");
    let listed = world.call("GET", &advisors).by(&admin).send().await.json();
    assert_eq!(listed["items"][0]["last_name"], "Petit", "the advisers' list follows");
    let me = world.call("GET", "/v1/me").by(&anne).send().await.json();
    assert_eq!(me["last_name"], "Durand");
    let there = format!("/v1/portals/{beta}/people/{}", anne.account);
    let there = world.call("GET", &there).by(&owner).send().await.json();
    assert_eq!(there["last_name"], "Durand");
    let cleared = world.on_person(&portal, &admin, &anne, "", &json!({"phone": null})).await;
    assert_eq!(cleared.json().get("phone"), None);
    let nothing = world.on_person(&portal, &admin, &anne, "", &json!({})).await;
    assert_eq!(nothing.status, 409);
    let unknown = json!({"user_type": "Élu"});
    let answer = world.on_person(&portal, &admin, &anne, "", &unknown).await;
    assert_eq!(answer.status, 422);
    let body = json!({"job_title": "Directrice"});
    assert_eq!(world.on_person(&portal, &admin, &admin, "", &body).await.status, 200, "oneself");
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    assert_eq!(world.on_person(&portal, &staff, &admin, "", &body).await.status, 403);
}
