//! Delivery chaos: each record and event one to five times, late, and out of order across items,
//! comes to what one delivery of each comes to.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::commands::commands;
use crate::report::Violation;
use crate::stage::Stage;

/// What people do before anything is delivered.
const BUSY_DAY: [&str; 15] = [
    "accounts::sign_up",
    "accounts::sign_up with a known address",
    "accounts::verify_email",
    "accounts::set_password",
    "advisor_requests::submit",
    "advisor_requests::amend",
    "advisor_requests::reopen",
    "advisors::set_territory by bruno",
    "advisors::promote anne",
    "dossiers::accept",
    "dossiers::publish_on",
    "invitations::create_account to a dossier",
    "people::change_level of bruno",
    "people::change_level of denis",
    "mails::record_outcome",
];

/// Compares so many chaotic deliveries with one of each; tells how many there were.
pub async fn compare(stage: &Stage, seeds: std::ops::Range<u64>) -> (usize, Vec<Violation>) {
    let calm = {
        act(stage).await;
        stage.world.settle().await;
        stage.rest()
    };
    let (mut runs, mut violations) = (0, Vec::new());
    for seed in seeds {
        runs += 1;
        act(stage).await;
        let mut dice = StdRng::seed_from_u64(seed);
        let chaos = stage.world.stack.settle_in_chaos(|options| dice.random_range(0..options));
        chaos.await.expect("the stack comes to rest");
        let rest = stage.rest();
        let mut differences = rest.ledger.differences(&calm.ledger);
        differences.extend(rest.mails_unlike(&calm));
        if !differences.is_empty() {
            violations.push(Violation {
                scenario: "delivery chaos".to_owned(),
                which: format!("seed {seed}"),
                what: stage
                    .told(&format!("it ends otherwise:\n    {}", differences.join("\n    "))),
                story: Vec::new(),
            });
        }
    }
    (runs, violations)
}

async fn act(stage: &Stage) {
    stage.reset();
    let all = commands();
    for name in BUSY_DAY {
        let command = all.iter().find(|command| command.name == name);
        let reply = command.unwrap_or_else(|| panic!("there is no {name}")).run(stage).await;
        assert!(reply.status < 400, "{name}: {} {}", reply.status, reply.body);
    }
}
