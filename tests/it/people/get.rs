//! What one sees of a person.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn people_see_themselves_and_reviewers_see_everybody() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let karim = world.requester(&portal, "Karim", &["33"]).await;
    let reviewer = world.member(&portal, &admin, "Rita", "reviewer").await;
    let path = format!("/v1/portals/{portal}/people/{}", anne.account);
    let status = async |user| world.call("GET", &path).by(user).send().await.status;
    assert_eq!(
        (status(&anne).await, status(&reviewer).await, status(&karim).await),
        (200, 200, 404)
    );
}

#[tokio::test]
async fn a_page_tells_where_somebody_takes_part_as_far_as_its_reader_may_know() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let reviewer = world.member(&portal, &admin, "Rita", "reviewer").await;
    let open = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let waits = world.dossier(&portal, &anne, "33063").await;
    let path = format!("/v1/portals/{portal}/people/{}", anne.account);
    let shown = async |user| {
        let page = world.call("GET", &path).by(user).send().await.json();
        let rows = page["positions"].as_array().unwrap().clone();
        rows.iter().map(|row| row["dossier"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    for user in [&anne, &admin] {
        assert_eq!(shown(user).await, [id(&waits), id(&open)], "{}", user.email);
    }
    assert_eq!(shown(&reviewer).await, Vec::<String>::new());
    // Rita sees what she takes part in herself.
    world.invite_to_dossier(&open, &admin, &reviewer.email, "observer", json!({})).await;
    assert_eq!(world.accept_mine(&reviewer).await.status, 200);
    assert_eq!(shown(&reviewer).await, [id(&open)]);
    let page = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(page["positions"][1]["role"], "referent");
    assert_eq!(page["positions"][1]["title"], "Une école pour deux villages");
}
