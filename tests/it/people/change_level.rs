//! What people see of levels.

use serde_json::json;

use crate::world::{User, World};

async fn change(
    world: &World,
    portal: &str,
    actor: &User,
    target: &User,
    level: &str,
) -> (u16, String) {
    let path = format!("/v1/portals/{portal}/people/{}", target.account);
    let etag = world.etag(actor, &path).await;
    let call = world.call("PUT", &format!("{path}/level")).by(actor).if_match(&etag);
    let answer = call.json(&json!({ "level": level })).send().await;
    let body = answer.json();
    let why = body["rule"].as_str().or(body["code"].as_str()).unwrap_or_default();
    (answer.status, why.to_owned())
}

#[tokio::test]
async fn levels_are_given_by_those_who_govern_them() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let peer = world.member(&portal, &admin, "Chloe", "global_administrator").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let ok = |answer: &(u16, String)| answer.0 == 200;
    assert!(ok(&change(&world, &portal, &staff, &anne, "administrator").await));
    let beyond = change(&world, &portal, &staff, &anne, "global_administrator").await;
    assert_eq!(beyond, (403, "levels_that_one_governs".to_owned()));
    let peers = change(&world, &portal, &staff, &peer, "user").await;
    assert_eq!(peers, (403, "levels_that_one_governs".to_owned()));
    let above = change(&world, &portal, &staff, &admin, "user").await;
    assert_eq!(above, (403, "nobody_acts_on_a_higher_level".to_owned()));
    let own = change(&world, &portal, &admin, &admin, "user").await;
    assert_eq!(own, (403, "nobody_decides_for_themselves".to_owned()));
    assert!(ok(&change(&world, &portal, &admin, &staff, "super_administrator").await));
    let same = change(&world, &portal, &admin, &staff, "super_administrator").await;
    assert_eq!(same, (409, "already_has_it".to_owned()));
    let mails = world.mails_to(&anne.email).await;
    assert!(mails.last().unwrap().0.contains("level"), "{:?}", mails.last());
}

#[tokio::test]
async fn two_super_administrators_who_demote_each_other_at_once_leave_one() {
    for seed in 0..5 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        let other = world.member(&portal, &admin, "Bruno", "super_administrator").await;
        let demote = async |actor: &User, target: &User| {
            let path = format!("/v1/portals/{portal}/people/{}", target.account);
            let etag = world.etag(actor, &path).await;
            let call = world.call("PUT", &format!("{path}/level")).by(actor).if_match(&etag);
            call.json(&json!({"level": "user"})).send().await.status
        };
        let statuses = tokio::join!(demote(&admin, &other), demote(&other, &admin));
        let done = [statuses.0, statuses.1].iter().filter(|status| **status == 200).count();
        assert_eq!(done, 1, "{statuses:?}");
    }
}

#[tokio::test]
async fn the_advisers_list_shows_the_version_that_changes_ask_for() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!(change(&world, &portal, &admin, &anne, "reviewer").await.0, 200);
    for query in ["", "?department=33"] {
        let path = format!("/v1/portals/{portal}/advisors{query}");
        let list = world.call("GET", &path).by(&admin).send().await.json();
        let person = format!("/v1/portals/{portal}/people/{}", anne.account);
        let etag = world.etag(&admin, &person).await;
        assert_eq!(list["items"][0]["etag"], etag.trim_matches('"'));
    }
}
