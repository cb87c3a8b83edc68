//! What super administrators download, and what it proves.

use std::collections::BTreeMap;
use std::io::Cursor;

use guichet_local::stack::AttributeValue;
use guichet_platform::seal::verify::{Finding, Known, Verified, seals_of, verify};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::journal::seal::seal;
use crate::world::{User, World};

/// The whole export, page after page; the pages are counted.
async fn export(world: &World, portal: &str, by: &User) -> (String, usize) {
    let mut path = format!("/v1/portals/{portal}/journal/export");
    let (mut export, mut pages) = (String::new(), 0);
    loop {
        let answer = world.call("GET", &path).by(by).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson; charset=utf-8"));
        export.push_str(&answer.text());
        pages += 1;
        let Some(link) = answer.header("link") else { return (export, pages) };
        let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
        path = next.unwrap().to_owned();
    }
}

fn check(export: &str) -> Result<Verified, Finding> {
    verify(Cursor::new(export), &Known::default())
}

/// A portal whose journal has several seals, in three months, under two keys.
async fn busy_portal(world: &World) -> (String, User) {
    let (portal, _) = world.portal("Alpha").await;
    for month in 0..3 {
        for name in ["Anne", "Basile", "Chloe"] {
            let claire = world.sign_in("admin@alpha.fr").await;
            let name = format!("{name}{}", ["a", "b", "c"][month]);
            let user = world.requester(&portal, &name, &["33"]).await;
            let reason = json!({ "reason": format!("Hors périmètre de {name}.") });
            for verb in ["refuse", "reopen"] {
                let answer = world.decide(&portal, &claire, &user, verb, &reason).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
            }
            world.clock.advance_seconds(3_600);
            assert_eq!(seal(world).await.1, 0);
        }
        for _ in 0..31 {
            world.clock.advance_days(1);
            world.stack.run("keys::rotate").await.unwrap();
        }
    }
    assert_eq!(seal(world).await.1, 0);
    (portal, world.sign_in("admin@alpha.fr").await)
}

#[tokio::test]
async fn an_export_is_whole_and_says_until_when() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let (export, pages) = export(&world, &portal, &claire).await;
    let verified = check(&export).unwrap();
    assert_eq!(verified.journal.to_string(), portal);
    assert_eq!(
        verified.entries,
        export.lines().filter(|line| line.contains("\"entry\"")).count() as u64
    );
    assert_eq!(verified.erased, 0);
    assert!(verified.entries >= 27 && verified.seals >= 9, "{verified:?}");
    assert!(pages > 1, "each month begins a page");
    let end = export.lines().last().unwrap();
    assert!(end.starts_with("{\"end\":"), "{end}");
    // Who noted the key earlier knows that it is the same installation, and no other.
    let known = |fingerprint: &str| Known {
        fingerprints: vec![fingerprint.to_owned()],
        ..Known::default()
    };
    assert_eq!(verify(Cursor::new(&export), &known(&verified.fingerprint)), Ok(verified));
    assert!(verify(Cursor::new(&export), &known("0".repeat(64).as_str())).is_err());
}

#[tokio::test]
async fn only_super_administrators_download_it_and_nobody_another_portals() {
    let world = World::new().await;
    let (portal, claire) = world.portal("Alpha").await;
    let (beta, _) = world.portal("Beta").await;
    let bruno = world.member(&portal, &claire, "Bruno", "global_administrator").await;
    let path = format!("/v1/portals/{portal}/journal/export");
    assert_eq!(world.call("GET", &path).by(&bruno).send().await.status, 403);
    assert_eq!(world.call("GET", &path).send().await.status, 401);
    let other = format!("/v1/portals/{beta}/journal/export");
    assert_eq!(world.call("GET", &other).by(&claire).send().await.status, 404);
    for cursor in ["nope", "-1", "1.5", "99999999999999999999"] {
        let answer = world.call("GET", &format!("{path}?cursor={cursor}")).by(&claire).send().await;
        assert_eq!(answer.status, 422, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_journal_that_was_never_sealed_is_an_empty_export() {
    let world = World::new().await;
    let (portal, claire) = world.portal("Alpha").await;
    let (export, _) = export(&world, &portal, &claire).await;
    let verified = check(&export).unwrap();
    assert_eq!((verified.seals, verified.entries, verified.complete_until), (0, 0, None));
}

#[tokio::test]
async fn an_erased_detail_is_no_break() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    for item in world.stack.items().unwrap() {
        let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) =
            (item.get("PK"), item.get("SK"))
        else {
            panic!("an item without a key")
        };
        if pk.starts_with("DETAIL#") {
            world.stack.erase(pk, sk).unwrap();
        }
    }
    let (export, _) = export(&world, &portal, &claire).await;
    assert_eq!(check(&export).unwrap().erased, 18);
    assert!(!export.contains("périmètre"));
}

#[tokio::test]
async fn what_was_changed_in_the_table_is_named_in_the_export() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let entries: Vec<_> = world
        .stack
        .items()
        .unwrap()
        .into_iter()
        .filter(|item| json!(item)["PK"]["S"] == format!("JOURNAL#{portal}#2026-12"))
        .collect();
    let mut changed = entries[2].clone();
    changed.insert("version".to_owned(), AttributeValue::N("77".to_owned()));
    world.stack.overwrite(&changed).unwrap();
    let (export, _) = export(&world, &portal, &claire).await;
    let finding = check(&export).unwrap_err();
    assert_eq!(json!(finding.entry), json!(changed)["id"]["S"], "{finding}");
    assert!(finding.to_string().contains("was changed"), "{finding}");
}

