//! Measures the release artifact: instructions from its start to its first call for work, against
//! a hello-world measured in the same run, and its size as Lambda gets it.
//!
//! `cargo build --release --bins -p guichet-functions -p guichet-bench` comes first; `valgrind`
//! and `gzip` must be there.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// At most so many times the instructions of a hello-world (DESIGN §11).
const MOST_TIMES: f64 = 4.0;

/// At most so many bytes, deflated (DESIGN §11).
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How long one start may take under the counter.
const MOST_SECONDS: u64 = 120;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let hello = instructions(&artifact("hello"))?;
    let mut failed = false;
    print(&format!("{:<32}{hello:>14} instructions", "hello-world"));
    // One use case that verifies tokens, one that signs, one that calls other services.
    for handler in ["advisor_requests::accept", "accounts::sign_in", "mails::send"] {
        let ours = instructions_of(&artifact("bootstrap"), handler)?;
        #[expect(clippy::cast_precision_loss, reason = "a ratio of millions needs three digits")]
        let times = ours as f64 / hello as f64;
        print(&format!("{handler:<32}{ours:>14} instructions, {times:.2} times"));
        failed |= times > MOST_TIMES;
    }
    let bytes = deflated(&artifact("bootstrap"))?;
    print(&format!("{:<32}{bytes:>14} bytes deflated", "artifact"));
    failed |= bytes > MOST_BYTES;
    if failed { Err("a budget is exceeded".into()) } else { Ok(()) }
}

fn print(line: &str) {
    println!("{line}");
}

fn artifact(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target =
        target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"));
    target.join("release").join(name)
}

fn instructions(program: &Path) -> Result<u64, Failure> {
    instructions_of(program, "accounts::me")
}

/// Starts a program under callgrind, waits for its first call for work, and ends it.
fn instructions_of(program: &Path, handler: &str) -> Result<u64, Failure> {
    let runtime = TcpListener::bind("127.0.0.1:0")?;
    let report = std::env::temp_dir().join(format!("guichet-{}.callgrind", std::process::id()));
    let mut child = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", report.display()))
        .arg(program)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("AWS_LAMBDA_RUNTIME_API", runtime.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "bench")
        .env("AWS_REGION", "eu-west-3")
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .env("_HANDLER", handler)
        .env("GUICHET_TABLE", "bench")
        .env("GUICHET_BUS", "bench")
        .env("GUICHET_ORIGIN", "https://guichet.example.fr")
        .env("GUICHET_SENDER_ADDRESS", "a@example.fr")
        .env("GUICHET_SECRETS_PREFIX", "bench/")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let asked = wait_for_first_call(runtime);
    // Valgrind writes its count when it is asked to end.
    Command::new("kill").arg(child.id().to_string()).status()?;
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut said)?;
    }
    child.wait()?;
    let _ = std::fs::remove_file(report);
    asked.map_err(|error| format!("{handler}: {error}: {said}"))?;
    let count = said.lines().find_map(|line| line.split("Collected :").nth(1));
    let count = count.ok_or_else(|| format!("callgrind counted nothing: {said}"))?;
    Ok(count.trim().parse()?)
}

fn wait_for_first_call(runtime: TcpListener) -> Result<(), Failure> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = runtime.accept() else { return };
        let mut line = String::new();
        let read = BufReader::new(&mut stream).read_line(&mut line);
        let _ = stream.flush();
        if read.is_ok() && line.contains("/invocation/next") {
            let _ = sender.send(());
        }
    });
    Ok(receiver.recv_timeout(Duration::from_secs(MOST_SECONDS))?)
}

fn deflated(program: &Path) -> Result<usize, Failure> {
    let output = Command::new("gzip").args(["-9", "-c"]).arg(program).output()?;
    Ok(output.stdout.len())
}
