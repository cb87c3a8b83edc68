//! What every test stands on: a fresh stack with a set clock, and people who use it.

use std::sync::atomic::{AtomicU32, Ordering};

use guichet_domain::instant::Instant;
use guichet_local::aws::Outcomes;
use guichet_local::gateway::{HttpAnswer, HttpRequest};
use guichet_local::stack::{Options, SetClock, Stack};
use serde_json::{Value, json};

/// A password that everybody here uses.
pub const PASSWORD: &str = "un cheval violet dans la brume";

/// The noon at which every test begins.
pub const NOON: &str = "2026-11-21T12:00:00.000Z";

/// A fresh system.
pub struct World {
    pub stack: Stack,
    pub clock: SetClock,
}

/// Somebody with an account, signed in.
#[derive(Debug, Clone)]
pub struct User {
    pub account: String,
    pub email: String,
    pub token: String,
    pub refresh_token: String,
}

/// A request on its way.
pub struct Call<'a> {
    world: &'a World,
    request: HttpRequest,
}

impl World {
    pub async fn new() -> Self {
        Self::seeded(1).await
    }

    pub async fn seeded(seed: u64) -> Self {
        Self::with(seed, |options| options).await
    }

    /// A system whose SES tells what becomes of each mail.
    pub async fn with_outcomes() -> Self {
        Self::with(1, |options| Options { outcomes: Outcomes::Told, ..options }).await
    }

    pub async fn with(seed: u64, change: impl Fn(Options) -> Options) -> Self {
        let clock = SetClock::at(NOON.parse::<Instant>().unwrap());
        let options = change(Options::test(clock.clone(), seed));
        Self::on(Stack::start(options).await.unwrap(), clock)
    }

