//! What stays valid when keys are rotated.

use crate::world::World;

#[tokio::test]
async fn a_new_key_is_published_a_day_before_use_and_old_tokens_stay_valid() {
    let world = World::new().await;
    world.user("Anne", "Durand").await;
    assert_eq!(world.stack.run("keys::rotate").await.unwrap()["done"], 0, "nothing is due");
    world.clock.advance_days(30);
    let anne = world.sign_in("anne.durand@exemple.fr").await;
    assert_eq!(world.stack.run("keys::rotate").await.unwrap()["done"], 4);
    assert_eq!(world.stack.run("keys::rotate").await.unwrap()["done"], 0);
    let header = |token: &str| token.split('.').next().unwrap().to_owned();
    let during = world.sign_in(&anne.email).await;
    assert_eq!(header(&anne.token), header(&during.token), "the new key is not used yet");
    assert_eq!(world.call("GET", "/v1/me").by(&anne).send().await.status, 200);
    world.clock.advance_seconds(86_400 - 300);
    let before = world.sign_in(&anne.email).await;
    world.clock.advance_seconds(301);
    let after = world.sign_in(&anne.email).await;
    assert_ne!(header(&before.token), header(&after.token));
    for user in [&before, &after] {
        assert_eq!(world.call("GET", "/v1/me").by(user).send().await.status, 200);
    }
}

#[tokio::test]
async fn a_run_that_dies_between_table_and_secret_is_completed_by_the_next() {
    use guichet_local::wire::Fault;
    let world = World::new().await;
    world.clock.advance_days(30);
    let refusal = r#"{"__type":"AccessDeniedException"}"#.to_owned();
    world.stack.wire.fail_next("PutSecretValue", Fault::Answer(400, refusal));
    assert!(world.stack.run("keys::rotate").await.is_err());
    let done = world.stack.run("keys::rotate").await.unwrap()["done"].as_u64().unwrap();
    assert!(done >= 1);
    world.clock.advance_days(2);
    world.user("Anne", "Durand").await;
}
