//! The whole system in one process: the template's functions over an embedded DynamoDB, with the
//! stream, the bus and the schedules played around them.

mod delivery;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow, bail};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use dynoxide::Database;
pub use dynoxide::{AttributeValue, Item};
use guichet_domain::instant::Instant;
use guichet_platform::app::{App, Clock, Random, real_random};
use guichet_platform::clients::Clients;
use guichet_platform::config::{Config, Trust};
use guichet_platform::run;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::aws::{self, Aws, Outcomes};
use crate::gateway::{self, HttpAnswer, HttpRequest};
use crate::in_process::InProcess;
use crate::template::Template;
use crate::wire::{Role, Wire, acting_as};
pub use delivery::DeadLetter;
use delivery::sequence_number;

/// Where the stack's memory is.
#[derive(Debug, Clone)]
pub enum Memory {
    /// Nowhere: everything is gone when the process ends.
    Fresh,
    /// In a database file, with secrets, mails and positions beside it.
    File(PathBuf),
}

/// What time it is.
#[derive(Debug, Clone)]
pub enum Time {
    /// The machine's time, moved by so many seconds.
    Real {
        /// By how many seconds.
        offset_seconds: i64,
    },
    /// A clock that stands still until it is set.
    Set(SetClock),
}

/// A clock that stands still until it is set.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<AtomicI64>);

impl SetClock {
    /// A clock at this instant.
    pub fn at(instant: Instant) -> Self {
        Self(Arc::new(AtomicI64::new(instant.milliseconds())))
    }

    /// The instant that it shows.
    pub fn now(&self) -> Instant {
        Instant::from_milliseconds(self.0.load(Ordering::SeqCst))
    }

    /// Moves it on.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Moves it on by so many times 24 hours.
    pub fn advance_days(&self, days: i64) {
        self.advance_seconds(days * 86_400);
    }

    /// Sets it.
    pub fn set(&self, instant: Instant) {
        self.0.store(instant.milliseconds(), Ordering::SeqCst);
    }
}

/// How often the stream and the bus deliver each record and event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Once, as mostly.
    Once,
    /// Twice, as AWS may at any time.
    Twice,
}

/// How a stack is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its memory is.
    pub memory: Memory,
    /// What time it is.
    pub time: Time,
    /// The seed of its random source; the machine's own without one.
    pub seed: Option<u64>,
    /// How often records and events are delivered.
    pub delivery: Delivery,
    /// The origin of the pages that mailed links open.
    pub origin: String,
    /// Whether each function has caches of its own, as its environments on Lambda have.
    pub environments: Environments,
    /// Whether what plays SES tells what became of each mail.
    pub outcomes: Outcomes,
    /// Entries and mails of before cause no mail: what an operator sets after a restore.
    pub mail_epoch: Instant,
    /// How the functions reach what plays AWS.
    pub reach: Reach,
}

/// How the functions reach what plays AWS.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// Over HTTP on the loopback interface, as `cargo portal` does.
    Loopback,
    /// In this process, without a socket, through a client that may look at each call and let it
    /// wait: runs on one thread with a paused clock are then the same each time.
    InProcess(fn(SharedHttpClient) -> SharedHttpClient),
}

/// Whether each function has caches of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environments {
    /// It has: what is read once in ten minutes is read by each function.
    Own,
    /// All share one, so that a function is measured as it is when warm.
    Shared,
}

impl Options {
    /// A fresh stack for a test: a set clock, a seeded random source, everything delivered twice.
    pub fn test(clock: SetClock, seed: u64) -> Self {
        Self {
            memory: Memory::Fresh,
            time: Time::Set(clock),
            seed: Some(seed),
            delivery: Delivery::Twice,
            origin: "https://guichet.example.fr".to_owned(),
            environments: Environments::Own,
            outcomes: Outcomes::Untold,
            mail_epoch: Instant::from_milliseconds(0),
            reach: Reach::Loopback,
        }
    }
}

/// Whether writes go to the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// They do not.
    Stopped,
    /// They do.
    Running,
}

/// All that a stack remembers at one moment.
pub struct Kept {
    file: PathBuf,
    aws: aws::Remembered,
    positions: BTreeMap<String, String>,
}

/// Where a function runs, and what it may do there.
type Environment = (Arc<App>, Arc<Role>);

