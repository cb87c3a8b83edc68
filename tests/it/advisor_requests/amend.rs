//! What moderators and the requester see of an amended territory.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn the_requester_sees_the_amended_territory_and_the_journal_keeps_both() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33", "64"]).await;
    let body = json!({"territory": {"departments": ["33"]}});
    assert_eq!(world.decide(&portal, &admin, &anne, "amend", &body).await.status, 200);
    let same = world.decide(&portal, &admin, &anne, "amend", &body).await;
    assert_eq!(same.json()["code"], "unchanged");
    let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
    let seen = world.call("GET", &path).by(&anne).send().await.json();
    assert_eq!(seen["amendment"]["before"]["departments"], json!(["33", "64"]));
    assert!(seen["amendment"]["by"].is_null());
    let (_, text) = world.mails_to(&anne.email).await.pop().unwrap();
    assert!(text.contains("Gironde\u{a0}(33)"), "{text}");
    let journal = world
        .call("GET", &format!("/v1/portals/{portal}/journal?limit=1"))
        .by(&admin)
        .send()
        .await
        .json();
    let entry = &journal["items"][0];
    assert_eq!(entry["before"]["territory"]["departments"], json!(["33", "64"]));
    assert_eq!(entry["after"]["territory"]["departments"], json!(["33"]));
}
