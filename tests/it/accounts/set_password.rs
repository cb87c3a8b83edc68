//! What somebody sees who sets a password.

use serde_json::json;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn the_link_works_once_and_all_sessions_end() {
    let world = World::new().await;
    let made = json!({
        "name": "Alpha", "address": "https://alpha.example.fr", "contact_address": "equipe@alpha.fr",
        "administrator": {"first_name": "Claire", "last_name": "Martin", "email": "claire@exemple.fr"},
    });
    world.stack.invoke("portals::create", made).await.unwrap();
    let link = world.link_to("claire@exemple.fr").await;
    let weak = world.press(&link, &[("password", "court")]).await;
    assert!(weak.status == 422 && weak.text().contains("15 characters"), "{}", weak.text());
    assert_eq!(world.press(&link, &[("password", PASSWORD)]).await.status, 303);
    let claire = world.sign_in("claire@exemple.fr").await;
    let again = world.press(&link, &[("password", "une autre phrase toute neuve")]).await;
    assert_eq!(again.status, 410);
    assert_eq!(world.call("GET", "/v1/me").by(&claire).send().await.status, 200);
}