/// The whole system.
pub struct Stack {
    /// What the functions stand on.
    pub app: Arc<App>,
    /// The template that it was made from.
    pub template: Template,
    /// What plays SES, EventBridge and Secrets Manager.
    pub aws: Aws,
    /// The wire between the functions and AWS.
    pub wire: Wire,
    database: Database,
    delivery: Delivery,
    environments: Environments,
    warm: Mutex<BTreeMap<String, Environment>>,
    shared: Mutex<Arc<App>>,
    positions: Mutex<BTreeMap<String, String>>,
    positions_file: Option<PathBuf>,
    dead_letters: Mutex<Vec<DeadLetter>>,
    requests: AtomicU64,
    pump: tokio::sync::Mutex<()>,
    servers: Vec<tokio::task::JoinHandle<()>>,
    seeds: Seeds,
}

impl Drop for Stack {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

/// The text of the template in this repository.
///
/// # Errors
/// It can't be read.
pub fn template_text() -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    std::fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))
}

impl Stack {
    /// Makes a stack and its first signing keys.
    ///
    /// # Errors
    /// The template is wrong, the file can't be used, or a port can't be had.
    pub async fn start(options: Options) -> Result<Self> {
        let template = Template::parse(&template_text()?).context("template.yaml")?;
        let (database, aws, positions_file) = match &options.memory {
            Memory::Fresh => (Database::memory()?, Aws::default(), None),
            Memory::File(file) => {
                let folder = file.parent().context("the data file is in no folder")?;
                let database = file.to_str().context("the path of the data file is not text")?;
                let database = Database::new(database)
                    .map_err(|error| anyhow!("{} can't be opened: {error}", file.display()))?;
                (database, Aws::in_folder(folder)?, Some(folder.join("positions.json")))
            }
        };
        make_table(&database, &template)?;
        let reached = match options.reach {
            Reach::Loopback => serve(&database, &aws).await?,
            Reach::InProcess(through) => Reached {
                http: through(SharedHttpClient::new(InProcess::new(&database, &aws))),
                table: "http://table.local".to_owned(),
                services: "http://services.local".to_owned(),
                servers: Vec::new(),
            },
        };
        let wire = Wire::new(reached.http.clone());
        let seeds = Seeds::new(options.seed);
        let app = app(&options, &wire, &reached, seeds.random());
        let positions = positions_file.as_ref().and_then(|file| std::fs::read(file).ok());
        let positions = positions.and_then(|text| serde_json::from_slice(&text).ok());
        if options.outcomes == Outcomes::Told {
            aws.tell_outcomes(clock(&options.time));
        }
        let app = Arc::new(app);
        let stack = Self {
            shared: Mutex::new(Arc::clone(&app)),
            app,
            template,
            aws,
            wire,
            database,
            delivery: options.delivery,
            environments: options.environments,
            warm: Mutex::default(),
            positions: Mutex::new(positions.unwrap_or_default()),
            positions_file,
            dead_letters: Mutex::default(),
            requests: AtomicU64::new(1),
            pump: tokio::sync::Mutex::new(()),
            servers: reached.servers,
            seeds,
        };
        stack.run("keys::rotate").await?;
        Ok(stack)
    }

