//! What staff see of the mails.

use crate::world::World;

#[tokio::test]
async fn staff_see_to_whom_what_and_what_became_of_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    let path = format!("/v1/portals/{portal}/mails");
    let list = world.call("GET", &path).by(&admin).send().await.json();
    let items = list["items"].as_array().unwrap();
    let received = items.iter().find(|mail| mail["automation"] == "request_received").unwrap();
    assert_eq!(
        (received["recipient"]["id"].as_str(), received["state"].as_str()),
        (Some(anne.account.as_str()), Some("sent"))
    );
    assert_eq!(world.call("GET", &path).by(&anne).send().await.status, 403);
    assert_eq!(
        world.call("GET", &format!("{path}?month=2026-13")).by(&admin).send().await.status,
        422
    );
}
