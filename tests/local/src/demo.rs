//! `--demo`: a portal with people and requests in all states, made through the API itself.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::gateway::{HttpAnswer, HttpRequest};
use crate::stack::Stack;
use crate::view;

/// Somebody who can sign in to the demonstration.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they are there.
    pub role: String,
    /// Their address.
    pub email: String,
    account: String,
    token: String,
}

/// What was made.
#[derive(Debug)]
pub struct Demo {
    /// The portal.
    pub portal: String,
    /// Who can sign in.
    pub people: Vec<Person>,
    /// Everybody's password, made anew for each demonstration.
    pub password: String,
}

/// Makes the demonstration.
///
/// # Errors
/// A step is refused, which a test would have found.
pub async fn make(stack: &Stack) -> Result<Demo> {
    let password = format!("demonstration {}", stack.app.fresh_ulid(stack.app.now()));
    let maker = Maker { stack, password };
    let (portal, admin) = maker.portal().await?;
    let mut people = vec![admin.clone()];
    for (first, last) in [("Bruno", "Lefèvre"), ("Chloé", "Morel")] {
        let staff = maker.asks(&portal, first, last, json!({"departments": ["75"]})).await?;
        maker.decide(&portal, &staff, &staff, "withdraw", json!({})).await?;
        maker.raise(&portal, &admin, &staff).await?;
        people.push(Person { role: "global administrator".to_owned(), ..staff });
    }
    let staff = people[1].clone();
    let territories: [Value; 6] = [
        json!({"departments": ["33"]}),
        json!({"departments": ["33", "64", "40"]}),
        json!({"departments": ["2A", "2B"]}),
        json!({"departments": ["974"]}),
        json!({"departments": ["59", "62"]}),
        json!({"national": true}),
    ];
    let names = ["Anne", "Karim", "Ghjulia", "Mathilde", "Élodie", "Paul"];
    for (first, territory) in names.into_iter().zip(territories) {
        let adviser = maker.asks(&portal, first, "Durand", territory.clone()).await?;
        maker.decide(&portal, &staff, &adviser, "accept", json!({})).await?;
        people.push(Person { role: format!("adviser, {territory}"), ..adviser });
    }
    people.extend(maker.requests(&portal, &staff, &admin).await?);
    maker.dossiers(&portal, &staff, &people).await?;
    stack.settle().await?;
    Ok(Demo { portal, people, password: maker.password })
}

struct Maker<'a> {
    stack: &'a Stack,
    password: String,
}

