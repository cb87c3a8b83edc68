//! Proofs: machines that try to break what DESIGN §2 promises.
//!
//! `cargo test -p guichet-proofs` prints the table of the README. To look closer:
//! `cargo test -p guichet-proofs -- "accept + advisor_requests::refuse"` plays only the scenarios
//! whose names hold this text, and `--seed 17` only this seed of a sampled one.

mod chaos;
mod commands;
mod crashes;
mod gate;
mod interleavings;
mod invariants;
mod ledger;
mod report;
mod stage;
#[allow(dead_code, reason = "shared with the black-box tests, which use all of it")]
#[path = "../it/world.rs"]
mod world;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::Parser;
use commands::{Command, commands};
use crashes::{Crashes, Found};
use guichet_local::template::Trigger;
use interleavings::{Footprint, MOST_INTERLEAVINGS, Scenario};
use report::{Row, Violation, table};
use stage::Stage;

/// What to play.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only scenarios whose names hold this text.
    only: Option<String>,
    /// Only this seed of the sampled scenarios.
    #[arg(long)]
    seed: Option<u64>,
    /// Tell of each scenario when it is done.
    #[arg(long)]
    progress: bool,
    /// What `cargo test -- --nocapture` asks of other tests; this one always prints.
    #[arg(long, hide = true)]
    nocapture: bool,
}

/// How many chaotic deliveries are compared with a calm one.
const CHAOS: u64 = 100;

/// One piece of work for one thread.
enum Job {
    /// All interleavings of two commands.
    Pair(Command, Command),
    /// Some interleavings of several, for this row of the sampled ones.
    Sample(usize, Vec<Command>),
    /// A command dies and fails at each call.
    Crash(Command),
    /// What is delivered because of it dies and fails at each call.
    CrashDelivery(Command),
    /// Deliveries in chaos.
    Chaos(std::ops::Range<u64>),
}

