//! The operator's way in.

use guichet_domain::changes::{Place, Write};
use guichet_domain::signing::PublicKey;
use guichet_platform::keys::Listing;
use guichet_platform::store::{Order, PageQuery};
use serde_json::json;

use crate::world::{PASSWORD, World};

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

#[tokio::test]
async fn without_signing_keys_no_portal_is_made_and_the_operator_is_told_what_to_do() {
    let world = World::new().await;
    let all = PageQuery::first(100, Order::Ascending);
    let keys = world.stack.app.page::<PublicKey>(&Listing::Keys, &all).await.unwrap().rows;
    let remove = |key: &PublicKey| Write::Remove(Place::PublicKey(key.kid.clone()));
    world.stack.app.apply(&keys.iter().map(remove).collect::<Vec<_>>()).await.unwrap();
    let event = json!({
        "name": "Beta", "address": "https://beta.example.fr", "contact_address": "equipe@beta.fr",
        "administrator": {"first_name": "Anne", "last_name": "Durand", "email": "anne@exemple.fr"},
    });
    let refused = world.stack.invoke("portals::create", event.clone()).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("no_signing_keys") && refused.contains("keys::rotate"), "{refused}");
    // A fresh table with the secrets of an older one gets the public parts that it lacks.
    assert_eq!(world.stack.run("keys::rotate").await.unwrap()["done"], 4);
    world.stack.invoke("portals::create", event).await.unwrap();
    let link = world.link_to("anne@exemple.fr").await;
    assert_eq!(world.press(&link, &[("password", PASSWORD)]).await.status, 303);
    world.sign_in("anne@exemple.fr").await;
}
