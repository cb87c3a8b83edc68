//! What reviewers see of departments without an adviser.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn departments_without_a_local_adviser_are_listed_whatever_the_national_ones_cover() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for (first, departments) in [("Anne", &["33", "64"][..]), ("Paul", &[])] {
        let user = world.requester(&portal, first, departments).await;
        world.decide(&portal, &admin, &user, "accept", &json!({})).await;
    }
    let path = format!("/v1/portals/{portal}/advisors/uncovered-departments");
    let list = world.call("GET", &path).by(&admin).send().await.json();
    let codes: Vec<&str> = list["departments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 99);
    assert!(!codes.contains(&"33") && codes.contains(&"2B"));
}
