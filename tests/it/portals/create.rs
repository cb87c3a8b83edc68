//! The operator's way in.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_operator_makes_a_portal_whose_administrator_sets_a_password_by_mail() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let here = world.membership(&admin, &portal).await;
    assert_eq!(
        (here["name"].as_str(), here["level"].as_str()),
        (Some("Alpha"), Some("super_administrator"))
    );
    let (subject, text) = world.mails_to(&admin.email).await.remove(0);
    assert!(
        subject.contains("Alpha") && text.contains("/set-password?token="),
        "{subject}: {text}"
    );
    assert_eq!(world.acts(&portal, &admin).await, ["portal.created"]);
}

#[tokio::test]
async fn a_known_address_gets_the_portal_and_no_new_account() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let event = json!({
        "name": "Beta", "address": "https://beta.example.fr", "contact_address": "equipe@beta.fr",
        "administrator": {"first_name": "Anne", "last_name": "Durand", "email": "ANNE.durand@exemple.fr"},
    });
    let made = world.stack.invoke("portals::create", event).await.unwrap();
    assert_eq!(made["account"], anne.account.as_str());
    let portal = made["portal"].as_str().unwrap();
    assert_eq!(world.membership(&anne, portal).await["level"], "super_administrator");
}

#[tokio::test]
async fn nobody_reaches_it_over_http_and_wrong_fields_are_refused() {
    let world = World::new().await;
    assert_eq!(world.call("POST", "/v1/portals").json(&json!({})).send().await.status, 404);
    let wrong = world.stack.invoke("portals::create", json!({"name": ""})).await;
    assert!(wrong.unwrap_err().to_string().contains("invalid"));
}
