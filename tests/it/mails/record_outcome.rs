//! What becomes of a mail comes back onto it, onto its address and onto the person's page.

use guichet_local::aws::Caught;
use guichet_local::outcome::{bounce, complaint, delay, delivery, reject};
use guichet_local::wire::Fault;
use guichet_platform::bulk::Counted;
use serde_json::{Value, json};

use crate::world::{User, World, demand};

/// A portal whose administrator has just accepted Anne.
struct Scene {
    world: World,
    portal: String,
    admin: User,
    anne: User,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let anne = world.requester(&portal, "Anne", &["33"]).await;
        world.settle().await;
        world.clock.advance_seconds(1);
        world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
        Self { world, portal, admin, anne }
    }

    /// The last mail that SES took, as it names it in its events.
    async fn last_sent(&self) -> Caught {
        self.world.settle().await;
        self.world.stack.aws.mails().pop().unwrap()
    }

    async fn told(&self, event: Value) {
        self.world.stack.aws.put_event(event);
        self.world.settle().await;
    }

    /// The mail of an automation, as staff see it.
    async fn mail(&self, automation: &str) -> Value {
        let path = format!("/v1/portals/{}/mails?limit=100", self.portal);
        let list = self.world.call("GET", &path).by(&self.admin).send().await.json();
        let items = list["items"].as_array().unwrap().clone();
        items.into_iter().find(|mail| mail["automation"] == automation).unwrap()
    }

    async fn state(&self) -> String {
        self.mail("request_accepted").await["state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_delivery_shows_on_the_mail_and_on_the_persons_page() {
    let scene = Scene::new().await;
    let sent = scene.last_sent().await;
    assert_eq!(scene.state().await, "sent");
    scene.told(delay(&sent, scene.world.clock.now())).await;
    assert_eq!(scene.state().await, "sent");
    scene.told(delivery(&sent, scene.world.clock.now())).await;
    assert_eq!(scene.state().await, "delivered");
    let path = format!("/v1/portals/{}/people/{}", scene.portal, scene.anne.account);
    let person = scene.world.call("GET", &path).by(&scene.admin).send().await.json();
    let mail = &person["mails"][0];
    assert_eq!(
        (&mail["automation"], &mail["state"]),
        (&json!("request_accepted"), &json!("delivered"))
    );
    assert_eq!(mail["meaning"], "This mail has arrived at the person’s mail service.");
    assert_eq!(mail.get("remedy"), None);
}

#[tokio::test]
async fn what_is_known_only_rises_whatever_the_order_and_however_often() {
    let scene = Scene::new().await;
    let (sent, now) = (scene.last_sent().await, scene.world.clock.now());
    for (event, expected) in [
        (delivery(&sent, now), "delivered"),
        (delivery(&sent, now), "delivered"),
        (bounce(&sent, "Transient", "MailboxFull", now), "bounced"),
        (delivery(&sent, now), "bounced"),
        (complaint(&sent, Some("not-spam"), now), "bounced"),
        (complaint(&sent, Some("abuse"), now), "complained"),
        (complaint(&sent, None, now), "complained"),
        (bounce(&sent, "Permanent", "General", now), "complained"),
        (reject(&sent, now), "complained"),
    ] {
        scene.told(event).await;
        assert_eq!(scene.state().await, expected);
    }
}

#[tokio::test]
async fn an_outcome_that_comes_before_the_mark_is_kept() {
    let scene = Scene::new().await;
    // The sender dies after SES took the mail: the mail stays claimed, and was never marked.
    scene.world.stack.wire.fail_next("SendRawEmail", Fault::DieAfter);
    tokio::select! {
        settled = scene.world.stack.settle() => panic!("it lived: {settled:?}"),
        () = scene.world.stack.wire.death() => {}
    }
    let sent = scene.world.stack.aws.mails().pop().unwrap();
    let count = scene.world.stack.aws.mails().len();
    scene.told(delivery(&sent, scene.world.clock.now())).await;
    assert_eq!(scene.state().await, "delivered");
    // So it is not sent a second time when the lease ends.
    scene.world.clock.advance_seconds(901);
    scene.world.stack.run("mails::retry").await.unwrap();
    scene.world.settle().await;
    assert_eq!(scene.world.stack.aws.mails().len(), count);
}

#[tokio::test]
async fn each_kind_of_bounce_says_in_plain_words_what_it_means_and_what_repairs_it() {
    for (kind, why, meaning) in [
        ("Permanent", "General", "There is no such address, or no longer."),
        ("Permanent", "NoEmail", "There is no such address, or no longer."),
        ("Permanent", "Suppressed", "There is no such address, or no longer."),
        ("Permanent", "OnAccountSuppressionList", "There is no such address, or no longer."),
        ("Transient", "General", "The person’s mail service could not take this mail."),
        ("Transient", "MailboxFull", "The person’s mailbox is full."),
        ("Transient", "MessageTooLarge", "The person’s mail service refused this mail."),
        ("Transient", "ContentRejected", "The person’s mail service refused this mail."),
        ("Transient", "AttachmentRejected", "The person’s mail service refused this mail."),
        ("Undetermined", "Undetermined", "The person’s mail service could not take this mail."),
    ] {
        let scene = Scene::new().await;
        let sent = scene.last_sent().await;
        scene.told(bounce(&sent, kind, why, scene.world.clock.now())).await;
        let mail = scene.mail("request_accepted").await;
        assert_eq!((&mail["state"], &mail["meaning"]), (&json!("bounced"), &json!(meaning)));
        assert!(mail["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
        // Only an address that does not exist is written to no more.
        let access = json!({"territory": {"departments": ["40"]}});
        let (portal, admin) = (&scene.portal, &scene.admin);
        scene.world.access(portal, admin, &scene.anne, "territory", &access).await;
        scene.world.settle().await;
        let next = scene.mail("territory_changed").await;
        let expected = if kind == "Permanent" { "suppressed" } else { "sent" };
        assert_eq!(next["state"], expected, "{kind} {why}: {next}");
    }
}

#[tokio::test]
async fn after_a_complaint_nobody_writes_to_the_address_for_a_year() {
    let scene = Scene::new().await;
    let sent = scene.last_sent().await;
    scene.told(complaint(&sent, Some("abuse"), scene.world.clock.now())).await;
    let mail = scene.mail("request_accepted").await;
    assert_eq!(mail["meaning"], "The person reported this mail as unwanted.");
    let count = scene.world.stack.aws.mails().len();
    let revoke = json!({});
    scene.world.access(&scene.portal, &scene.admin, &scene.anne, "revoke", &revoke).await;
    scene.world.settle().await;
    assert_eq!(scene.world.stack.aws.mails().len(), count);
    let next = scene.mail("revoked").await;
    assert_eq!(next["state"], "suppressed");
    // Neither a bounce that comes late nor staff take a complaint back.
    scene.told(bounce(&sent, "Permanent", "General", scene.world.clock.now())).await;
    let path =
        format!("/v1/portals/{}/mails/{}/send-again", scene.portal, next["id"].as_str().unwrap());
    let etag = next["etag"].as_str().unwrap();
    let answer = scene.world.call("POST", &path).by(&scene.admin).if_match(etag).send().await;
    assert_eq!((answer.status, &answer.json()["code"]), (409, &json!("mail_not_wanted")));
}

#[tokio::test]
async fn whoever_complains_of_a_mail_that_a_stranger_caused_can_sign_up_all_the_same() {
    let world = World::with_outcomes().await;
    let email = "complaint@simulator.amazonses.com";
    world.sign_up("Mallory", "Noir", email, None).await;
    world.settle().await;
    world.clock.advance_seconds(601);
    world.sign_up("Anne", "Durand", email, None).await;
    world.verify(email, "anne.durand").await;
}

#[tokio::test]
async fn an_absence_notice_after_the_delivery_changes_nothing() {
    let scene = Scene::new().await;
    let (sent, now) = (scene.last_sent().await, scene.world.clock.now());
    scene.told(delivery(&sent, now)).await;
    scene.told(bounce(&sent, "Transient", "General", now)).await;
    assert_eq!(scene.state().await, "delivered");
    scene.told(bounce(&sent, "Permanent", "General", now)).await;
    assert_eq!(scene.state().await, "bounced");
}

#[tokio::test]
async fn reviewers_see_no_mails_and_people_see_their_own_without_advice_for_staff() {
    let scene = Scene::new().await;
    let (world, portal) = (&scene.world, &scene.portal);
    let sent = scene.last_sent().await;
    scene.told(bounce(&sent, "Permanent", "General", world.clock.now())).await;
    let reviewer = world.member(portal, &scene.admin, "Rose", "reviewer").await;
    let path = format!("/v1/portals/{portal}/people/{}", scene.anne.account);
    let seen = world.call("GET", &path).by(&reviewer).send().await;
    assert_eq!((seen.status, seen.json().get("mails")), (200, None));
    let own = world.call("GET", &path).by(&scene.anne).send().await.json();
    assert_eq!(
        (&own["mails"][0]["state"], own["mails"][0].get("remedy")),
        (&json!("bounced"), None)
    );
}

#[tokio::test]
async fn a_mail_of_which_nothing_is_heard_for_72_hours_is_unknown() {
    let scene = Scene::new().await;
    scene.last_sent().await;
    scene.world.clock.advance_seconds(72 * 3600 - 1);
    let admin = scene.world.sign_in(&scene.admin.email).await;
    let scene = Scene { admin, ..scene };
    assert_eq!(scene.state().await, "sent");
    scene.world.clock.advance_seconds(1);
    assert_eq!(scene.state().await, "unknown");
}

#[tokio::test]
async fn what_is_not_one_of_our_mails_is_passed_over() {
    let scene = Scene::new().await;
    let mut sent = scene.last_sent().await;
    let now = scene.world.clock.now();
    sent.tags = vec![("mail".to_owned(), "mai_00000000000000000000000000000000".to_owned())];
    scene.told(bounce(&sent, "Permanent", "General", now)).await;
    sent.tags = Vec::new();
    scene.told(bounce(&sent, "Permanent", "General", now)).await;
    let nonsense = json!({"source": "aws.ses", "detail": {"eventType": "Bounce"}});
    scene.world.stack.invoke("mails::record_outcome", nonsense).await.unwrap();
    assert_eq!(scene.state().await, "sent");
}

#[tokio::test]
async fn the_names_of_the_mailbox_simulator_behave_as_with_ses() {
    let world = World::with_outcomes().await;
    let (portal, admin) = world.portal("Alpha").await;
    for (name, expected) in
        [("success", "delivered"), ("bounce", "bounced"), ("complaint", "complained")]
    {
        let email = format!("{name}@simulator.amazonses.com");
        let mut request = demand(&["33"]);
        request["portal"] = json!(portal);
        world.sign_up("Zoe", "Petit", &email, Some(request)).await;
        world.settle().await;
        let path = format!("/v1/portals/{portal}/mails");
        let list = world.call("GET", &path).by(&admin).send().await.json();
        assert_eq!(list["items"][0]["state"], expected, "{name}: {list}");
        world.clock.advance_seconds(1);
    }
}

#[tokio::test]
async fn a_bulk_send_stops_itself_when_one_in_twenty_comes_back_and_goes_on_the_next_day() {
    let scene = Scene::new().await;
    let (world, portal) = (&scene.world, &scene.portal);
    let told = || {
        let mails = world.stack.aws.mails().into_iter();
        let is_told = |mail: &Caught| mail.recipients == [scene.admin.email.clone()];
        mails.filter(is_told).collect::<Vec<_>>()
    };
    // Nineteen bulk mails were sent today, and three of them come back: too few to say anything.
    world.settle().await;
    let one = told().pop().unwrap();
    let (portal_id, now) = (Some(portal.parse().unwrap()), world.clock.now());
    for _ in 0..18 {
        world.stack.app.count_bulk(portal_id, Counted::Sent, now).await.unwrap();
    }
    for _ in 0..2 {
        world.stack.app.count_bulk(portal_id, Counted::Bounced, now).await.unwrap();
    }
    // A full mailbox does not count, an address that does not exist does, once.
    let sent = Caught { recipients: vec!["partie@exemple.fr".to_owned()], ..one };
    scene.told(bounce(&sent, "Permanent", "General", now)).await;
    let count = told().len();
    world.requester(portal, "Bruno", &["33"]).await;
    world.settle().await;
    assert_eq!(told().len(), count + 1);
    world.clock.advance_seconds(1);
    // Now it is more than one in twenty: the next waits. What concerns one person goes out all the same.
    let chloe = world.requester(portal, "Chloe", &["33"]).await;
    world.settle().await;
    assert_eq!(told().len(), count + 1);
    assert!(world.mails_to(&chloe.email).await.len() >= 2);
    let held = scene.mail("request_to_moderate").await;
    assert_eq!(held["state"], "queued");
    assert_eq!(held["meaning"], "This mail waits: it will go out a little later.");
    world.clock.advance_seconds(11 * 3600);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(told().len(), count + 1);
    world.clock.advance_seconds(3600);
    world.stack.run("mails::retry").await.unwrap();
    assert_eq!(told().len(), count + 2);
}
