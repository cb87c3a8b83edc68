//! Budgets: sequential round trips and consumed capacity of each use case, on a portal with 10 and
//! with 10,000 people, compared with `budget.txt`.
//!
//! `UPDATE=1 cargo test -p guichet-bench` writes the file anew; the difference is then read by a
//! person.

mod fixtures;
#[path = "../it/world.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod world;

use std::fmt::Write as _;
use std::path::Path;

use fixtures::populate;
use guichet_local::stack::{Environments, Options};
use guichet_local::wire::sequential;
use serde_json::{Value, json};
use world::{PASSWORD, User, World, demand};

/// One measured use case.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    round_trips: usize,
    capacity: f64,
}

struct Bench {
    world: World,
    portal: String,
    admin: User,
    rows: Vec<Row>,
}

/// Does something and notes what it cost.
macro_rules! measured {
    ($bench:ident, $name:literal, $deed:expr) => {{
        $bench.world.stack.wire.take_calls();
        let answer = $deed.await;
        let calls = $bench.world.stack.wire.take_calls();
        let capacity = calls.iter().map(|call| call.capacity).fold(0.0, |sum, one| sum + one);
        let round_trips = sequential(&calls);
        assert!(answer.status < 400, "{}: {}", $name, answer.text());
        $bench.rows.push(Row { name: $name.to_owned(), round_trips, capacity });
        answer
    }};
}

async fn bench(people: usize) -> Vec<Row> {
    // Functions share what they keep, so that each is measured as it is when warm.
    let shared = Environments::Shared;
    let world = World::with(1, |options| Options { environments: shared, ..options }).await;
    let (portal, admin) = world.portal("Alpha").await;
    let mut bench = Bench { world, portal, admin, rows: Vec::new() };
    populate(&bench.world.stack, &bench.portal, 0..people).await;
    accounts(&mut bench).await;
    requests(&mut bench).await;
    advisors(&mut bench).await;
    lists(&mut bench).await;
    bench.rows
}

async fn accounts(bench: &mut Bench) {
    let body = json!({"first_name": "Zoe", "last_name": "Petit", "email": "z@exemple.fr", "password": PASSWORD});
    let begun = measured!(
        bench,
        "accounts::sign_up",
        bench.world.call("POST", "/v1/sign-ups").json(&body).send()
    );
    let link = bench.world.link_to("z@exemple.fr").await;
    let path = link.strip_prefix("https://guichet.example.fr").unwrap().to_owned();
    bench.world.clock.advance_seconds(601);
    let resend = format!("/v1/sign-ups/{}/resend", begun.json()["sign_up"].as_str().unwrap());
    bench.world.call("POST", "/v1/sign-ups/sgn_01KAM0000000000000000000G0/resend").send().await;
    bench.world.call("GET", &path).send().await;
    measured!(bench, "accounts::show_verify_email", bench.world.call("GET", &path).send());
    measured!(bench, "accounts::resend_verification", bench.world.call("POST", &resend).send());
    let link = bench.world.link_to("z@exemple.fr").await;
    let fields = [("username", "zoe.petit"), ("password", PASSWORD)];
    measured!(bench, "accounts::verify_email", bench.world.press(&link, &fields));
    // Keys and secrets are read once in ten minutes, not once in a request.
    bench.world.sign_in("z@exemple.fr").await;
    let body = json!({"email": "z@exemple.fr", "password": PASSWORD});
    let signed = measured!(
        bench,
        "accounts::sign_in",
        bench.world.call("POST", "/v1/sessions").json(&body).send()
    );
    let refresh = json!({"refresh_token": signed.json()["refresh_token"]});
    measured!(
        bench,
        "accounts::refresh",
        bench.world.call("POST", "/v1/sessions/refresh").json(&refresh).send()
    );
    let user = bench.world.sign_in("z@exemple.fr").await;
    measured!(bench, "accounts::me", bench.world.call("GET", "/v1/me").by(&user).send());
    measured!(
        bench,
        "accounts::sessions",
        bench.world.call("GET", "/v1/sessions").by(&user).send()
    );
    measured!(
        bench,
        "accounts::sign_out",
        bench.world.call("DELETE", "/v1/sessions/current").by(&user).send()
    );
    bench.admin = bench.world.sign_in(&bench.admin.email).await;
}