    /// Keeps all that the stack remembers in a file and in memory. It is at rest: every reader of
    /// the stream has read it.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn keep(&self, file: &Path) -> Result<Kept> {
        let path = file.to_str().context("the path is not text")?;
        self.database.vacuum_into(path)?;
        let positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A real stream soon forgets what was read. The last record says how far it is.
        rusqlite::Connection::open(file)?.execute_batch(
            "DELETE FROM _stream_records WHERE id < (SELECT MAX(id) FROM _stream_records); VACUUM",
        )?;
        Ok(Kept { file: file.to_owned(), aws: self.aws.remembered(), positions })
    }

    /// Goes back to what was kept. The random source begins with this seed from here.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn go_back(&self, kept: &Kept, seed: u64) -> Result<()> {
        self.database.restore_from(kept.file.to_str().context("the path is not text")?)?;
        self.aws.go_back(&kept.aws);
        *self.positions.lock().unwrap_or_else(PoisonError::into_inner) = kept.positions.clone();
        self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.seeds.sow(seed);
        Ok(())
    }

    /// Every function starts anew, with empty caches.
    pub fn cool_down(&self) {
        self.warm.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let fresh = Arc::new(self.app.environment());
        *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    /// Every item of the table. For proofs: the product never scans.
    ///
    /// # Errors
    /// The database refuses.
    pub fn items(&self) -> Result<Vec<Item>> {
        let all = serde_json::from_value(json!({ "TableName": "guichet" }))?;
        let page = self.database.scan(all)?;
        if page.last_evaluated_key.is_some() {
            bail!("the table is larger than one page");
        }
        Ok(page.items.unwrap_or_default())
    }

    /// One item of the table. For proofs.
    ///
    /// # Errors
    /// The database refuses.
    pub fn item(&self, pk: &str, sk: &str) -> Result<Option<Item>> {
        let key = json!({ "PK": { "S": pk }, "SK": { "S": sk } });
        let wanted = json!({ "TableName": "guichet", "Key": key });
        Ok(self.database.get_item(serde_json::from_value(wanted)?)?.item)
    }

    /// Puts an item into the table past everybody, as whoever holds the database can.
    ///
    /// # Errors
    /// The database refuses.
    pub fn overwrite(&self, item: &Item) -> Result<()> {
        let put = json!({ "TableName": "guichet", "Item": item });
        self.database.put_item(serde_json::from_value(put)?)?;
        Ok(())
    }

    /// Deletes an item past everybody.
    ///
    /// # Errors
    /// The database refuses.
    pub fn erase(&self, item: &Item) -> Result<()> {
        let key = json!({ "PK": item.get("PK"), "SK": item.get("SK") });
        let wanted = json!({ "TableName": "guichet", "Key": key });
        self.database.delete_item(serde_json::from_value(wanted)?)?;
        Ok(())
    }

    /// Answers an HTTP request through the function that its route names.
    pub async fn request(&self, request: HttpRequest) -> HttpAnswer {
        let id = format!("request-{}", self.requests.fetch_add(1, Ordering::SeqCst));
        let (handler, event) = match gateway::route(&self.template, &request, &id) {
            Ok(found) => found,
            Err(answer) => return answer,
        };
        match self.invoke_as(&handler, event, &id).await {
            Ok(value) => gateway::answer(&value),
            Err(error) => {
                tracing::error!(%error, handler, "a function failed");
                HttpAnswer::plain(500, "Internal Server Error")
            }
        }
    }

    /// Invokes a use case with an event, as Lambda's Invoke API does.
    ///
    /// # Errors
    /// What the use case fails with.
    pub async fn invoke(&self, handler: &str, event: Value) -> Result<Value> {
        let id = format!("invocation-{}", self.requests.fetch_add(1, Ordering::SeqCst));
        self.invoke_as(handler, event, &id).await
    }

    async fn invoke_as(&self, handler: &str, event: Value, id: &str) -> Result<Value> {
        let use_case = guichet_functions::find(handler)
            .ok_or_else(|| anyhow!("there is no use case `{handler}`"))?;
        let (app, role) = self.environment(handler)?;
        Ok(acting_as(role, run::invoke(&app, handler, use_case, event, id)).await?)
    }

    /// The environment in which a function runs, made at its first invocation, and its role.
    fn environment(&self, handler: &str) -> Result<Environment> {
        let mut warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = warm.get(handler) {
            return Ok(found.clone());
        }
        let function = self.template.functions.iter().find(|found| found.handler == handler);
        let function = function.with_context(|| format!("no function handles `{handler}`"))?;
        let app = match self.environments {
            Environments::Own => Arc::new(self.app.environment()),
            Environments::Shared => {
                Arc::clone(&self.shared.lock().unwrap_or_else(PoisonError::into_inner))
            }
        };
        let (handler, policy) = (handler.to_owned(), function.policy.clone());
        let made = (app, Arc::new(Role { handler: handler.clone(), policy }));
        warm.insert(handler, made.clone());
        Ok(made)
    }

    /// Runs a schedule now.
    ///
    /// # Errors
    /// What the use case fails with.
    pub async fn run(&self, handler: &str) -> Result<Value> {
        let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
        self.invoke(handler, event).await
    }

    /// Lets the table forget what is past its time to live.
    ///
    /// # Errors
    /// The database refuses.
    pub fn sweep(&self) -> Result<usize> {
        Ok(self.database.sweep_ttl()?)
    }

    /// The journal as the stream has shown it, the oldest entry first.
    ///
    /// # Errors
    /// The stream can't be read.
    pub fn journal(&self) -> Result<Vec<Value>> {
        let mut entries = Vec::new();
        let mut position = None;
        loop {
            let records = self.records_after(position.as_deref(), 1000)?;
            let Some(last) = records.last() else { return Ok(entries) };
            position = sequence_number(last);
            let is_entry = |record: &&Value| {
                let key = record.pointer("/dynamodb/Keys/PK/S").and_then(Value::as_str);
                key.is_some_and(|key| key.starts_with("JOURNAL#"))
            };
            let plain = |record: &Value| record.pointer("/dynamodb/NewImage").map(plain);
            entries.extend(records.iter().filter(is_entry).filter_map(plain));
        }
    }

    /// Stops the stream, or lets it go on. Fixtures of many items are put in without it: here every
    /// record makes the next write a little slower.
    ///
    /// # Errors
    /// The database refuses.
    pub fn stream(&self, flow: Flow) -> Result<()> {
        let mut wanted = json!({ "TableName": "guichet" });
        wanted["StreamSpecification"] = match flow {
            Flow::Stopped => json!({ "StreamEnabled": false }),
            Flow::Running => self.template.table["StreamSpecification"].clone(),
        };
        self.database.update_table(serde_json::from_value(wanted)?)?;
        Ok(())
    }
}

