//! What staff read of what happened.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn staff_read_the_journal_by_month_person_request_and_act() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    let karim = world.requester(&portal, "Karim", &["33"]).await;
    world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Non."})).await;
    let path = format!("/v1/portals/{portal}/journal");
    let count = async |query: &str| {
        let answer = world.call("GET", &format!("{path}?{query}")).by(&admin).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["items"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 4);
    assert_eq!(count("month=2026-10").await, 0);
    assert_eq!(count(&format!("person={}", anne.account)).await, 2);
    assert_eq!(count(&format!("request={}", karim.account)).await, 1);
    assert_eq!(count("act=advisor_request.refused").await, 1);
    assert_eq!(
        world.call("GET", &format!("{path}?month=nope")).by(&admin).send().await.status,
        422
    );
    assert_eq!(world.call("GET", &path).by(&anne).send().await.status, 403);
}

#[tokio::test]
async fn entries_hold_nothing_personal() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world
        .decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Raison très personnelle"}))
        .await;
    let entries = json!(world.stack.journal().unwrap()).to_string();
    for personal in ["Anne", "Durand", "exemple.fr", "personnelle", "communes"] {
        assert!(!entries.contains(personal), "{personal}: {entries}");
    }
}
