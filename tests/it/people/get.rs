//! What one sees of a person.

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
