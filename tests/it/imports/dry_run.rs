//! What people see of having the rows of a spreadsheet looked at.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn each_row_gets_its_verdict_and_nothing_is_sent() {
    let world = World::new().await;
    let (portal, admin) = world.portal_with("Alpha", json!({})).await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let gone = world.member(&portal, &admin, "Anne", "global_administrator").await;
    let left = world.on_person(&portal, &admin, &gone, "archive", &json!({})).await;
    assert_eq!(left.status, 200, "{}", left.text());
    let invited = world.invite(&portal, &admin, "invitee@exemple.fr", json!({})).await;
    assert_eq!(invited.status, 201);
    let import = world
        .uploaded(
            &portal,
            &staff,
            "Zoé;Blanc;zoe@exemple.fr;;\n\
             Bruno;Durand;BRUNO.DURAND@exemple.fr;;\n\
             Inès;Petit;invitee@exemple.fr;;\n\
             Zoé;Blanc;Zoe@Exemple.FR;;\n\
             Zoé;Blanc;zoe;;\n\
             ;Blanc;sans@exemple.fr;;\n\
             Zoé;Blanc;chef@exemple.fr;;chef\n\
             Zoé;Blanc;haut@exemple.fr;;Super administrateur\n\
             Anne;Durand;anne.durand@exemple.fr;;\n\
             Luc;Roy;luc@exemple.fr;Maire;Vérificatrice\n",
        )
        .await;
    let answer = world.on_import(&import, &staff, "dry-run", json!({})).await;
    assert_eq!((answer.status, &answer.json()["state"]), (202, &json!("checking")));
    world.settle().await;
    let mails = world.stack.aws.mails().len();
    let whole = world.call("GET", &import).by(&staff).send().await.json();
    assert_eq!((&whole["state"], &whole["rows_done"]), (&json!("checked"), &json!(10)), "{whole}");
    assert_eq!(
        whole["counts"],
        json!({"new": 2, "already_a_person": 1, "already_invited": 1, "duplicate": 1,
               "invalid": 2, "unknown_value": 1, "right_missing": 2})
    );
    let report = world.report(&import, &staff).await;
    let said: Vec<[&str; 3]> = report
        .iter()
        .map(|[row, _, result, detail]| [row.as_str(), result.as_str(), detail.as_str()])
        .collect();
    let right = "The person in whose name this is done may not give this level, or bring this \
                 person back.";
    assert_eq!(
        said,
        [
            ["2", "To be invited", ""],
            ["3", "Already a member of the portal", ""],
            ["4", "Already invited", ""],
            ["5", "Duplicate", "Same address as row 2"],
            ["6", "Invalid value", "E-mail address: This e-mail address is not valid."],
            ["7", "Invalid value", "First name: This field is required."],
            ["8", "Unknown value", "Level: There is no such level."],
            ["9", "Right missing", right],
            // Somebody archived of a level above what the staff member gives.
            ["10", "Right missing", right],
            ["11", "To be invited", ""],
        ]
    );
    world.settle().await;
    assert_eq!(world.stack.aws.mails().len(), mails);
    assert_eq!(world.mails_to("zoe@exemple.fr").await, []);
}

#[tokio::test]
async fn it_tells_nothing_of_other_portals() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let (other, owner) = world.portal("Beta").await;
    let known = world.member(&other, &owner, "Anne", "user").await;
    world.invite(&other, &owner, "invitee@exemple.fr", json!({})).await;
    let lines =
        format!("A;B;{};;\nA;B;invitee@exemple.fr;;\nA;B;never@exemple.fr;;\n", known.email);
    let import = world.uploaded(&portal, &admin, &lines).await;
    world.on_import(&import, &admin, "dry-run", json!({})).await;
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(whole["counts"], json!({"new": 3}));
    for verb in ["", "/report"] {
        let answer = world.call("GET", &format!("{import}{verb}")).by(&owner).send().await;
        assert_eq!(answer.status, 404, "{verb}");
    }
    let elsewhere = import.replace(&portal, &other);
    assert_eq!(world.call("GET", &elsewhere).by(&owner).send().await.status, 404);
}

#[tokio::test]
async fn it_can_be_asked_for_again_with_other_values_until_it_is_started() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let import = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\n").await;
    let above = json!({"level": "super_administrator"});
    let refused = world.on_import(&import, &staff, "dry-run", above.clone()).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    let unknown = world.on_import(&import, &staff, "dry-run", json!({"user_type": "x"})).await;
    assert_eq!((unknown.status, &unknown.json()["errors"][0]["field"]), (422, &json!("user_type")));
    let first = world.on_import(&import, &admin, "dry-run", above).await;
    assert_eq!(first.status, 202);
    let again = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("import_under_way")));
    world.settle().await;
    let etag = first.header("etag").unwrap().to_owned();
    let again = world.on_import(&import, &staff, "dry-run", json!({"level": "reviewer"})).await;
    assert_eq!(again.status, 202, "{}", again.text());
    world.settle().await;
    let stale = world.call("POST", &format!("{import}/start")).by(&staff).if_match(&etag);
    let stale = stale.once().send().await;
    assert_eq!((stale.status, &stale.json()["code"]), (412, &json!("stale")));
    assert_eq!(stale.json()["current"]["common"]["level"], "reviewer");
}

#[tokio::test]
async fn twenty_a_day_are_looked_at() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\n").await;
    for _ in 0..20 {
        let answer = world.on_import(&import, &admin, "dry-run", json!({})).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        world.settle().await;
    }
    let answer = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!(answer.status, 429);
}
