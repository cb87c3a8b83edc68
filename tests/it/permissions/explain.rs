//! What people are told of their rights.

use crate::world::World;

#[tokio::test]
async fn the_answer_is_the_rule_that_decides_in_the_callers_language() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let ask = async |user, query: &str, language: &str| {
        let path = format!("/v1/portals/{portal}/permissions?{query}");
        world.call("GET", &path).by(user).header("accept-language", language).send().await
    };
    let own = ask(&anne, "action=see_queue", "fr").await.json();
    assert_eq!((own["allowed"].as_bool(), own["rule"].as_str()), (Some(false), Some("staff")));
    assert_eq!(
        own["sentence"],
        "Il faut au moins le niveau «\u{a0}Administrateur global\u{a0}» sur ce portail."
    );
    let query = format!("action=moderate_request&account={}", anne.account);
    let may = ask(&admin, &query, "en").await.json();
    assert_eq!((may["allowed"].as_bool(), may["rule"].as_str()), (Some(true), Some("staff")));
    let own = ask(&anne, &query, "en").await.json();
    assert_eq!(own["rule"], "nobody_decides_for_themselves");
    let hidden = ask(&anne, &format!("action=give_access&account={}", admin.account), "en").await;
    assert_eq!(hidden.status, 404, "it reveals nothing that the asker may not see");
    assert_eq!(ask(&admin, "action=give_access", "en").await.status, 422);
    assert_eq!(ask(&admin, "action=fly", "en").await.status, 422);
    for account in [admin.account.as_str(), "acc_01KAM0000000000000000000A0"] {
        let query = format!("action=change_level&account={account}");
        assert_eq!(ask(&anne, &query, "en").await.status, 422, "whoever it is");
    }
}

#[tokio::test]
async fn the_answer_about_a_dossier_is_that_of_the_code_that_decides() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33"]).await;
    let far = world.advisor(&portal, &admin, "Luc", &["40"]).await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let id = dossier.rsplit('/').next().unwrap();
    let why = async |user, action: &str| {
        let path = format!("/v1/portals/{portal}/permissions?action={action}&dossier={id}");
        let answer = world.call("GET", &path).by(user).send().await;
        (answer.status, answer.json()["allowed"].clone(), answer.json()["rule"].clone())
    };
    let is = |allowed: bool, rule: &str| (200, allowed.into(), rule.into());
    assert_eq!(why(&local, "see_dossier").await, is(true, "in_the_territory"));
    assert_eq!(why(&local, "pause_dossier").await, is(false, "referent_or_staff"));
    assert_eq!(why(&local, "write_public_notes").await, is(false, "takes_part"));
    assert_eq!(why(&anne, "join_dossier").await, is(false, "one_side_of_a_dossier"));
    assert_eq!(why(&admin, "update_dossier").await, is(true, "staff"));
    // What one may not see is not explained.
    assert_eq!(why(&far, "see_dossier").await.0, 404);
    assert_eq!(why(&anne, "read_advisors_notes").await.0, 404);
    let path = format!("/v1/portals/{portal}/permissions?action=see_dossier");
    assert_eq!(world.call("GET", &path).by(&admin).send().await.status, 422, "which one?");
}
