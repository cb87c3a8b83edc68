//! What people see of the dossiers of a portal.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::{User, World, sheet};

async fn listed(world: &World, portal: &str, by: &User, query: &str) -> Value {
    let path = format!("/v1/portals/{portal}/dossiers{query}");
    let answer = world.call("GET", &path).by(by).send().await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.json()
}

fn titles(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// Every page of a list, as titles.
async fn pages(world: &World, portal: &str, by: &User, query: &str) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let page = listed(world, portal, by, &format!("?{query}{cursor}")).await;
        all.extend(titles(&page));
        match page["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
    panic!("the list does not end");
}

/// Dossiers in these communes, the first one the oldest, accepted unless they are to wait.
async fn dossiers(world: &World, portal: &str, by: &User, admin: &User, communes: &[&str]) {
    for (number, commune) in communes.iter().enumerate() {
        world.clock.advance_seconds(60);
        let mut body = sheet(commune);
        body["title"] = json!(format!("Dossier {number}"));
        let path = format!("/v1/portals/{portal}/dossiers");
        let made = world.call("POST", &path).by(by).json(&body).send().await;
        assert_eq!(made.status, 201, "{}", made.text());
        let dossier = format!("{path}/{}", made.json()["id"].as_str().unwrap());
        let accepted = world.on_dossier(&dossier, admin, "accept", json!({})).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text());
    }
}

#[tokio::test]
async fn pages_of_several_departments_and_ones_own_dossiers_miss_nothing_and_repeat_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let national = world.advisor(&portal, &admin, "Nadia", &[]).await;
    let local = world.advisor(&portal, &admin, "Lucie", &["33", "40", "64"]).await;
    let communes =
        ["33063", "40192", "75056", "33063", "33063", "64102", "33063", "40192", "13055"];
    dossiers(&world, &portal, &anne, &admin, &communes).await;
    // One of their own lies outside of their territory.
    dossiers(&world, &portal, &local, &admin, &["13055"]).await;
    let numbered = |numbers: &[u32]| -> Vec<String> {
        numbers.iter().map(|number| format!("Dossier {number}")).collect()
    };
    let of_local = numbered(&[0, 7, 6, 5, 4, 3, 1, 0]);
    for limit in [1, 2, 3, 7, 100] {
        let query = format!("limit={limit}");
        assert_eq!(pages(&world, &portal, &local, &query).await, of_local, "{limit}");
        let all = pages(&world, &portal, &national, &query).await;
        assert_eq!(all, numbered(&[0, 8, 7, 6, 5, 4, 3, 2, 1, 0]), "{limit}");
        assert_eq!(pages(&world, &portal, &admin, &query).await, all, "{limit}");
        let own = pages(&world, &portal, &anne, &query).await;
        assert_eq!(own, numbered(&[8, 7, 6, 5, 4, 3, 2, 1, 0]), "{limit}");
        let of_department = format!("{query}&department=40");
        for user in [&local, &national, &admin, &anne] {
            let found = pages(&world, &portal, user, &of_department).await;
            assert_eq!(found, numbered(&[7, 1]), "{limit}");
        }
        let elsewhere = pages(&world, &portal, &local, &format!("{query}&department=13")).await;
        assert_eq!(elsewhere, numbered(&[0]), "their own one only");
    }
}

#[tokio::test]
async fn a_list_is_filtered_by_state_words_and_dates() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let national = world.advisor(&portal, &admin, "Nadia", &[]).await;
    dossiers(&world, &portal, &anne, &admin, &["33063", "64102"]).await;
    let waiting = world.dossier(&portal, &anne, "40192").await;
    let find = async |user, query: &str| titles(&listed(&world, &portal, user, query).await);
    let mine = "Une école pour deux villages";
    assert_eq!(find(&national, "").await, ["Dossier 1", "Dossier 0"]);
    assert_eq!(find(&anne, "").await, [mine, "Dossier 1", "Dossier 0"]);
    assert_eq!(find(&admin, "?state=submitted").await, [mine]);
    assert_eq!(find(&anne, "?state=submitted").await, [mine]);
    assert!(find(&national, "?state=submitted").await.is_empty());
    world.on_dossier(&waiting, &admin, "refuse", json!({"reason": "Non."})).await;
    assert_eq!(find(&admin, "?state=refused").await, [mine]);
    assert!(find(&admin, "?state=submitted").await.is_empty());
    assert!(find(&national, "?state=refused").await.is_empty());
    assert_eq!(
        find(&national, "?search=bayon%20doss").await,
        ["Dossier 1"],
        "by commune and title"
    );
    assert_eq!(find(&admin, "?search=ecole").await, [mine]);
    let title = json!({"title": "Réhabilitation (mairie) et Cœur de ville"});
    let path = format!("/v1/portals/{portal}/dossiers?search=bordeaux");
    let found = world.call("GET", &path).by(&admin).send().await.json();
    let id = found["items"][0]["id"].as_str().unwrap();
    world.on_dossier(&format!("/v1/portals/{portal}/dossiers/{id}"), &anne, "", title).await;
    assert_eq!(find(&admin, "?search=mairie%20coeur").await.len(), 1, "signs are no letters");
    assert!(find(&national, "?search=nothing").await.is_empty());
    let dates = async |from: &str, until: &str| {
        find(&anne, &format!("?from=2026-11-21T12:{from}:00Z&until=2026-11-21T12:{until}:00Z"))
            .await
    };
    assert_eq!(dates("01", "02").await.len(), 1);
    assert_eq!(dates("00", "30").await.len(), 3);
    assert!(dates("30", "00").await.is_empty());
    for wrong in ["?state=lost", "?department=99", "?cursor=x", "?from=hier", "?limit=0"] {
        let path = format!("/v1/portals/{portal}/dossiers{wrong}");
        let answer = world.call("GET", &path).by(&anne).send().await;
        assert!((400..500).contains(&answer.status), "{wrong}: {}", answer.status);
    }
    let stranger = world.user("Karim", "Petit").await;
    let path = format!("/v1/portals/{portal}/dossiers");
    assert_eq!(world.call("GET", &path).by(&stranger).send().await.status, 404);
}

#[tokio::test]
async fn a_narrow_search_reads_a_bounded_part_and_goes_on() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    dossiers(&world, &portal, &anne, &admin, &["33063"; 4]).await;
    let found = pages(&world, &portal, &admin, "search=dossier&limit=1").await;
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(found.len(), 4);
}
