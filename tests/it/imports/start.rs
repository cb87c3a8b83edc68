//! What people see of starting an import.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn its_rows_become_invitations_and_who_started_it_is_told() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let lines = "Zoé;Blanc;zoe@exemple.fr;Maire;Gestionnaire\n\
                 Luc;Roy;luc@exemple.fr;;\n\
                 Luc;Roy;LUC@exemple.fr;;\n";
    let import = world.uploaded(&portal, &admin, lines).await;
    let common = json!({"level": "reviewer", "message": "Bienvenue."});
    let whole = world.imported(&import, &admin, common).await;
    assert_eq!(whole["state"], "finished", "{whole}");
    assert_eq!(whole["counts"], json!({"invited": 2, "duplicate": 1}));
    let mails = world.mails_to("zoe@exemple.fr").await;
    let [(_, text)] = &mails[..] else { panic!("{mails:?}") };
    for words in ["Claire Martin vous invite", "> Bienvenue.", "Gestionnaire"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let mails = world.mails_to("luc@exemple.fr").await;
    assert!(mails.len() == 1 && mails[0].1.contains("Vérificateur"), "{mails:?}");
    let mails = world.mails_to("admin@alpha.fr").await;
    let (subject, text) = mails.last().unwrap();
    assert_eq!(subject, "Alpha\u{A0}: l’import de votre liste est terminé");
    assert!(text.contains("Invitations envoyées\u{A0}: 2"), "{text}");
    assert!(text.contains("Lignes non retenues (doublons, valeurs ou droits)\u{A0}: 1"), "{text}");
    let link = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303);
    let zoe = world.sign_in("zoe@exemple.fr").await;
    assert_eq!(world.membership(&zoe, &portal).await["level"], "manager");
    let acts = world.acts(&portal, &admin).await;
    let imports: Vec<&String> = acts.iter().filter(|act| act.starts_with("import")).collect();
    assert_eq!(
        imports,
        ["import.uploaded", "import.check_asked", "import.started", "import.finished"]
    );
    assert_eq!(acts.iter().filter(|act| *act == "invitation.sent").count(), 2);
}

#[tokio::test]
async fn what_is_preloaded_waits_to_be_sent() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    let whole = world.imported(&import, &admin, json!({"send": "later"})).await;
    assert_eq!(whole["counts"], json!({"preloaded": 1}));
    assert_eq!(world.mails_to("zoe@exemple.fr").await, []);
    let listed = world.call("GET", &format!("/v1/portals/{portal}/invitations")).by(&admin);
    let listed = listed.send().await.json();
    assert_eq!(listed["items"][0]["state"], "preloaded");
    let mails = world.mails_to("admin@alpha.fr").await;
    assert!(mails.last().unwrap().1.contains("Invitations préparées, non envoyées\u{A0}: 1"));
}

#[tokio::test]
async fn nothing_starts_before_it_was_looked_at_nor_twice() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    let early = world.on_import(&import, &admin, "start", json!({})).await;
    assert_eq!((early.status, &early.json()["code"]), (409, &json!("import_not_checked")));
    world.imported(&import, &admin, json!({})).await;
    let late = world.on_import(&import, &admin, "start", json!({})).await;
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("import_ended")));
    let again = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &json!("import_ended")));
}

#[tokio::test]
async fn nobody_starts_what_somebody_else_had_looked_at() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let lines = "A;B;a@exemple.fr;;\nC;D;c@exemple.fr;;Super administrateur\n";
    let import = world.uploaded(&portal, &staff, lines).await;
    world.on_import(&import, &staff, "dry-run", json!({"message": "De Bruno."})).await;
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(whole["counts"], json!({"new": 1, "right_missing": 1}));
    // The super administrator would give what the dry run said would not be given.
    let refused = world.on_import(&import, &admin, "start", json!({})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("import_not_checked")));
    let whole = world.imported(&import, &admin, json!({})).await;
    assert_eq!(whole["counts"], json!({"invited": 2}));
    assert!(!world.mails_to("a@exemple.fr").await[0].1.contains("De Bruno."));
}

#[tokio::test]
async fn the_rights_are_those_of_the_moment_at_which_the_rows_are_gone_over() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let import = world.uploaded(&portal, &staff, "A;B;a@exemple.fr;;\n").await;
    world.on_import(&import, &staff, "dry-run", json!({})).await;
    world.settle().await;
    let started = world.on_import(&import, &staff, "start", json!({})).await;
    assert_eq!(started.status, 202);
    let level = json!({"level": "user"});
    let demoted = world.on_person(&portal, &admin, &staff, "level", &level).await;
    assert_eq!(demoted.status, 200);
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(
        (&whole["state"], &whole["counts"]),
        (&json!("finished"), &json!({"right_missing": 1}))
    );
    assert_eq!(world.mails_to("a@exemple.fr").await, []);
}

#[tokio::test]
async fn five_a_day_are_started() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for number in 0..6 {
        let line = format!("A;B;a{number}@exemple.fr;;\n");
        let import = world.uploaded(&portal, &admin, &line).await;
        world.on_import(&import, &admin, "dry-run", json!({})).await;
        world.settle().await;
        let answer = world.on_import(&import, &admin, "start", json!({})).await;
        assert_eq!(answer.status, if number < 5 { 202 } else { 429 }, "{number}");
    }
}

/// How the mails of invitations go out: alone, or as one of many.
fn paces(world: &World) -> Vec<String> {
    let items = world.stack.items().unwrap();
    let mails = items.iter().map(guichet_local::stack::shown);
    let mails = mails.filter(|item| item["automation"] == "invited");
    mails.map(|mail| mail["pace"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_an_import_mails_is_one_send_and_what_somebody_mails_by_hand_is_not() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\n").await;
    world.imported(&import, &admin, json!({})).await;
    assert_eq!(paces(&world), ["bulk"]);
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\n").await;
    world.imported(&import, &admin, json!({"send": "later"})).await;
    let listed = world.call("GET", &format!("/v1/portals/{portal}/invitations")).by(&admin);
    let listed = listed.send().await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.manage(&portal, &admin, &id, "send").await.status, 200);
    world.settle().await;
    assert_eq!(paces(&world), ["single"]);
}

#[tokio::test]
async fn somebody_invited_since_it_was_looked_at_is_not_invited_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = world.uploaded(&portal, &admin, "Zoé;Blanc;zoe@exemple.fr;;\n").await;
    world.on_import(&import, &admin, "dry-run", json!({})).await;
    world.settle().await;
    assert_eq!(world.invite(&portal, &admin, "ZOE@exemple.fr", json!({})).await.status, 201);
    world.on_import(&import, &admin, "start", json!({})).await;
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(whole["counts"], json!({"already_invited": 1}));
    assert_eq!(world.mails_to("zoe@exemple.fr").await.len(), 1);
}
