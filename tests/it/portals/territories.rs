//! Where one may ask to advise.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn people_choose_among_the_official_departments_and_what_the_portal_adds() {
    let world = World::new().await;
    let (plain, _) = world.portal("Alpha").await;
    let (more, _) = world.portal_with("Beta", json!({"collectivities": "offered"})).await;
    let list = async |portal: &str| {
        let answer = world.call("GET", &format!("/v1/portals/{portal}/territories")).send().await;
        answer.json()["departments"].as_array().unwrap().clone()
    };
    let departments = list(&plain).await;
    assert_eq!(departments.len(), 101);
    let corsica = departments.iter().find(|row| row["code"] == "2A").unwrap();
    assert_eq!(
        (corsica["name"].as_str(), corsica["region_name"].as_str()),
        (Some("Corse-du-Sud"), Some("Corse"))
    );
    assert_eq!(list(&more).await.len(), 109);
}