/// The rows of the table: pairs, then the sampled ones, then crashes and deliveries.
const PAIRS: usize = 0;
const SAMPLED: [(&str, u64, &[&str]); 11] = [
    (
        "three hands on one request",
        45,
        &[
            "advisor_requests::accept",
            "advisor_requests::refuse",
            "advisor_requests::amend",
            "advisor_requests::revise",
            "advisor_requests::withdraw",
            "advisor_requests::take",
            "advisor_requests::lapse",
            "advisors::promote anne",
            "people::change_level of bruno",
        ],
    ),
    (
        "sign-in, refresh and end of sessions",
        21,
        &[
            "accounts::sign_in",
            "accounts::refresh",
            "accounts::sign_out",
            "accounts::end_session",
            "advisor_requests::revise",
        ],
    ),
    (
        "three hands on rights",
        45,
        &[
            "advisors::set_territory by bruno",
            "advisors::set_territory by chloe",
            "advisors::revoke",
            "people::change_level of karim",
            "people::change_level of bruno",
            "people::change_level of claire",
            "people::change_level of denis",
            "moderation::choose_mails",
        ],
    ),
    (
        "three hands on a sign-up",
        21,
        &[
            "accounts::sign_up",
            "accounts::resend_verification",
            "accounts::verify_email",
            "accounts::verify_email with another name",
            "accounts::disown_sign_up",
        ],
    ),
    (
        "three hands on an invitation",
        30,
        &[
            "invitations::create_account",
            "invitations::create_account with another name",
            "invitations::decline",
            "invitations::cancel",
            "invitations::resend of ines",
            "people::change_level of bruno",
            "people::archive of bruno",
        ],
    ),
    (
        "three hands on the last second of an invitation",
        45,
        &[
            "invitations::create_account of tina",
            "invitations::decline of tina",
            "invitations::expire a moment later",
        ],
    ),
    (
        "three hands on leaving",
        30,
        &[
            "people::leave by claire",
            "people::leave by denis",
            "people::archive of denis",
            "people::change_level of claire",
            "people::change_level of denis",
        ],
    ),
    (
        "three hands on a dossier",
        21,
        &[
            "dossiers::update",
            "dossiers::join",
            "dossiers::switch_position",
            "dossiers::leave",
            "dossiers::remove_member",
            "dossiers::pause",
            "dossiers::tend",
            "notes::add by karim",
            "advisors::revoke",
        ],
    ),
    (
        "three hands on who takes part in a dossier",
        30,
        &[
            "invitations::create_account to a dossier",
            "invitations::accept_mine by wanda",
            "invitations::accept_mine by yann",
            "invitations::cancel of wanda",
            "dossiers::join",
            "dossiers::remove_member",
            "advisors::revoke",
        ],
    ),
    (
        "three hands on who speaks for a dossier",
        30,
        &[
            "dossiers::offer_referent",
            "dossiers::accept_referent",
            "dossiers::end_offer by max",
            "dossiers::name_referent",
            "dossiers::leave by max",
            "dossiers::publish_on",
            "dossiers::remove_member of basile",
            "people::archive of lea",
            "people::archive of max",
        ],
    ),
    (
        "three hands on what somebody left",
        30,
        &[
            "dossiers::take_over",
            "dossiers::name_referent of odile's",
            "people::restore",
            "people::hand_over",
        ],
    ),
];
const CRASHES: usize = 1 + SAMPLED.len();
const DELIVERY_CRASHES: usize = CRASHES + 1;
const CHAOTIC: usize = CRASHES + 2;

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let began = Instant::now();
    let jobs = plan(&arguments);
    let rows = Mutex::new(headings());
    let (next, duplicates) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let cut_short = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (jobs, rows, next, duplicates) = (&jobs, &rows, &next, &duplicates);
            let cut_short = &cut_short;
            let arguments = &arguments;
            scope.spawn(move || {
                on_a_stage(thread, async |stage| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                        let began = Instant::now();
                        let (row, found) = job.play(&stage, arguments).await;
                        duplicates.fetch_add(found.duplicates, Ordering::SeqCst);
                        let is_cut = row == PAIRS && found.runs >= MOST_INTERLEAVINGS;
                        cut_short.fetch_add(usize::from(is_cut), Ordering::SeqCst);
                        if arguments.progress {
                            let (name, count) = (job.name(), found.violations.len());
                            let took = began.elapsed().as_secs_f64();
                            println!(
                                "{name}: {} runs, {took:.1} s, {count} violations",
                                found.runs
                            );
                        }
                        let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
                        rows[row].runs += found.runs;
                        rows[row].took += began.elapsed();
                        rows[row].violations.extend(found.violations);
                    }
                });
            });
        }
    });
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    let pairs = jobs.iter().filter(|job| matches!(job, Job::Pair(..))).count();
    let cut_short = cut_short.into_inner();
    rows[PAIRS].note =
        format!(" ({pairs} pairs, {cut_short} of them cut short at {MOST_INTERLEAVINGS})");
    let duplicates = duplicates.into_inner();
    println!("{}", table(&rows));
    println!("A mail went out twice at {duplicates} points, each in the one window of DESIGN §6.");
    println!("{} seconds on {threads} threads", began.elapsed().as_secs());
    let violations: Vec<&Violation> = rows.iter().flat_map(|row| &row.violations).collect();
    for violation in violations.iter().take(20) {
        println!("\n{violation}");
    }
    if violations.is_empty() {
        std::process::ExitCode::SUCCESS
    } else {
        println!("\n{} violations", violations.len());
        std::process::ExitCode::FAILURE
    }
}

fn headings() -> Vec<Row> {
    let mut headings = vec!["every pair of commands that touch the same items, exhausted"];
    headings.extend(SAMPLED.iter().map(|(heading, ..)| *heading));
    headings.extend([
        "every command dies or fails at each call",
        "deliveries die or fail at each call",
        "deliveries one to five times, late, out of order",
    ]);
    let row = |scenario: &str| Row { scenario: scenario.to_owned(), ..Row::default() };
    headings.into_iter().map(row).collect()
}

