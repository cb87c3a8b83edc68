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

/// RULES D14: whoever is invited to ask with the référent is reminded fifteen days after the end, and
/// asks for a new link from there.
#[tokio::test]
async fn an_invitee_of_those_who_ask_is_asked_once_more_after_the_end() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let (asks, advises, gone) = ("zoe@exemple.fr", "ada@exemple.fr", "max@exemple.fr");
    for (email, role, by) in
        [(asks, "member", &anne), (advises, "advisor", &admin), (gone, "partner", &anne)]
    {
        let made = world.invite_to_dossier(&dossier, by, email, role, json!({})).await;
        assert_eq!(made.status, 201, "{}", made.text());
    }
    world.settle().await;
    world.clock.advance_days(7);
    assert_eq!(world.stack.run("invitations::expire").await.unwrap()["done"], 0, "reminders first");
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 3);
    let link = world.invited_link(gone).await;
    let token = link.split_once("token=").unwrap().1;
    assert_eq!(world.press_at("/invitation/renew", token, &[]).await.status, 303);
    world.settle().await;
    world.clock.advance_days(15);
    world.clock.advance_seconds(-1);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 1, "the renewed end");
    let before = world.mails_to(asks).await.len();
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 0);
    world.clock.advance_seconds(1);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 1, "hers alone");
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 0);
    let mails = world.mails_to(asks).await;
    assert_eq!(mails.len(), before + 1);
    let (subject, text) = mails.last().unwrap();
    assert!(subject.contains("votre invitation a expiré"), "{subject}");
    assert!(text.contains("Demander un nouveau lien"), "{text}");
    for (email, count) in [(advises, 1), (gone, 2)] {
        assert_eq!(world.mails_to(email).await.len(), count, "{email}");
    }
    let link = world.invited_link(asks).await;
    let page = world.call("GET", link.split_once(".fr").unwrap().1).send().await;
    assert!(page.text().contains("/invitation/renew"), "{}", page.text());
    let token = link.split_once("token=").unwrap().1;
    assert_eq!(world.press_at("/invitation/renew", token, &[]).await.status, 303);
    let renewed = world.invited_link(asks).await;
    assert_ne!(renewed, link);
    assert_eq!(world.create_account(&renewed, "zoe.blanc").await.status, 303);
}

#[tokio::test]
async fn nobody_is_asked_again_when_their_link_can_not_be_read_any_more() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
    world.invite_to_dossier(&dossier, &anne, "zoe@exemple.fr", "member", json!({})).await;
    world.settle().await;
    world.clock.advance_days(7 + 30);
    for _ in 0..3 {
        world.stack.run("invitations::remind").await.unwrap();
        world.stack.run("invitations::expire").await.unwrap();
    }
    assert_eq!(world.mails_to("zoe@exemple.fr").await.len(), 1);
    assert_eq!(world.stack.run("invitations::remind").await.unwrap()["done"], 0);
}
