//! What the contact of a dossier is told in a year without news, and with them.

use serde_json::{Value, json};

use crate::world::{User, World};

struct Year {
    world: World,
    portal: String,
    admin: User,
    anne: User,
    dossier: String,
}

impl Year {
    async fn new() -> Self {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let anne = world.user("Anne", "Durand").await;
        let dossier = world.open_dossier(&portal, &anne, &admin, "33063").await;
        world.settle().await;
        Self { world, portal, admin, anne, dossier }
    }

    /// Lets days pass; the schedule runs each day, or not at all.
    async fn days(&mut self, days: u32, runs: bool) {
        for _ in 0..days {
            self.world.clock.advance_days(1);
            // Signing keys are replaced in time, too.
            self.world.stack.run("keys::rotate").await.unwrap();
            if runs {
                self.tend().await;
            }
        }
        self.anne = self.world.sign_in(&self.anne.email).await;
        self.admin = self.world.sign_in(&self.admin.email).await;
    }

    async fn tend(&self) {
        let ran = self.world.stack.run("dossiers::tend").await.unwrap();
        assert_eq!(ran["failed"], 0);
    }

    /// What the contact was told of the dossier since it was accepted.
    async fn told(&self) -> Vec<String> {
        let mails = self.world.mails_to(&self.anne.email).await;
        let subjects = mails.into_iter().map(|(subject, _)| subject.replace("Alpha: ", ""));
        let subjects: Vec<String> =
            subjects.filter(|subject| subject.contains("dossier")).collect();
        subjects[2..].to_vec()
    }

    async fn state(&self) -> Value {
        self.world.call("GET", &self.dossier).by(&self.anne).send().await.json()["state"].clone()
    }

    async fn write(&self) {
        let note = json!({"text": "Nous avançons."});
        let answer = self.world.on_dossier(&self.dossier, &self.anne, "notes", note).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

const NEWS: &str = "any news of your dossier?";
const SOON: &str = "your dossier will soon be paused";
const PAUSED: &str = "your dossier is paused";

#[tokio::test]
async fn in_a_year_without_news_a_dossier_is_asked_after_then_warned_of_then_rests() {
    let mut year = Year::new().await;
    year.days(41, true).await;
    assert_eq!(year.told().await, [""; 0]);
    year.days(1, true).await;
    assert_eq!(year.told().await, [NEWS], "after 42 days");
    year.days(123, true).await;
    assert_eq!(year.told().await, [NEWS; 3], "after 84 and 126 days, and none on the 165th");
    year.days(1, true).await;
    assert_eq!(year.told().await, [NEWS, NEWS, NEWS, SOON], "14 days before the 180th");
    let (_, text) = year.world.mails_to(&year.anne.email).await.pop().unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("paused on Thursday 20 May 2027 at"), "{text}");
    year.days(13, true).await;
    assert_eq!(year.state().await, "open");
    year.days(1, true).await;
    assert_eq!(year.state().await, "paused");
    assert_eq!(year.told().await, [NEWS, NEWS, NEWS, SOON, PAUSED]);
    year.days(180, true).await;
    assert_eq!(year.told().await.len(), 5, "what rests is left alone");
    year.write().await;
    assert_eq!(year.state().await, "open");
    year.days(42, true).await;
    assert_eq!(year.told().await[5..], [NEWS], "and then all begins anew");
}

#[tokio::test]
async fn who_writes_is_not_asked_and_a_schedule_that_was_off_gives_the_whole_notice() {
    let mut year = Year::new().await;
    for _ in 0..5 {
        year.days(41, true).await;
        year.write().await;
    }
    assert_eq!(year.told().await, [""; 0], "news came every 41 days");
    // Nothing runs for most of a year.
    year.days(200, false).await;
    assert_eq!(year.state().await, "open", "it does not rest unwarned");
    for _ in 0..3 {
        year.tend().await;
    }
    assert_eq!(year.told().await, [SOON], "run late and three times, it warns once");
    year.days(13, true).await;
    assert_eq!(year.state().await, "open");
    year.write().await;
    year.days(20, true).await;
    assert_eq!(year.state().await, "open", "news after the warning keep it open");
    assert_eq!(year.told().await, [SOON]);
}

#[tokio::test]
async fn a_portal_sets_its_own_delays_and_they_hold_within_a_week() {
    let mut year = Year::new().await;
    let path = format!("/v1/portals/{}", year.portal);
    let etag = year.world.etag(&year.admin, &path).await;
    let body = json!({
        "dossiers_reminded_every_in_days": 10,
        "dossiers_pause_after_in_days": 25,
        "dossiers_warned_before_in_days": 5,
    });
    year.days(2, true).await;
    let call = year.world.call("PATCH", &path).by(&year.admin).if_match(&etag);
    assert_eq!(call.json(&body).send().await.status, 200);
    year.days(8, true).await;
    assert_eq!(year.told().await, [NEWS]);
    year.days(10, true).await;
    assert_eq!(year.told().await, [NEWS, SOON], "the warning stands for the reminder of that day");
    year.days(5, true).await;
    assert_eq!(year.told().await, [NEWS, SOON, PAUSED]);
    let acts = year.world.acts(&year.portal, &year.admin).await;
    let by_time = ["dossier.reminded", "dossier.pause_near", "dossier.paused"];
    assert_eq!(acts[acts.len() - 3..], by_time);
}

#[tokio::test]
async fn where_the_contact_is_active_no_more_the_others_who_ask_are_warned() {
    let mut year = Year::new().await;
    let max = year.world.invited_to(&year.dossier, "Max", "member", &year.anne).await;
    let (portal, admin) = (year.portal.clone(), year.admin.clone());
    let archived = year.world.on_person(&portal, &admin, &year.anne, "archive", &json!({})).await;
    assert_eq!(archived.status, 200, "{}", archived.text());
    year.days(181, true).await;
    let mails = year.world.mails_to(&max.email).await;
    let told = |wanted: &str| mails.iter().filter(|(subject, _)| subject.contains(wanted)).count();
    assert_eq!((told(NEWS), told(SOON), told(PAUSED)), (3, 1, 1), "{mails:?}");
    let (_, text) = mails.iter().find(|(subject, _)| subject.contains(SOON)).unwrap();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("you are one of those who ask in this dossier"), "{text}");
    let to_anne = year.world.mails_to(&year.anne.email).await;
    assert!(!to_anne.iter().any(|(subject, _)| subject.contains(SOON)), "{to_anne:?}");
}
