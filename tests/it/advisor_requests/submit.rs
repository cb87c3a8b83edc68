//! What somebody sees who asks.

use serde_json::json;

use crate::world::{World, demand};

#[tokio::test]
async fn twenty_simultaneous_clicks_open_one_request() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let clicks = (0..20).map(|_| world.submit(&portal, &anne, &["33"]));
    let answers = futures_util::future::join_all(clicks).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19, "{statuses:?}");
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
    let acts = world.acts(&portal, &admin).await;
    assert_eq!(acts.iter().filter(|act| *act == "advisor_request.submitted").count(), 1);
}

#[tokio::test]
async fn territories_that_cannot_be_are_named() {
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let many: Vec<String> =
        (10..44).map(|code| code.to_string()).filter(|code| code != "20").collect();
    let cases = [
        (json!({"national": true, "departments": ["33"]}), "invalid.national_with_departments"),
        (json!({"departments": []}), "invalid.no_department"),
        (json!({}), "invalid.no_department"),
        (json!({"departments": ["20"]}), "invalid.unknown_department"),
        (json!({"departments": ["988"]}), "invalid.unknown_department"),
        (json!({"departments": many}), "invalid.too_many_departments"),
    ];
    for (territory, code) in cases {
        let mut body = demand(&["33"]);
        body["territory"] = territory;
        let path = format!("/v1/portals/{portal}/advisor-requests");
        let answer = world.call("POST", &path).by(&anne).json(&body).send().await;
        assert_eq!(
            (answer.status, answer.json()["errors"][0]["code"].as_str()),
            (422, Some(code)),
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn the_same_key_answers_the_same_request_once_and_refuses_another() {
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let path = format!("/v1/portals/{portal}/advisor-requests");
    let send = |departments: &'static [&'static str]| {
        world
            .call("POST", &path)
            .by(&anne)
            .header("idempotency-key", "clic-1")
            .json(&demand(departments))
            .send()
    };
    let first = send(&["33"]).await;
    let second = send(&["33"]).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.json(), second.json());
    let other = send(&["64"]).await;
    assert_eq!(
        (other.status, other.json()["code"].as_str()),
        (422, Some("idempotency_key_reused"))
    );
    assert_eq!(world.mails_to(&anne.email).await.len(), 2);
}

#[tokio::test]
async fn an_adviser_is_told_of_what_they_have_and_may_ask_for_more() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    let same = world.submit(&portal, &anne, &["33"]).await;
    assert_eq!(same.json()["code"], "already_has_it");
    assert_eq!(world.submit(&portal, &anne, &["33", "64"]).await.status, 201);
}

#[tokio::test]
async fn a_lapsed_request_blocks_nothing_with_schedules_off() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.clock.advance_days(60);
    let (anne, admin) = (world.sign_in(&anne.email).await, world.sign_in(&admin.email).await);
    let late = world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!((late.status, late.json()["decision"]["status"].as_str()), (409, Some("lapsed")));
    assert_eq!(world.submit(&portal, &anne, &["64"]).await.status, 201);
    let path = format!("/v1/portals/{portal}/journal?person={}", anne.account);
    let journal = world.call("GET", &path).by(&admin).send().await.json();
    let acts: Vec<&str> = journal["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["act"].as_str().unwrap())
        .collect();
    let mut sorted = acts.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        ["advisor_request.lapsed", "advisor_request.submitted", "advisor_request.submitted"]
    );
    world.stack.run("advisor_requests::lapse").await.unwrap();
    let mine = world
        .call("GET", &format!("/v1/portals/{portal}/advisor-requests/mine"))
        .by(&anne)
        .send()
        .await
        .json();
    assert_eq!(
        (mine["current"]["status"].as_str(), mine["past"][0]["status"].as_str()),
        (Some("open"), Some("lapsed"))
    );
}