async fn requests(bench: &mut Bench) {
    let anne = bench.world.user("Anne", "Durand").await;
    let admin = bench.admin.clone();
    let list = format!("/v1/portals/{}/advisor-requests", bench.portal);
    let path = format!("{list}/{}", anne.account);
    measured!(
        bench,
        "advisor_requests::submit",
        bench.world.call("POST", &list).by(&anne).json(&demand(&["33", "64"])).send()
    );
    measured!(bench, "advisor_requests::get", bench.world.call("GET", &path).by(&admin).send());
    measured!(
        bench,
        "advisor_requests::mine",
        bench.world.call("GET", &format!("{list}/mine")).by(&anne).send()
    );
    measured!(
        bench,
        "advisor_requests::take",
        bench.world.call("POST", &format!("{path}/take")).by(&admin).send()
    );
    let acts: [(&'static str, &User, Value); 5] = [
        ("amend", &admin, json!({"territory": {"departments": ["33"]}})),
        ("refuse", &admin, json!({"reason": "Non."})),
        ("reopen", &admin, json!({"reason": "Oui."})),
        ("accept", &admin, json!({})),
        ("revise", &anne, json!({"territory": {"departments": ["40"]}})),
    ];
    for (verb, actor, body) in acts {
        if verb == "revise" {
            bench.world.call("POST", &list).by(&anne).json(&demand(&["64"])).send().await;
        }
        let etag = bench.world.etag(actor, &path).await;
        let name = format!("advisor_requests::{verb}");
        let call = match verb {
            "revise" => bench.world.call("PATCH", &path),
            _ => bench.world.call("POST", &format!("{path}/{verb}")),
        };
        let call = call.by(actor).if_match(&etag).json(&body);
        bench.world.stack.wire.take_calls();
        let answer = call.send().await;
        let calls = bench.world.stack.wire.take_calls();
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        let capacity = calls.iter().map(|call| call.capacity).fold(0.0, |sum, one| sum + one);
        bench.rows.push(Row { name, round_trips: sequential(&calls), capacity });
    }
    let etag = bench.world.etag(&anne, &path).await;
    measured!(
        bench,
        "advisor_requests::withdraw",
        bench.world.call("POST", &format!("{path}/withdraw")).by(&anne).if_match(&etag).send()
    );
}

async fn advisors(bench: &mut Bench) {
    let admin = bench.admin.clone();
    let anne = bench.world.sign_in("anne.durand@exemple.fr").await;
    let person = format!("/v1/portals/{}/people/{}", bench.portal, anne.account);
    let path = format!("/v1/portals/{}/advisors/{}", bench.portal, anne.account);
    measured!(bench, "people::get", bench.world.call("GET", &person).by(&admin).send());
    measured!(
        bench,
        "advisors::preview_territory",
        bench
            .world
            .call("GET", &format!("{path}/preview-territory?national=true"))
            .by(&admin)
            .send()
    );
    let etag = bench.world.etag(&admin, &person).await;
    let body = json!({"territory": {"departments": ["40"]}});
    measured!(
        bench,
        "advisors::set_territory",
        bench
            .world
            .call("POST", &format!("{path}/territory"))
            .by(&admin)
            .if_match(&etag)
            .json(&body)
            .send()
    );
    let etag = bench.world.etag(&admin, &person).await;
    measured!(
        bench,
        "advisors::revoke",
        bench
            .world
            .call("POST", &format!("{path}/revoke"))
            .by(&admin)
            .if_match(&etag)
            .json(&json!({}))
            .send()
    );
    let etag = bench.world.etag(&admin, &person).await;
    measured!(
        bench,
        "advisors::promote",
        bench
            .world
            .call("POST", &format!("{path}/promote"))
            .by(&admin)
            .if_match(&etag)
            .json(&body)
            .send()
    );
    let etag = bench.world.etag(&admin, &person).await;
    let body = json!({"level": "reviewer"});
    measured!(
        bench,
        "people::change_level",
        bench
            .world
            .call("PUT", &format!("{person}/level"))
            .by(&admin)
            .if_match(&etag)
            .json(&body)
            .send()
    );
    let query = format!("?action=give_access&account={}", anne.account);
    let explain = format!("/v1/portals/{}/permissions{query}", bench.portal);
    measured!(bench, "permissions::explain", bench.world.call("GET", &explain).by(&admin).send());
}

async fn lists(bench: &mut Bench) {
    let admin = bench.admin.clone();
    let root = format!("/v1/portals/{}", bench.portal);
    measured!(bench, "portals::get", bench.world.call("GET", &root).by(&admin).send());
    let etag = bench.world.etag(&admin, &root).await;
    let body = json!({"cool_down_in_days": 9});
    measured!(
        bench,
        "portals::update",
        bench.world.call("PATCH", &root).by(&admin).if_match(&etag).json(&body).send()
    );
    measured!(
        bench,
        "portals::territories",
        bench.world.call("GET", &format!("{root}/territories")).by(&admin).send()
    );
    measured!(
        bench,
        "advisor_requests::list",
        bench.world.call("GET", &format!("{root}/advisor-requests?limit=5")).by(&admin).send()
    );
    measured!(
        bench,
        "advisors::list",
        bench.world.call("GET", &format!("{root}/advisors?limit=5")).by(&admin).send()
    );
    measured!(
        bench,
        "advisors::uncovered",
        bench
            .world
            .call("GET", &format!("{root}/advisors/uncovered-departments"))
            .by(&admin)
            .send()
    );
    measured!(
        bench,
        "moderation::summary",
        bench.world.call("GET", &format!("{root}/moderation")).by(&admin).send()
    );
    measured!(
        bench,
        "moderation::choose_mails",
        bench
            .world
            .call("PUT", &format!("{root}/moderation/mails"))
            .by(&admin)
            .json(&json!({"mails": "daily"}))
            .send()
    );
    measured!(
        bench,
        "journal::list",
        bench.world.call("GET", &format!("{root}/journal?limit=5")).by(&admin).send()
    );
    measured!(
        bench,
        "journal::mine",
        bench.world.call("GET", &format!("{root}/journal/mine?limit=5")).by(&admin).send()
    );
    measured!(
        bench,
        "mails::list",
        bench.world.call("GET", &format!("{root}/mails?limit=5")).by(&admin).send()
    );
    measured!(bench, "system::health", bench.world.call("GET", "/v1/health").send());
}

fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("use case                              round trips   capacity units\n");
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    for row in rows {
        writeln!(text, "{:<38}{:>11}{:>17.1}", row.name, row.round_trips, row.capacity).unwrap();
    }
    text
}

#[tokio::test]
async fn the_budgets_hold_on_a_small_and_on_a_large_portal() {
    let small = bench(10).await;
    let large = bench(10_000).await;
    for (small, large) in small.iter().zip(&large) {
        assert_eq!(small.round_trips, large.round_trips, "{}", small.name);
        // A page of a small portal may be shorter; no page of a large one may cost more than a page.
        let most = small.capacity + 14.0;
        assert!(large.capacity <= most, "{small:?} {large:?}");
    }
    let printed = table(&large);
    println!("{printed}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("budget.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(printed, kept, "the budgets changed: UPDATE=1 cargo test -p guichet-bench");
}
