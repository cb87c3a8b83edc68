//! The stage: one starting state, full of people, that every run begins from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::rc::Rc;

use guichet_domain::instant::Instant;
use guichet_local::gateway::HttpAnswer;
use guichet_local::outcome::{bounce, complaint};
use guichet_local::stack::{
    AttributeValue, Delivery, Environments, Item, Kept, Options, Reach, shown,
};
use guichet_local::wire::Fault;
use serde_json::{Value, json};

use crate::gate;
use crate::ledger::{Known, Ledger, gone, line};
use crate::world::{User, World};

/// Where the random source begins.
const SEED: u64 = 1;

/// The world with everybody in place, and how to go back to it.
pub struct Stage {
    /// The system.
    pub world: World,
    /// What commands call things by: `anne`, `anne_request`, `anne_request_etag`, …
    names: BTreeMap<String, String>,
    users: BTreeMap<String, User>,
    kept: Kept,
    noon: Instant,
    known: Known,
    /// What the table holds at the start, by key.
    start: HashMap<(String, String), Line>,
    complaint: Value,
}

/// An item of the start.
struct Line {
    item: Item,
    shown: Rc<Value>,
}

/// What everything comes to in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// What differs from the start.
    pub ledger: Ledger,
    /// How often each mail went out, by recipient, subject and text.
    pub mails: BTreeMap<String, usize>,
}

impl Rest {
    /// The same, whenever it was done: without instants, and mails by recipient and subject.
    #[must_use]
    pub fn timeless(self) -> Self {
        let mut mails: BTreeMap<String, usize> = BTreeMap::new();
        for (mail, count) in self.mails {
            let subject = mail.lines().next().unwrap_or_default().to_owned();
            *mails.entry(subject).or_default() += count;
        }
        Self { ledger: self.ledger.timeless(), mails }
    }

    /// The mails that did not go out as often as in the other end.
    pub fn mails_unlike(&self, other: &Self) -> Vec<String> {
        let names: BTreeSet<&String> = self.mails.keys().chain(other.mails.keys()).collect();
        let counts =
            names.into_iter().map(|name| (name, self.mails.get(name), other.mails.get(name)));
        let unlike = counts.filter(|(_, mine, others)| mine != others);
        unlike.map(|(name, mine, others)| format!("{name}: {mine:?}, not {others:?}")).collect()
    }
}

