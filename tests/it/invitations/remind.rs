//! What invitees see of reminders.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_invitee_is_reminded_once_two_days_before_the_end() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    world.settle().await;
    world.clock.advance_days(5);
    world.clock.advance_seconds(-1);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 0);
    world.clock.advance_seconds(1);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 1);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 0);
    let mails = world.mails_to("zoe@exemple.fr").await;
    assert_eq!(mails.len(), 2);
    assert!(mails[1].0.contains("attend votre réponse"), "{}", mails[1].0);
    let link = world.invited_link("zoe@exemple.fr").await;
    assert_eq!(world.create_account(&link, "zoe.blanc").await.status, 303, "its link works");
}

#[tokio::test]
async fn a_reminder_that_runs_too_late_reminds_nobody_and_writes_the_end_down() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    world.invite(&portal, &admin, "zoe@exemple.fr", json!({})).await;
    world.settle().await;
    world.clock.advance_days(8);
    let tally = world.stack.run("invitations::remind").await.unwrap();
    assert_eq!(tally, json!({"done": 1, "skipped": 0, "failed": 0}));
    assert_eq!(world.mails_to("zoe@exemple.fr").await.len(), 1, "nobody is reminded");
    assert_eq!(world.stack.run("invitations::expire").await.unwrap()["done"], 0);
    let journal = world.stack.journal().unwrap();
    assert!(journal.iter().any(|entry| entry["act"] == "invitation.expired"));
}
