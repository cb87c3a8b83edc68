//! `cargo portal`: Guichet on one machine.

use std::fs::File;
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand};
use guichet_domain::instant::Instant;
use guichet_domain::seal::LATEST_SEAL_DAYS;
use guichet_local::aws::Outcomes;
use guichet_local::demo;
use guichet_local::portal::Portal;
use guichet_local::stack::{Delivery, Environments, Memory, Options, Reach, Stack, Time};
use guichet_platform::seal::verify::{self, History, Known};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

/// Guichet on one machine: the API, the mailbox and the journal, in one process.
#[derive(Debug, Parser)]
#[command(name = "portal", version)]
struct Cli {
    #[command(flatten)]
    serve: Serve,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Serve {
    /// Where the API listens; the mailbox and the journal listen on the next port.
    #[arg(long, global = true, default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// The data file; secrets, caught mails and positions stand beside it.
    #[arg(long, global = true, default_value = ".portal/guichet.sqlite")]
    data: PathBuf,
    /// Keep nothing: fresh data in memory.
    #[arg(long)]
    memory: bool,
    /// Move the clock, to see expiries happen: "8 days", "36 hours", "-1 day".
    #[arg(long, value_parser = offset, default_value = "0 seconds", allow_hyphen_values = true)]
    clock_offset: i64,
    /// Make a portal with people and requests in all states, and print who can sign in.
    #[arg(long)]
    demo: bool,
    /// Print the structured logs.
    #[arg(long)]
    logs: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a portal and its first super administrator, who gets a mail to set a password.
    CreatePortal(CreatePortal),
    /// Check an export of a journal offline, and name the first entry that does not fit.
    Verify(Verify),
}

#[derive(Debug, Args)]
struct Verify {
    /// The export: the pages of `GET /v1/portals/…/journal/export`, one after the other.
    export: PathBuf,
    /// The fingerprint of a key of the seals, as you noted it earlier: of the first one, and of each
    /// that began anew.
    #[arg(long = "fingerprint", value_name = "FINGERPRINT")]
    fingerprints: Vec<String>,
    /// How many days after it could have a seal may come.
    #[arg(long, value_name = "DAYS", default_value_t = LATEST_SEAL_DAYS)]
    sealed_within_days: u32,
    /// The table was restored since: some seals were lost, and their numbers given anew.
    #[arg(long)]
    after_a_restore: bool,
    /// Seals that were kept elsewhere: log lines of `journal::seal`, or seals alone, one in a line.
    #[arg(long)]
    copies: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CreatePortal {
    /// The portal's name.
    #[arg(long)]
    name: String,
    /// The portal's own site, `https://…`.
    #[arg(long)]
    site: String,
    /// Where people write to reach the portal's team.
    #[arg(long)]
    contact: String,
    /// The super administrator's first name.
    #[arg(long)]
    first_name: String,
    /// The super administrator's last name.
    #[arg(long)]
    last_name: String,
    /// The super administrator's address.
    #[arg(long)]
    email: String,
}

/// Seconds of a span such as "8 days".
fn offset(text: &str) -> Result<i64, String> {
    let span: jiff::Span = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    let seconds = span.total((jiff::Unit::Second, jiff::SpanRelativeTo::days_are_24_hours()));
    // A fraction of a second moves no expiry.
    #[expect(clippy::cast_possible_truncation, reason = "centuries of seconds fit")]
    seconds.map(|seconds| seconds as i64).map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.serve.logs {
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::io::stderr).init();
    }
    let done = match &cli.command {
        Some(Command::CreatePortal(portal)) => create_portal(&cli.serve, portal).await,
        Some(Command::Verify(verify)) => verify_export(verify),
        None => serve(cli.serve).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "this is a program that talks to whoever started it")]
fn complain(line: &str) {
    eprintln!("{line}");
}

/// Keeps other processes away from the data for as long as it lives.
struct Lock {
    _file: File,
}

fn lock(data: &Path) -> Result<Lock> {
    let folder = data.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.context("give the data file a folder of its own: --data .portal/file")?;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} can't be made", folder.display()))?;
    let path = folder.join("lock");
    let file =
        File::create(&path).with_context(|| format!("{} can't be written", path.display()))?;
    if file.try_lock().is_err() {
        bail!("{} is in use by another `cargo portal`", data.display());
    }
    Ok(Lock { _file: file })
}

