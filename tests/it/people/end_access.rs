//! What advisers see once their access has ended.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_access_past_its_end_gives_nothing_and_is_then_put_away_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let body = json!({"territory": {"departments": ["33"]}, "ends_at": "2026-11-22T12:00:00Z"});
    world.access(&portal, &admin, &anne, "promote", &body).await;
    assert_eq!(world.stack.run("people::end_access").await.unwrap()["done"], 0);
    world.clock.advance_days(1);
    let anne = world.sign_in(&anne.email).await;
    assert_eq!(world.membership(&anne, &portal).await.get("access"), None, "without any schedule");
    assert_eq!(world.stack.run("people::end_access").await.unwrap()["done"], 1);
    assert_eq!(world.stack.run("people::end_access").await.unwrap()["done"], 0);
    let (subject, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(subject.contains("your adviser access has ended"), "{subject}");
    assert!(text.contains("Gironde"), "{text}");
    assert_eq!(world.submit(&portal, &anne, &["33"]).await.status, 201, "one asks again");
}
