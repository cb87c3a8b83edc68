//! Data in a file: what was acknowledged survives whatever ends the process.

use std::path::PathBuf;

use guichet_domain::instant::Instant;
use guichet_local::stack::{Memory, Options, SetClock, Stack};
use guichet_local::wire::Fault;
use serde_json::json;

use crate::world::{NOON, World};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("guichet-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn open(file: &std::path::Path, clock: &SetClock, seed: u64) -> World {
    open_since(file, clock, seed, Instant::from_milliseconds(0)).await
}

/// Opens a file as after a restore: what is older than this mails nobody again.
async fn open_since(
    file: &std::path::Path,
    clock: &SetClock,
    seed: u64,
    mail_epoch: Instant,
) -> World {
    let memory = Memory::File(file.to_owned());
    let options = Options { memory, mail_epoch, ..Options::test(clock.clone(), seed) };
    World::on(Stack::start(options).await.unwrap(), clock.clone())
}

#[tokio::test]
async fn a_request_submitted_before_the_end_is_mailed_after_it() {
    let folder = folder("restart");
    let file = folder.join("guichet.sqlite");
    let clock = SetClock::at(NOON.parse::<Instant>().unwrap());
    let world = open(&file, &clock, 1).await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.user("Anne", "Durand").await;
    world.settle().await;
    let submitted = world.submit(&portal, &anne, &["33"]).await;
    assert_eq!(submitted.status, 201);
    // The process ends here, with the entry written and nothing handed on.
    drop(world);
    let world = open(&file, &clock, 2).await;
    let mails = world.mails_to(&anne.email).await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    // Sessions, keys and secrets are the same as before.
    let accepted = world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    drop(world);
    let world = open(&file, &clock, 3).await;
    assert_eq!(world.mails_to(&anne.email).await.len(), 3);
    assert_eq!(world.mails_to(&anne.email).await.len(), 3);
    drop(world);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_restore_mails_nobody_again_and_what_happens_after_it_is_mailed() {
    let folder = folder("restore");
    let file = folder.join("guichet.sqlite");
    let clock = SetClock::at(NOON.parse::<Instant>().unwrap());
    let world = open(&file, &clock, 1).await;
    let (portal, admin) = world.portal("Alpha").await;
    let anne = world.requester(&portal, "Anne", &["33"]).await;
    // One mail waits because SES refused it, and one entry was not composed from yet.
    let refusal =
        "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>".to_owned();
    world.stack.wire.fail_next("SendRawEmail", Fault::Answer(400, refusal));
    world.settle().await;
    world
        .decide(&portal, &admin, &anne, "amend", &json!({"territory": {"departments": ["64"]}}))
        .await;
    let count = world.stack.aws.mails().len();
    drop(world);
    clock.advance_seconds(3_600);
    let world = open_since(&file, &clock, 2, clock.now()).await;
    world.settle().await;
    for schedule in ["journal::catch_up", "mails::retry", "mails::retry"] {
        world.stack.run(schedule).await.unwrap();
        world.settle().await;
    }
    assert_eq!(world.stack.aws.mails().len(), count, "nobody is mailed again");
    let admin = world.sign_in(&admin.email).await;
    let accepted = world.decide(&portal, &admin, &anne, "accept", &json!({})).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    world.settle().await;
    assert_eq!(world.stack.aws.mails().len(), count + 1);
    drop(world);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = folder("damaged");
    let file = folder.join("guichet.sqlite");
    std::fs::write(&file, "not a database, but long enough to be looked at".repeat(100)).unwrap();
    let clock = SetClock::at(NOON.parse::<Instant>().unwrap());
    let options = Options { memory: Memory::File(file.clone()), ..Options::test(clock, 1) };
    let error = Stack::start(options).await.err().unwrap();
    assert!(format!("{error:#}").contains("guichet.sqlite"), "{error:#}");
    std::fs::remove_dir_all(folder).unwrap();
}
