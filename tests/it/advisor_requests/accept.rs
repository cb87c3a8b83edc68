//! What moderators see who accept.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn who_comes_after_a_decision_is_told_who_decided_what_and_when() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let etag = world.etag(&staff, &path).await;
    assert_eq!(world.decide(&portal, &admin, &anne, "accept", &json!({})).await.status, 200);
    let late = world
        .call("POST", &format!("{path}/refuse"))
        .by(&staff)
        .if_match(&etag)
        .json(&json!({"reason": "Non."}))
        .send()
        .await;
    let body = late.json();
    assert_eq!(
        (late.status, body["decision"]["status"].as_str(), body["decision"]["by"]["name"].as_str()),
        (409, Some("accepted"), Some("Claire Martin"))
    );
    assert_eq!(
        body["detail"],
        "This request was accepted by Claire Martin on Saturday 21\u{a0}November\u{a0}2026 at 13:00 (Paris time)."
    );
    let french = world
        .call("POST", &format!("{path}/withdraw"))
        .by(&anne)
        .if_match(&etag)
        .header("accept-language", "fr")
        .send()
        .await;
    assert_eq!(
        french.json()["detail"],
        "Cette demande a été acceptée par l’équipe du portail le samedi 21\u{a0}novembre\u{a0}2026 à 13\u{a0}h\u{a0}00 (heure de Paris)."
    );
}

#[tokio::test]
async fn exactly_the_territory_read_is_accepted_or_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let etag = world.etag(&admin, &path).await;
    let revised = json!({"territory": {"national": true}});
    world.call("PATCH", &path).by(&anne).if_match(&etag).json(&revised).send().await;
    let stale =
        world.call("POST", &format!("{path}/accept")).by(&admin).if_match(&etag).send().await;
    assert_eq!(
        (stale.status, stale.json()["current"]["territory"]["national"].as_bool()),
        (412, Some(true))
    );
    let blind = world.call("POST", &format!("{path}/accept")).by(&admin).send().await;
    assert_eq!(blind.status, 428);
    assert!(world.membership(&anne, &portal).await["access"].is_null());
}

#[tokio::test]
async fn nobody_decides_on_their_own_request() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.submit(&portal, &admin, &["33"]).await;
    for (verb, body) in [
        ("accept", json!({})),
        ("refuse", json!({"reason": "x"})),
        ("amend", json!({"territory": {"national": true}})),
    ] {
        let answer = world.decide(&portal, &admin, &admin, verb, &body).await;
        assert_eq!(
            (answer.status, answer.json()["rule"].as_str()),
            (403, Some("nobody_decides_for_themselves")),
            "{verb}"
        );
    }
}

#[tokio::test]
async fn a_moderator_demoted_meanwhile_decides_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let etag = world.etag(&staff, &path).await;
    let person = format!("/v1/portals/{portal}/people/{}", staff.account);
    let version = world.etag(&admin, &person).await;
    let demoted = world
        .call("PUT", &format!("{person}/level"))
        .by(&admin)
        .if_match(&version)
        .json(&json!({"level": "user"}))
        .send()
        .await;
    assert_eq!(demoted.status, 200);
    let answer =
        world.call("POST", &format!("{path}/accept")).by(&staff).if_match(&etag).send().await;
    assert_eq!(answer.status, 404, "on their very next request, with the session that was open");
}

#[tokio::test]
async fn another_territory_replaces_the_one_held_and_leaves_nothing_of_it_behind() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33", "64"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    world.submit(&portal, &anne, &["40"]).await;
    let answer = world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let territory = world.membership(&anne, &portal).await["access"]["territory"].clone();
    assert_eq!(territory["departments"], json!(["40"]));
    for (department, count) in [("33", 0), ("64", 0), ("40", 1)] {
        let path = format!("/v1/portals/{portal}/advisors?department={department}");
        let list = world.call("GET", &path).by(&admin).send().await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{department}");
    }
}
