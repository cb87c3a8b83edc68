//! The whole system in one process: the template's functions over an embedded DynamoDB, with the
//! stream, the bus and the schedules played around them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow, bail};
use dynoxide::Database;
use guichet_domain::instant::Instant;
use guichet_platform::app::{App, Clock, Random, real_random};
use guichet_platform::clients::Clients;
use guichet_platform::config::{Config, Trust};
use guichet_platform::run;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::aws::{Aws, Outcomes};
use crate::gateway::{self, HttpAnswer, HttpRequest};
use crate::template::{Function, Template, Trigger, matches};
use crate::wire::{Role, Wire, acting_as};

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

/// What could not be handed over, after all retries.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// The use case that failed.
    pub handler: String,
    /// The record or event.
    pub payload: Value,
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
    positions: Mutex<BTreeMap<String, String>>,
    positions_file: Option<PathBuf>,
    dead_letters: Mutex<Vec<DeadLetter>>,
    requests: AtomicU64,
    pump: tokio::sync::Mutex<()>,
    servers: Vec<tokio::task::JoinHandle<()>>,
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

/// How many events the bus tries to hand to one target, and how often.
const MOST_DELIVERIES: usize = 5;

/// How many rounds bring any stack to rest.
const MOST_ROUNDS: usize = 100_000;

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
        let table = TcpListener::bind("127.0.0.1:0").await?;
        let services = TcpListener::bind("127.0.0.1:0").await?;
        let wire = Wire::default();
        let app = app(&options, &wire, table.local_addr()?.port(), services.local_addr()?.port());
        let table_server = tokio::spawn(dynoxide::server::serve_on(table, database.clone()));
        let router = aws.router();
        let services_server = tokio::spawn(async move {
            if let Err(error) = axum::serve(services, router).await {
                tracing::error!(%error, "what plays AWS has stopped");
            }
        });
        let positions = positions_file.as_ref().and_then(|file| std::fs::read(file).ok());
        let positions = positions.and_then(|text| serde_json::from_slice(&text).ok());
        if options.outcomes == Outcomes::Told {
            aws.tell_outcomes(clock(&options.time));
        }
        let stack = Self {
            app: Arc::new(app),
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
            servers: vec![table_server, services_server],
        };
        stack.run("keys::rotate").await?;
        Ok(stack)
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
            Environments::Shared => Arc::clone(&self.app),
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

    /// Hands everything on until nothing moves any more: the stream to its readers, the bus to its
    /// targets.
    ///
    /// # Errors
    /// The stream can't be read, or it never comes to rest.
    pub async fn settle(&self) -> Result<()> {
        let _alone = self.pump.lock().await;
        for _ in 0..MOST_ROUNDS {
            let mut moved = self.deliver_events().await > 0;
            for function in &self.template.functions {
                if let Trigger::Stream { .. } = function.trigger {
                    moved |= self.read_stream(function).await?;
                }
            }
            if !moved {
                return Ok(());
            }
        }
        bail!("the stack does not come to rest")
    }

    /// What could not be handed over so far.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn bury(&self, handler: &str, payload: Value) {
        tracing::error!(handler, "handed over in vain, put aside");
        let letter = DeadLetter { handler: handler.to_owned(), payload };
        self.dead_letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
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

    async fn deliver_events(&self) -> usize {
        let events = self.aws.take_events();
        for event in &events {
            for function in &self.template.functions {
                let Trigger::Rule { pattern } = &function.trigger else { continue };
                if matches(pattern, event) {
                    for _ in 0..self.times() {
                        self.deliver_event(&function.handler, event).await;
                    }
                }
            }
        }
        events.len()
    }

    fn times(&self) -> usize {
        match self.delivery {
            Delivery::Once => 1,
            Delivery::Twice => 2,
        }
    }

    async fn deliver_event(&self, handler: &str, event: &Value) {
        for _ in 0..MOST_DELIVERIES {
            if self.invoke(handler, event.clone()).await.is_ok() {
                return;
            }
        }
        self.bury(handler, event.clone());
    }

    /// Hands the next records to one reader; its position is kept only once everything that they
    /// caused on the bus was delivered, so that a crash repeats them rather than losing them.
    async fn read_stream(&self, function: &Function) -> Result<bool> {
        let Trigger::Stream { filters, batch_size, most_retries } = &function.trigger else {
            return Ok(false);
        };
        let records = self.records_after(self.position(&function.id).as_deref(), 1000)?;
        let Some(last) = records.last().and_then(sequence_number) else { return Ok(false) };
        let wanted = |record: &&Value| filters.iter().any(|filter| matches(filter, record));
        let wanted: Vec<Value> = records.iter().filter(wanted).cloned().collect();
        for batch in wanted.chunks(*batch_size) {
            for _ in 0..self.times() {
                self.hand_over(function, batch, *most_retries).await;
            }
            self.deliver_events().await;
        }
        self.keep_position(&function.id, last)?;
        Ok(true)
    }

    async fn hand_over(&self, function: &Function, batch: &[Value], most_retries: usize) {
        let (mut left, mut retries) = (batch, 0);
        while !left.is_empty() {
            let answer = self.invoke(&function.handler, json!({ "Records": left })).await;
            let failed_at = match &answer {
                Ok(answer) => answer.pointer("/batchItemFailures/0/itemIdentifier").cloned(),
                Err(_) => left[0].pointer("/dynamodb/SequenceNumber").cloned(),
            };
            let Some(failed_at) = failed_at else { return };
            let same =
                |record: &Value| record.pointer("/dynamodb/SequenceNumber") == Some(&failed_at);
            let index = left.iter().position(same).unwrap_or(0);
            retries = if index == 0 { retries + 1 } else { 1 };
            left = &left[index..];
            if retries > most_retries {
                self.bury(&function.handler, left[0].clone());
                (left, retries) = (&left[1..], 0);
            }
        }
    }

    fn position(&self, reader: &str) -> Option<String> {
        let positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        positions.get(reader).cloned()
    }

    fn keep_position(&self, reader: &str, position: String) -> Result<()> {
        let mut positions = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        positions.insert(reader.to_owned(), position);
        if let Some(file) = &self.positions_file {
            let fresh = file.with_extension("new");
            std::fs::write(&fresh, serde_json::to_vec(&*positions)?)?;
            std::fs::rename(fresh, file)?;
        }
        Ok(())
    }

    /// The records of the stream after a position.
    fn records_after(&self, position: Option<&str>, most: usize) -> Result<Vec<Value>> {
        let streams = self.database.list_streams(serde_json::from_value(json!({}))?)?;
        let arn = json!(streams.streams)[0]["StreamArn"].clone();
        let stream = serde_json::from_value(json!({ "StreamArn": arn }))?;
        let stream = json!(self.database.describe_stream(stream)?);
        let shard = stream.pointer("/StreamDescription/Shards/0/ShardId").cloned();
        let mut wanted = json!({ "StreamArn": arn, "ShardId": shard });
        match position {
            None => wanted["ShardIteratorType"] = json!("TRIM_HORIZON"),
            Some(position) => {
                wanted["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
                wanted["SequenceNumber"] = json!(position);
            }
        }
        let iterator = json!(self.database.get_shard_iterator(serde_json::from_value(wanted)?)?);
        let wanted = json!({ "ShardIterator": iterator["ShardIterator"], "Limit": most });
        let records = json!(self.database.get_records(serde_json::from_value(wanted)?)?);
        Ok(records["Records"].as_array().cloned().unwrap_or_default())
    }
}

fn sequence_number(record: &Value) -> Option<String> {
    record.pointer("/dynamodb/SequenceNumber")?.as_str().map(str::to_owned)
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

fn app(options: &Options, wire: &Wire, table_port: u16, services_port: u16) -> App {
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
        endpoint: Some(format!("http://127.0.0.1:{services_port}")),
        dynamodb_endpoint: Some(format!("http://127.0.0.1:{table_port}")),
        trust: Trust::Machine,
    };
    let credentials = aws_credential_types::Credentials::new("local", "local", None, None, "local");
    let http = aws_smithy_runtime_api::client::http::SharedHttpClient::new(wire.clone());
    let clients = Clients::new(&config, credentials, http);
    App::new(config, clients, clock(&options.time), random(options.seed))
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

fn random(seed: Option<u64>) -> Random {
    let Some(seed) = seed else { return real_random() };
    let generator = Mutex::new(rand::rngs::StdRng::seed_from_u64(seed));
    Arc::new(move |bytes| {
        generator.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    })
}