#[tokio::test]
async fn copies_of_seals_kept_elsewhere_show_that_the_end_was_cut_off_or_the_past_remade() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let (before, _) = export(&world, &portal, &claire).await;
    world.member(&portal, &claire, "Zoe", "user").await;
    world.clock.advance_days(1);
    seal(&world).await;
    let claire = world.sign_in(&claire.email).await;
    let (after, _) = export(&world, &portal, &claire).await;
    // As the log group holds them, between lines of another kind.
    let seals = after.lines().filter(|line| line.starts_with("{\"seal\":"));
    let logged: Vec<&str> = std::iter::once("{\"outcome\":\"ok\"}").chain(seals).collect();
    let known = Known { copies: seals_of(&logged.join("\n")), ..Known::default() };
    let verified = verify(Cursor::new(&after), &known).unwrap();
    assert_eq!(verified.compared, verified.seals);
    let finding = verify(Cursor::new(&before), &known).unwrap_err();
    assert!(finding.what.contains("lacks seal"), "{finding}");
    // Another installation's journal of the same portal, with a key of its own.
    let other = World::seeded(2).await;
    let (portal, claire) = busy_portal(&other).await;
    let (foreign, _) = export(&other, &portal, &claire).await;
    assert!(check(&foreign).is_ok());
    let mixed: String = foreign
        .lines()
        .zip(after.lines())
        .enumerate()
        .map(|(number, (one, two))| format!("{}\n", if number == 3 { one } else { two }))
        .collect();
    assert!(check(&mixed).is_err());
}

