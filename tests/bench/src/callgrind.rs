//! Runs a program under callgrind as Lambda would, and reads what was counted.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A program under the counter.
pub struct Counted {
    child: Child,
    report: PathBuf,
}

/// A program of the release build, or of another profile.
pub fn artifact(profile: &str, name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target =
        target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"));
    target.join(profile).join(name)
}

/// The variables that Lambda and the template give a function, and nothing else.
pub fn environment(runtime: &str, handler: &str) -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = [
        ("PATH", path.as_str()),
        ("AWS_LAMBDA_RUNTIME_API", runtime),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_REGION", "eu-west-3"),
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("_HANDLER", handler),
        ("GUICHET_TABLE", "guichet"),
        ("GUICHET_BUS", "guichet"),
        ("GUICHET_ORIGIN", "https://guichet.example.fr"),
        ("GUICHET_SENDER_ADDRESS", "a@example.fr"),
        ("GUICHET_SECRETS_PREFIX", "guichet/local/"),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

impl Counted {
    /// Starts a program under callgrind.
    pub fn start(program: &Path, environment: &[(String, String)]) -> Result<Self, Failure> {
        let name = format!("guichet-{}-{}.callgrind", std::process::id(), environment.len());
        let report = std::env::temp_dir().join(name);
        let child = Command::new("valgrind")
            .arg("--tool=callgrind")
            .arg(format!("--callgrind-out-file={}", report.display()))
            .arg(program)
            .env_clear()
            .envs(environment.iter().cloned())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, report })
    }

    /// Ends it and tells how many instructions it took.
    pub fn end(mut self) -> Result<u64, Failure> {
        let said = self.wait()?;
        let _ = std::fs::remove_file(&self.report);
        count_in(&said)
    }

    /// Ends it and tells how many instructions it took, and where, by what callgrind annotates.
    pub fn account(mut self) -> Result<(u64, Vec<Share>), Failure> {
        let said = self.wait()?;
        let annotated = Command::new("callgrind_annotate")
            .args(["--threshold=100", "--auto=no", "--show=Ir"])
            .arg(&self.report)
            .output()?;
        let _ = std::fs::remove_file(&self.report);
        Ok((count_in(&said)?, shares(&String::from_utf8_lossy(&annotated.stdout))))
    }

    /// Valgrind writes its count when it is asked to end.
    fn wait(&mut self) -> Result<String, Failure> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let mut said = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut said)?;
        }
        self.child.wait()?;
        Ok(said)
    }
}

fn count_in(said: &str) -> Result<u64, Failure> {
    let count = said.lines().find_map(|line| line.split("Collected :").nth(1));
    let count = count.ok_or_else(|| format!("callgrind counted nothing: {said}"))?;
    Ok(count.trim().parse()?)
}

/// What one part of the program took.
#[derive(Debug, Clone)]
pub struct Share {
    /// Whose code it is.
    pub part: &'static str,
    /// How many instructions.
    pub instructions: u64,
}

/// Whose code a source file is, by its path.
const PARTS: [(&str, &[&str]); 9] = [
    ("ours", &["shared/domain/", "shared/mail/", "shared/platform/", "functions/src/"]),
    ("the AWS SDK", &["/aws-"]),
    (
        "TLS",
        &[
            "/rustls",
            "/ring-",
            "/webpki",
            "/tokio-rustls",
            "/hyper-rustls",
            "/untrusted",
            "/crypto/fipsmodule",
        ],
    ),
    (
        "HTTP and the runtime",
        &[
            "/hyper", "/http", "/h2-", "/tokio-", "/tower", "/lambda_", "/mio-", "/bytes-",
            "/futures",
        ],
    ),
    ("JSON and serialisation", &["/serde", "/itoa", "/ryu", "/zmij", "/base64"]),
    (
        "signatures and hashes",
        &["/sha2", "/hmac", "/ed25519", "/curve25519", "/digest", "/jsonwebtoken", "/block-buffer"],
    ),
    ("logs", &["/tracing", "/sharded-slab", "/time-", "/matchers", "/regex"]),
    ("the standard library", &["/rustc/", "/library/", "hashbrown"]),
    (
        "the C library and the loader",
        &[
            "ld-linux",
            "libc",
            "./elf/",
            "./string/",
            "./malloc/",
            "./nptl/",
            "sysdeps",
            "./stdlib/",
            "./csu/",
        ],
    ),
];

/// Adds up the annotated lines by whose code they are.
fn shares(annotated: &str) -> Vec<Share> {
    let mut sums = [0_u64; PARTS.len() + 1];
    for line in annotated.lines() {
        let Some((count, rest)) = line.trim_start().split_once(' ') else { continue };
        let Ok(count) = count.replace(',', "").parse::<u64>() else { continue };
        let is_total = rest.contains("PROGRAM TOTALS");
        if is_total || !rest.contains(':') {
            continue;
        }
        let part = PARTS.iter().position(|(_, marks)| marks.iter().any(|mark| rest.contains(mark)));
        sums[part.unwrap_or(PARTS.len())] += count;
    }
    let names = PARTS.iter().map(|(name, _)| *name).chain(["the rest"]);
    names.zip(sums).map(|(part, instructions)| Share { part, instructions }).collect()
}
