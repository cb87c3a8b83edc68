//! What an admin changes.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_admin_changes_settings_under_the_version_read() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let path = format!("/v1/portals/{portal}");
    let body = json!({"cool_down_in_days": 10, "collectivities": "offered"});
    let etag = world.etag(&admin, &path).await;
    let refused = world.call("PATCH", &path).by(&staff).if_match(&etag).json(&body).send().await;
    assert_eq!((refused.status, refused.json()["rule"].as_str()), (403, Some("admins")));
    let blind = world.call("PATCH", &path).by(&admin).json(&body).send().await;
    assert_eq!(blind.status, 428);
    let call = world.call("PATCH", &path).by(&admin).if_match(&etag);
    let done = call.once().json(&body).send().await;
    assert_eq!((done.status, done.json()["cool_down_in_days"].as_u64()), (200, Some(10)));
    let stale = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&body).send().await;
    assert_eq!(
        (stale.status, stale.json()["current"]["cool_down_in_days"].as_u64()),
        (412, Some(10))
    );
    let wrong = json!({"cool_down_in_days": 0});
    let etag = world.etag(&admin, &path).await;
    let wrong = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&wrong).send().await;
    assert_eq!(
        (wrong.status, wrong.json()["errors"][0]["field"].as_str()),
        (422, Some("cool_down_in_days"))
    );
    assert_eq!(world.acts(&portal, &admin).await.last().unwrap(), "portal.updated");
}
