//! Measures the release artifacts: instructions and time from their start to the first call for
//! work, against a hello-world measured in the same run, and their size as Lambda gets them.
//!
//! `cargo build --release -p guichet-functions -p guichet-bench` comes first; `valgrind` and `gzip`
//! must be there. `start_up account` says where the instructions go: it wants the artifact of
//! `cargo build --profile account -p guichet-functions`, which still has its names.

mod callgrind;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use callgrind::{Counted, Failure, artifact, environment};

/// At most so many times the instructions of a hello-world (DESIGN §11).
const MOST_TIMES: f64 = 4.0;

/// At most so many bytes, deflated (DESIGN §11).
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How long one start may take under the counter.
const MOST_SECONDS: u64 = 120;

/// How many starts give a time; the middle one is told.
const STARTS: usize = 41;

/// One use case that verifies tokens, one that signs, one that calls other services.
const HANDLERS: [&str; 3] = ["advisor_requests::accept", "accounts::sign_in", "mails::send"];

/// Each artifact, and the use cases of it that are started.
const ARTIFACTS: [(&str, &[&str]); 3] = [
    ("bootstrap", &HANDLERS),
    ("spreadsheets", &["imports::upload"]),
    ("dossiers", &["dossiers::submit"]),
];

fn main() -> Result<(), Failure> {
    match std::env::args().nth(1).as_deref() {
        Some("account") => account(),
        _ => measure(),
    }
}

fn measure() -> Result<(), Failure> {
    let hello = artifact("release", "hello");
    let at_least = instructions(&hello, "accounts::me")?;
    let mut failed = false;
    let hello_time = milliseconds(&hello, "accounts::me")?;
    print(&format!("{:<32}{at_least:>14} instructions{hello_time:>9.1} ms", "hello-world"));
    for (name, handlers) in ARTIFACTS {
        let program = artifact("release", name);
        for handler in handlers {
            let ours = instructions(&program, handler)?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "a ratio of millions needs three digits"
            )]
            let times = ours as f64 / at_least as f64;
            let time = milliseconds(&program, handler)?;
            print(&format!("{handler:<32}{ours:>14} instructions{time:>9.1} ms, {times:.2} times"));
            failed |= times > MOST_TIMES;
        }
        let bytes = deflated(&program)?;
        print(&format!("{name:<32}{bytes:>14} bytes deflated"));
        failed |= bytes > MOST_BYTES;
    }
    if failed { Err("a budget is exceeded".into()) } else { Ok(()) }
}

/// Prints where the instructions of a start go.
fn account() -> Result<(), Failure> {
    let program = artifact("account", "bootstrap");
    let (runtime, asked) = runtime()?;
    let counted = Counted::start(&program, &environment(&runtime, HANDLERS[0]))?;
    asked.recv_timeout(Duration::from_secs(MOST_SECONDS))?;
    let (all, shares) = counted.account()?;
    for share in shares {
        print(&format!("{:<32}{:>14} instructions", share.part, share.instructions));
    }
    print(&format!("{:<32}{all:>14} instructions", "a start"));
    Ok(())
}

fn print(line: &str) {
    println!("{line}");
}

/// A Lambda runtime that only waits until it is asked for work, and then says so.
fn runtime() -> Result<(String, std::sync::mpsc::Receiver<()>), Failure> {
    let runtime = TcpListener::bind("127.0.0.1:0")?;
    let address = runtime.local_addr()?.to_string();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = runtime.accept() else { return };
        let mut line = String::new();
        let read = BufReader::new(&mut stream).read_line(&mut line);
        if read.is_ok() && line.contains("/invocation/next") {
            let _ = sender.send(());
        }
        // The program goes on waiting for its answer until it is ended.
        std::thread::sleep(Duration::from_secs(MOST_SECONDS));
    });
    Ok((address, receiver))
}

/// Starts a program under callgrind, waits for its first call for work, and ends it.
fn instructions(program: &Path, handler: &str) -> Result<u64, Failure> {
    let (runtime, asked) = runtime()?;
    let counted = Counted::start(program, &environment(&runtime, handler))?;
    let answer = asked.recv_timeout(Duration::from_secs(MOST_SECONDS));
    let count = counted.end()?;
    answer.map_err(|error| format!("{handler}: {error}"))?;
    Ok(count)
}

/// The middle time from a start to the first call for work.
fn milliseconds(program: &Path, handler: &str) -> Result<f64, Failure> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let (runtime, asked) = runtime()?;
        let begun = Instant::now();
        let mut child = Command::new(program)
            .env_clear()
            .envs(environment(&runtime, handler))
            .stdout(Stdio::null())
            .spawn()?;
        let answer = asked.recv_timeout(Duration::from_secs(MOST_SECONDS));
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
        child.kill()?;
        child.wait()?;
        answer?;
    }
    times.sort_by(f64::total_cmp);
    Ok(times[STARTS / 2])
}

fn deflated(program: &Path) -> Result<usize, Failure> {
    let output = Command::new("gzip").args(["-9", "-c"]).arg(program).output()?;
    Ok(output.stdout.len())
}
