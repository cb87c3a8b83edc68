//! What somebody sees who signs in.

use serde_json::json;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_with_the_same_bytes_after_the_same_calls() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    let (_, unset) = world.portal("Alpha").await;
    let mut answers = Vec::new();
    for email in ["anne.durand@exemple.fr", "personne@exemple.fr", unset.email.as_str()] {
        world.stack.wire.take_calls();
        let body = json!({"email": email, "password": "ce mot de passe est faux"});
        let answer = world.call("POST", "/v1/sessions").json(&body).send().await;
        let calls = world.stack.wire.take_calls();
        let mut calls: Vec<_> = calls.into_iter().map(|call| call.operation).collect();
        calls.sort();
        assert_eq!(answer.json()["code"], "wrong_credentials");
        answers.push((answer.status, answer.body, calls));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn many_failures_slow_one_address_from_one_network_and_nobody_else() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let wrong = json!({"email": anne.email, "password": "ce mot de passe est faux"});
    for _ in 0..19 {
        world.call("POST", "/v1/sessions").json(&wrong).send().await;
    }
    let slowed = world.call("POST", "/v1/sessions").json(&wrong).send().await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.header("retry-after").is_some());
    let right = json!({"email": anne.email, "password": PASSWORD});
    let elsewhere =
        world.call("POST", "/v1/sessions").json(&right).from("198.51.100.7").send().await;
    assert_eq!(elsewhere.status, 200, "somebody else's attempts lock nobody out");
    world.clock.advance_seconds(600);
    assert_eq!(world.call("POST", "/v1/sessions").json(&right).send().await.status, 200);
}
