//! What moderators receive while something waits.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn moderators_are_reminded_after_a_week_then_weekly_as_each_prefers() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let daily = world.member(&portal, &admin, "Diane", "global_administrator").await;
    let never = world.member(&portal, &admin, "Nora", "global_administrator").await;
    for (user, choice) in [(&daily, "daily"), (&never, "never")] {
        let path = format!("/v1/portals/{portal}/moderation/mails");
        let answer = world.call("PUT", &path).by(user).json(&json!({"mails": choice})).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    world.clock.advance_seconds(3600);
    // The withdrawn requests of those who became staff have armed the digest already.
    world.stack.run("advisor_requests::remind_moderators").await.unwrap();
    world.requester(&portal, "Anne", &["33"]).await;
    let counts = async || {
        let mut counts = Vec::new();
        for user in [&admin, &daily, &never] {
            counts.push(world.mails_to(&user.email).await.len());
        }
        counts
    };
    let start = counts().await;
    let mut received = Vec::new();
    for _ in 0..15 {
        world.clock.advance_days(1);
        world.stack.run("advisor_requests::remind_moderators").await.unwrap();
        world.stack.run("advisor_requests::remind_moderators").await.unwrap();
        let now = counts().await;
        received.push(now.iter().zip(&start).map(|(now, start)| now - start).collect::<Vec<_>>());
    }
    assert_eq!(received[0], [0, 1, 0], "the daily digest of what is new");
    assert_eq!(received[5], [0, 1, 0], "nothing new, nothing sent");
    assert_eq!(received[7], [1, 2, 0], "a week");
    assert_eq!(received[14], [2, 3, 0], "two weeks");
}

#[tokio::test]
async fn once_the_queue_was_empty_the_next_request_arms_the_digest_again() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    world.decide(&portal, &anne, &anne, "withdraw", &json!({})).await;
    world.clock.advance_days(2);
    world.stack.run("advisor_requests::remind_moderators").await.unwrap();
    let anne = world.sign_in(&anne.email).await;
    world.submit(&portal, &anne, &["40"]).await;
    let before = world.mails_to(&admin.email).await.len();
    let mut received = Vec::new();
    for _ in 0..8 {
        world.clock.advance_days(1);
        world.stack.run("advisor_requests::remind_moderators").await.unwrap();
        received.push(world.mails_to(&admin.email).await.len() - before);
    }
    assert_eq!(received, [0, 0, 0, 0, 0, 0, 1, 1]);
}
