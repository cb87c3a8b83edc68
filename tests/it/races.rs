//! RULES C10 with real concurrency: one request, many hands, at the same instant.

use std::sync::atomic::{AtomicUsize, Ordering};

use guichet_domain::instant::Instant;
use guichet_local::gateway::HttpAnswer;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::world::{User, World};

/// How many rounds are played, and how many hands each has.
const ROUNDS: u64 = 200;
const HANDS: usize = 50;

/// What one hand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Accept,
    Refuse,
    Amend,
    Revise,
    Withdraw,
    Lapse,
}

const DEEDS: [Deed; 6] =
    [Deed::Accept, Deed::Refuse, Deed::Amend, Deed::Revise, Deed::Withdraw, Deed::Lapse];

struct Arena {
    world: World,
    portal: String,
    requester: User,
    moderators: Vec<User>,
    lapsed: AtomicUsize,
}

impl Arena {
    async fn new() -> Self {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let mut moderators = vec![admin.clone()];
        for first in ["Bruno", "Chloe"] {
            moderators.push(world.member(&portal, &admin, first, "global_administrator").await);
        }
        let requester = world.requester(&portal, "Anne", &["33"]).await;
        world.settle().await;
        Self { world, portal, requester, moderators, lapsed: AtomicUsize::new(0) }
    }

    fn path(&self) -> String {
        format!("/v1/portals/{}/advisor-requests/{}", self.portal, self.requester.account)
    }

    async fn read(&self) -> HttpAnswer {
        self.world.call("GET", &self.path()).by(&self.requester).send().await
    }

    /// Everybody signs in anew, since time has passed.
    async fn sign_in(&mut self) {
        self.world.stack.run("keys::rotate").await.unwrap();
        self.requester = self.world.sign_in(&self.requester.email).await;
        for moderator in &mut self.moderators {
            *moderator = self.world.sign_in(&moderator.email).await;
        }
    }