/// An item as plain JSON.
pub fn shown(item: &Item) -> Value {
    plain_map(&json!(item))
}

/// An image in DynamoDB's JSON as plain JSON, to be shown.
fn plain(image: &Value) -> Value {
    let Some((kind, value)) = image.as_object().and_then(|map| map.iter().next()) else {
        return image.clone();
    };
    match (kind.as_str(), value, image.as_object().map(serde_json::Map::len)) {
        ("S" | "BOOL", value, Some(1)) => value.clone(),
        ("N", value, Some(1)) => {
            let number = value.as_str().and_then(|number| number.parse::<f64>().ok());
            number.map_or_else(|| value.clone(), |number| json!(number))
        }
        ("NULL", _, Some(1)) => Value::Null,
        ("L", Value::Array(items), Some(1)) => items.iter().map(plain).collect(),
        ("M", map, Some(1)) => plain_map(map),
        _ => plain_map(image),
    }
}

fn plain_map(map: &Value) -> Value {
    let members = map.as_object().into_iter().flatten();
    Value::Object(members.map(|(name, value)| (name.clone(), plain(value))).collect())
}

fn make_table(database: &Database, template: &Template) -> Result<()> {
    if database.get_table_metadata("guichet")?.is_none() {
        database.create_table(serde_json::from_value(template.table.clone())?)?;
    }
    Ok(())
}

/// The way to what plays AWS, and what serves there.
struct Reached {
    http: SharedHttpClient,
    table: String,
    services: String,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

/// Serves the table and the services on ports of the loopback interface.
async fn serve(database: &Database, aws: &Aws) -> Result<Reached> {
    let table = TcpListener::bind("127.0.0.1:0").await?;
    let services = TcpListener::bind("127.0.0.1:0").await?;
    let origin = |port: u16| format!("http://127.0.0.1:{port}");
    let (table_origin, services_origin) =
        (origin(table.local_addr()?.port()), origin(services.local_addr()?.port()));
    let table_server = tokio::spawn(dynoxide::server::serve_on(table, database.clone()));
    let router = aws.router();
    let services_server = tokio::spawn(async move {
        if let Err(error) = axum::serve(services, router).await {
            tracing::error!(%error, "what plays AWS has stopped");
        }
    });
    Ok(Reached {
        http: aws_smithy_http_client::Builder::new().build_http(),
        table: table_origin,
        services: services_origin,
        servers: vec![table_server, services_server],
    })
}

fn app(options: &Options, wire: &Wire, reached: &Reached, random: Random) -> App {
    let config = Config {
        table: "guichet".to_owned(),
        bus: "guichet".to_owned(),
        origin: options.origin.clone(),
        sender_address: "ne-pas-repondre@guichet.example.fr".to_owned(),
        // References of the template stand for what they name.
        mail_set: Some("MailSet".to_owned()),
        unproven_mail_set: Some("UnprovenMailSet".to_owned()),
        mail_epoch: options.mail_epoch,
        secrets_prefix: "guichet/local/".to_owned(),
        region: "local".to_owned(),
        endpoint: Some(reached.services.clone()),
        dynamodb_endpoint: Some(reached.table.clone()),
        trust: Trust::Machine,
    };
    let credentials = aws_credential_types::Credentials::new("local", "local", None, None, "local");
    let clients = Clients::new(&config, credentials, SharedHttpClient::new(wire.clone()));
    App::new(config, clients, clock(&options.time), random)
}

fn clock(time: &Time) -> Clock {
    match time.clone() {
        Time::Set(clock) => Arc::new(move || clock.now()),
        Time::Real { offset_seconds } => {
            let real = guichet_platform::app::real_clock();
            Arc::new(move || real().plus_seconds(offset_seconds))
        }
    }
}

/// The random source: the machine's own, or one that begins with a seed.
struct Seeds(Option<Arc<Mutex<StdRng>>>);

impl Seeds {
    fn new(seed: Option<u64>) -> Self {
        Self(seed.map(|seed| Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    fn random(&self) -> Random {
        let Some(generator) = self.0.clone() else { return real_random() };
        Arc::new(move |bytes| {
            generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
        })
    }

    fn sow(&self, seed: u64) {
        if let Some(generator) = &self.0 {
            *generator.lock().unwrap_or_else(PoisonError::into_inner) = StdRng::seed_from_u64(seed);
        }
    }
}
