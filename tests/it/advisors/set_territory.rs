//! What people see of a changed territory.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_new_territory_replaces_the_old_one_under_the_version_read() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33", "64"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let person = format!("/v1/portals/{portal}/people/{}", anne.account);
    let etag = world.etag(&admin, &person).await;
    let path = format!("/v1/portals/{portal}/advisors/{}/territory", anne.account);
    let change = |code: &'static str| {
        let body = json!({"territory": {"departments": [code]}});
        world.call("POST", &path).by(&admin).if_match(&etag).json(&body).send()
    };
    assert_eq!(change("40").await.status, 200);
    let stale = change("41").await;
    assert_eq!(
        (stale.status, stale.json()["current"]["access"]["territory"]["departments"][0].as_str()),
        (412, Some("40"))
    );
    let list = async |code: &str| {
        let path = format!("/v1/portals/{portal}/advisors?department={code}");
        world.call("GET", &path).by(&admin).send().await.json()["items"].as_array().unwrap().len()
    };
    assert_eq!((list("33").await, list("64").await, list("40").await), (0, 0, 1));
}
