//! What people see of declining an invitation.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn declining_needs_no_account_and_tells_the_inviter_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await;
    let decline = link.replace("/accept?", "/decline?");
    let answers = tokio::join!(world.press(&decline, &[]), world.press(&decline, &[]));
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 409);
    let told = world.mails_to(&admin.email).await;
    let told: Vec<_> = told.iter().filter(|(subject, _)| subject.contains("refusée")).collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].1.contains("Zoé Blanc a refusé"), "{}", told[0].1);
}

#[tokio::test]
async fn an_expired_invitation_is_not_declined_any_more() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    let link = world.invited_link("zoe@exemple.fr").await.replace("/accept?", "/decline?");
    world.clock.advance_days(7);
    assert_eq!(world.press(&link, &[]).await.status, 410);
}
