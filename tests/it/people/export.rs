//! What people see of the downloaded list of people.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_list_is_a_spreadsheet_sorted_by_name() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let bruno = world.member(&portal, &admin, "Bruno", "reviewer").await;
    world
        .access(&portal, &admin, &bruno, "promote", &json!({"territory": {"departments": ["33"]}}))
        .await;
    let gone = world.member(&portal, &admin, "Anne", "user").await;
    world.on_person(&portal, &admin, &gone, "archive", &json!({})).await;
    let export = async |list: &str| {
        let path = format!("/v1/portals/{portal}/people/export?list={list}");
        let answer = world.call("GET", &path).by(&bruno).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("link"), None);
        guichet_spreadsheet::read(&answer.body).unwrap()
    };
    let active = export("active").await;
    let names: Vec<&str> = active.iter().map(|line| line.cells[0].as_str()).collect();
    assert_eq!(names, ["Last name", "Durand", "Martin"]);
    assert_eq!(active[1].cells[1..3], ["Bruno", "bruno.durand@exemple.fr"]);
    assert_eq!(active[1].cells[7..10], ["Reviewer", "Gironde\u{A0}(33)", "2026-11-21"]);
    let staff = export("active&level=super_administrator").await;
    assert_eq!((staff.len(), staff[1].cells[0].as_str()), (2, "Martin"));
    let inactive = export("inactive").await;
    assert_eq!((inactive.len(), inactive[1].cells[1].as_str()), (2, "Anne"));
    assert_eq!(inactive[1].cells[10], "2026-11-21");
    let outsider = world.user("Olga", "Durand").await;
    let path = format!("/v1/portals/{portal}/people/export");
    assert_eq!(world.call("GET", &path).by(&outsider).send().await.status, 404);
    let user = world.member(&portal, &admin, "Ugo", "user").await;
    assert_eq!(world.call("GET", &path).by(&user).send().await.status, 403);
}

#[tokio::test]
async fn those_who_are_invited_are_a_spreadsheet_too() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let access = json!({"territory": {"departments": ["33"]}, "send": "later"});
    world.invite(&portal, &admin, "zoe@exemple.fr", access).await;
    world.clock.advance_seconds(1);
    world.invite(&portal, &admin, "yves@exemple.fr", json!({"level": "reviewer"})).await;
    let file = async |query: &str| {
        let path = format!("/v1/portals/{portal}/people/export?list=invited{query}");
        let answer = world.call("GET", &path).by(&admin).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let lines = guichet_spreadsheet::read(&answer.body).unwrap();
        lines.into_iter().skip(1).map(|line| line.cells[2..].join(", ")).collect::<Vec<_>>()
    };
    let yves = "yves@exemple.fr, Reviewer, , Pending, 2026-11-21, 2026-11-28, Claire Martin";
    let zoe = "zoe@exemple.fr, User, Gironde\u{A0}(33), To be sent, 2026-11-21, , Claire Martin";
    assert_eq!(file("").await, [yves, zoe]);
    assert_eq!(file("&adviser=true").await, [zoe]);
    assert_eq!(file("&level=reviewer").await, [yves]);
    // The list shows the same.
    let path = format!("/v1/portals/{portal}/people?list=invited&adviser=true");
    let list = world.call("GET", &path).by(&admin).send().await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["items"][0]["state"], "preloaded");
    assert_eq!(list["items"][0]["territory"]["departments"], json!(["33"]));
}