fn options(serve: &Serve) -> Options {
    Options {
        memory: if serve.memory { Memory::Fresh } else { Memory::File(serve.data.clone()) },
        time: Time::Real { offset_seconds: serve.clock_offset },
        seed: None,
        delivery: Delivery::Once,
        origin: format!("http://{}", serve.address),
        environments: Environments::Own,
        outcomes: Outcomes::Told,
        mail_epoch: Instant::from_milliseconds(0),
        reach: Reach::Loopback,
    }
}

/// Checks an export, and says what it proves.
#[expect(clippy::print_stdout, reason = "this is a program that talks to whoever started it")]
fn verify_export(wanted: &Verify) -> Result<()> {
    let unreadable = |path: &Path| format!("{} can't be read", path.display());
    let export = File::open(&wanted.export).with_context(|| unreadable(&wanted.export))?;
    let copies = match &wanted.copies {
        None => Vec::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| unreadable(path))?;
            verify::seals_of(&text)
        }
    };
    let (fingerprints, sealed_within_days) =
        (wanted.fingerprints.clone(), wanted.sealed_within_days);
    let history = if wanted.after_a_restore { History::Restored } else { History::Unbroken };
    let known = Known { fingerprints, copies, sealed_within_days, history };
    let verified = verify::verify(BufReader::new(export), &known)?;
    println!("{verified}");
    Ok(())
}

fn control_address(api: SocketAddr) -> SocketAddr {
    SocketAddr::new(api.ip(), api.port().wrapping_add(1))
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} can't be listened on; choose another with --address 127.0.0.1:9000")
    })
}

async fn serve(serve: Serve) -> Result<()> {
    let api = listen(serve.address).await?;
    let control = listen(control_address(serve.address)).await?;
    let _lock = if serve.memory { None } else { Some(lock(&serve.data)?) };
    let portal = Portal::new(Stack::start(options(&serve)).await?);
    say(&format!("API      http://{}/v1", api.local_addr()?));
    say(&format!("Mails    http://{}/mails", control.local_addr()?));
    say(&format!("Journal  http://{}/journal", control.local_addr()?));
    let stack = portal.stack.clone();
    let demo = async move {
        if serve.demo {
            match demo::make(&stack).await {
                Ok(made) => show(&made),
                Err(error) => say(&format!("The demonstration was not made: {error:#}")),
            }
        }
        std::future::pending::<()>().await;
    };
    let stop = async {
        tokio::select! {
            () = demo => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    portal.serve(api, control, stop).await?;
    say("Stopped.");
    Ok(())
}

fn show(made: &demo::Demo) {
    say("");
    say("Who can sign in to the demonstration, all with this password:");
    say(&format!("  PORTAL={} PASSWORD='{}'", made.portal, made.password));
    for person in &made.people {
        say(&format!("  {:<32} {}", person.email, person.role));
    }
}

#[expect(clippy::print_stdout, reason = "this is a program that talks to whoever started it")]
fn say(line: &str) {
    println!("{line}");
}

async fn create_portal(serve: &Serve, portal: &CreatePortal) -> Result<()> {
    let event = json!({
        "name": portal.name,
        "address": portal.site,
        "contact_address": portal.contact,
        "administrator": {
            "first_name": portal.first_name,
            "last_name": portal.last_name,
            "email": portal.email,
        },
    });
    let answer = match TcpStream::connect(control_address(serve.address)).await {
        Ok(_) => invoke(control_address(serve.address), &event).await?,
        Err(_) => {
            let _lock = lock(&serve.data)?;
            let stack = Stack::start(options(serve)).await?;
            let made = stack.invoke("portals::create", event).await?;
            stack.settle().await?;
            made
        }
    };
    say(&format!("Portal   {}", answer["portal"].as_str().unwrap_or_default()));
    say(&format!("Mailed   {} (a link to set a password)", portal.email));
    Ok(())
}

/// Asks a running `cargo portal` through Lambda's Invoke API.
async fn invoke(address: SocketAddr, event: &Value) -> Result<Value> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let address = format!("http://{address}/2015-03-31/functions/PortalsCreate/invocations");
    let request = http::Request::post(address).body(axum::body::Body::from(event.to_string()))?;
    let answer = client.request(request).await.context("the running portal did not answer")?;
    let body = axum::body::to_bytes(axum::body::Body::new(answer.into_body()), 65_536).await?;
    let answer: Value = serde_json::from_slice(&body)?;
    match answer["errorMessage"].as_str() {
        Some(error) => bail!("{error}"),
        None => Ok(answer),
    }
}
