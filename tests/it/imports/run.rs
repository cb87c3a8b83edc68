//! What becomes of many rows, and of an import whose runner dies.

use guichet_local::stack::{AttributeValue, Item, shown};
use guichet_local::wire::Fault;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::upload::saved;
use crate::world::{User, World};

/// An import of so many people, looked at.
async fn checked(world: &World, portal: &str, admin: &User, count: u32) -> String {
    let line = |number| format!("Zoé;Blanc;p{number:04}@exemple.fr;;\n");
    let import = world.uploaded(portal, admin, &(0..count).map(line).collect::<String>()).await;
    world.on_import(&import, admin, "dry-run", json!({"send": "later"})).await;
    world.settle().await;
    import
}

#[tokio::test]
async fn each_of_five_thousand_rows_of_a_real_file_gets_its_verdict() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let answer = world.upload(&portal, &admin, &saved("five_thousand.xlsx")).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let import = format!("/v1/portals/{portal}/imports/{}", answer.json()["id"].as_str().unwrap());
    let answer = world.on_import(&import, &admin, "dry-run", json!({})).await;
    assert_eq!(answer.status, 202);
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!((&whole["state"], &whole["rows_done"]), (&json!("checked"), &json!(5000)));
    assert_eq!(whole["counts"], json!({"new": 5000}), "{whole}");
    let report = world.report(&import, &admin).await;
    assert_eq!(report.len(), 5000);
    let last = ["5001", "personne.5000@import.exemple.fr", "To be invited"];
    assert_eq!(report[4999][..3], last);
}

/// The runner dies at calls that the seed names, and another one goes on, until the import is over.
async fn with_deaths(world: &World, import: &str, seed: u64) -> u32 {
    let id = import.rsplit('/').next().unwrap();
    let mut random = StdRng::seed_from_u64(seed);
    let mut deaths = 0;
    for _ in 0..200 {
        let item = world.stack.item(&format!("IMPORT#{id}"), "IMPORT").unwrap().unwrap();
        if shown(&item)["state"] != "running" {
            break;
        }
        let fault = if random.random_range(0..2) == 0 { Fault::DieBefore } else { Fault::DieAfter };
        world.stack.wire.fail_after(random.random_range(0..120), fault);
        tokio::select! {
            done = world.stack.run("imports::resume") => assert_eq!(done.unwrap()["failed"], 0),
            () = world.stack.wire.death() => deaths += 1,
        }
        world.stack.wire.forget_faults();
        world.clock.advance_seconds(120);
    }
    deaths
}

/// The invitations that were made, by their addresses.
fn invited(world: &World) -> Vec<String> {
    let journal = world.stack.journal().unwrap();
    let made = journal.iter().filter(|entry| entry["act"] == "invitation.preloaded");
    let id = |entry: &Value| entry["object"]["id"].as_str().unwrap().to_owned();
    let mut addresses: Vec<String> = made
        .map(|entry| {
            let item = world.stack.item(&format!("INVITATION#{}", id(entry)), "INVITATION");
            shown(&item.unwrap().unwrap())["email"].as_str().unwrap().to_owned()
        })
        .collect();
    addresses.sort();
    addresses
}

#[tokio::test]
async fn whoever_dies_in_the_middle_of_it_each_row_is_invited_once_and_the_report_is_whole() {
    let mut deaths = 0;
    for seed in 0..3 {
        let world = World::seeded(seed).await;
        let (portal, admin) = world.portal("Alpha").await;
        let import = checked(&world, &portal, &admin, 230).await;
        world.on_import(&import, &admin, "start", json!({})).await;
        world.clock.advance_seconds(120);
        deaths += with_deaths(&world, &import, seed).await;
        let admin = world.sign_in(&admin.email).await;
        let whole = world.call("GET", &import).by(&admin).send().await.json();
        assert_eq!(
            (&whole["state"], &whole["counts"]),
            (&json!("finished"), &json!({"preloaded": 230}))
        );
        let expected: Vec<String> =
            (0..230).map(|number| format!("p{number:04}@exemple.fr")).collect();
        assert_eq!(invited(&world), expected, "seed {seed}");
        let report = world.report(&import, &admin).await;
        assert_eq!(report.len(), 230);
        assert!(report.iter().all(|[_, _, result, _]| result == "Invitation prepared, not sent"));
        world.settle().await;
        let mails = world.mails_to("admin@alpha.fr").await;
        let told = mails.iter().filter(|(subject, _)| subject.contains("import")).count();
        assert_eq!(told, 1, "seed {seed}");
    }
    assert!(deaths >= 6, "{deaths} deaths are not enough to tell");
}

