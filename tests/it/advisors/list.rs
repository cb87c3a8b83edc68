//! What reviewers see of the advisers.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn advisers_are_listed_by_name_by_department_and_apart_for_the_country() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for (first, departments) in [("Zoe", &["33"][..]), ("Anne", &["33", "64"]), ("Paul", &[])] {
        let user = world.requester(&portal, first, departments).await;
        assert_eq!(world.decide(&portal, &admin, &user, "accept", &json!({})).await.status, 200);
    }
    let reviewer = world.member(&portal, &admin, "Rita", "reviewer").await;
    let names = async |query: &str| {
        let path = format!("/v1/portals/{portal}/advisors{query}");
        let answer = world.call("GET", &path).by(&reviewer).send().await;
        let items = answer.json()["items"].as_array().unwrap().clone();
        items.iter().map(|row| row["first_name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await, ["Anne", "Paul", "Zoe"]);
    assert_eq!(names("?department=64").await, ["Anne"]);
    assert_eq!(names("?department=national").await, ["Paul"]);
    let mut both = names("?department=33").await;
    both.sort();
    assert_eq!(both, ["Anne", "Zoe"]);
    let user = world.member(&portal, &admin, "Ulysse", "user").await;
    let path = format!("/v1/portals/{portal}/advisors");
    assert_eq!(world.call("GET", &path).by(&user).send().await.status, 403);
}
