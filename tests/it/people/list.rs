//! What staff see of the people of a portal.

use guichet_local::stack::AttributeValue;
use serde_json::json;

use crate::world::{User, World};

async fn names(world: &World, portal: &str, by: &User, query: &str) -> Vec<String> {
    let path = format!("/v1/portals/{portal}/people?{query}");
    let answer = world.call("GET", &path).by(by).send().await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    let items = answer.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["first_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_three_lists_hold_active_invited_and_inactive_people() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "reviewer").await;
    let boris = world.member(&portal, &admin, "Boris", "user").await;
    world.on_person(&portal, &admin, &boris, "archive", &json!({})).await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    for (list, expected) in
        [("active", vec!["Anne", "Claire"]), ("invited", vec!["Zoé"]), ("inactive", vec!["Boris"])]
    {
        let query = format!("list={list}");
        assert_eq!(names(&world, &portal, &anne, &query).await, expected, "{list}");
    }
    let answer =
        world.call("GET", &format!("/v1/portals/{portal}/people")).by(&admin).send().await.json();
    assert_eq!(answer["items"][0]["email"], "anne.durand@exemple.fr");
    assert_eq!(answer["items"][0]["level"], "reviewer");
    let path = format!("/v1/portals/{portal}/people");
    let boris = world.sign_in(&boris.email).await;
    assert_eq!(world.call("GET", &path).by(&boris).send().await.status, 404);
    let user = world.member(&portal, &admin, "Ulysse", "user").await;
    assert_eq!(world.call("GET", &path).by(&user).send().await.status, 403);
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_a_name_or_of_the_address() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for first in ["Élodie", "Anne", "Annick"] {
        let ascii = first.replace('É', "E");
        let user = world.user(&ascii, "Durand").await;
        world.submit(&portal, &user, &["33"]).await;
        let body = json!({"first_name": first, "last_name": "Le Goff"});
        let changed = world.on_person(&portal, &admin, &user, "", &body).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
    }
    let of = async |query: &str| names(&world, &portal, &admin, query).await;
    assert_eq!(of("search=elo").await, ["Élodie"]);
    assert_eq!(of("search=go%20ann").await, ["Anne", "Annick"]);
    assert_eq!(of("search=anne.d").await, ["Anne"], "an address is one word");
    assert_eq!(of("search=anne.durand@exemple.fr").await, ["Anne"]);
    assert_eq!(of("search=durand").await, Vec::<String>::new(), "the portal's copy was changed");
    assert_eq!(of("search=ann&level=reviewer").await, Vec::<String>::new());
    assert_eq!(of("search=ann&list=inactive").await, Vec::<String>::new());
    assert_eq!(of("level=super_administrator").await, ["Claire"]);
}

#[tokio::test]
async fn every_person_is_on_exactly_one_page() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for first in ["Anna", "Annab", "Annac", "Annad", "Annae"] {
        let user = world.user(first, "Annat").await;
        world.submit(&portal, &user, &["33"]).await;
    }
    for query in ["limit=2", "limit=2&search=anna", "limit=2&level=user"] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        for _ in 0..20 {
            let path = format!("/v1/portals/{portal}/people?{query}{cursor}");
            let page = world.call("GET", &path).by(&admin).send().await.json();
            let items = page["items"].as_array().unwrap().clone();
            assert!(items.len() <= 2);
            found.extend(items.iter().map(|item| item["account"].as_str().unwrap().to_owned()));
            let Some(next) = page["cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let unique: std::collections::BTreeSet<_> = found.iter().collect();
        let wanted = if query == "limit=2" { 6 } else { 5 };
        assert_eq!((found.len(), unique.len()), (wanted, wanted), "{query}");
    }
}

/// Items that an earlier version wrote are read as they are.
#[tokio::test]
async fn rows_that_were_stored_as_maps_are_listed_too() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    for mut item in world.stack.items().unwrap() {
        let Some(AttributeValue::S(row)) = item.get("row").cloned() else { continue };
        let row: serde_json::Value = serde_json::from_str(&row).unwrap();
        item.insert("row".to_owned(), attribute(&row));
        world.stack.overwrite(&item).unwrap();
    }
    let list = format!("/v1/portals/{portal}/people");
    let people = world.call("GET", &list).by(&admin).send().await.json();
    assert_eq!(people["items"][0]["account"], admin.account);
    world.clock.advance_seconds(3600);
    world.stack.run("journal::seal").await.expect("older entries are no forged ones");
    let admin = world.sign_in(&admin.email).await;
    assert!(world.acts(&portal, &admin).await.contains(&"portal.created".to_owned()));
}

fn attribute(value: &serde_json::Value) -> AttributeValue {
    match value {
        serde_json::Value::Null => AttributeValue::NULL(true),
        serde_json::Value::Bool(is) => AttributeValue::BOOL(*is),
        serde_json::Value::Number(number) => AttributeValue::N(number.to_string()),
        serde_json::Value::String(text) => AttributeValue::S(text.clone()),
        serde_json::Value::Array(all) => AttributeValue::L(all.iter().map(attribute).collect()),
        serde_json::Value::Object(all) => AttributeValue::M(
            all.iter().map(|(name, one)| (name.clone(), attribute(one))).collect(),
        ),
    }
}