impl Maker<'_> {
    /// A dozen requests: open, taken, amended, refused, withdrawn, reopened.
    async fn requests(&self, portal: &str, staff: &Person, admin: &Person) -> Result<Vec<Person>> {
        let acts: [(&str, &[(&str, Value)]); 12] = [
            ("Sofia", &[]),
            ("Thomas", &[]),
            ("Inès", &[]),
            ("Hugo", &[]),
            ("Léa", &[("take", json!({}))]),
            ("Noé", &[("take", json!({}))]),
            ("Jade", &[("amend", json!({"territory": {"departments": ["13"]}}))]),
            ("Louis", &[("amend", json!({"territory": {"departments": ["13", "84"]}}))]),
            ("Alice", &[("refuse", json!({"reason": "Le dossier est incomplet."}))]),
            ("Adam", &[("refuse", json!({"reason": "Votre structure intervient ailleurs."}))]),
            ("Rose", &[("withdraw", json!({}))]),
            (
                "Gabriel",
                &[
                    ("refuse", json!({"reason": "Le dossier est incomplet."})),
                    ("reopen", json!({"reason": "Les pièces sont arrivées."})),
                ],
            ),
        ];
        let mut people = Vec::new();
        for (first, decisions) in acts {
            let territory = json!({"departments": ["13", "83"]});
            let person = self.asks(portal, first, "Petit", territory).await?;
            let mut states = vec!["request open"];
            for (verb, body) in decisions {
                let actor = match *verb {
                    "withdraw" => &person,
                    "reopen" => admin,
                    _ => staff,
                };
                self.decide(portal, actor, &person, verb, body.clone()).await?;
                states.push(verb);
            }
            people.push(Person { role: states.join(", "), ..person });
        }
        Ok(people)
    }

    /// Dossiers of Sofia's: one that waits, one refused, one open with an adviser, one paused.
    async fn dossiers(&self, portal: &str, staff: &Person, people: &[Person]) -> Result<()> {
        let named = |first: &str| {
            let found = people.iter().find(|person| person.email.starts_with(first));
            found.context("nobody of this name")
        };
        let (sofia, anne) = (named("sofia.")?, named("anne.")?);
        let list = format!("/v1/portals/{portal}/dossiers");
        let reason = json!({"reason": "En attente du vote du budget."});
        let sheets: [(&str, &str, &[&str]); 4] = [
            ("Une école pour deux villages", "33063", &["accept", "join", "notes"]),
            ("Le café du village", "64445", &["accept", "pause"]),
            ("Un chemin pour aller à l’école", "13055", &[]),
            ("Un parking de plus", "13001", &["refuse"]),
        ];
        for (title, commune, acts) in sheets {
            let sheet = json!({
                "title": title,
                "description": "Nous cherchons un regard extérieur avant de nous engager.",
                "organisation": "Communauté de communes",
                "commune": commune,
            });
            let made = self.call(Some(sofia), "POST", &list, Some(sheet), None).await?.json();
            let path = format!("{list}/{}", made["id"].as_str().context("no dossier was made")?);
            for act in acts {
                let (by, body) = match *act {
                    "join" => (anne, json!({"role": "advisor"})),
                    "notes" => (anne, json!({"text": "Bonjour, où en êtes-vous\u{202F}?"})),
                    "accept" => (staff, json!({})),
                    _ => (staff, reason.clone()),
                };
                let read = self.call(Some(by), "GET", &path, None, None).await;
                let etag = read.as_ref().ok().and_then(|read| read.header("etag"));
                let act = format!("{path}/{act}");
                self.call(Some(by), "POST", &act, Some(body), etag).await?;
            }
        }
        Ok(())
    }

    async fn portal(&self) -> Result<(String, Person)> {
        let email = "claire.martin@exemple.fr";
        let made = json!({
            "name": "Portail de démonstration",
            "address": "https://portail.exemple.fr",
            "contact_address": "equipe@exemple.fr",
            "administrator": { "first_name": "Claire", "last_name": "Martin", "email": email },
        });
        let made = self.stack.invoke("portals::create", made).await?;
        self.press(email, &[]).await?;
        let portal = made["portal"].as_str().context("no portal was made")?.to_owned();
        Ok((portal, self.sign_in(email, "super administrator").await?))
    }

    /// Somebody new, whose sign-up carries a request.
    async fn asks(
        &self,
        portal: &str,
        first: &str,
        last: &str,
        territory: Value,
    ) -> Result<Person> {
        let fold = guichet_domain::text::folded;
        let email = format!("{}.{}@exemple.fr", fold(first), fold(last));
        let body = json!({
            "first_name": first, "last_name": last, "email": email, "password": self.password,
            "request": {
                "portal": portal,
                "territory": territory,
                "context": "Nous accompagnons les communes dans leurs projets de transition.",
                "intention": "Conseiller les collectivités qui déposent un dossier.",
                "organisation": "Agence d’urbanisme",
                "job_title": "Conseil aux territoires",
            },
        });
        self.call(None, "POST", "/v1/sign-ups", Some(body), None).await?;
        self.press(&email, &[("username", &format!("{}.{}", fold(first), fold(last)))]).await?;
        self.sign_in(&email, "").await
    }

    async fn raise(&self, portal: &str, admin: &Person, person: &Person) -> Result<()> {
        let path = format!("/v1/portals/{portal}/people/{}", person.account);
        let read = self.call(Some(admin), "GET", &path, None, None).await?;
        let body = json!({ "level": "global_administrator" });
        let path = format!("{path}/level");
        self.call(Some(admin), "PUT", &path, Some(body), read.header("etag")).await?;
        Ok(())
    }

    async fn decide(
        &self,
        portal: &str,
        actor: &Person,
        requester: &Person,
        verb: &str,
        body: Value,
    ) -> Result<()> {
        let path = format!("/v1/portals/{portal}/advisor-requests/{}", requester.account);
        let read = self.call(Some(actor), "GET", &path, None, None).await?;
        let path = format!("{path}/{verb}");
        self.call(Some(actor), "POST", &path, Some(body), read.header("etag")).await?;
        Ok(())
    }

    async fn sign_in(&self, email: &str, role: &str) -> Result<Person> {
        let body = json!({ "email": email, "password": self.password });
        let answer = self.call(None, "POST", "/v1/sessions", Some(body), None).await?.json();
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let (account, token) = (text("account"), text("access_token"));
        Ok(Person { role: role.to_owned(), email: email.to_owned(), account, token })
    }

    /// Follows the last link mailed to an address and presses the page's button.
    async fn press(&self, email: &str, fields: &[(&str, &str)]) -> Result<()> {
        self.stack.settle().await?;
        let mails = self.stack.aws.mails();
        let mine = mails.iter().rev().filter(|mail| mail.recipients == [email]);
        let texts: Vec<String> = mine.map(view::text_of).collect();
        let mut words = texts.iter().flat_map(|text| text.split_whitespace());
        let link = words.find(|word| word.contains("?token=")).context("no link was mailed")?;
        let origin = &self.stack.app.config.origin;
        let (path, token) = link
            .strip_prefix(origin.as_str())
            .and_then(|rest| rest.split_once("?token="))
            .context("the link leads elsewhere")?;
        let body = self.form(token, fields);
        let request = HttpRequest {
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: vec![
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
                ("origin".to_owned(), origin.clone()),
            ],
            body,
            source: "127.0.0.1".to_owned(),
            ..HttpRequest::default()
        };
        let answer = self.stack.request(request).await;
        if answer.status == 303 { Ok(()) } else { bail!("{path}: {}", answer.text()) }
    }

    fn form(&self, token: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token).append_pair("password", &self.password);
        form.extend_pairs(fields).finish().into_bytes()
    }

    async fn call(
        &self,
        by: Option<&Person>,
        method: &str,
        path: &str,
        body: Option<Value>,
        etag: Option<&str>,
    ) -> Result<HttpAnswer> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        headers.extend(
            by.map(|person| ("authorization".to_owned(), format!("Bearer {}", person.token))),
        );
        headers.extend(etag.map(|etag| ("if-match".to_owned(), etag.to_owned())));
        let request = HttpRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            headers,
            body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
            source: "127.0.0.1".to_owned(),
            ..HttpRequest::default()
        };
        let answer = self.stack.request(request).await;
        if answer.status < 300 { Ok(answer) } else { bail!("{method} {path}: {}", answer.text()) }
    }
}
