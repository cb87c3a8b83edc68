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
