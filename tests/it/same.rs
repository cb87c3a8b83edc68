//! Known and unknown addresses: the same bytes after the same calls.

use serde_json::json;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn signing_up_with_a_known_address_looks_like_signing_up_with_a_new_one() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    let mut answers = Vec::new();
    for email in ["anne.durand@exemple.fr", "nouvelle@exemple.fr"] {
        world.stack.wire.take_calls();
        let body = json!({
            "first_name": "Anne", "last_name": "Durand", "email": email, "password": PASSWORD,
        });
        let answer = world.call("POST", "/v1/sign-ups").json(&body).send().await;
        let calls: Vec<_> =
            world.stack.wire.take_calls().into_iter().map(|call| call.operation).collect();
        let id = answer.json()["sign_up"].as_str().unwrap().to_owned();
        let mut headers = answer.headers.clone();
        headers.retain(|(name, _)| name != "x-request-id");
        answers.push((answer.status, headers, answer.text().replace(&id, "sgn"), calls));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn only_the_mail_tells_that_an_address_is_known() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    world.clock.advance_seconds(700);
    world.sign_up("Anne", "Durand", "anne.durand@exemple.fr", None).await;
    let mails = world.mails_to("anne.durand@exemple.fr").await;
    assert_eq!(mails.len(), 2);
    let (subject, text) = &mails[1];
    assert!(subject.contains("you already have an account"), "{subject}");
    assert!(!text.contains("?token="), "{text}");
}
