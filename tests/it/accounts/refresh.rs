//! What a client sees that goes on with a session.

use serde_json::json;

use crate::world::{User, World};

async fn refresh(world: &World, token: &str) -> guichet_local::gateway::HttpAnswer {
    let body = json!({ "refresh_token": token });
    world.call("POST", "/v1/sessions/refresh").json(&body).send().await
}

async fn next(world: &World, token: &str) -> String {
    let answer = refresh(world, token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["refresh_token"].as_str().unwrap().to_owned()
}

async fn lives(world: &World, user: &User) -> bool {
    world.call("GET", "/v1/me").by(user).send().await.status == 200
}

#[tokio::test]
async fn an_answer_that_got_lost_is_given_again_for_thirty_seconds() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let second = next(&world, &anne.refresh_token).await;
    world.clock.advance_seconds(29);
    assert_eq!(next(&world, &anne.refresh_token).await, second);
    let third = next(&world, &second).await;
    assert_ne!(third, second);
}

#[tokio::test]
async fn a_token_that_comes_back_later_ends_the_session() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let second = next(&world, &anne.refresh_token).await;
    world.clock.advance_seconds(30);
    assert!(lives(&world, &anne).await);
    assert_eq!(refresh(&world, &anne.refresh_token).await.status, 401);
    assert!(!lives(&world, &anne).await, "the whole family ends, on the very next request");
    assert_eq!(refresh(&world, &second).await.status, 401);
}

#[tokio::test]
async fn a_forged_token_ends_nobodys_session() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let forged = format!("{}A", &anne.refresh_token[..anne.refresh_token.len() - 1]);
    for token in [forged.as_str(), "", "rt_", "rt_a.b.c.d", "x"] {
        assert_eq!(refresh(&world, token).await.status, 401, "{token}");
    }
    assert!(lives(&world, &anne).await);
}

#[tokio::test]
async fn twenty_clients_at_once_get_the_same_successor() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    let tokens = (0..20).map(|_| next(&world, &anne.refresh_token));
    let tokens = futures_util::future::join_all(tokens).await;
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
}

#[tokio::test]
async fn an_idle_session_ends_after_thirty_days() {
    let world = World::new().await;
    let anne = world.user("Anne", "Durand").await;
    world.clock.advance_days(30);
    assert_eq!(refresh(&world, &anne.refresh_token).await.status, 401);
}

/// SECURITY S13: where one is staff, a session left idle for twelve hours does not come back.
#[tokio::test]
async fn a_refresh_does_not_revive_a_staff_session() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.clock.advance_seconds(12 * 3_600);
    let answer = refresh(&world, &admin.refresh_token).await;
    assert_eq!(answer.status, 200);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let revived = User { token, ..admin };
    let queue = format!("/v1/portals/{portal}/moderation");
    assert_eq!(world.call("GET", &queue).by(&revived).send().await.status, 401);
    assert!(lives(&world, &revived).await, "the account itself is another matter");
    let anew = world.sign_in(&revived.email).await;
    assert_eq!(world.call("GET", &queue).by(&anew).send().await.status, 200);
}
