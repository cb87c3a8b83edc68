//! What somebody sees who opens the link to set a password.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_page_shows_the_address_and_changes_nothing() {
    let world = World::new().await;
    let made = json!({
        "name": "Alpha", "address": "https://alpha.example.fr", "contact_address": "equipe@alpha.fr",
        "administrator": {"first_name": "Claire", "last_name": "Martin", "email": "claire@exemple.fr"},
    });
    world.stack.invoke("portals::create", made).await.unwrap();
    let link = world.link_to("claire@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap();
    for _ in 0..2 {
        let page = world.call("GET", path).header("accept-language", "fr").send().await;
        assert!(page.status == 200 && page.text().contains("claire@exemple.fr"), "{}", page.text());
        assert!(page.text().contains("Choisissez votre mot de passe"));
    }
    world.clock.advance_days(7);
    assert_eq!(world.call("GET", path).send().await.status, 410, "seven days, with schedules off");
}
