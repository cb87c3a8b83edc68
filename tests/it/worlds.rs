//! In 300 worlds that people make through the API on two portals, a list shows exactly what may be
//! opened, and whoever is brought back has what they had.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::world::{User, World};

const COMMUNES: [&str; 3] = ["33063", "40192", "64102"];

/// Two portals, those who act on them, and the dossiers, as the first portal's paths.
struct Play {
    world: World,
    portals: [String; 2],
    chiefs: [User; 2],
    people: Vec<User>,
    dossiers: Vec<String>,
    dice: StdRng,
}

impl Play {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let (alpha, claire) = world.portal("Alpha").await;
        let (beta, bea) = world.portal("Beta").await;
        let mut people = vec![claire.clone(), bea.clone()];
        for first in ["Bruno", "Chloe", "Denis", "Elise", "Farid"] {
            people.push(world.member(&alpha, &claire, first, "user").await);
        }
        let mut dossiers = Vec::new();
        for number in 0..8 {
            let by = &people[2 + number % 5];
            dossiers.push(world.dossier(&alpha, by, COMMUNES[number % 3]).await);
        }
        let (portals, chiefs) = ([alpha, beta], [claire, bea]);
        Self { world, portals, chiefs, people, dossiers, dice: StdRng::seed_from_u64(seed) }
    }

    /// One deed of somebody, whether or not they may do it; whether it was done.
    async fn deed(&mut self) -> bool {
        let dice = &mut self.dice;
        let side = dice.random_range(0..2);
        let (portal, chief) = (&self.portals[side], &self.chiefs[side]);
        let (world, who) = (&self.world, self.people.choose(dice).unwrap());
        let other = self.people.choose(dice).unwrap();
        let dossier = self.dossiers.choose(dice).unwrap().replace(&self.portals[0], portal);
        let advising = ["advisor", "observer"].choose(dice).unwrap();
        let role = ["member", "partner", "advisor", "observer"].choose(dice).unwrap();
        let commune = COMMUNES.choose(dice).unwrap();
        let departments = [json!(["33"]), json!(["40", "64"]), json!(["33", "64"])];
        let territory = match dice.random_range(0..4) {
            0 => json!({"national": true}),
            number => json!({"departments": departments[number - 1]}),
        };
        let level = ["user", "administrator", "global_administrator"].choose(dice).unwrap();
        let on = |who, verb: &'static str, body| world.on_dossier(&dossier, who, verb, body);
        let page = format!("/v1/portals/{portal}/people/{}", other.account);
        let is_here = world.call("GET", &page).by(chief).send().await.status == 200;
        let number = dice.random_range(0..20);
        if !is_here && (10..14).contains(&number) {
            return false;
        }
        let answer = match number {
            0 | 1 => on(chief, "accept", json!({})).await,
            2 => on(who, "accept", json!({ "join": advising })).await,
            3 => on(who, "refuse", json!({"reason": "Non."})).await,
            4 | 5 => on(who, "join", json!({ "role": advising })).await,
            6 => on(who, "leave", json!({})).await,
            7 => on(who, "", json!({ "commune": commune })).await,
            8 => on(who, "pause", json!({"reason": "Budget."})).await,
            9 => on(who, "resume", json!({})).await,
            10 | 11 => {
                let body = json!({ "territory": territory });
                let promoted = world.access(portal, chief, other, "promote", &body).await;
                match promoted.status {
                    409 => world.access(portal, chief, other, "territory", &body).await,
                    _ => promoted,
                }
            }
            12 => world.access(portal, chief, other, "revoke", &json!({})).await,
            13 => world.on_person(portal, chief, other, "level", &json!({ "level": level })).await,
            14 | 15 => {
                let by = if dice.random_range(0..2) == 0 { chief } else { who };
                let made = world.invite_to_dossier(&dossier, by, &other.email, role, json!({}));
                match made.await {
                    made if made.status == 201 => world.accept_mine(other).await,
                    refused => refused,
                }
            }
            16 => {
                let path = format!("{dossier}/members/{}", other.account);
                world.call("DELETE", &path).by(chief).if_match("1").once().send().await
            }
            17 => {
                let shown = world.call("GET", &dossier).by(chief).send().await.json();
                let speaks = |user: &&User| shown["referent"] == json!(user.account);
                let referent = self.people.iter().find(speaks).unwrap_or(who);
                on(referent, "publications", json!({"portal": self.portals[1]})).await
            }
            18 => on(chief, "referent", json!({"account": other.account})).await,
            _ => return self.away_and_back(side).await,
        };
        assert!(answer.status < 500, "{}", answer.text());
        answer.status < 300
    }

    /// Somebody is archived, sees nothing, and is brought back: they have what they had, exactly
    /// (RULES E4).
    async fn away_and_back(&mut self, side: usize) -> bool {
        let (portal, chief) = (&self.portals[side], &self.chiefs[side]);
        let (world, who) = (&self.world, self.people.choose(&mut self.dice).unwrap());
        let page = format!("/v1/portals/{portal}/people/{}", who.account);
        let had = async || {
            let mut shown = world.call("GET", &page).by(chief).send().await.json();
            for changes in ["etag", "profile_etag", "origins", "mails", "active_on"] {
                shown.as_object_mut().unwrap().remove(changes);
            }
            shown
        };
        let before = had().await;
        if before["account"].is_null() || !before["archived_at"].is_null() {
            return false;
        }
        if world.on_person(portal, chief, who, "archive", &json!({})).await.status != 200 {
            return false;
        }
        let list = format!("/v1/portals/{portal}/dossiers");
        assert_eq!(world.call("GET", &list).by(who).send().await.status, 404);
        let restored = world.on_person(portal, chief, who, "restore", &json!({})).await;
        assert_eq!(restored.status, 200, "{}", restored.text());
        assert_eq!(had().await, before);
        true
    }

    /// What somebody's list on a portal shows, a page after the other.
    async fn listed(&self, portal: &str, who: &User) -> BTreeSet<String> {
        let list = format!("/v1/portals/{portal}/dossiers?limit=3");
        let mut listed = BTreeSet::new();
        let mut cursor = String::new();
        loop {
            let page = self.world.call("GET", &format!("{list}{cursor}")).by(who).send().await;
            let page: Value = page.json();
            let items = page["items"].as_array().cloned().unwrap_or_default();
            for item in items {
                assert!(listed.insert(item["id"].as_str().unwrap().to_owned()), "twice: {item}");
            }
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return listed,
            }
        }
    }
}

