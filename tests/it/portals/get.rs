//! What people see of a portal.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn anybody_sees_an_open_portal_and_only_its_people_a_closed_one() {
    let world = World::new().await;
    let (open, admin) = world.portal("Alpha").await;
    let (closed, owner) = world.portal_with("Beta", json!({"requests_open_to": "people"})).await;
    let seen = world.call("GET", &format!("/v1/portals/{open}")).send().await;
    assert_eq!((seen.status, seen.json()["name"].as_str()), (200, Some("Alpha")));
    assert!(seen.json()["settings"].is_null());
    let hidden = world.call("GET", &format!("/v1/portals/{closed}")).send().await;
    assert_eq!(hidden.status, 404);
    let stranger = world.call("GET", &format!("/v1/portals/{closed}")).by(&admin).send().await;
    assert_eq!(stranger.status, 404);
    let own = world.call("GET", &format!("/v1/portals/{closed}")).by(&owner).send().await;
    assert_eq!(own.json()["settings"]["cool_down_in_days"], 30);
}
