//! What people see of a refusal.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_refusal_needs_a_reason_and_grants_nothing() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    for body in [
        json!({}),
        json!({"reason": ""}),
        json!({"reason": "  "}),
        json!({"reason": "x".repeat(501)}),
    ] {
        let answer = world.decide(&portal, &admin, &anne, "refuse", &body).await;
        assert_eq!(
            (answer.status, answer.json()["errors"][0]["field"].as_str()),
            (422, Some("reason"))
        );
    }
    let done =
        world.decide(&portal, &admin, &anne, "refuse", &json!({"reason": "Incomplet."})).await;
    assert_eq!(done.json()["may_ask_again_at"], "2026-12-21T12:00:00.000Z");
    assert!(world.membership(&anne, &portal).await["access"].is_null());
    let journal = world
        .call("GET", &format!("/v1/portals/{portal}/journal?limit=1"))
        .by(&admin)
        .send()
        .await
        .json();
    assert_eq!(journal["items"][0]["reason"], "Incomplet.");
}
