//! What advisers see before their access ends.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_adviser_is_warned_fourteen_days_and_one_day_before_the_end() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let body = json!({"territory": {"departments": ["33"]}, "ends_at": "2026-12-21T12:00:00Z"});
    let promoted = world.access(&portal, &admin, &anne, "promote", &body).await;
    assert_eq!(promoted.status, 200, "{}", promoted.text());
    let etag = promoted.header("etag").unwrap().to_owned();
    let run = async || world.stack.run("people::warn_of_end").await.unwrap()["done"].clone();
    let mut done = Vec::new();
    for days in [15, 1, 0, 12, 1, 1] {
        world.clock.advance_days(days);
        done.push(run().await.as_u64().unwrap());
    }
    assert_eq!(done, [0, 1, 0, 0, 1, 0], "16, 14, 14, 2, 1 and 0 days before");
    let mails = world.mails_to(&anne.email).await;
    let warned = mails.iter().filter(|(subject, _)| subject.contains("ends soon")).count();
    assert_eq!(warned, 2);
    let admin = world.sign_in(&admin.email).await;
    let path = format!("/v1/portals/{portal}/people/{}", anne.account);
    assert_eq!(world.etag(&admin, &path).await.trim_matches('"'), etag.trim_matches('"'));
}

#[tokio::test]
async fn a_warning_that_runs_too_late_warns_nobody_and_puts_the_access_away() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let body = json!({"territory": {"departments": ["33"]}, "ends_at": "2026-12-01T12:00:00Z"});
    world.access(&portal, &admin, &anne, "promote", &body).await;
    world.clock.advance_days(11);
    assert_eq!(world.stack.run("people::warn_of_end").await.unwrap()["done"], 1);
    let mails = world.mails_to(&anne.email).await;
    assert!(mails.iter().all(|(subject, _)| !subject.contains("ends soon")));
    assert!(mails.last().unwrap().0.contains("has ended"));
}
