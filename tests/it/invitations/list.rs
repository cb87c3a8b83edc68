//! What staff see of a portal's invitations.

use serde_json::{Value, json};

use crate::world::{User, World};

async fn emails(world: &World, portal: &str, by: &User, query: &str) -> Vec<String> {
    let path = format!("/v1/portals/{portal}/invitations?{query}");
    let answer = world.call("GET", &path).by(by).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item: &Value| item["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn open_and_closed_ones_are_listed_apart_searched_and_filtered() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for (email, names) in [
        ("zoe@exemple.fr", json!({"first_name": "Zoé", "last_name": "Blanc"})),
        ("ines@exemple.fr", json!({"first_name": "Inès", "last_name": "Le Goff", "send": "later"})),
        ("old@exemple.fr", json!({"first_name": "Odile", "last_name": "Vieux"})),
    ] {
        world.clock.advance_seconds(1);
        assert_eq!(world.invite(&portal, &admin, email, names).await.status, 201);
    }
    let link = world.invited_link("old@exemple.fr").await.replace("/accept?", "/decline?");
    world.press(&link, &[]).await;
    let of = async |query: &str| emails(&world, &portal, &admin, query).await;
    assert_eq!(of("").await, ["ines@exemple.fr", "zoe@exemple.fr"]);
    assert_eq!(of("list=closed").await, ["old@exemple.fr"]);
    assert_eq!(of("list=closed&state=accepted").await, Vec::<String>::new());
    assert_eq!(of("state=preloaded").await, ["ines@exemple.fr"]);
    assert_eq!(of("search=go%20ine").await, ["ines@exemple.fr"]);
    assert_eq!(of("search=ZOE@").await, ["zoe@exemple.fr"]);
    assert_eq!(of("search=oe").await, Vec::<String>::new(), "the beginning of a word");
    world.clock.advance_days(8);
    let admin = world.sign_in(&admin.email).await;
    let expired = emails(&world, &portal, &admin, "state=expired").await;
    assert_eq!(expired, ["zoe@exemple.fr"], "shown as expired before any schedule says so");
    let user = world.member(&portal, &admin, "Ulysse", "user").await;
    let path = format!("/v1/portals/{portal}/invitations");
    assert_eq!(world.call("GET", &path).by(&user).send().await.status, 403);
}