#[tokio::test]
async fn in_three_hundred_worlds_a_list_shows_exactly_what_may_be_opened() {
    let (mut worlds, mut seen, mut unseen, mut elsewhere) = (0, 0, 0, 0);
    for seed in 0..6 {
        let mut play = Play::new(seed).await;
        let mut of_this = 0;
        while of_this < 50 {
            if !play.deed().await {
                continue;
            }
            of_this += 1;
            worlds += 1;
            let who = play.people.choose(&mut play.dice).unwrap().clone();
            for portal in &play.portals {
                let listed = play.listed(portal, &who).await;
                for dossier in &play.dossiers {
                    let dossier = dossier.replace(&play.portals[0], portal);
                    let answer = play.world.call("GET", &dossier).by(&who).send().await;
                    let (shown, id) = (answer.status == 200, dossier.rsplit('/').next().unwrap());
                    assert_eq!(shown, listed.contains(id), "{seed}, world {of_this}: {dossier}");
                    *(if shown { &mut seen } else { &mut unseen }) += 1;
                    elsewhere += usize::from(shown && *portal == play.portals[1]);
                }
            }
        }
    }
    // Neither is the exception, or nothing would be proved.
    println!("{worlds} worlds: {seen} seen, {elsewhere} of them elsewhere, {unseen} not");
    assert_eq!(worlds, 300);
    assert!(seen > 300 && unseen > 300 && elsewhere > 100);
}
