//! What people see of the dossiers in which somebody takes part.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_page_tells_of_those_that_the_reader_may_see_and_the_next_one_goes_on() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let rita = world.member(&portal, &admin, "Rita", "reviewer").await;
    let lea = world.member(&portal, &admin, "Lea", "user").await;
    let first = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let second = world.open_dossier(&portal, &anne, &admin, "40192").await;
    let path = format!("/v1/portals/{portal}/people/{}/dossiers", anne.account);
    let page = world.call("GET", &format!("{path}?limit=1")).by(&admin).send().await.json();
    let of = |page: &serde_json::Value| page["items"][0]["dossier"].as_str().unwrap().to_owned();
    assert!(second.ends_with(&of(&page)), "the newest first: {page}");
    let cursor = page["cursor"].as_str().unwrap();
    let next = format!("{path}?limit=1&cursor={cursor}");
    let page = world.call("GET", &next).by(&admin).send().await.json();
    assert!(first.ends_with(&of(&page)), "{page}");
    assert_eq!(page["items"][0]["role"], "referent");
    let own = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(own["items"].as_array().unwrap().len(), 2, "{own}");
    // A reviewer sees people, and of their dossiers those that are the reviewer's to see.
    let seen = world.call("GET", &path).by(&rita).send().await.json();
    assert_eq!(seen["items"], json!([]));
    assert_eq!(world.call("GET", &path).by(&lea).send().await.status, 404);
    let wrong = world.call("GET", &format!("{path}?limit=0")).by(&admin).send().await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
}