#[tokio::test]
async fn an_import_that_is_stopped_in_the_middle_tells_exactly_who_was_invited() {
    for (calls, most) in [(0, 0), (20, 40), (90, 100), (240, 200)] {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        let import = checked(&world, &portal, &admin, 230).await;
        world.on_import(&import, &admin, "start", json!({})).await;
        world.clock.advance_seconds(120);
        world.stack.wire.fail_after(calls, Fault::DieAfter);
        tokio::select! {
            done = world.stack.run("imports::resume") => panic!("it ended: {done:?}"),
            () = world.stack.wire.death() => {}
        }
        let stopped = world.on_import(&import, &admin, "cancel", json!({})).await;
        assert_eq!(stopped.json()["state"], "stopping", "{}", stopped.text());
        world.clock.advance_seconds(120);
        world.settle().await;
        let whole = world.call("GET", &import).by(&admin).send().await.json();
        assert_eq!(whole["state"], "cancelled", "{whole}");
        let report = world.report(&import, &admin).await;
        let told =
            report.iter().filter(|[_, _, result, _]| result == "Invitation prepared, not sent");
        let told: Vec<String> = told.map(|[_, email, _, _]| email.clone()).collect();
        assert_eq!(told, invited(&world), "after {calls} calls");
        assert_eq!(whole["counts"]["preloaded"].as_u64().unwrap_or(0), told.len() as u64);
        assert!(told.len() <= most, "{} after {calls} calls", told.len());
    }
}

#[tokio::test]
async fn whoever_was_invited_is_told_as_invited_whatever_the_portal_allows_since() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = checked(&world, &portal, &admin, 40).await;
    world.on_import(&import, &admin, "start", json!({})).await;
    world.clock.advance_seconds(120);
    world.stack.wire.fail_after(40, Fault::DieAfter);
    tokio::select! {
        done = world.stack.run("imports::resume") => panic!("it ended: {done:?}"),
        () = world.stack.wire.death() => {}
    }
    let path = format!("/v1/portals/{portal}");
    let etag = world.etag(&admin, &path).await;
    let others = json!({"invited_domains": ["autre.fr"]});
    let call = world.call("PATCH", &path).by(&admin).if_match(&etag).json(&others);
    assert_eq!(call.send().await.status, 200);
    world.clock.advance_seconds(120);
    world.settle().await;
    world.stack.run("imports::resume").await.unwrap();
    let report = world.report(&import, &admin).await;
    let told = report.iter().filter(|[_, _, result, _]| result == "Invitation prepared, not sent");
    let told: Vec<String> = told.map(|[_, email, _, _]| email.clone()).collect();
    assert_eq!(told, invited(&world));
    assert!((1..40).contains(&told.len()), "{} of 40", told.len());
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    let expected = json!({"preloaded": told.len(), "invalid": 40 - told.len()});
    assert_eq!((&whole["state"], &whole["counts"]), (&json!("finished"), &expected));
}

#[tokio::test]
async fn two_runners_at_once_invite_each_row_once() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = checked(&world, &portal, &admin, 120).await;
    world.on_import(&import, &admin, "start", json!({})).await;
    world.clock.advance_seconds(120);
    let runs = (0..4).map(|_| world.stack.run("imports::resume"));
    let tallies = futures_util::future::join_all(runs).await;
    assert!(tallies.iter().all(|tally| tally.as_ref().unwrap()["failed"] == 0), "{tallies:?}");
    world.settle().await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(
        (&whole["state"], &whole["counts"]),
        (&json!("finished"), &json!({"preloaded": 120}))
    );
    assert_eq!(invited(&world).len(), 120);
}

#[tokio::test]
async fn an_invitation_that_has_expired_keeps_nobody_from_being_invited_again() {
    for schedule in [false, true] {
        let world = World::new().await;
        let (portal, admin) = world.portal("Alpha").await;
        world.invite(&portal, &admin, "p0000@exemple.fr", json!({})).await;
        world.rotate_keys().await;
        world.clock.advance_days(5);
        let admin = world.sign_in(&admin.email).await;
        let import = checked(&world, &portal, &admin, 1).await;
        world.on_import(&import, &admin, "start", json!({})).await;
        world.clock.advance_seconds(120);
        if schedule {
            assert_eq!(world.stack.run("imports::resume").await.unwrap()["done"], 1);
        }
        world.settle().await;
        let whole = world.call("GET", &import).by(&admin).send().await.json();
        assert_eq!(whole["counts"], json!({"preloaded": 1}), "{whole}");
        let acts = world.acts(&portal, &admin).await;
        assert!(acts.contains(&"invitation.expired".to_owned()), "{acts:?}");
    }
}

