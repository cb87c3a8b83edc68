//! In 300 worlds that people make through the API, a list shows exactly what may be opened.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::world::{User, World, sheet};

const COMMUNES: [&str; 3] = ["33063", "40192", "64102"];

/// One deed of somebody, whether or not they may do it.
async fn deed(
    world: &World,
    portal: &str,
    people: &[User],
    dossiers: &[String],
    dice: &mut StdRng,
) {
    let (chief, who) = (&people[0], people.choose(dice).unwrap());
    let dossier = dossiers.choose(dice).unwrap();
    let role = ["advisor", "observer"].choose(dice).unwrap();
    let commune = COMMUNES.choose(dice).unwrap();
    let departments = [json!(["33"]), json!(["40", "64"]), json!(["33", "64"])];
    let territory = match dice.random_range(0..4) {
        0 => json!({"national": true}),
        number => json!({"departments": departments[number - 1]}),
    };
    let level = ["user", "administrator", "global_administrator"].choose(dice).unwrap();
    let answer = match dice.random_range(0..14) {
        0 | 1 => world.on_dossier(dossier, who, "accept", json!({"join": role})).await,
        2 => world.on_dossier(dossier, who, "refuse", json!({"reason": "Non."})).await,
        3 | 4 => world.on_dossier(dossier, who, "join", json!({ "role": role })).await,
        5 => world.on_dossier(dossier, who, "leave", json!({})).await,
        6 => world.on_dossier(dossier, who, "", json!({ "commune": commune })).await,
        7 => world.on_dossier(dossier, who, "pause", json!({"reason": "Budget."})).await,
        8 => world.on_dossier(dossier, who, "resume", json!({})).await,
        9 | 10 => {
            let body = json!({ "territory": territory });
            let promoted = world.access(portal, chief, who, "promote", &body).await;
            match promoted.status {
                409 => world.access(portal, chief, who, "territory", &body).await,
                _ => promoted,
            }
        }
        11 => world.access(portal, chief, who, "revoke", &json!({})).await,
        12 => world.on_person(portal, chief, who, "level", &json!({ "level": level })).await,
        _ => {
            let verb = ["archive", "restore"].choose(dice).unwrap();
            world.on_person(portal, chief, who, verb, &json!({})).await
        }
    };
    assert!(answer.status < 500, "{}", answer.text());
}

#[tokio::test]
async fn in_three_hundred_worlds_a_list_shows_exactly_what_may_be_opened() {
    let world = World::new().await;
    let mut dice = StdRng::seed_from_u64(7);
    let (portal, chief) = world.portal("Alpha").await;
    let mut people = vec![chief.clone()];
    for first in ["Bruno", "Chloe", "Denis", "Elise", "Farid"] {
        people.push(world.member(&portal, &chief, first, "user").await);
    }
    let mut dossiers = Vec::new();
    for number in 0..8 {
        let by = &people[1 + number % 5];
        dossiers.push(world.dossier(&portal, by, COMMUNES[number % 3]).await);
    }
    let list = format!("/v1/portals/{portal}/dossiers?limit=3");
    let (mut seen, mut unseen) = (0, 0);
    for number in 0..300 {
        deed(&world, &portal, &people, &dossiers, &mut dice).await;
        let who = people.choose(&mut dice).unwrap();
        let mut listed = BTreeSet::new();
        let mut cursor = String::new();
        loop {
            let page = world.call("GET", &format!("{list}{cursor}")).by(who).send().await;
            let page: Value = page.json();
            let items = page["items"].as_array().cloned().unwrap_or_default();
            for item in items {
                assert!(listed.insert(item["id"].as_str().unwrap().to_owned()), "twice: {item}");
            }
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        for dossier in &dossiers {
            let shown = world.call("GET", dossier).by(who).send().await.status == 200;
            let id = dossier.rsplit('/').next().unwrap();
            assert_eq!(shown, listed.contains(id), "world {number}: {id}");
            *(if shown { &mut seen } else { &mut unseen }) += 1;
        }
    }
    // Neither is the exception, or nothing would be proved.
    assert!(seen > 300 && unseen > 300, "{seen} seen, {unseen} not");
    let title = sheet("33063")["title"].clone();
    let all = world.call("GET", &list).by(&chief).send().await.json();
    assert_eq!(all["items"][0]["title"], title);
}
