//! What staff see before they change a territory.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_preview_says_what_would_be_gained_and_lost_and_changes_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33", "64"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let path = format!("/v1/portals/{portal}/advisors/{}/preview-territory", anne.account);
    let seen = world.call("GET", &format!("{path}?departments=33,40")).by(&admin).send().await;
    let body = seen.json();
    assert_eq!(
        (&body["departments_gained"], &body["departments_lost"]),
        (&json!(["40"]), &json!(["64"]))
    );
    assert_eq!(body["positions_lost"], json!({"count": 0, "and_more": false}));
    assert!(seen.header("etag").is_some());
    let national = world.call("GET", &format!("{path}?national=true")).by(&admin).send().await;
    let gained = national.json()["departments_gained"].as_array().unwrap().len();
    assert_eq!((gained, national.json()["departments_lost"].clone()), (99, json!([])));
    for wrong in ["", "?departments=99", "?national=true&departments=33", "?national=maybe"] {
        let answer = world.call("GET", &format!("{path}{wrong}")).by(&admin).send().await;
        assert_eq!(answer.status, 422, "{wrong}");
    }
    assert_eq!(
        world.membership(&anne, &portal).await["access"]["territory"]["departments"],
        json!(["33", "64"])
    );
}
