//! What people see of the end of an adviser access.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_end_is_set_moved_and_lifted_and_each_time_the_adviser_is_told() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.member(&portal, &admin, "Anne", "user").await;
    let end = json!({"ends_at": "2027-01-31T23:00:00Z"});
    let none = world.on_person(&portal, &admin, &anne, "end-of-access", &end).await;
    assert_eq!((none.status, &none.json()["code"]), (409, &json!("no_access")));
    let territory = json!({"territory": {"departments": ["33"]}});
    world.access(&portal, &admin, &anne, "promote", &territory).await;
    let past = json!({"ends_at": "2026-11-21T12:00:00Z"});
    let past = world.on_person(&portal, &admin, &anne, "end-of-access", &past).await;
    assert_eq!((past.status, &past.json()["errors"][0]["code"]), (422, &json!("invalid.past")));
    let set = world.on_person(&portal, &admin, &anne, "end-of-access", &end).await;
    assert_eq!(set.json()["access"]["ends_at"], "2027-01-31T23:00:00.000Z", "{}", set.text());
    let same = world.on_person(&portal, &admin, &anne, "end-of-access", &end).await;
    assert_eq!(same.status, 409);
    let lifted = json!({"ends_at": null});
    let lifted = world.on_person(&portal, &admin, &anne, "end-of-access", &lifted).await;
    assert_eq!(lifted.json()["access"].get("ends_at"), None);
    let mails = world.mails_to(&anne.email).await;
    let told: Vec<_> = mails.iter().filter(|(subject, _)| subject.contains("end date")).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].1.contains("1\u{A0}February\u{A0}2027"), "midnight in Paris: {}", told[0].1);
}
