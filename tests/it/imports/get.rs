//! What people see of an import.

use crate::world::World;

#[tokio::test]
async fn it_is_gone_after_thirty_days_whoever_tidies_up() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    let list = format!("/v1/portals/{portal}/imports");
    for (days, status, listed) in [(29, 200, 1), (1, 404, 0)] {
        for _ in 0..days {
            world.clock.advance_days(1);
            world.stack.run("keys::rotate").await.unwrap();
        }
        let admin = world.sign_in("admin@alpha.fr").await;
        let seen = world.call("GET", &import).by(&admin).send().await;
        let rows = world.call("GET", &list).by(&admin).send().await.json();
        let rows = rows["items"].as_array().unwrap().len();
        assert_eq!((seen.status, rows), (status, listed), "after {days} more days");
    }
}

#[tokio::test]
async fn nothing_begins_on_its_last_day() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    for _ in 0..29 {
        world.clock.advance_days(1);
        world.stack.run("keys::rotate").await.unwrap();
    }
    let admin = world.sign_in("admin@alpha.fr").await;
    let answer = world.on_import(&import, &admin, "dry-run", serde_json::json!({})).await;
    assert_eq!((answer.status, &answer.json()["code"]), (409, &"import_ended".into()));
}