/// Runs on one thread, with a paused clock and a stage of its own.
fn on_a_stage(thread: usize, run: impl AsyncFnOnce(Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join(format!("stage-{}-{thread}.sqlite", std::process::id()));
    runtime.block_on(async { run(Stage::build(&file).await).await });
    std::fs::remove_file(file).expect("the stage was there");
}

impl Job {
    async fn play(&self, stage: &Stage, arguments: &Arguments) -> (usize, Found) {
        let found = |(runs, violations)| Found { runs, violations, duplicates: 0 };
        match self {
            Self::Pair(one, other) => {
                let mut scenario = Scenario::new(stage, vec![one.clone(), other.clone()]);
                (PAIRS, found(scenario.exhaust().await))
            }
            Self::Sample(index, commands) => {
                let (_, samples, _) = SAMPLED[*index];
                let seeds = arguments.seed.map_or(0..samples, |seed| seed..seed + 1);
                let mut scenario = Scenario::new(stage, commands.clone());
                (1 + index, found(scenario.sample(seeds).await))
            }
            Self::Crash(command) => (CRASHES, Crashes::new(stage, command).of_command().await),
            Self::CrashDelivery(command) => {
                (DELIVERY_CRASHES, Crashes::new(stage, command).of_deliveries().await)
            }
            Self::Chaos(seeds) => (CHAOTIC, found(chaos::compare(stage, seeds.clone()).await)),
        }
    }

    fn name(&self) -> String {
        let names = |commands: &[&Command]| {
            commands.iter().map(|command| command.name).collect::<Vec<_>>().join(" + ")
        };
        match self {
            Self::Pair(one, other) => names(&[one, other]),
            Self::Sample(_, commands) => names(&commands.iter().collect::<Vec<_>>()),
            Self::Crash(command) => format!("crash of {}", command.name),
            Self::CrashDelivery(command) => format!("crash of deliveries of {}", command.name),
            Self::Chaos(_) => "delivery chaos".to_owned(),
        }
    }
}

/// Every use case that changes something has joined: what is read may not be, and what follows from
/// the stream is played with every command.
fn missing(stage: &Stage, all: &[Command]) {
    for function in &stage.world.stack.template.functions {
        let reads = match &function.trigger {
            Trigger::Route { method, .. } => method == "GET",
            Trigger::Stream { .. } => true,
            Trigger::Rule { .. } => ["mails::compose", "imports::run", "people::note_activity"]
                .contains(&&*function.handler),
            Trigger::Schedule { .. } | Trigger::Direct => false,
        };
        let handler = &function.handler;
        let joined = all.iter().any(|command| command.use_case() == handler);
        assert!(reads || joined, "{handler} changes something: add it to tests/proofs/commands.rs");
    }
}

/// All that is to be played.
fn plan(arguments: &Arguments) -> Vec<Job> {
    let mut jobs = Vec::new();
    on_a_stage(usize::MAX, async |stage| {
        let all = commands();
        missing(&stage, &all);
        let mut footprints = Vec::new();
        let mut delivered = BTreeSet::new();
        for command in &all {
            let reply = {
                stage.reset();
                command.run(&stage).await
            };
            let is_as_expected = match command.refusal {
                Some(status) => reply.status == status,
                None => reply.status < 400,
            };
            assert!(is_as_expected, "{}: {} {}", command.name, reply.status, reply.body);
            footprints.push(Footprint::of(&stage, command).await);
            if command.refusal.is_some() {
                continue;
            }
            jobs.push(Job::Crash(command.clone()));
            // Deliveries that make the same calls are the same.
            let (_, calls) = Crashes::new(&stage, command).calls().await;
            let shape: Vec<_> =
                calls.into_iter().map(|call| (call.handler, call.operation)).collect();
            if !shape.is_empty() && delivered.insert(shape) {
                jobs.push(Job::CrashDelivery(command.clone()));
            }
        }
        for (index, one) in all.iter().enumerate() {
            for (further, other) in all.iter().enumerate().skip(index) {
                let meet = !one.lets_time_pass() && !other.lets_time_pass();
                if meet && footprints[index].touches(&footprints[further]) {
                    jobs.push(Job::Pair(one.clone(), other.clone()));
                }
            }
        }
    });
    let by_name = |name: &str| {
        let found = commands().into_iter().find(|command| command.name == name);
        found.unwrap_or_else(|| panic!("there is no command {name}"))
    };
    for (index, (_, _, names)) in SAMPLED.into_iter().enumerate() {
        for (first, one) in names.iter().enumerate() {
            for (second, two) in names.iter().enumerate().skip(first) {
                for three in &names[second + 1..] {
                    let three = [*one, *two, *three].map(by_name).to_vec();
                    jobs.push(Job::Sample(index, three));
                }
            }
        }
    }
    for seed in (0..CHAOS).step_by(10) {
        jobs.push(Job::Chaos(seed..seed + 10));
    }
    let wanted = arguments.only.clone().unwrap_or_default();
    jobs.retain(|job| job.name().contains(&wanted));
    assert!(!jobs.is_empty(), "nothing to play is called {wanted:?}");
    jobs
}
