//! What a requester sees who changes their mind.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_requester_revises_an_open_request_and_moderators_are_not_mailed_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let before = world.mails_to(&admin.email).await.len();
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let etag = world.etag(&anne, &path).await;
    let body = json!({"territory": {"departments": ["64"]}});
    let call = world.call("PATCH", &path).by(&anne).if_match(&etag);
    let done = call.once().json(&body).send().await;
    assert_eq!(
        (done.status, done.json()["territory"]["departments"][0].as_str()),
        (200, Some("64"))
    );
    let stale = world.call("PATCH", &path).by(&anne).if_match(&etag).json(&body).send().await;
    assert_eq!((stale.status, stale.json()["current"]["etag"].is_string()), (412, true));
    assert_eq!(world.mails_to(&admin.email).await.len(), before);
    let foreign = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&body).send().await;
    assert_eq!((foreign.status, foreign.json()["rule"].as_str()), (403, Some("own_request")));
}
