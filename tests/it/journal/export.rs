//! What super administrators download, and what it proves.

use std::collections::BTreeMap;
use std::io::Cursor;

use guichet_local::stack::{AttributeValue, Item};
use guichet_platform::seal::verify::{Finding, History, Known, Trust, Verified, seals_of, verify};
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
            assert_eq!(seal(world).await.1, 0);
        }
    }
    assert_eq!(seal(world).await.1, 0);
    (portal, world.sign_in("admin@alpha.fr").await)
}

/// The items of the partitions that begin like this, in order.
fn items(world: &World, begins: &str) -> Vec<Item> {
    let is_wanted = |item: &Item| json!(item)["PK"]["S"].as_str().unwrap().starts_with(begins);
    let mut items: Vec<Item> = world.stack.items().unwrap().into_iter().filter(is_wanted).collect();
    items.sort_by_key(|item| (json!(item)["PK"].to_string(), json!(item)["SK"].to_string()));
    items
}

/// The entries of a portal's journal, as the table holds them.
fn journal(world: &World, portal: &str) -> Vec<Item> {
    items(world, &format!("JOURNAL#{portal}#"))
}

/// What somebody does who has the table in their hands, but no key.
fn erase(world: &World, items: &[Item]) {
    items.iter().for_each(|item| world.stack.erase(item).unwrap());
}

fn noted(fingerprint: &str) -> Known {
    Known { fingerprints: vec![fingerprint.to_owned()], ..Known::default() }
}

#[tokio::test]
async fn an_export_holds_every_entry_of_the_journal_and_is_whole() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let (export, pages) = export(&world, &portal, &claire).await;
    let verified = check(&export).unwrap();
    assert_eq!(verified.journal.to_string(), portal);
    let entries = journal(&world, &portal);
    assert_eq!(verified.entries, entries.len() as u64);
    let exported: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["id"].clone())
        .filter(Value::is_string)
        .collect();
    let ids: Vec<Value> = entries.iter().map(|entry| json!(entry)["id"]["S"].clone()).collect();
    assert_eq!(exported, ids);
    assert_eq!(verified.without_detail, 0);
    assert!(verified.seals >= 9, "{verified:?}");
    assert!(pages > 1, "each month begins a page");
    // Who noted the first key earlier knows that it is the same installation, and no other.
    let [first] = verified.believed.iter().collect::<Vec<_>>()[..] else { panic!("{verified:?}") };
    assert_ne!(first, &verified.newest, "keys have been rotated");
    let trusted = verify(Cursor::new(&export), &noted(&first.to_uppercase())).unwrap();
    assert_eq!((trusted.trust, &trusted.believed), (Trust::Noted, &verified.believed));
    assert!(verify(Cursor::new(&export), &noted(&"0".repeat(64))).is_err());
    // Whoever noted only a later key does not believe what an earlier one signed.
    assert!(verify(Cursor::new(&export), &noted(&verified.newest)).is_err());
    println!("{verified}");
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
    for cursor in ["nope", "-1", "0", "1.5", "1000000000000", "99999999999999999999"] {
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
    erase(&world, &items(&world, "DETAIL#"));
    let (export, _) = export(&world, &portal, &claire).await;
    assert_eq!(check(&export).unwrap().without_detail, 18);
    assert!(!export.contains("périmètre"));
}

#[tokio::test]
async fn what_was_changed_in_the_table_is_named_in_the_export() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let mut changed = journal(&world, &portal)[11].clone();
    changed.insert("version".to_owned(), AttributeValue::N("77".to_owned()));
    world.stack.overwrite(&changed).unwrap();
    let (export, _) = export(&world, &portal, &claire).await;
    let finding = check(&export).unwrap_err();
    assert_eq!(json!(finding.entry), json!(changed)["id"]["S"], "{finding}");
    assert!(finding.to_string().contains("was changed"), "{finding}");
}

#[tokio::test]
async fn an_entry_that_can_not_be_read_is_named_in_an_export_all_the_same() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let entries = journal(&world, &portal);
    let mut broken = entries[4].clone();
    broken.remove("id");
    world.stack.overwrite(&broken).unwrap();
    let (export, _) = export(&world, &portal, &claire).await;
    let finding = check(&export).unwrap_err();
    assert_eq!(json!(finding.after), json!(entries[3])["id"]["S"], "{finding}");
}

#[tokio::test]
async fn a_page_past_the_end_says_how_much_there_is() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let path = format!("/v1/portals/{portal}/journal/export?cursor=5000");
    let answer = world.call("GET", &path).by(&claire).send().await;
    let finding = check(&answer.text()).unwrap_err();
    assert!(finding.what.contains("seals are missing"), "{finding}");
}

