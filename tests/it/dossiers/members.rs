//! What people see of who takes part.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn both_sides_are_listed_with_what_the_reader_may_do() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let other = world.advisor(&portal, &admin, "Luc", &["33"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    world.on_dossier(&dossier, &local, "join", json!({"role": "advisor"})).await;
    world.on_dossier(&dossier, &other, "join", json!({"role": "observer"})).await;
    let path = format!("{dossier}/members");
    let members = async |user| world.call("GET", &path).by(user).send().await.json();
    let of = |list: &serde_json::Value, side: &str, field: &str| {
        let side = list[side].as_array().unwrap().clone();
        side.iter().map(|member| member[field].clone()).collect::<Vec<_>>()
    };
    let seen = members(&admin).await;
    assert_eq!(of(&seen, "applicants", "name"), ["Anne Durand"]);
    assert_eq!(of(&seen, "applicants", "may_remove"), [false], "there is always a contact");
    assert_eq!(of(&seen, "advisors", "may_remove"), [true, true]);
    let mut roles = of(&seen, "advisors", "role");
    roles.sort_by_key(ToString::to_string);
    assert_eq!(roles, ["advisor", "observer"]);
    for user in [&anne, &local] {
        assert_eq!(of(&members(user).await, "advisors", "may_remove"), [false, false]);
    }
    world.on_person(&portal, &admin, &local, "archive", &json!({})).await;
    let seen = members(&admin).await;
    let archived = seen["advisors"].as_array().unwrap().iter();
    assert_eq!(archived.filter(|member| member["archived_at"].is_string()).count(), 1);
}