    /// An open request, however the last round ended.
    async fn open(&self) -> Value {
        let (world, admin) = (&self.world, &self.moderators[0]);
        let current = self.read().await.json();
        match current["status"].as_str().unwrap() {
            "open" => return current,
            "refused" => {
                let body = json!({"reason": "Nouvelle manche."});
                let requester = &self.requester;
                let answer = world.decide(&self.portal, admin, requester, "reopen", &body).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
            ended => {
                if ended == "accepted" {
                    let requester = &self.requester;
                    world.access(&self.portal, admin, requester, "revoke", &json!({})).await;
                }
                let answer = world.submit(&self.portal, &self.requester, &["33"]).await;
                assert_eq!(answer.status, 201, "{}", answer.text());
            }
        }
        self.read().await.json()
    }

    /// One hand does its deed with the version that everybody read.
    async fn act(&self, deed: Deed, hand: usize, etag: &str) -> Option<HttpAnswer> {
        let moderator = &self.moderators[hand % self.moderators.len()];
        let code = format!("{}", 10 + hand % 9);
        let (actor, method, verb, body) = match deed {
            Deed::Accept => (moderator, "POST", "/accept", json!({})),
            Deed::Refuse => (moderator, "POST", "/refuse", json!({"reason": "Non."})),
            Deed::Amend => {
                (moderator, "POST", "/amend", json!({"territory": {"departments": [code]}}))
            }
            Deed::Revise => {
                (&self.requester, "PATCH", "", json!({"territory": {"departments": [code]}}))
            }
            Deed::Withdraw => (&self.requester, "POST", "/withdraw", json!({})),
            Deed::Lapse => {
                let tally = self.world.stack.run("advisor_requests::lapse").await.unwrap();
                assert_eq!(tally["failed"], 0);
                let done = tally["done"].as_u64().unwrap();
                self.lapsed.fetch_add(usize::try_from(done).unwrap(), Ordering::SeqCst);
                return None;
            }
        };
        let call = self.world.call(method, &format!("{}{verb}", self.path())).by(actor);
        Some(call.if_match(etag).json(&body).send().await)
    }

    /// How many mails told the requester of a decision so far.
    fn decision_mails(&self) -> usize {
        let told = ["is accepted", "has been refused", "ended without a decision"];
        let mails = self.world.stack.aws.mails();
        let mine = mails.iter().filter(|mail| mail.recipients == [self.requester.email.clone()]);
        mine.filter(|mail| told.iter().any(|told| crate::world::read(&mail.raw).0.contains(told)))
            .count()
    }

    /// The requester's decisions in the journal that are newer than an entry.
    async fn decisions_after(&self, entry: &str) -> (Vec<String>, String) {
        let account = &self.requester.account;
        let path = format!("/v1/portals/{}/journal?person={account}&limit=100", self.portal);
        let page = self.world.call("GET", &path).by(&self.moderators[0]).send().await.json();
        let entries = page["items"].as_array().unwrap();
        let newest = entries[0]["id"].as_str().unwrap().to_owned();
        let newer = entries.iter().filter(|found| found["id"].as_str().unwrap() > entry);
        let acts =
            newer.filter_map(|found| found["act"].as_str()?.strip_prefix("advisor_request."));
        let decisions = ["accepted", "refused", "withdrawn", "lapsed"];
        (acts.filter(|act| decisions.contains(act)).map(str::to_owned).collect(), newest)
    }
}

/// Every loser is told who, what and when, or sees the present state.
fn told(deed: Deed, answer: &HttpAnswer) {
    let body = answer.json();
    match (answer.status, body["code"].as_str().unwrap_or_default()) {
        (200, _) => {}
        (409, "already_decided") => {
            assert!(body["decision"]["at"].is_string() && body["decision"]["status"].is_string());
            let is_moderator = !matches!(deed, Deed::Revise | Deed::Withdraw);
            let was_moderated =
                body["decision"]["status"] == "accepted" || body["decision"]["status"] == "refused";
            assert_eq!(body["decision"]["by"].is_object(), is_moderator && was_moderated, "{body}");
        }
        (409, "unchanged") => assert_eq!(deed, Deed::Amend),
        (412, "stale") => assert!(body["current"]["etag"].is_string()),
        other => panic!("{deed:?}: {other:?} {body}"),
    }
}

async fn round(arena: &mut Arena, seed: u64) -> String {
    let mut dice = rand::rngs::StdRng::seed_from_u64(seed);
    let crosses = seed.is_multiple_of(2);
    let mut current = arena.open().await;
    if crosses {
        // The clock crosses the end of the request's time midway.
        let end: Instant = current["lapses_at"].as_str().unwrap().parse().unwrap();
        arena.world.clock.set(end.plus_seconds(-1));
        arena.sign_in().await;
        let answer = arena.read().await;
        assert_eq!(answer.status, 200, "seed {seed}: {}", answer.text());
        current = answer.json();
    }
    let (_, last) = arena.decisions_after("").await;
    let lapsed_before = arena.lapsed.load(Ordering::SeqCst);
    let etag = current["etag"].as_str().unwrap().to_owned();
    let deeds: Vec<Deed> = (0..HANDS).map(|_| DEEDS[dice.random_range(0..DEEDS.len())]).collect();
    let crossing_at = dice.next_u32() as usize % HANDS;
    let this: &Arena = arena;
    let hands = deeds.iter().enumerate().map(|(hand, deed)| {
        let etag = etag.as_str();
        async move {
            if crosses && hand == crossing_at {
                this.world.clock.advance_seconds(2);
            }
            (*deed, this.act(*deed, hand, etag).await)
        }
    });
    let answers = futures_util::future::join_all(hands).await;
    let decides = |deed: Deed| matches!(deed, Deed::Accept | Deed::Refuse | Deed::Withdraw);
    let mut decisions = arena.lapsed.load(Ordering::SeqCst) - lapsed_before;
    for (deed, answer) in &answers {
        let Some(answer) = answer else { continue };
        told(*deed, answer);
        decisions += usize::from(decides(*deed) && answer.status == 200);
    }
    assert!(decisions <= 1, "seed {seed}: {decisions} decisions");
    // Once all have retried, there is exactly one.
    for hand in 0..3 {
        let etag = arena.read().await.json()["etag"].as_str().unwrap().to_owned();
        let answer = arena.act(Deed::Refuse, hand, &etag).await.unwrap();
        told(Deed::Refuse, &answer);
        arena.act(Deed::Lapse, hand, "").await;
    }
    let (entries, _) = arena.decisions_after(&last).await;
    assert_eq!(entries.len(), 1, "seed {seed}: {entries:?}");
    entries[0].clone()
}

#[tokio::test]
async fn of_fifty_hands_on_one_request_exactly_one_decides_in_two_hundred_rounds() {
    let mut arena = Arena::new().await;
    let mut mailed = 0;
    for seed in 0..ROUNDS {
        mailed += usize::from(round(&mut arena, seed).await != "withdrawn");
    }
    println!("rounds 0 to {}, {HANDS} hands each: one decision a round", ROUNDS - 1);
    arena.world.settle().await;
    assert_eq!(arena.decision_mails(), mailed, "one mail for each decision");
}

#[tokio::test]
async fn promotion_against_acceptance_gives_one_access_and_one_mail() {
    for seed in 0..10 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
        let anne = world.requester(&portal, "Anne", &["33"]).await;
        let before = world.mails_to(&anne.email).await.len();
        let national = json!({"territory": {"national": true}});
        let nothing = json!({});
        let (promoted, accepted) = tokio::join!(
            world.access(&portal, &admin, &anne, "promote", &national),
            world.decide(&portal, &staff, &anne, "accept", &nothing),
        );
        let statuses = [promoted.status, accepted.status];
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(world.mails_to(&anne.email).await.len(), before + 1);
        let access = world.membership(&anne, &portal).await["access"]["territory"].clone();
        assert_eq!(access["national"] == true, promoted.status == 200);
    }
}

#[tokio::test]
async fn two_staff_who_change_one_territory_at_once_do_not_overwrite_each_other() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let staff = world.member(&portal, &admin, "Bruno", "global_administrator").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    for code in ["40", "41", "42", "43", "44"] {
        let first = json!({"territory": {"departments": [code]}});
        let second = json!({"territory": {"departments": [code, "64"]}});
        let (one, other) = tokio::join!(
            world.access(&portal, &admin, &anne, "territory", &first),
            world.access(&portal, &staff, &anne, "territory", &second),
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert!(statuses == [200, 412] || statuses == [200, 200], "{statuses:?}");
        let access = world.membership(&anne, &portal).await["access"]["territory"].clone();
        let list = format!("/v1/portals/{portal}/advisors?department=64");
        let listed = world.call("GET", &list).by(&admin).send().await.json();
        let covers_64 = access["departments"].as_array().unwrap().contains(&json!("64"));
        assert_eq!(listed["items"].as_array().unwrap().len(), usize::from(covers_64));
    }
}