/// What somebody does to an export who wants it to say something else.
type Tampering = (&'static str, fn(&mut StdRng, &mut Vec<String>) -> Option<usize>);

/// A line of an entry, at random.
fn any_entry(dice: &mut StdRng, lines: &[String], wanted: &str) -> Option<usize> {
    let entries: Vec<usize> =
        (0..lines.len()).filter(|line| lines[*line].contains(wanted)).collect();
    entries.get(dice.random_range(0..entries.len())).copied()
}

fn edit(line: &mut String, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_str(line).unwrap();
    change(&mut value);
    *line = value.to_string();
}

/// The tamperings; each tells which line the verifier must name, where only one can be.
const TAMPERINGS: [Tampering; 14] = [
    ("an act is another", |dice, lines| {
        let line = any_entry(dice, lines, "\"entry\"")?;
        edit(&mut lines[line], |line| line["entry"]["act"] = json!("keys.rotated"));
        Some(line)
    }),
    ("a version is another", |dice, lines| {
        let line = any_entry(dice, lines, "\"entry\"")?;
        let version = dice.random_range(100..999);
        edit(&mut lines[line], |line| line["entry"]["version"] = json!(version));
        Some(line)
    }),
    ("a member was added to an entry", |dice, lines| {
        let line = any_entry(dice, lines, "\"entry\"")?;
        edit(&mut lines[line], |line| line["entry"]["note"] = json!("harmless"));
        Some(line)
    }),
    ("a member was added to a line", |dice, lines| {
        let line = dice.random_range(0..lines.len() - 1);
        edit(&mut lines[line], |line| line["note"] = json!("harmless"));
        Some(line)
    }),
    ("a reason is another", |dice, lines| {
        let line = any_entry(dice, lines, "\"detail\":{\"reason\"")?;
        edit(&mut lines[line], |line| line["detail"]["reason"] = json!("Autre motif."));
        Some(line)
    }),
    ("letters moved from the salt to the reason", |dice, lines| {
        let line = any_entry(dice, lines, "\"detail\":{\"reason\"")?;
        edit(&mut lines[line], |line| {
            let (reason, salt) = (line["detail"]["reason"].clone(), line["detail"]["salt"].clone());
            let (salt, moved) = salt.as_str().unwrap().split_at(40);
            line["detail"]["reason"] = json!(format!("{moved}{}", reason.as_str().unwrap()));
            line["detail"]["salt"] = json!(salt);
        });
        Some(line)
    }),
    ("a line was removed", |dice, lines| {
        let line = dice.random_range(0..lines.len());
        lines.remove(line);
        None
    }),
    ("an entry was removed", |dice, lines| {
        let line = any_entry(dice, lines, "\"entry\"")?;
        lines.remove(line);
        Some(line)
    }),
    ("an entry was invented", |dice, lines| {
        let line = any_entry(dice, lines, "\"entry\"")?;
        let mut invented = lines[line].clone();
        edit(&mut invented, |line| {
            let id = line["entry"]["id"].as_str().unwrap();
            line["entry"]["id"] = json!(format!("{}ZZZZZZ", &id[..id.len() - 6]));
        });
        lines.insert(line + 1, invented);
        Some(line + 1)
    }),
    ("two lines changed places", |dice, lines| {
        let (one, other) = (dice.random_range(0..lines.len()), dice.random_range(0..lines.len()));
        lines.swap(one, other);
        None
    }),
    ("lines were cut off", |dice, lines| {
        lines.truncate(dice.random_range(0..lines.len()));
        None
    }),
    ("seals were cut off before the end", |dice, lines| {
        let end = lines.pop()?;
        let seal = any_entry(dice, lines, "\"seal\":\"")?;
        lines.truncate(seal);
        lines.push(end);
        Some(seal)
    }),
    ("a seal says something else", |dice, lines| {
        let line = any_entry(dice, lines, "\"seal\":\"")?;
        let other = any_entry(dice, lines, "\"seal\":\"")?;
        let parts = |line: &str| line.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (mut mine, others) = (parts(&lines[line]), parts(&lines[other]));
        mine[1].clone_from(&others[1]);
        lines[line] = mine.join(".");
        Some(line)
    }),
    ("two details changed places", |dice, lines| {
        let one = any_entry(dice, lines, "\"detail\":{\"reason\"")?;
        let other = any_entry(dice, lines, "\"detail\":{\"reason\"")?;
        let detail = |line: &str| serde_json::from_str::<Value>(line).unwrap()["detail"].clone();
        let (mine, others) = (detail(&lines[one]), detail(&lines[other]));
        edit(&mut lines[one], |line| line["detail"] = others);
        edit(&mut lines[other], |line| line["detail"] = mine);
        Some(one.min(other))
    }),
];

#[tokio::test]
async fn a_thousand_random_tamperings_are_all_found() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let (whole, _) = export(&world, &portal, &claire).await;
    assert!(check(&whole).is_ok());
    let mut dice = StdRng::seed_from_u64(4);
    let (mut found, mut named) = (BTreeMap::new(), 0);
    while found.values().sum::<u32>() < 1_000 {
        let (name, tampered, line) = tampered(&mut dice, &whole);
        if tampered == whole.as_bytes() {
            continue;
        }
        let Err(finding) = verify(Cursor::new(&tampered), &Known::default()) else {
            panic!("{name} was not found:\n{}", String::from_utf8_lossy(&tampered));
        };
        if let Some(line) = line {
            assert_eq!(finding.line, line as u64 + 1, "{name}: {finding}");
            named += 1;
        }
        *found.entry(name).or_default() += 1;
    }
    println!("1,000 tamperings found, {named} of them in the very line: {found:#?}");
}

fn tampered(dice: &mut StdRng, whole: &str) -> (&'static str, Vec<u8>, Option<usize>) {
    match dice.random_range(0..TAMPERINGS.len() + 2) {
        0 => {
            let mut bytes = whole.as_bytes().to_vec();
            let at = dice.random_range(0..bytes.len());
            bytes[at] ^= 1 << dice.random_range(0..8);
            ("a bit is another", bytes, None)
        }
        1 => {
            let bytes = &whole.as_bytes()[..dice.random_range(0..whole.len())];
            ("bytes were cut off", bytes.to_vec(), None)
        }
        number => {
            let (name, tamper) = TAMPERINGS[number - 2];
            let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
            let line = tamper(dice, &mut lines);
            let text: String = lines.into_iter().map(|line| line + "\n").collect();
            (name, text.into_bytes(), line)
        }
    }
}
