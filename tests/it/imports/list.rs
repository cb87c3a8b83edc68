//! What people see of the list of imports.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_newest_comes_first_and_other_portals_have_their_own() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (other, owner) = world.portal("Beta").await;
    let first = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\n").await;
    world.clock.advance_seconds(1);
    let second = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\nC;D;c@exemple.fr;;\n").await;
    let list = async |portal: &str, user, query: &str| {
        let path = format!("/v1/portals/{portal}/imports{query}");
        world.call("GET", &path).by(user).send().await.json()
    };
    let listed = list(&portal, &admin, "").await;
    let ids: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [second.rsplit('/').next().unwrap(), first.rsplit('/').next().unwrap()]);
    assert_eq!(
        (&listed["items"][0]["rows"], &listed["items"][0]["rows_done"]),
        (&json!(2), &json!(0))
    );
    let etag = world.etag(&admin, &second).await;
    assert_eq!(format!("\"{}\"", listed["items"][0]["etag"].as_str().unwrap()), etag);
    let page = list(&portal, &admin, "?limit=1").await;
    let rest = format!("?limit=1&cursor={}", page["cursor"].as_str().unwrap());
    assert_eq!(list(&portal, &admin, &rest).await["items"][0]["id"], ids[1]);
    assert_eq!(list(&other, &owner, "").await["items"], json!([]));
}
