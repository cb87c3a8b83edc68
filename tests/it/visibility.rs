//! RULES F5, F7, F8: who sees and does what with a dossier, through every route, is the table that
//! was written by hand from the rules.

use std::fmt::Write as _;

use guichet_local::gateway::HttpAnswer;
use serde_json::json;

use crate::world::{User, World};

const EXPECTED: &str = include_str!("visibility.txt");

/// Each thing, its method and path below the dossier. Its body passes no decision: what is allowed is
/// then refused for its content or its missing version, or for the state of the dossier; what passes
/// changes nothing that others are asked about.
const THINGS: [(&str, &str, &str); 26] = [
    ("list", "GET", ""),
    ("detail", "GET", ""),
    ("notes", "GET", "/notes"),
    ("space", "GET", "/notes?space=advisors"),
    ("members", "GET", "/members"),
    ("revise", "POST", "/revise"),
    ("update", "PATCH", ""),
    ("moderate", "POST", "/accept"),
    ("join", "POST", "/join"),
    ("position", "PUT", "/position"),
    ("pause", "POST", "/pause"),
    ("resume", "POST", "/resume"),
    ("note", "POST", "/notes"),
    ("invited", "GET", "/invitations"),
    ("invite", "POST", "/invitations"),
    ("offer", "POST", "/referent/offer"),
    ("name", "PUT", "/referent"),
    ("publish", "POST", "/publications"),
    ("remove", "DELETE", "/members/{member}"),
    ("refuse", "POST", "/refuse"),
    ("take", "POST", "/take"),
    ("tell", "POST", "/notes"),
    ("accept", "POST", "/referent/accept"),
    ("end", "DELETE", "/referent/offer"),
    ("dismiss", "DELETE", "/members/{adviser}"),
    ("edit", "PATCH", "/notes/{note}"),
];

async fn ask(
    world: &World,
    user: Option<&User>,
    (thing, method): (&str, &str),
    path: &str,
) -> HttpAnswer {
    let call = world.call(method, path);
    let call = if let Some(user) = user { call.by(user) } else { call };
    let body = if thing == "tell" {
        json!({"space": "advisors", "text": "Vu."})
    } else {
        json!({"nothing": 1})
    };
    let call = if method == "GET" { call } else { call.json(&body) };
    call.send().await
}

fn mark(answer: &HttpAnswer) -> &'static str {
    match answer.status {
        200 | 201 | 422 | 428 => "✔",
        409 => "=",
        403 => "✘",
        404 => "·",
        401 => "–",
        status => panic!("{status}: {}", answer.text()),
    }
}

/// Whether a list shows a dossier.
fn shows(answer: &HttpAnswer, dossier: &str) -> &'static str {
    if answer.status != 200 {
        return mark(answer);
    }
    let id = dossier.rsplit('/').next().unwrap();
    if answer.text().contains(id) { "✔" } else { "·" }
}