#[tokio::test]
async fn a_row_that_always_fails_keeps_nobody_from_the_others() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let import = checked(&world, &portal, &admin, 3).await;
    world.on_import(&import, &admin, "start", json!({})).await;
    // What holds the guard of one address has no shape that anybody knows.
    let of = |text: String| AttributeValue::S(text);
    let broken = [
        ("PK".to_owned(), of(format!("PORTAL#{portal}"))),
        ("SK".to_owned(), of("OPEN_INVITATION#p0001@exemple.fr".to_owned())),
        ("invitation".to_owned(), of("nothing".to_owned())),
    ];
    world.stack.overwrite(&Item::from(broken)).unwrap();
    let id = import.rsplit('/').next().unwrap();
    let state = || {
        let item = world.stack.item(&format!("IMPORT#{id}"), "IMPORT").unwrap().unwrap();
        shown(&item)["state"].as_str().unwrap().to_owned()
    };
    let mut failures = 0;
    while state() == "running" {
        world.clock.advance_seconds(7_200);
        let tally = world.stack.run("imports::resume").await.unwrap();
        failures += tally["failed"].as_u64().unwrap();
        assert!(failures < 10, "it is tried for ever");
    }
    assert_eq!(failures, 5);
    let admin = world.sign_in(&admin.email).await;
    let whole = world.call("GET", &import).by(&admin).send().await.json();
    assert_eq!(whole["counts"], json!({"preloaded": 2, "failed": 1}), "{whole}");
    let [_, [_, _, result, detail], _] = &world.report(&import, &admin).await[..] else { panic!() };
    assert_eq!(result, "Not processed");
    assert!(detail.contains("technical failure"), "{detail}");
}

#[tokio::test]
async fn a_row_may_name_the_dossier_to_begin_with_and_the_role_in_it() {
    let world = World::new().await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    let open = world.open_dossier(&portal, &anne, &admin, "33063").await;
    let waits = world.dossier(&portal, &anne, "33063").await;
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let (open_id, waits_id) = (id(&open), id(&waits));
    let row = |name: &str, dossier: &str, role: &str| {
        format!("Zoé;Blanc;{name}@exemple.fr;{dossier};{role}\n")
    };
    let file = [
        "Prénom;Nom;Email;Dossier;Rôle\n".to_owned(),
        row("own", &open_id, "Conseillère"),
        row("common", "", ""),
        row("waiting", &waits_id, "observateur"),
        row("asking", &waits_id, "Membre"),
        row("nowhere", "dos_01KAM0000000000000000000D0", "membre"),
        row("strange", "mon dossier", "membre"),
        row("unknown", &open_id, "chef"),
    ];
    let made = world.upload(&portal, &admin, file.concat().as_bytes()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let import =
        format!("/v1/portals/{portal}/imports/{}", id(made.json()["id"].as_str().unwrap()));
    let common = json!({"assignment": {"dossier": open_id, "role": "observer"}});
    world.imported(&import, &admin, common).await;
    let report = world.report(&import, &admin).await;
    let results: Vec<_> = report.iter().map(|[_, email, result, _]| (email, result)).collect();
    let expected = [
        ("own", "Invitation sent"),
        ("common", "Invitation sent"),
        ("waiting", "Unknown value"),
        ("asking", "Invitation sent"),
        ("nowhere", "Unknown value"),
        ("strange", "Unknown value"),
        ("unknown", "Unknown value"),
    ];
    for ((email, result), (name, wanted)) in results.iter().zip(expected) {
        assert_eq!(
            (email.as_str(), result.as_str()),
            (format!("{name}@exemple.fr").as_str(), wanted)
        );
    }
    for (name, role) in [("own", "advisor"), ("common", "observer")] {
        let link = world.invited_link(&format!("{name}@exemple.fr")).await;
        assert_eq!(world.create_account(&link, name).await.status, 303);
        let user = world.sign_in(&format!("{name}@exemple.fr")).await;
        let seen = world.call("GET", &open).by(&user).send().await.json();
        assert_eq!(seen["role"], role, "{name}");
    }
    // A dossier for all rows is looked at before anything is.
    let other = world.uploaded(&portal, &admin, "A;B;a@exemple.fr;;\n").await;
    let common = json!({"assignment": {"dossier": waits_id, "role": "advisor"}});
    let refused = world.on_import(&other, &admin, "dry-run", common).await;
    let field = refused.json()["errors"][0]["field"].clone();
    assert_eq!((refused.status, field), (422, json!("assignment")));
}
