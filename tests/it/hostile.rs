//! Hostile input on every field of every route: a 4xx problem with a useful text, never a 5xx,
//! and nothing stored.

use guichet_local::gateway::HttpAnswer;
use guichet_local::template::Trigger;
use serde_json::{Value, json};

use crate::world::{PASSWORD, User, World, demand, sheet};

/// Values that no field of ours takes, or only some.
fn values() -> Vec<Value> {
    let many: Vec<String> = (0..10_000).map(|code| format!("{:02}", code % 95 + 1)).collect();
    vec![
        json!(null),
        json!(""),
        json!("   "),
        json!("x".repeat(60_000)),
        json!(-1),
        json!(1e300),
        json!(true),
        json!([]),
        json!({}),
        json!([[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]),
        json!("a\u{0}b"),
        json!("Anne\r\nBcc: mallory@exemple.fr"),
        json!("\u{202E}ennA"),
        json!("<script>alert(1)</script>"),
        json!("{{link}}"),
        json!("'; DROP TABLE guichet; --"),
        json!("🤖".repeat(200)),
        json!({"departments": many}),
        json!({"departments": ["99"]}),
        json!({"national": true, "departments": ["33"]}),
    ]
}

/// The bodies that the routes take.
fn bodies(portal: &str) -> Vec<(&'static str, Value)> {
    let mut carried = demand(&["33"]);
    carried["portal"] = json!(portal);
    vec![
        (
            "accounts::sign_up",
            json!({
                "first_name": "Anne", "last_name": "Durand", "email": "a@exemple.fr",
                "password": PASSWORD, "phone": "0102030405", "language": "fr", "request": carried,
            }),
        ),
        ("accounts::sign_in", json!({"email": "a@exemple.fr", "password": PASSWORD})),
        ("accounts::refresh", json!({"refresh_token": "rt_x"})),
        ("portals::update", json!({"name": "B", "refusal_reasons": ["Non."], "lapses_in_days": 3})),
        ("advisor_requests::submit", demand(&["33"])),
        ("advisor_requests::revise", demand(&["33"])),
        ("advisor_requests::amend", json!({"territory": {"national": true}})),
        ("advisor_requests::refuse", json!({"reason": "Non."})),
        ("advisor_requests::reopen", json!({"reason": "Oui."})),
        (
            "advisors::promote",
            json!({"territory": {"national": true}, "ends_at": "2027-01-01T00:00:00Z"}),
        ),
        ("advisors::set_territory", json!({"territory": {"national": true}})),
        ("advisors::revoke", json!({"reason": "Non."})),
        ("moderation::choose_mails", json!({"mails": "daily"})),
        ("people::change_level", json!({"level": "user"})),
        (
            "people::update",
            json!({"first_name": "Anne", "last_name": "D", "organisation": "x", "job_title": "x",
                "phone": "0102030405", "user_type": "x"}),
        ),
        ("people::archive", json!({"reason": "Non.", "successor": "acc_x"})),
        ("people::hand_over", json!({"successor": "acc_x"})),
        ("people::set_end_of_access", json!({"ends_at": "2027-01-01T00:00:00Z"})),
        (
            "invitations::invite",
            json!({"first_name": "Zoé", "last_name": "Blanc", "email": "z@exemple.fr",
                "job_title": "x", "user_type": "x", "level": "user", "message": "x",
                "send": "later", "territory": {"departments": ["33"]},
                "assignment": {"dossier": "dos_x", "role": "member"}}),
        ),
        ("invitations::correct_address", json!({"email": "z@exemple.fr"})),
        ("dossiers::submit", sheet("33063")),
        ("dossiers::revise", sheet("64102")),
        ("dossiers::accept", json!({"join": "advisor"})),
        ("dossiers::refuse", json!({"reason": "Non."})),
        ("dossiers::update", sheet("64102")),
        ("dossiers::join", json!({"role": "advisor"})),
        ("dossiers::switch_position", json!({"role": "observer"})),
        (
            "dossiers::invite",
            json!({"email": "z@exemple.fr", "role": "member", "first_name": "Zoé",
                "last_name": "Blanc", "message": "x", "send": "later"}),
        ),
        ("dossiers::publish_on", json!({"portal": "por_x"})),
        ("dossiers::offer_referent", json!({"account": "acc_x"})),
        ("dossiers::name_referent", json!({"account": "acc_x"})),
        ("dossiers::take_over", json!({"account": "acc_x"})),
        ("dossiers::choose_mails", json!({"mails": "daily"})),
        ("dossiers::pause", json!({"reason": "Non."})),
        ("notes::add", json!({"text": "Bonjour.", "space": "public"})),
        ("notes::edit", json!({"text": "Bonsoir."})),
    ]
}

fn judge(answer: &HttpAnswer, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text());
    if answer.status >= 400 {
        let body = answer.json();
        let is_page =
            answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        assert!(
            is_page || body["detail"].as_str().is_some_and(|text| text.len() > 10),
            "{what}: {}",
            answer.text()
        );
        assert!(is_page || body["code"].is_string(), "{what}");
    }
}

