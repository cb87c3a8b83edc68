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