/// Each seal of an export, as a log group holds it: between lines of another kind.
fn copies(export: &str) -> Vec<String> {
    let seals = export.lines().filter(|line| line.starts_with("{\"seal\":"));
    let logged: Vec<&str> = std::iter::once("{\"outcome\":\"ok\"}").chain(seals).collect();
    seals_of(&logged.join("\n"))
}

#[tokio::test]
async fn copies_of_seals_kept_elsewhere_show_that_the_end_was_cut_off() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let (before, _) = export(&world, &portal, &claire).await;
    world.member(&portal, &claire, "Zoe", "user").await;
    world.clock.advance_seconds(3_600);
    seal(&world).await;
    let claire = world.sign_in(&claire.email).await;
    let (after, _) = export(&world, &portal, &claire).await;
    let known = Known { copies: copies(&after), ..Known::default() };
    let verified = verify(Cursor::new(&after), &known).unwrap();
    assert_eq!(verified.compared as u64, verified.seals);
    let finding = verify(Cursor::new(&before), &known).unwrap_err();
    assert!(finding.what.contains("seals are missing"), "{finding}");
    let foreign = Known { copies: copies(&other_journal().await), ..Known::default() };
    let finding = verify(Cursor::new(&after), &foreign).unwrap_err();
    assert!(finding.what.contains("no copy is of a seal of this journal"), "{finding}");
}

/// The journal of a portal of another installation, whole by itself.
async fn other_journal() -> String {
    let world = World::seeded(2).await;
    let (portal, claire) = busy_portal(&world).await;
    let (export, _) = export(&world, &portal, &claire).await;
    assert!(check(&export).is_ok());
    export
}

#[tokio::test]
async fn a_past_that_was_changed_and_sealed_anew_is_late_and_unlike_its_copies() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let (before, _) = export(&world, &portal, &claire).await;
    erase(&world, &items(&world, &format!("SEAL#{portal}")));
    let mut changed = journal(&world, &portal)[2].clone();
    changed.insert("act".to_owned(), AttributeValue::S("portal.updated".to_owned()));
    changed.remove("row");
    world.stack.overwrite(&changed).unwrap();
    let (_, failed) = seal(&world).await;
    assert!(failed >= 1, "the schedule tells that it seals what is old");
    let (after, _) = export(&world, &portal, &claire).await;
    let finding = check(&after).unwrap_err();
    assert!(finding.what.contains("days after it could have"), "{finding}");
    let allowed = Known { sealed_within_days: 365, ..Known::default() };
    assert!(verify(Cursor::new(&after), &allowed).unwrap().late > 0, "it is told all the same");
    // The log group holds what was sealed first, and what was sealed anew.
    let both = [copies(&before), copies(&after)].concat();
    let known = Known { copies: both, ..allowed };
    let finding = verify(Cursor::new(&after), &known).unwrap_err();
    assert!(finding.what.contains("two versions"), "{finding}");
    assert_eq!(finding.line, 1);
    let restored = Known { history: History::Restored, ..known };
    assert!(verify(Cursor::new(&after), &restored).unwrap().lost > 0);
}

#[tokio::test]
async fn a_removed_past_is_told_by_the_seals_that_come_instead() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    // All seals and entries are gone but those of the last month.
    let entries = journal(&world, &portal);
    erase(&world, &items(&world, &format!("SEAL#{portal}")));
    erase(&world, &entries[..entries.len() - 3]);
    let (_, failed) = seal(&world).await;
    assert!(failed >= 1);
    let (after, _) = export(&world, &portal, &claire).await;
    assert!(check(&after).unwrap_err().what.contains("days after it could have"));
    let allowed = Known { sealed_within_days: 365, ..Known::default() };
    let finding = verify(Cursor::new(&after), &allowed).unwrap_err();
    assert!(finding.what.contains("not written when it says"), "{finding}");
}

#[tokio::test]
async fn in_a_fresh_table_with_older_secrets_the_chain_of_keys_begins_anew() {
    let world = World::new().await;
    let (portal, claire) = busy_portal(&world).await;
    let first = check(&export(&world, &portal, &claire).await.0).unwrap();
    erase(&world, &items(&world, "KEYS"));
    erase(&world, &items(&world, "SEAL#"));
    assert!(world.stack.run("keys::rotate").await.unwrap()["done"].as_u64() >= Some(4));
    world.clock.advance_seconds(601);
    seal(&world).await;
    let claire = world.sign_in(&claire.email).await;
    let (export, _) = export(&world, &portal, &claire).await;
    let allowed = Known { sealed_within_days: 365, ..Known::default() };
    let verified = verify(Cursor::new(&export), &allowed).unwrap();
    let [begins] = verified.believed.iter().collect::<Vec<_>>()[..] else { panic!("{verified}") };
    assert_ne!(Some(begins), first.believed.first(), "the first key of all is gone");
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