struct Target {
    world: World,
    portal: String,
    admin: User,
    anne: User,
    invitation: String,
    dossier: String,
    note: String,
}

impl Target {
    async fn new() -> Self {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let anne = world.requester(&portal, "Anne", &["33"]).await;
        let made = world.invite(&portal, &admin, "y@exemple.fr", json!({})).await.json();
        let invitation = made["id"].as_str().unwrap().to_owned();
        let dossier = world.dossier(&portal, &anne, "33063").await;
        let note = world.on_dossier(&dossier, &anne, "notes", json!({"text": "x"})).await.json();
        let note = note["id"].as_str().unwrap().to_owned();
        let dossier = dossier.rsplit('/').next().unwrap().to_owned();
        Self { world, portal, admin, anne, invitation, dossier, note }
    }

    /// The route of a use case, for the requester's request.
    fn route(&self, handler: &str) -> (String, String) {
        let functions = &self.world.stack.template.functions;
        let function = functions.iter().find(|function| function.handler == handler).unwrap();
        let Trigger::Route { method, path } = &function.trigger else { panic!("{handler}") };
        let path = path.replace("{portal}", &self.portal).replace("{account}", &self.anne.account);
        let path = path.replace("{invitation}", &self.invitation);
        let path = path.replace("{dossier}", &self.dossier).replace("{note}", &self.note);
        (method.clone(), path)
    }

    /// Until what is limited by the day fits again.
    async fn wait(&mut self) {
        self.world.clock.advance_days(1);
        self.admin = self.world.sign_in(&self.admin.email).await;
        self.anne = self.world.sign_in(&self.anne.email).await;
    }

    async fn send(&self, handler: &str, body: &[u8]) -> HttpAnswer {
        let (method, path) = self.route(handler);
        let actor = match handler {
            "advisor_requests::revise"
            | "advisor_requests::submit"
            | "dossiers::offer_referent"
            | "dossiers::publish_on"
            | "dossiers::revise"
            | "dossiers::submit"
            | "dossiers::switch_position"
            | "notes::edit" => &self.anne,
            _ => &self.admin,
        };
        let call = self.world.call(&method, &path).by(actor).if_match("1").body(body);
        call.header("content-type", "application/json").from("203.0.113.9").send().await
    }
}