/// Those who have asked for an adviser access.
async fn requesters(world: &World, portal: &str, claire: &User) -> Vec<(String, User)> {
    let mut users = Vec::new();
    for (first, verb, body) in [
        ("Anne", None, json!({})),
        ("Basile", Some("refuse"), json!({ "reason": "Hors de notre périmètre." })),
        ("Karim", Some("accept"), json!({})),
    ] {
        let user = world.requester(portal, first, &["33"]).await;
        if let Some(verb) = verb {
            let answer = world.decide(portal, claire, &user, verb, &body).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        users.push((first.to_lowercase(), user));
    }
    users
}

/// The table at one moment.
pub struct State {
    /// Its items, as plain JSON.
    pub items: Vec<Rc<Value>>,
    /// What differs from the start, to be compared.
    pub ledger: Ledger,
}

fn key(item: &Item) -> (String, String) {
    let text = |name: &str| match item.get(name) {
        Some(AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    };
    (text("PK"), text("SK"))
}

impl Stage {
    /// Puts everybody in place.
    ///
    /// On the portal Alpha, Claire and Denis are super administrators, Bruno and Chloe global ones.
    /// Anne's request is open and about to lapse, Basile's was refused, Karim is an adviser, Elise
    /// a person without any request. Odile is inactive; Wanda's adviser access ends in half a day,
    /// Yann's has just ended. Bruno has invited Ines, who has no account, Hedi, who has one, Oscar,
    /// whose invitation expired, Paul without a mail yet, Quentin, whose invitation has expired
    /// unwritten, Rose, who is to be reminded, and Sami, whose closed invitation is to be erased.
    /// Bruno has had the rows of one spreadsheet looked at, and started to import another one,
    /// which the bus has lost: the first names Nina and Karim, the other one Theo, whom others
    /// invite.
    /// Lea has submitted three dossiers in Bordeaux: one waits, one is open, with Karim as its
    /// adviser and a note of hers, whose contact is to be asked for news, one is paused. To the open
    /// one she has invited Mona, who has no account, and Wanda, and Karim has invited Yann; Max and
    /// Basile are its members, and she offers Max to speak for it.
    /// Farid has signed up with a request and not verified his
    /// address; Gisele is to set the first password of the portal Beta. Anne has two sessions. A
    /// mail to Elise came back, one of two sign-ups was lost on the bus, and SES did not take the
    /// mail of the other.
    pub async fn build(file: &Path) -> Self {
        let world = World::with(SEED, |options| Options {
            delivery: Delivery::Once,
            environments: Environments::Shared,
            reach: Reach::InProcess(gate::before),
            ..options
        })
        .await;
        let (portal, claire) = world.portal("Alpha").await;
        let mut users = BTreeMap::from([("claire".to_owned(), claire.clone())]);
        for (first, level) in [
            ("Denis", "super_administrator"),
            ("Bruno", "global_administrator"),
            ("Chloe", "global_administrator"),
            ("Elise", "user"),
            ("Odile", "manager"),
            ("Wanda", "user"),
            ("Yann", "user"),
            ("Lea", "user"),
        ] {
            let user = world.member(&portal, &claire, first, level).await;
            // Two moderators who are mailed stand for any number.
            if ["Denis", "Chloe"].contains(&first) {
                let path = format!("/v1/portals/{portal}/moderation/mails");
                let never = world.call("PUT", &path).by(&user).json(&json!({ "mails": "never" }));
                assert_eq!(never.send().await.status, 200);
            }
            users.insert(first.to_lowercase(), user);
        }
        users.extend(requesters(&world, &portal, &claire).await);
        world.settle().await;
        let mut stage = Self {
            kept: world.stack.keep(file).expect("the stage can be kept"),
            noon: world.clock.now(),
            names: BTreeMap::from([("portal".to_owned(), portal)]),
            world,
            users,
            known: Known::default(),
            start: HashMap::new(),
            complaint: Value::Null,
        };
        let end = stage.end_of_annes_request().await;
        stage.add_invitations(end).await;
        stage.add_dossiers().await;
        stage.go_to(end.plus_seconds(-3600)).await;
        stage.tend_invitations().await;
        stage.add_imports().await;
        stage.world.stack.run("journal::seal").await.expect("what is over is sealed");
        stage.add_strangers().await;
        stage.go_to(end.plus_seconds(-1)).await;
        let phone = stage.world.sign_in(&stage.users["anne"].email).await;
        stage.users.insert("annes_phone".to_owned(), phone);
        stage.add_names().await;
        stage.world.settle().await;
        std::fs::remove_file(file).expect("the file is there");
        stage.kept = stage.world.stack.keep(file).expect("the stage can be kept");
        stage.noon = stage.world.clock.now();
        let items = stage.world.stack.items().expect("the table can be read");
        let shown: Vec<Value> = items.iter().map(shown).collect();
        stage.known = Known::of(&shown);
        let lines = items
            .into_iter()
            .zip(shown)
            .map(|(item, shown)| (key(&item), Line { item, shown: Rc::new(shown) }));
        stage.start = lines.collect();
        stage
    }

    /// The table as it is. What has not changed since the start is not read anew.
    pub fn state(&self) -> State {
        let items = self.world.stack.items().expect("the table can be read");
        let (mut shown_items, mut lines) = (Vec::new(), Vec::new());
        let mut left: BTreeMap<&(String, String), &Line> = self.start.iter().collect();
        for item in items {
            let key = key(&item);
            match left.remove(&key) {
                Some(line) if line.item == item => shown_items.push(Rc::clone(&line.shown)),
                _ => {
                    let shown = shown(&item);
                    lines.extend(line(&shown, &self.known));
                    shown_items.push(Rc::new(shown));
                }
            }
        }
        lines.extend(left.values().filter_map(|line| gone(&line.shown)));
        State { items: shown_items, ledger: Ledger::new(lines) }
    }

    /// What differs from the start, when nothing was written but these keys.
    pub fn ledger_after(&self, written: &BTreeSet<(String, String)>) -> Ledger {
        let mut lines = Vec::new();
        for key in written {
            let item = self.world.stack.item(&key.0, &key.1).expect("the table can be read");
            match (self.start.get(key), item) {
                (Some(start), Some(item)) if start.item == item => {}
                (_, Some(item)) => lines.extend(line(&shown(&item), &self.known)),
                (Some(start), None) => lines.extend(gone(&start.shown)),
                (None, None) => {}
            }
        }
        Ledger::new(lines)
    }

    /// What everything has come to.
    pub fn rest(&self) -> Rest {
        let mut mails: BTreeMap<String, usize> = BTreeMap::new();
        for mail in self.world.stack.aws.mails() {
            let (subject, text) = crate::world::read(&mail.raw);
            let name = format!("{} {subject}\n{}", mail.recipients.join(" "), self.alike(&text));
            *mails.entry(name).or_default() += 1;
        }
        Rest { ledger: self.state().ledger, mails }
    }

    /// A text with what is fresh made alike.
    pub fn alike(&self, text: &str) -> String {
        self.known.alike(text)
    }

    async fn end_of_annes_request(&self) -> Instant {
        let (portal, anne) = (&self.names["portal"], &self.users["anne"]);
        let path = format!("/v1/portals/{portal}/advisor-requests/{}", anne.account);
        let read = self.world.call("GET", &path).by(anne).send().await.json();
        read["lapses_at"].as_str().expect("an instant").parse().expect("an instant")
    }

    /// Lets time pass; everybody signs in at the end of it.
    async fn go_to(&mut self, instant: Instant) {
        // Keys of tokens are replaced in time.
        let days = instant.seconds_since(self.world.clock.now()) / 86_400;
        for _ in 0..days {
            self.world.clock.advance_days(1);
            self.world.stack.run("keys::rotate").await.expect("keys are rotated");
        }
        self.world.clock.set(instant);
        for user in self.users.values_mut() {
            *user = self.world.sign_in(&user.email).await;
        }
    }

    /// Those who left, those whose access ends, and those who are invited.
    async fn add_invitations(&mut self, end: Instant) {
        self.go_to(end.plus_seconds(-8 * 86_400)).await;
        let portal = self.names["portal"].clone();
        let claire = self.users["claire"].clone();
        let world = &self.world;
        let kept = json!({"invitations_kept_in_days": 6, "dossiers_reminded_every_in_days": 1});
        let path = format!("/v1/portals/{portal}");
        let etag = world.etag(&claire, &path).await;
        let set = world.call("PATCH", &path).by(&claire).if_match(&etag).json(&kept).send().await;
        assert_eq!(set.status, 200, "{}", set.text());
        for (name, seconds) in [("wanda", 43_200), ("yann", -60)] {
            let ends_at = end.plus_seconds(seconds);
            let body = json!({"territory": {"departments": ["33"]}, "ends_at": ends_at});
            let done = world.access(&portal, &claire, &self.users[name], "promote", &body).await;
            assert_eq!(done.status, 200, "{}", done.text());
        }
        let odile = &self.users["odile"];
        let done = world.on_person(&portal, &claire, odile, "archive", &json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text());
        for name in ["oscar", "quentin", "sami"] {
            self.invite(name, json!({})).await;
        }
        let sami = self.names["sami_invitation_id"].clone();
        let done = self.world.manage(&portal, &claire, &sami, "cancel").await;
        assert_eq!(done.status, 200, "{}", done.text());
        self.go_to(end.plus_seconds(-7 * 86_400)).await;
        self.invite("tina", json!({})).await;
        self.go_to(end.plus_seconds(-6 * 86_400)).await;
        self.invite("rose", json!({})).await;
        // Quentin was reminded in time, so that his end is the next thing due; Yann was warned.
        self.go_to(end.plus_seconds(-2 * 86_400)).await;
        let oscar = self.invitation("oscar");
        self.world.stack.erase(&oscar).expect("put aside");
        self.world.stack.run("invitations::remind").await.expect("a schedule runs");
        self.world.stack.overwrite(&oscar).expect("put back");
        self.go_to(end.plus_seconds(-86_430)).await;
        self.world.stack.run("people::warn_of_end").await.expect("a schedule runs");
    }

    /// Bruno invites somebody to become a reviewer.
    async fn invite(&mut self, name: &str, more: Value) {
        let portal = self.names["portal"].clone();
        let email = match self.users.get(name) {
            Some(user) => user.email.clone(),
            None => format!("{name}.petit@exemple.fr"),
        };
        let mut fields = json!({"level": "reviewer"});
        fields.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        let made = self.world.invite(&portal, &self.users["bruno"], &email, fields).await;
        self.invited(name, &email, &made).await;
    }

    /// Somebody invites another one to a dossier.
    async fn invite_to(&mut self, dossier: &str, name: &str, by: &str, role: &str) {
        let email = match self.users.get(name) {
            Some(user) => user.email.clone(),
            None => format!("{name}.petit@exemple.fr"),
        };
        let by = &self.users[by];
        let made = self.world.invite_to_dossier(dossier, by, &email, role, json!({})).await;
        self.invited(name, &email, &made).await;
    }

    /// Names what was made of an invitation.
    async fn invited(&mut self, name: &str, email: &str, made: &HttpAnswer) {
        assert_eq!(made.status, 201, "{}", made.text());
        let portal = &self.names["portal"];
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        let path = format!("/v1/portals/{portal}/invitations/{id}");
        self.names.insert(format!("{name}_invitation"), path);
        self.names.insert(format!("{name}_invitation_id"), id);
        if made.json()["state"] == "pending" {
            let link = self.world.invited_link(email).await;
            let token = link.split_once("?token=").expect("a token").1.to_owned();
            self.names.insert(format!("{name}_token"), token);
        }
    }

    /// What schedules have done by the end, and the last invitations.
    async fn tend_invitations(&mut self) {
        let hedi = self.world.user("Hedi", "Roux").await;
        self.users.insert("hedi".to_owned(), hedi);
        for name in ["ines", "hedi"] {
            self.invite(name, json!({})).await;
        }
        self.invite("paul", json!({"send": "later"})).await;
        self.world.settle().await;
        // The schedules have run for Oscar; Rose is still to be reminded, and that Quentin's has
        // expired is still to be written down.
        let later = ["rose", "quentin"].map(|name| self.invitation(name));
        for item in &later {
            self.world.stack.erase(item).expect("put aside");
        }
        self.world.stack.run("invitations::remind").await.expect("a schedule runs");
        for item in &later {
            self.world.stack.overwrite(item).expect("put back");
        }
        self.world.settle().await;
    }

    /// One import that was looked at, and one that nobody goes on with.
    async fn add_imports(&mut self) {
        let portal = self.names["portal"].clone();
        let bruno = self.users["bruno"].clone();
        let theo = "Théo;Petit;theo.petit@exemple.fr;;\n";
        let others = "Nina;Petit;nina.petit@exemple.fr;;\nKarim;Durand;karim.durand@exemple.fr;;\n";
        let world = &self.world;
        for (name, send, rows) in [("checked", "now", others), ("left", "later", theo)] {
            let import = world.uploaded(&portal, &bruno, rows).await;
            let common = json!({ "send": send });
            assert_eq!(world.on_import(&import, &bruno, "dry-run", common).await.status, 202);
            world.settle().await;
            if name == "left" {
                let lost = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "lost" }] });
                world.stack.wire.fail_next("PutEvents", Fault::Answer(200, lost.to_string()));
                assert_eq!(world.on_import(&import, &bruno, "start", json!({})).await.status, 202);
                world.settle().await;
            }
            let etag = world.etag(&bruno, &import).await;
            self.names.insert(format!("{name}_import_etag"), etag);
            self.names.insert(format!("{name}_import"), import);
        }
    }

    /// Lea's dossiers: one that waits, one that is open, one that is paused.
    async fn add_dossiers(&mut self) {
        let (portal, world) = (self.names["portal"].clone(), &self.world);
        let [lea, karim, claire] = ["lea", "karim", "claire"].map(|name| &self.users[name]);
        let waiting = world.dossier(&portal, lea, "33063").await;
        let open = world.open_dossier(&portal, lea, claire, "33063").await;
        let paused = world.open_dossier(&portal, lea, claire, "33063").await;
        let act = async |dossier: &str, by: &User, verb: &str, body: Value| {
            let answer = world.on_dossier(dossier, by, verb, body).await;
            assert!(answer.status < 300, "{verb}: {}", answer.text());
            answer.json()
        };
        act(&paused, lea, "pause", json!({"reason": "Budget."})).await;
        act(&open, karim, "join", json!({"role": "advisor"})).await;
        let note = act(&open, lea, "notes", json!({"text": "Bonjour."})).await;
        let note = note["id"].as_str().expect("an id").to_owned();
        self.names.insert("leas_note".to_owned(), format!("{open}/notes/{note}"));
        let named =
            [("waiting_dossier", waiting), ("open_dossier", open), ("paused_dossier", paused)];
        self.add_those_who_take_part(&named[1].1).await;
        let left = ("left_dossier", self.left_dossier(&portal).await);
        for (name, dossier) in named.into_iter().chain([left]) {
            let etag = self.world.etag(&self.users["claire"], &dossier).await;
            self.names.insert(format!("{name}_etag"), etag);
            self.names.insert(name.to_owned(), dossier);
        }
        self.world.settle().await;
    }

    /// A dossier of Odile's, who is archived again, to be taken over by Basile; Max is a member.
    async fn left_dossier(&self, portal: &str) -> String {
        let [odile, basile, claire, max] =
            ["odile", "basile", "claire", "max"].map(|name| &self.users[name]);
        let world = &self.world;
        let restored = world.on_person(portal, claire, odile, "restore", &json!({})).await;
        assert_eq!(restored.status, 200, "{}", restored.text());
        let dossier = world.open_dossier(portal, odile, claire, "33063").await;
        let made = world.invite_to_dossier(&dossier, claire, &max.email, "member", json!({})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let accepted = world.accept_mine(max).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text());
        let left = json!({"successor": basile.account});
        let archived = world.on_person(portal, claire, odile, "archive", &left).await;
        assert_eq!(archived.status, 200, "{}", archived.text());
        dossier
    }

    /// Those who are invited to Lea's open dossier, and two members, one of whom may speak for it.
    async fn add_those_who_take_part(&mut self, dossier: &str) {
        let max = self.world.user("Max", "Roux").await;
        self.users.insert("max".to_owned(), max);
        for name in ["max", "basile"] {
            self.invite_to(dossier, name, "lea", "member").await;
            let accepted = self.world.accept_mine(&self.users[name]).await;
            assert_eq!(accepted.status, 200, "{}", accepted.text());
        }
        for (name, by, role) in
            [("mona", "lea", "partner"), ("wanda", "lea", "partner"), ("yann", "karim", "observer")]
        {
            self.invite_to(dossier, name, by, role).await;
        }
        let body = json!({"account": self.users["max"].account});
        let offer = self.world.on_dossier(dossier, &self.users["lea"], "referent/offer", body);
        assert_eq!(offer.await.status, 200);
    }

    fn invitation(&self, name: &str) -> Item {
        let id = &self.names[&format!("{name}_invitation_id")];
        let item = self.world.stack.item(&format!("INVITATION#{id}"), "INVITATION");
        item.expect("the table can be read").expect("an invitation")
    }

    /// Those who are nobody yet.
    async fn add_strangers(&mut self) {
        let world = &self.world;
        let portal = self.names["portal"].clone();
        let email = "farid.durand@exemple.fr";
        let mut request = crate::world::demand(&["33"]);
        request["portal"] = json!(portal);
        let begun = world.sign_up("Farid", "Durand", email, Some(request)).await;
        let link = world.link_to(email).await;
        let token = |link: &str| link.split_once("?token=").expect("a token").1.to_owned();
        let beta = json!({
            "name": "Beta", "address": "https://beta.example.fr", "contact_address": "equipe@beta.fr",
            "administrator": {
                "first_name": "Gisele", "last_name": "Petit", "email": "gisele.petit@exemple.fr"
            },
        });
        let made = world.stack.invoke("portals::create", beta).await.expect("a portal is made");
        let beta = made["portal"].as_str().expect("an id").to_owned();
        let first_link = world.link_to("gisele.petit@exemple.fr").await;
        let sign_up = begun["sign_up"].as_str().expect("a sign-up").to_owned();
        self.names.insert("beta".to_owned(), beta);
        self.names.insert("farid_sign_up".to_owned(), sign_up);
        self.names.insert("farid_token".to_owned(), token(&link));
        self.names.insert("gisele_token".to_owned(), token(&first_link));
        // Elise's last mail came back, so that it can be sent again.
        let mails = world.stack.aws.mails();
        let elise = &self.users["elise"].email;
        let to_elise = mails.into_iter().rfind(|mail| mail.recipients == [elise.clone()]);
        let sent = to_elise.expect("a mail to Elise");
        let now = world.clock.now();
        world.stack.aws.put_event(bounce(&sent, "Permanent", "General", now));
        self.complaint = complaint(&sent, Some("abuse"), now);
        world.settle().await;
        // Of two sign-ups, the bus lost one, and SES did not take the mail of the other.
        let taken = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "lost" }] });
        world.stack.wire.fail_next("PutEvents", Fault::Answer(200, taken.to_string()));
        world.sign_up("Lise", "Roux", "lise.roux@exemple.fr", None).await;
        world.settle().await;
        let refusal = "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>";
        world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, refusal.to_owned()));
        world.sign_up("Marc", "Roux", "marc.roux@exemple.fr", None).await;
        world.settle().await;
    }

    async fn add_names(&mut self) {
        let portal = self.names["portal"].clone();
        let claire = self.users["claire"].clone();
        let base = format!("/v1/portals/{portal}");
        let mut names = vec![("alpha".to_owned(), base.clone())];
        names.push(("alpha_etag".to_owned(), self.world.etag(&claire, &base).await));
        for (name, user) in &self.users {
            names.push((name.clone(), user.account.clone()));
            names.push((format!("{name}_refresh_token"), user.refresh_token.clone()));
            if name == "hedi" {
                continue;
            }
            let person = format!("{base}/people/{}", user.account);
            names.push((format!("{name}_etag"), self.world.etag(&claire, &person).await));
            let shown = self.world.call("GET", &person).by(&claire).send().await.json();
            let profile = shown["profile_etag"].as_str().expect("a version").to_owned();
            names.push((format!("{name}_profile_etag"), profile));
        }
        for name in ["ines", "oscar", "paul", "wanda"] {
            let path = &self.names[&format!("{name}_invitation")];
            let etag = self.world.etag(&claire, path).await;
            names.push((format!("{name}_invitation_etag"), etag));
        }
        for name in ["anne", "basile"] {
            let request = format!("{base}/advisor-requests/{}", self.users[name].account);
            let etag = self.world.etag(&claire, &request).await;
            names.push((format!("{name}_request_etag"), etag));
            names.push((format!("{name}_request"), request));
        }
        let phone = &self.users["annes_phone"];
        let sessions = self.world.call("GET", "/v1/sessions").by(phone).send().await.json();
        let sessions = sessions["items"].as_array().expect("a list").clone();
        let other = sessions.iter().find(|session| session["current"] == json!(false));
        let other = other.and_then(|session| session["session"].as_str()).expect("a session");
        names.push(("annes_session".to_owned(), other.to_owned()));
        let mails =
            self.world.call("GET", &format!("{base}/mails?month=2026-11&limit=100")).by(&claire);
        let mails = mails.send().await.json();
        let bounced = mails["items"].as_array().into_iter().flatten();
        let bounced = bounced.clone().find(|mail| mail["state"] == "bounced").expect("one bounced");
        let text = |name: &str| bounced[name].as_str().expect("text").to_owned();
        names.push(("elises_mail".to_owned(), text("id")));
        names.push(("elises_mail_etag".to_owned(), text("etag")));
        self.names.extend(names);
    }

    /// Goes back to the start; the random source begins anew too.
    pub fn reset(&self) {
        self.world.stack.go_back(&self.kept, SEED).expect("the stage can be restored");
        self.world.clock.set(self.noon);
        self.world.stack.wire.take_calls();
    }

    /// Goes back to the start, with functions that have never run.
    pub fn reset_cold(&self) {
        self.reset();
        self.world.stack.cool_down();
    }

    /// An answer with what is fresh made alike, and without who takes care of a request: a note
    /// apart from its version, that an answer may not show yet (C6).
    pub fn answer(&self, text: &str) -> String {
        let answer = match serde_json::from_str::<Value>(text) {
            Ok(mut answer) => {
                for holder in ["", "/current"] {
                    let holder = answer.pointer_mut(holder).and_then(Value::as_object_mut);
                    holder.map(|members| members.remove("taken"));
                }
                answer.to_string()
            }
            Err(_) => text.to_owned(),
        };
        self.alike(&answer)
    }

    /// When every run begins.
    pub fn noon(&self) -> Instant {
        self.noon
    }

    /// What AWS tells when Elise calls the mail unwanted that had come back.
    pub fn elises_complaint(&self) -> &Value {
        &self.complaint
    }

    /// Somebody by name.
    pub fn user(&self, name: &str) -> &User {
        &self.users[name]
    }

    /// A text with every `{name}` replaced by what it stands for.
    pub fn filled(&self, text: &str) -> String {
        let mut parts = text.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once('}').and_then(|(name, rest)| Some((self.names.get(name)?, rest)))
            {
                Some((value, rest)) => filled = filled + value + rest,
                None => filled = filled + "{" + part,
            }
        }
        filled
    }

    /// A body with every `{name}` in its texts replaced.
    pub fn filled_body(&self, body: &Value) -> Value {
        match body {
            Value::String(text) => Value::String(self.filled(text)),
            Value::Array(items) => items.iter().map(|item| self.filled_body(item)).collect(),
            Value::Object(members) => {
                let filled = members.iter().map(|(name, of)| (name.clone(), self.filled_body(of)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }

    /// A text with the identifiers that it holds replaced by names, to be read.
    pub fn told(&self, text: &str) -> String {
        let ids = self.names.iter().filter(|(_, value)| value.contains('_') && value.len() > 20);
        ids.filter(|(_, value)| !value.starts_with('/'))
            .fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), name))
    }
}