struct Cast {
    viewers: Vec<(&'static str, Option<User>)>,
    dossiers: Vec<Filed>,
}

/// A dossier in a state, with a note of its contact.
struct Filed {
    state: &'static str,
    dossier: String,
    note: String,
}

/// Has somebody take part by an invitation.
async fn join(world: &World, dossier: &str, by: &User, user: &User, role: &str) {
    let made = world.invite_to_dossier(dossier, by, &user.email, role, json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let accepted = world.accept_mine(user).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
}

/// A dossier in each state, and who asks with its contact.
async fn dossiers(
    world: &World,
    portal: &str,
    admin: &User,
    referent: &User,
    asking: [(&User, &str); 2],
) -> Vec<Filed> {
    let mut dossiers = Vec::new();
    for state in ["submitted", "refused", "open", "paused"] {
        let dossier = world.dossier(portal, referent, "33063").await;
        for (user, role) in asking {
            join(world, &dossier, referent, user, role).await;
        }
        let note = json!({"text": "Bonjour."});
        let note = world.on_dossier(&dossier, referent, "notes", note).await.json();
        let note = note["id"].as_str().unwrap().to_owned();
        let reason = json!({"reason": "Budget."});
        match state {
            "refused" => drop(world.on_dossier(&dossier, admin, "refuse", reason).await),
            "open" => drop(world.on_dossier(&dossier, admin, "accept", json!({})).await),
            "paused" => {
                world.on_dossier(&dossier, admin, "accept", json!({})).await;
                world.on_dossier(&dossier, referent, "pause", reason).await;
            }
            _ => {}
        }
        dossiers.push(Filed { state, dossier, note });
    }
    dossiers
}

/// Everybody who may look, and a dossier in each state.
async fn cast(world: &World, portal: &str, admin: &User) -> Cast {
    let (other, owner) = world.portal("Beta").await;
    let elsewhere = world.member(&other, &owner, "Sophie", "global_administrator").await;
    let staff = world.member(portal, admin, "Bruno", "global_administrator").await;
    let referent = world.user("Rose", "Durand").await;
    let adviser = world.advisor(portal, admin, "Alice", &["33"]).await;
    let observer = world.advisor(portal, admin, "Olga", &["33"]).await;
    let chief = world.advisor(portal, admin, "Ariane", &["33"]).await;
    let archived = world.advisor(portal, admin, "Archie", &["33"]).await;
    let member = world.user("Max", "Durand").await;
    let partner = world.user("Paul", "Durand").await;
    let invited = world.user("Ines", "Durand").await;
    let asking = [(&member, "member"), (&partner, "partner")];
    let dossiers = dossiers(world, portal, admin, &referent, asking).await;
    for Filed { dossier, .. } in &dossiers[2..] {
        join(world, dossier, admin, &invited, "advisor").await;
        for (user, role) in [
            (&adviser, "advisor"),
            (&observer, "observer"),
            (&chief, "advisor"),
            (&archived, "advisor"),
        ] {
            let joined = world.on_dossier(dossier, user, "join", json!({ "role": role })).await;
            assert_eq!(joined.status, 200, "{}", joined.text());
        }
    }
    // They keep their positions without an access, as whoever is invited to a dossier has none.
    for user in [&adviser, &observer, &chief] {
        world.access(portal, admin, user, "revoke", &json!({})).await;
    }
    let level = json!({"level": "administrator"});
    world.on_person(portal, admin, &chief, "level", &level).await;
    world.on_person(portal, admin, &archived, "archive", &json!({})).await;
    let person = async |first, level| Some(world.member(portal, admin, first, level).await);
    Cast {
        viewers: vec![
            ("anonymous", None),
            ("stranger", Some(world.user("Karim", "Durand").await)),
            ("user", person("Ulysse", "user").await),
            ("contact", Some(referent)),
            ("member", Some(member)),
            ("partner", Some(partner)),
            ("adviser", Some(adviser)),
            ("observer", Some(observer)),
            ("adviser and administrator", Some(chief)),
            ("invited adviser", Some(invited)),
            ("archived adviser", Some(archived)),
            ("local adviser", Some(world.advisor(portal, admin, "Lucie", &["33"]).await)),
            ("local adviser elsewhere", Some(world.advisor(portal, admin, "Luc", &["40"]).await)),
            ("national adviser", Some(world.advisor(portal, admin, "Nadia", &[]).await)),
            ("reviewer", person("Remi", "reviewer").await),
            ("manager", person("Marc", "manager").await),
            ("administrator", person("Adele", "administrator").await),
            ("staff", Some(staff)),
            ("admin", Some(admin.clone())),
            ("staff of another portal", Some(elsewhere)),
        ],
        dossiers,
    }
}

#[tokio::test]
async fn who_sees_and_does_what_with_a_dossier_is_what_the_rules_say() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let Cast { viewers, dossiers } = cast(&world, &portal, &admin).await;
    let account = |wanted| {
        let (_, user) = viewers.iter().find(|(name, _)| *name == wanted).unwrap();
        user.as_ref().unwrap().account.clone()
    };
    let (member, adviser) = (account("member"), account("observer"));
    let mut table = String::from(
        "✔ may   ✘ may not (403)   · does not exist for them (404)   – signs in first   = not as it \
         stands (409)\n",
    );
    for Filed { state, dossier, note } in &dossiers {
        write!(table, "\n{state:<27}").unwrap();
        let heads: Vec<String> = THINGS.iter().map(|(thing, ..)| format!("{thing:<9}")).collect();
        writeln!(table, "{}", heads.concat().trim_end()).unwrap();
        for (name, user) in &viewers {
            let mut line = format!("{name:<27}");
            for (thing, method, path) in THINGS {
                let mark = if thing == "list" {
                    let list = format!("/v1/portals/{portal}/dossiers?limit=100");
                    shows(&ask(&world, user.as_ref(), (thing, method), &list).await, dossier)
                } else {
                    let path = format!("{dossier}{path}").replace("{member}", &member);
                    let path = path.replace("{adviser}", &adviser).replace("{note}", note);
                    mark(&ask(&world, user.as_ref(), (thing, method), &path).await)
                };
                write!(line, "{mark:<9}").unwrap();
            }
            writeln!(table, "{}", line.trim_end()).unwrap();
        }
    }
    println!("{table}");
    assert_eq!(table, EXPECTED);
    // What was tried changed nothing.
    for Filed { state, dossier, .. } in &dossiers {
        let seen = world.call("GET", dossier).by(&admin).send().await.json();
        assert_eq!(seen["state"], *state);
    }
}
