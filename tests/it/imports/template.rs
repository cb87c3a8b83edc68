//! What people see of the template of imports.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_filled_template_is_accepted_in_both_languages() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    for (language, heading) in [("fr", "Prénom"), ("en", "First name")] {
        let path = format!("/v1/portals/{portal}/imports/template");
        let call = world.call("GET", &path).by(&staff).header("accept-language", language);
        let answer = call.send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let lines = guichet_spreadsheet::read(&answer.body).unwrap();
        assert_eq!((lines.len(), lines[0].cells[0].as_str()), (1, heading));
        // An empty one holds nobody.
        let empty = world.upload(&portal, &staff, &answer.body).await;
        assert_eq!((empty.status, &empty.json()["reason"]), (422, &json!("empty")));
        let filled = format!("{}\nZoé;Blanc;zoe@exemple.fr;;;\n", lines[0].cells.join(";"));
        let answer = world.upload(&portal, &staff, filled.as_bytes()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}
