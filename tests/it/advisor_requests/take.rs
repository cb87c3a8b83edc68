//! What moderators see of who takes care.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn taking_a_request_shows_in_the_queue_and_changes_no_version() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let before = world.etag(&admin, &path).await;
    let taken = world.call("POST", &format!("{path}/take")).by(&staff).once().send().await;
    assert_eq!(
        (taken.status, taken.json()["taken"]["by"]["name"].as_str()),
        (200, Some("Bruno Durand"))
    );
    assert_eq!(world.etag(&admin, &path).await, before);
    let queue = world
        .call("GET", &format!("/v1/portals/{portal}/advisor-requests"))
        .by(&admin)
        .send()
        .await
        .json();
    assert_eq!(queue["items"][0]["taken"]["by"]["name"], "Bruno Durand");
    // It reserves nothing: another moderator decides.
    let decided = world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!(decided.status, 200);
    let late = world.call("POST", &format!("{path}/take")).by(&staff).send().await;
    assert_eq!(late.json()["code"], "already_decided");
}