#[tokio::test]
async fn every_field_of_every_route_refuses_what_it_does_not_take() {
    let mut target = Target::new().await;
    let mut tried = 0;
    for (handler, body) in bodies(&target.portal) {
        for name in body.as_object().unwrap().keys() {
            for value in values() {
                let mut hostile = body.clone();
                hostile[name] = value.clone();
                let mut answer = target.send(handler, hostile.to_string().as_bytes()).await;
                if answer.status == 429 {
                    target.wait().await;
                    answer = target.send(handler, hostile.to_string().as_bytes()).await;
                    assert_ne!(answer.status, 429);
                }
                let shown: String = value.to_string().chars().take(40).collect();
                judge(&answer, &format!("{handler} {name} = {shown}"));
                tried += 1;
            }
        }
        let mut surprising = body.clone();
        surprising["surprise"] = json!(1);
        target.wait().await;
        let answer = target.send(handler, surprising.to_string().as_bytes()).await;
        assert!([404, 409, 412, 422].contains(&answer.status), "{handler}: {}", answer.text());
    }
    println!("{tried} hostile values tried");
    assert!(tried > 900);
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused_and_nothing_is_stored() {
    let target = Target::new().await;
    target.world.settle().await;
    let before = target.world.stack.journal().unwrap().len();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let twice = r#"{"email":"a@exemple.fr","email":"b@exemple.fr","password":"x"}"#;
    let large = format!("{{\"email\":\"{}\"}}", "x".repeat(70_000));
    let cases: [(&[u8], u16); 8] = [
        (b"", 400),
        (b"{", 400),
        (b"null", 422),
        (b"\xff\xfe{}", 400),
        (deep.as_bytes(), 400),
        (twice.as_bytes(), 422),
        (large.as_bytes(), 413),
        (b"{} {}", 422),
    ];
    for (body, status) in cases {
        let answer = target.send("accounts::sign_in", body).await;
        judge(&answer, &String::from_utf8_lossy(&body[..body.len().min(40)]));
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    let call = target.world.call("POST", "/v1/sessions").header("content-type", "text/plain");
    assert_eq!(call.body(b"{}").send().await.status, 415);
    assert_eq!(target.world.stack.journal().unwrap().len(), before);
}

#[tokio::test]
async fn hostile_paths_queries_and_headers_are_refused() {
    let target = Target::new().await;
    let (world, admin) = (&target.world, &target.admin);
    let list = format!("/v1/portals/{}/advisor-requests", target.portal);
    let long = "x".repeat(5_000);
    let hostile = ["%00", "%ff", "..%2f..", "%F0%9F%A4%96", "por_", "%22", long.as_str()];
    for text in hostile {
        for path in [
            format!("/v1/portals/{text}"),
            format!("/v1/portals/{text}/advisor-requests"),
            format!("{list}/{text}"),
            format!("/v1/sessions/{text}"),
            format!("/v1/sign-ups/{text}/resend"),
            format!("/done/{text}"),
            format!("/verify-email?token={text}"),
            format!("{list}?cursor={text}"),
            format!("{list}?department={text}"),
            format!("{list}?limit={text}"),
            format!("/v1/portals/{}/journal?month={text}", target.portal),
            format!("/v1/portals/{}/permissions?action={text}", target.portal),
            format!("/v1/portals/{}/people?list={text}", target.portal),
            format!("/v1/portals/{}/invitations/{text}", target.portal),
            format!("/v1/portals/{}/invitations?state={text}", target.portal),
            format!("/v1/me/invitations/{text}/accept"),
            format!("/invitation/accept?token={text}"),
            format!("/invitation/decline?token={text}"),
            format!("/v1/portals/{}/dossiers/{text}", target.portal),
            format!("/v1/portals/{}/dossiers?state={text}", target.portal),
            format!("/v1/portals/{}/dossiers?cursor={text}", target.portal),
            format!("/v1/portals/{}/dossiers?from={text}", target.portal),
            format!("/v1/portals/{}/dossiers/{}/notes/{text}", target.portal, target.dossier),
            format!("/v1/communes?limit={text}"),
        ] {
            for method in ["GET", "POST", "DELETE"] {
                let answer = world.call(method, &path).by(admin).send().await;
                assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
            }
        }
        let (people, invitations) = (
            format!("/v1/portals/{}/people", target.portal),
            format!("/v1/portals/{}/invitations", target.portal),
        );
        for list in [list.clone(), people, invitations] {
            let found = world.call("GET", &format!("{list}?search={text}")).by(admin).send().await;
            assert_eq!((found.status, found.json()["items"].clone()), (200, json!([])), "{text}");
        }
    }
    for odd in ["search=\"<>", "search={|}", "search=é"] {
        let answer = world.call("GET", &format!("{list}?{odd}")).by(admin).send().await;
        assert_eq!(answer.status, 200, "{odd}");
    }
    for (name, value) in [
        ("idempotency-key", ""),
        ("idempotency-key", "é"),
        ("idempotency-key", long.as_str()),
        ("authorization", "Basic YTpi"),
        ("authorization", "Bearer"),
    ] {
        let call = world.call("POST", &format!("{list}/{}/take", target.anne.account));
        let answer = call.by(admin).header(name, value).send().await;
        assert!((400..500).contains(&answer.status), "{name}: {value}");
    }
    let odd = world.call("GET", &list).by(admin).header("accept-language", &long).send().await;
    assert_eq!(odd.status, 200);
}

/// The forms of the pages that mailed links open, with their fields.
const FORMS: [(&str, &[&str]); 7] = [
    ("/invitation/accept", &["token", "password"]),
    ("/invitation/create-account", &["token", "first_name", "last_name", "username", "password"]),
    ("/invitation/decline", &["token"]),
    ("/invitation/renew", &["token"]),
    ("/verify-email", &["token", "username", "password"]),
    ("/verify-email/disown", &["token"]),
    ("/set-password", &["token", "password"]),
];

#[tokio::test]
async fn every_field_of_every_form_refuses_what_it_does_not_take() {
    let target = Target::new().await;
    let world = &target.world;
    // All forms of the template are here.
    let posts =
        world.stack.template.functions.iter().filter_map(|function| match &function.trigger {
            Trigger::Route { method, path } if method == "POST" && !path.starts_with("/v1/") => {
                Some(path)
            }
            _ => None,
        });
    let (mut missing, forms): (Vec<&String>, Vec<&str>) =
        (posts.collect(), FORMS.iter().map(|(path, _)| *path).collect());
    missing.retain(|path| !forms.contains(&path.as_str()));
    assert!(missing.is_empty(), "{missing:?}");
    world.sign_up("Yves", "Blanc", "yves.blanc@exemple.fr", None).await;
    let token_in = |link: String| link.split_once("?token=").unwrap().1.to_owned();
    let invited = token_in(world.link_to("y@exemple.fr").await);
    let verifies = token_in(world.link_to("yves.blanc@exemple.fr").await);
    let right = |path: &str, name: &str| match name {
        "token" if path.starts_with("/verify-email") => verifies.clone(),
        "token" => invited.clone(),
        "password" => PASSWORD.to_owned(),
        "username" => "yves.petit".to_owned(),
        _ => "Yves".to_owned(),
    };
    let long = "x".repeat(60_000);
    let values = [
        "",
        "   ",
        long.as_str(),
        "a\u{0}b",
        "Anne\r\nBcc: mallory@exemple.fr",
        "\u{202E}ennA",
        "<script>alert(1)</script>",
        "'; DROP TABLE guichet; --",
        "eyJhbGciOiJub25lIn0.e30.",
    ];
    for (path, names) in FORMS {
        for hostile in names {
            // So often is a link answered in an hour.
            world.clock.advance_seconds(3_601);
            // A new password may hold anything that is long enough.
            let takes_any = path == "/invitation/create-account" && *hostile == "password";
            for value in values.into_iter().take(if takes_any { 3 } else { usize::MAX }) {
                let fields = names.iter().map(|name| {
                    let text = if name == hostile { value.to_owned() } else { right(path, name) };
                    (*name, text)
                });
                let fields: Vec<(&str, String)> = fields.collect();
                let answer = world
                    .call("POST", path)
                    .form(fields.iter().map(|(name, text)| (*name, text.as_str())))
                    .from("203.0.113.9")
                    .send()
                    .await;
                let shown: String = value.chars().take(40).collect();
                judge(&answer, &format!("{path} {hostile} = {shown}"));
                assert_ne!(answer.status, 429, "{path} {hostile} = {shown}: nothing was looked at");
                assert!(answer.status >= 400, "{path} {hostile} = {shown}: {}", answer.status);
                assert!(!answer.text().contains("<script>alert"), "{path} {hostile}");
            }
        }
    }
    let state = world.call("GET", &format!("/v1/portals/{}/invitations", target.portal));
    let admin = world.sign_in(&target.admin.email).await;
    let state = state.by(&admin).send().await.json();
    assert_eq!(state["items"][0]["state"], "pending", "nothing was answered");
}
