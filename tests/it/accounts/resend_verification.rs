//! What somebody sees who waits for a mail.

use crate::world::World;

#[tokio::test]
async fn a_new_link_replaces_the_older_one_and_asking_too_soon_changes_nothing() {
    let world = World::new().await;
    let begun = world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    let path = format!("/v1/sign-ups/{}/resend", begun["sign_up"].as_str().unwrap());
    let first = world.link_to("anne@exemple.fr").await;
    let soon = world.call("POST", &path).send().await;
    assert_eq!((soon.status, soon.json()), (202, begun.clone()));
    assert_eq!(world.mails_to("anne@exemple.fr").await.len(), 1);
    assert_eq!(
        world
            .press(&first, &[("username", "anne"), ("password", "faux faux faux faux")])
            .await
            .status,
        422
    );
    world.clock.advance_seconds(700);
    assert_eq!(world.call("POST", &path).send().await.status, 202);
    let second = world.link_to("anne@exemple.fr").await;
    assert_ne!(first, second);
    assert_eq!(world.press(&first, &[("username", "anne"), ("password", "x")]).await.status, 410);
    world.verify("anne@exemple.fr", "anne").await;
}

/// Both are counted with what they write: the one that loses has used up nothing.
#[tokio::test]
async fn of_two_presses_at_once_one_is_mailed() {
    let world = World::new().await;
    let begun = world.sign_up("Anne", "Durand", "anne@exemple.fr", None).await;
    world.settle().await;
    world.clock.advance_seconds(700);
    let path = format!("/v1/sign-ups/{}/resend", begun["sign_up"].as_str().unwrap());
    let presses = (0..2).map(|_| world.call("POST", &path).send());
    let answers = futures_util::future::join_all(presses).await;
    assert!(answers.iter().all(|answer| answer.status == 202 && answer.json() == begun));
    assert_eq!(world.mails_to("anne@exemple.fr").await.len(), 2);
}

#[tokio::test]
async fn addresses_with_and_without_an_account_are_answered_alike() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    let known = world.sign_up("Anne", "Durand", "anne.durand@exemple.fr", None).await;
    let unknown = world.sign_up("Karim", "Durand", "karim@exemple.fr", None).await;
    world.settle().await;
    world.clock.advance_seconds(700);
    let warm_up =
        world.call("POST", "/v1/sign-ups/sgn_01KAM0000000000000000000G0/resend").send().await;
    assert_eq!(warm_up.json(), serde_json::json!({"sign_up": "sgn_01KAM0000000000000000000G0"}));
    let mut answers = Vec::new();
    for begun in [known, unknown] {
        let id = begun["sign_up"].as_str().unwrap();
        world.stack.wire.take_calls();
        let answer = world.call("POST", &format!("/v1/sign-ups/{id}/resend")).send().await;
        let calls = world.stack.wire.take_calls();
        let mut calls: Vec<_> = calls.into_iter().map(|call| call.operation).collect();
        calls.sort();
        answers.push((answer.status, answer.text().replace(id, "sgn"), calls));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].2.len(), 3, "{answers:?}");
}
