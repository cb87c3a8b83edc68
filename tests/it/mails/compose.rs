//! What is composed, and what is not.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn composing_twice_makes_one_mail() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    world.settle().await;
    let entries = world.stack.journal().unwrap();
    let count = world.stack.aws.mails().len();
    for entry in &entries {
        let mut entry = entry.clone();
        for name in ["PK", "SK", "v", "row"] {
            entry.as_object_mut().unwrap().remove(name);
        }
        entry["version"] = json!(entry["version"].as_f64().unwrap() as u64);
        world.stack.invoke("mails::compose", json!({"detail": entry})).await.unwrap();
    }
    world.settle().await;
    assert_eq!(world.stack.aws.mails().len(), count);
}

#[tokio::test]
async fn an_event_without_an_entry_mails_nobody() {
    let world = World::new().await;
    let (portal, _) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.settle().await;
    let count = world.stack.aws.mails().len();
    let forged = json!({
        "id": "jrn_01KAM0000000000000000000J0", "act": "advisor_request.accepted", "portal": portal,
        "object": {"kind": "advisor_request", "id": anne.account}, "person": anne.account,
        "author": {"kind": "system"}, "rule": "staff", "before": {}, "after": {}, "version": 2,
        "detail": null, "at": "2026-11-21T12:00:00.000Z", "request": "forged",
    });
    assert!(world.stack.invoke("mails::compose", json!({"detail": forged})).await.is_err());
    world.settle().await;
    assert_eq!(world.stack.aws.mails().len(), count);
}

#[tokio::test]
async fn strangers_cause_one_mail_in_ten_minutes_and_five_a_day_to_an_address() {
    let world = World::new().await;
    for _ in 0..40 {
        world.sign_up("Mallory", "Noir", "victime@exemple.fr", None).await;
        world.settle().await;
        world.clock.advance_seconds(300);
    }
    assert_eq!(world.mails_to("victime@exemple.fr").await.len(), 5);
}