    pub fn on(stack: Stack, clock: SetClock) -> Self {
        Self { stack, clock }
    }

    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = HttpRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: vec![("accept-language".to_owned(), "en".to_owned())],
            body: Vec::new(),
            source: "192.0.2.1".to_owned(),
        };
        Call { world: self, request }
    }

    pub async fn settle(&self) {
        self.stack.settle().await.unwrap();
        assert_eq!(self.stack.dead_letters(), []);
    }

    /// The mails to an address, as subject and text, the oldest first.
    pub async fn mails_to(&self, email: &str) -> Vec<(String, String)> {
        self.settle().await;
        let to = |mail: &guichet_local::aws::Caught| mail.recipients == [email];
        self.stack.aws.mails().into_iter().filter(to).map(|mail| read(&mail.raw)).collect()
    }

    /// The last link mailed to an address.
    pub async fn link_to(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        let links = mails.iter().flat_map(|(_, text)| text.split_whitespace());
        let mut links = links.filter(|word| word.contains("?token="));
        links.next_back().unwrap_or_else(|| panic!("no link to {email}: {mails:?}")).to_owned()
    }

    /// A new portal and its super administrator, signed in.
    pub async fn portal(&self, name: &str) -> (String, User) {
        self.portal_with(name, json!({})).await
    }

    pub async fn portal_with(&self, name: &str, settings: Value) -> (String, User) {
        let email = format!("admin@{}.fr", name.to_lowercase());
        let mut event = json!({
            "name": name,
            "address": format!("https://{}.example.fr", name.to_lowercase()),
            "contact_address": format!("equipe@{}.fr", name.to_lowercase()),
            "administrator": { "first_name": "Claire", "last_name": "Martin", "email": email },
        });
        event.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let made = self.stack.invoke("portals::create", event).await.unwrap();
        let link = self.link_to(&email).await;
        let answer = self.press(&link, &[("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let user = self.sign_in(&email).await;
        (made["portal"].as_str().unwrap().to_owned(), user)
    }

    /// Posts a form to the path of a mailed link, with its token.
    pub async fn press(&self, link: &str, fields: &[(&str, &str)]) -> HttpAnswer {
        let (page, token) = link.split_once("?token=").unwrap();
        let path = page.strip_prefix("https://guichet.example.fr").unwrap();
        self.press_at(path, token, fields).await
    }

    pub async fn press_at(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> HttpAnswer {
        let token = std::iter::once(("token", token));
        self.call("POST", path).form(token.chain(fields.iter().copied())).send().await
    }

    /// Somebody who signs up, verifies their address and signs in.
    pub async fn user(&self, first: &str, last: &str) -> User {
        let email = format!("{}.{}@exemple.fr", first.to_lowercase(), last.to_lowercase());
        self.sign_up(first, last, &email, None).await;
        self.verify(&email, &format!("{}.{}", first.to_lowercase(), last.to_lowercase())).await;
        self.sign_in(&email).await
    }

    pub async fn sign_up(
        &self,
        first: &str,
        last: &str,
        email: &str,
        request: Option<Value>,
    ) -> Value {
        let mut body =
            json!({"first_name": first, "last_name": last, "email": email, "password": PASSWORD});
        if let Some(request) = request {
            body["request"] = request;
        }
        let answer = self.call("POST", "/v1/sign-ups").json(&body).send().await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.json()
    }

    pub async fn verify(&self, email: &str, username: &str) {
        let link = self.link_to(email).await;
        let answer = self.press(&link, &[("username", username), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    pub async fn sign_in(&self, email: &str) -> User {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = self.call("POST", "/v1/sessions").json(&body).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        User {
            account: text("account"),
            email: email.to_owned(),
            token: text("access_token"),
            refresh_token: text("refresh_token"),
        }
    }

    /// Somebody new whose request on the portal is open.
    pub async fn requester(&self, portal: &str, first: &str, departments: &[&str]) -> User {
        let user = self.user(first, "Durand").await;
        let answer = self.submit(portal, &user, departments).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        user
    }

    pub async fn submit(&self, portal: &str, user: &User, departments: &[&str]) -> HttpAnswer {
        let path = format!("/v1/portals/{portal}/advisor-requests");
        self.call("POST", &path).by(user).json(&demand(departments)).send().await
    }

    /// Somebody of this level on the portal, made by its super administrator.
    pub async fn member(&self, portal: &str, admin: &User, first: &str, level: &str) -> User {
        let user = self.requester(portal, first, &["75"]).await;
        let answer = self.decide(portal, &user, &user, "withdraw", &json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        if level != "user" {
            let path = format!("/v1/portals/{portal}/people/{}", user.account);
            let etag = self.etag(admin, &path).await;
            let body = json!({ "level": level });
            let call = self.call("PUT", &format!("{path}/level")).by(admin).if_match(&etag);
            let answer = call.once().json(&body).send().await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        user
    }

    /// What If-Match wants, as somebody reads it.
    pub async fn etag(&self, user: &User, path: &str) -> String {
        let answer = self.call("GET", path).by(user).send().await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.header("etag").unwrap().to_owned()
    }

    /// The version of a person and their account, which a change of their profile names.
    pub async fn profile_etag(&self, user: &User, person: &str) -> String {
        let answer = self.call("GET", person).by(user).send().await;
        assert_eq!(answer.status, 200, "{person}: {}", answer.text());
        answer.json()["profile_etag"].as_str().unwrap().to_owned()
    }

    /// Acts on somebody's request, with the version that the actor reads now.
    pub async fn decide(
        &self,
        portal: &str,
        actor: &User,
        requester: &User,
        verb: &str,
        body: &Value,
    ) -> HttpAnswer {
        let path = format!("/v1/portals/{portal}/advisor-requests/{}", requester.account);
        let etag = self.etag(actor, &path).await;
        let call = self.call("POST", &format!("{path}/{verb}")).by(actor).if_match(&etag);
        call.once().json(body).send().await
    }

    /// Acts on somebody's adviser access, with the version that the actor reads now.
    pub async fn access(
        &self,
        portal: &str,
        actor: &User,
        person: &User,
        verb: &str,
        body: &Value,
    ) -> HttpAnswer {
        let etag =
            self.etag(actor, &format!("/v1/portals/{portal}/people/{}", person.account)).await;
        let path = format!("/v1/portals/{portal}/advisors/{}/{verb}", person.account);
        self.call("POST", &path).by(actor).if_match(&etag).once().json(body).send().await
    }

    /// New signing keys, two days before they are used, as the schedule makes them in time.
    pub async fn rotate_keys(&self) {
        let rotated = self.stack.run("keys::rotate").await.unwrap();
        assert_eq!(rotated["failed"], 0);
        self.clock.advance_days(2);
    }

    /// Invites somebody, with more fields than names and address.
    pub async fn invite(&self, portal: &str, by: &User, email: &str, more: Value) -> HttpAnswer {
        let mut body = json!({"first_name": "Zoé", "last_name": "Blanc", "email": email});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/v1/portals/{portal}/invitations");
        self.call("POST", &path).by(by).once().json(&body).send().await
    }

    /// Invites an address to a dossier in a role, with more fields.
    pub async fn invite_to_dossier(
        &self,
        dossier: &str,
        by: &User,
        email: &str,
        role: &str,
        more: Value,
    ) -> HttpAnswer {
        let mut body = json!({"email": email, "role": role});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("{dossier}/invitations");
        self.call("POST", &path).by(by).once().json(&body).send().await
    }

    /// Accepts the newest open invitation to somebody's address, signed in.
    pub async fn accept_mine(&self, user: &User) -> HttpAnswer {
        let mine = self.call("GET", "/v1/me/invitations").by(user).send().await.json();
        let id = mine["items"][0]["id"].as_str().unwrap_or("inv_01KAM0000000000000000000J0");
        let path = format!("/v1/me/invitations/{id}/accept");
        self.call("POST", &path).by(user).once().send().await
    }

    /// Somebody who takes part in a dossier by an invitation; who invites is named last.
    pub async fn invited_to(&self, dossier: &str, first: &str, role: &str, by: &User) -> User {
        let user = self.user(first, "Durand").await;
        let made = self.invite_to_dossier(dossier, by, &user.email, role, json!({})).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let accepted = self.accept_mine(&user).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text());
        user
    }

    /// Uploads a spreadsheet of people.
    pub async fn upload(&self, portal: &str, by: &User, file: &[u8]) -> HttpAnswer {
        let path = format!("/v1/portals/{portal}/imports");
        self.call("POST", &path).by(by).once().body(file).send().await
    }

    /// Uploads a csv file of these lines below the usual headings; the import's path.
    pub async fn uploaded(&self, portal: &str, by: &User, lines: &str) -> String {
        let file = format!("Prénom;Nom;Adresse électronique;Fonction;Niveau\n{lines}");
        let answer = self.upload(portal, by, file.as_bytes()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        format!("/v1/portals/{portal}/imports/{}", answer.json()["id"].as_str().unwrap())
    }

    /// Acts on an import, with the version that the actor reads now.
    pub async fn on_import(&self, import: &str, by: &User, verb: &str, body: Value) -> HttpAnswer {
        let etag = self.etag(by, import).await;
        let call = self.call("POST", &format!("{import}/{verb}")).by(by).if_match(&etag).once();
        call.json(&body).send().await
    }

    /// Has an import looked at and started, and waits until it is over.
    pub async fn imported(&self, import: &str, by: &User, common: Value) -> Value {
        for (verb, body) in [("dry-run", common), ("start", json!({}))] {
            let answer = self.on_import(import, by, verb, body).await;
            assert_eq!(answer.status, 202, "{verb}: {}", answer.text());
            self.settle().await;
        }
        self.call("GET", import).by(by).send().await.json()
    }

    /// The report of an import, below its headings: row, address, result and detail.
    pub async fn report(&self, import: &str, by: &User) -> Vec<[String; 4]> {
        let answer = self.call("GET", &format!("{import}/report")).by(by).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let lines = guichet_spreadsheet::read(&answer.body).unwrap();
        let cell = |line: &guichet_spreadsheet::Line, at: usize| {
            line.cells.get(at).cloned().unwrap_or_default()
        };
        lines[1..].iter().map(|line| [0, 3, 10, 11].map(|at| cell(line, at))).collect()
    }

    /// The last link by which the invitation to an address is accepted.
    pub async fn invited_link(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        let words = mails.iter().flat_map(|(_, text)| text.split_whitespace());
        let mut links = words.filter(|word| word.contains("/invitation/accept?token="));
        links.next_back().unwrap_or_else(|| panic!("no invitation: {mails:?}")).to_owned()
    }

    /// Accepts by the mailed link, as somebody without an account.
    pub async fn create_account(&self, link: &str, username: &str) -> HttpAnswer {
        let (_, token) = link.split_once("?token=").unwrap();
        let fields = [
            ("first_name", "Zoé"),
            ("last_name", "Blanc"),
            ("username", username),
            ("password", PASSWORD),
        ];
        self.press_at("/invitation/create-account", token, &fields).await
    }

    /// Acts on an invitation of a portal, with the version that the actor reads now.
    pub async fn manage(
        &self,
        portal: &str,
        actor: &User,
        invitation: &str,
        verb: &str,
    ) -> HttpAnswer {
        let path = format!("/v1/portals/{portal}/invitations/{invitation}");
        let etag = self.etag(actor, &path).await;
        let call = self.call("POST", &format!("{path}/{verb}")).by(actor).if_match(&etag);
        call.once().send().await
    }

    /// Acts on a person of a portal, with the version that the actor reads now.
    pub async fn on_person(
        &self,
        portal: &str,
        actor: &User,
        person: &User,
        verb: &str,
        body: &Value,
    ) -> HttpAnswer {
        let path = format!("/v1/portals/{portal}/people/{}", person.account);
        let etag = match verb {
            "" => self.profile_etag(actor, &path).await,
            _ => self.etag(actor, &path).await,
        };
        let (method, path) = match verb {
            "" => ("PATCH", path),
            "successor" | "end-of-access" | "level" => ("PUT", format!("{path}/{verb}")),
            _ => ("POST", format!("{path}/{verb}")),
        };
        let call = self.call(method, &path).by(actor).if_match(&etag);
        call.once().json(body).send().await
    }

    /// Submits a dossier about a commune.
    pub async fn submit_dossier(&self, portal: &str, by: &User, commune: &str) -> HttpAnswer {
        let path = format!("/v1/portals/{portal}/dossiers");
        self.call("POST", &path).by(by).once().json(&sheet(commune)).send().await
    }

    /// A dossier about a commune that waits for the moderators; its path.
    pub async fn dossier(&self, portal: &str, by: &User, commune: &str) -> String {
        let answer = self.submit_dossier(portal, by, commune).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        format!("/v1/portals/{portal}/dossiers/{}", answer.json()["id"].as_str().unwrap())
    }

    /// A dossier that a moderator has accepted; its path.
    pub async fn open_dossier(
        &self,
        portal: &str,
        by: &User,
        moderator: &User,
        commune: &str,
    ) -> String {
        let dossier = self.dossier(portal, by, commune).await;
        let answer = self.on_dossier(&dossier, moderator, "accept", json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        dossier
    }

    /// Acts on a dossier, with the version that the actor reads now, if they see it.
    pub async fn on_dossier(
        &self,
        dossier: &str,
        by: &User,
        verb: &str,
        body: Value,
    ) -> HttpAnswer {
        let read = self.call("GET", dossier).by(by).send().await;
        let etag = read.header("etag").unwrap_or("1.1").to_owned();
        let (method, path) = match verb {
            "" => ("PATCH", dossier.to_owned()),
            "position" | "referent" => ("PUT", format!("{dossier}/{verb}")),
            verb => ("POST", format!("{dossier}/{verb}")),
        };
        let call = self.call(method, &path).by(by).if_match(&etag).once();
        call.json(&body).send().await
    }

    /// An adviser of these departments, or of the whole country when there are none.
    pub async fn advisor(&self, portal: &str, admin: &User, first: &str, codes: &[&str]) -> User {
        let user = self.user(first, "Durand").await;
        assert_eq!(self.submit(portal, &user, codes).await.status, 201);
        let answer = self.decide(portal, admin, &user, "accept", &json!({})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        user
    }

    /// What somebody is on a portal, as `me` says; null for nobody.
    pub async fn membership(&self, user: &User, portal: &str) -> Value {
        let answer = self.call("GET", "/v1/me").by(user).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let portals = answer.json()["portals"].as_array().unwrap().clone();
        portals.into_iter().find(|row| row["portal"] == portal).unwrap_or_default()
    }

    /// The acts in a portal's journal, the oldest first.
    pub async fn acts(&self, portal: &str, admin: &User) -> Vec<String> {
        let path = format!("/v1/portals/{portal}/journal?limit=100");
        let answer = self.call("GET", &path).by(admin).send().await;
        let items = answer.json()["items"].as_array().unwrap().clone();
        items.iter().rev().map(|entry| entry["act"].as_str().unwrap().to_owned()).collect()
    }
}

/// A demand for these departments, or for the whole country when there are none.
pub fn demand(departments: &[&str]) -> Value {
    let territory = match departments {
        [] => json!({ "national": true }),
        codes => json!({ "departments": codes }),
    };
    json!({
        "territory": territory,
        "context": "Nous accompagnons des communes.",
        "intention": "Suivre leurs projets.",
        "organisation": "Conseil départemental",
        "job_title": "Chargée de mission",
    })
}

/// What a dossier about a commune says.
pub fn sheet(commune: &str) -> Value {
    json!({
        "title": "Une école pour deux villages",
        "description": "Nous voulons réunir deux écoles dans un bâtiment sobre.",
        "organisation": "Communauté de communes",
        "commune": commune,
        "tags": ["école"],
    })
}

impl Call<'_> {
    pub fn by(self, user: &User) -> Self {
        self.header("authorization", &format!("Bearer {}", user.token))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.headers.retain(|(found, _)| found != name);
        self.request.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With an idempotency key that was never used.
    pub fn once(self) -> Self {
        static KEYS: AtomicU32 = AtomicU32::new(0);
        let number = KEYS.fetch_add(1, Ordering::Relaxed);
        self.header("idempotency-key", &format!("key-{number}"))
    }

    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string().as_bytes())
    }

    /// A form, sent from one of our own pages.
    pub fn form<'a, N: AsRef<str>>(self, fields: impl Iterator<Item = (N, &'a str)>) -> Self {
        let pairs = fields.map(|(name, value)| format!("{}={}", name.as_ref(), escaped(value)));
        let pairs: Vec<String> = pairs.collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "https://guichet.example.fr")
            .body(pairs.join("&").as_bytes())
    }

    pub fn body(mut self, body: &[u8]) -> Self {
        self.request.body = body.to_vec();
        self
    }

    pub fn from(mut self, source: &str) -> Self {
        self.request.source = source.to_owned();
        self
    }

    pub async fn send(self) -> HttpAnswer {
        self.world.stack.request(self.request).await
    }
}

/// Subject and text of a mail.
pub fn read(raw: &[u8]) -> (String, String) {
    let mail = mail_parser::MessageParser::default().parse(raw).unwrap();
    let subject = mail.subject().unwrap_or_default().to_owned();
    (subject, mail.body_text(0).unwrap_or_default().into_owned())
}

pub fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
