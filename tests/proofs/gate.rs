//! The gate: every call of the table waits there for its turn, and a chooser decides whose it is.
//!
//! The SDK's own client stands before it and the database behind it, both in this process, on one
//! thread with a paused clock: the same choices give the same run.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

/// How finely the turns are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// A call is one step.
    Call,
    /// Each item of a batch read is a step, since a batch read is not a snapshot; a transaction
    /// begins in one step and is written in another, and meets those that hold its items meanwhile.
    Item,
}

/// Longer than any pause that a command makes before it tries again: when this has passed on the
/// paused clock, everybody waits at the gate.
const LONGER_THAN_ANY_PAUSE: Duration = Duration::from_secs(30);

tokio::task_local! {
    static TURN: (Arc<Schedule>, usize);
}

/// Time passes for whoever is played, in a step that others may come before.
pub async fn time_passes() {
    if let Ok((schedule, actor)) = TURN.try_with(Clone::clone) {
        schedule.turn(actor).await;
    }
}

/// Whose turn it is, who waits, and what happened so far.
pub struct Schedule {
    grain: Grain,
    actors: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: Vec<(usize, oneshot::Sender<()>)>,
    done: BTreeSet<usize>,
    /// The items of transactions that have begun, and by whom.
    held: BTreeMap<String, usize>,
    story: Vec<String>,
    touched: Vec<(String, Vec<String>)>,
    /// How many calls have passed that may have written.
    writes: usize,
}

impl Schedule {
    /// Nobody has done anything yet.
    pub fn new(grain: Grain, actors: Vec<String>) -> Arc<Self> {
        Arc::new(Self { grain, actors, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who read what and who wrote what, in order.
    pub fn story(&self) -> Vec<String> {
        self.state().story.clone()
    }

    /// The operations so far, with the keys that they named.
    pub fn touched(&self) -> Vec<(String, Vec<String>)> {
        self.state().touched.clone()
    }

    /// The keys that may have been written so far.
    pub fn written(&self) -> BTreeSet<(String, String)> {
        let state = self.state();
        let writes = state
            .touched
            .iter()
            .filter(|(operation, _)| ![CHECK, "BatchGetItem"].contains(&operation.as_str()));
        let split = |key: &String| {
            let (pk, sk) = key.split_once('|')?;
            Some((pk.to_owned(), sk.to_owned()))
        };
        writes.flat_map(|(_, keys)| keys).filter_map(split).collect()
    }

    fn tell(&self, actor: usize, what: &str) {
        let line = format!("{} {what}", self.actors[actor]);
        self.state().story.push(line);
    }

    /// Runs the commands side by side. Whenever each of them waits, `choose` says which of so many
    /// waiting calls goes on.
    pub async fn run<T>(
        self: &Arc<Self>,
        commands: Vec<impl Future<Output = T>>,
        mut choose: impl FnMut(usize) -> usize,
    ) -> Vec<T> {
        let count = commands.len();
        let numbered = commands.into_iter().enumerate();
        let all = numbered.map(|(actor, command)| {
            let schedule = Arc::clone(self);
            TURN.scope((Arc::clone(self), actor), async move {
                let answer = command.await;
                schedule.state().done.insert(actor);
                answer
            })
        });
        // Without the runtime's budget, so that one poll brings everybody as far as they get.
        let all = tokio::task::unconstrained(futures_util::future::join_all(all));
        let mut all = std::pin::pin!(all);
        loop {
            if let Poll::Ready(answers) = futures_util::poll!(&mut all) {
                return answers;
            }
            if !self.everybody_waits(count) {
                // Somebody pauses before another attempt.
                tokio::select! {
                    biased;
                    answers = &mut all => return answers,
                    () = tokio::time::sleep(LONGER_THAN_ANY_PAUSE) => {}
                }
            }
            let mut state = self.state();
            assert!(!state.waiting.is_empty(), "nobody can go on: {:#?}", state.story);
            state.waiting.sort_by_key(|(actor, _)| *actor);
            let chosen = choose(state.waiting.len());
            let (_, go) = state.waiting.remove(chosen);
            // Whoever does not wait any more has died.
            let _ = go.send(());
        }
    }

    /// Whether each command waits at the gate or is done.
    fn everybody_waits(&self, count: usize) -> bool {
        let state = self.state();
        let waits = |actor: &usize| state.waiting.iter().any(|(waiting, _)| waiting == actor);
        (0..count).all(|actor| state.done.contains(&actor) || waits(&actor))
    }

    async fn turn(&self, actor: usize) {
        let (go, turn) = oneshot::channel();
        self.state().waiting.push((actor, go));
        turn.await.expect("the schedule lives longer than its commands");
    }

    async fn perform(
        &self,
        actor: usize,
        inner: &SharedHttpConnector,
        request: HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let Some(operation) = target.strip_prefix("DynamoDB_20120810.").map(str::to_owned) else {
            return inner.call(request).await;
        };
        let body = json_of(request.body());
        let keys = keys_of(&operation, &body);
        // What only counts against a limit is read by nobody else, and meets nobody.
        if !keys.is_empty() && keys.iter().all(|key| key.starts_with("LIMIT#")) {
            return inner.call(request).await;
        }
        self.note(&operation, &body, keys);
        match (self.grain, operation.as_str()) {
            (Grain::Item, "BatchGetItem") => {
                self.read_one_by_one(actor, inner, request, body).await
            }
            (Grain::Item, "TransactWriteItems") => self.meet(actor, inner, request, body).await,
            _ => {
                self.turn(actor).await;
                let answer = inner.call(request).await;
                if !["BatchGetItem", "Query"].contains(&operation.as_str()) {
                    self.state().writes += 1;
                }
                let answer = answer?;
                self.tell(actor, &what(&operation, &body, &json_of(answer.body())));
                Ok(answer)
            }
        }
    }

    /// Notes what a call touches, with what it only checks apart.
    fn note(&self, operation: &str, body: &Value, keys: Vec<String>) {
        let checked = checked_by(body);
        let (checks, others): (Vec<_>, Vec<_>) =
            keys.into_iter().partition(|key| checked.contains(key));
        let touched = &mut self.state().touched;
        touched.push((operation.to_owned(), others));
        touched.push((CHECK.to_owned(), checks));
    }

    /// A batch read whose items are read at different instants. The table itself is asked again only
    /// when somebody has written since.
    async fn read_one_by_one(
        &self,
        actor: usize,
        inner: &SharedHttpConnector,
        request: HttpRequest,
        body: Value,
    ) -> Result<HttpResponse, ConnectorError> {
        let Some((table, wanted)) = body["RequestItems"].as_object().and_then(one) else {
            return inner.call(request).await;
        };
        let mut items = Vec::new();
        let mut last: Option<(usize, HttpResponse, Value)> = None;
        for wanted in wanted["Keys"].as_array().into_iter().flatten() {
            self.turn(actor).await;
            let writes = self.state().writes;
            let (_, whole, read) = match last.take() {
                Some(last @ (seen, ..)) if seen == writes => last,
                _ => {
                    let asked = request.try_clone().expect("the body is in memory");
                    let whole = inner.call(asked).await?;
                    let read = json_of(whole.body());
                    (writes, whole, read)
                }
            };
            let all = read["Responses"][table].as_array().into_iter().flatten();
            let found: Vec<Value> = all.filter(|item| key(item) == key(wanted)).cloned().collect();
            let asked = json!({ "RequestItems": { table: { "Keys": [wanted] } } });
            let answer = json!({ "Responses": { table: found } });
            self.tell(actor, &what("BatchGetItem", &asked, &answer));
            items.extend(found);
            last = Some((writes, whole, read));
        }
        let Some((_, mut answer, _)) = last else { return inner.call(request).await };
        let whole = json!({ "Responses": { table: items }, "UnprocessedKeys": {} });
        *answer.body_mut() = SdkBody::from(whole.to_string());
        Ok(answer)
    }

    /// A transaction that may meet another one.
    async fn meet(
        &self,
        actor: usize,
        inner: &SharedHttpConnector,
        request: HttpRequest,
        body: Value,
    ) -> Result<HttpResponse, ConnectorError> {
        let keys = keys_of("TransactWriteItems", &body);
        self.turn(actor).await;
        let met = {
            let mut state = self.state();
            let is_held = |key: &String| state.held.contains_key(key);
            let met: Vec<bool> = keys.iter().map(is_held).collect();
            if !met.contains(&true) {
                state.held.extend(keys.iter().map(|key| (key.clone(), actor)));
            }
            met
        };
        if met.contains(&true) {
            self.tell(actor, "meets another transaction");
            return Ok(cancelled(&met));
        }
        self.turn(actor).await;
        let answer = inner.call(request).await;
        {
            let mut state = self.state();
            state.writes += 1;
            state.held.retain(|_, holder| *holder != actor);
        }
        let answer = answer?;
        self.tell(actor, &what("TransactWriteItems", &body, &json_of(answer.body())));
        Ok(answer)
    }
}

/// What DynamoDB answers to a transaction whose items another one holds.
fn cancelled(met: &[bool]) -> HttpResponse {
    let reason = |met: &bool| match met {
        true => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing" }),
        false => json!({ "Code": "None" }),
    };
    let reasons: Vec<Value> = met.iter().map(reason).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": reasons,
    });
    let status = 400.try_into().expect("a status");
    HttpResponse::new(status, SdkBody::from(body.to_string()))
}

fn json_of(body: &SdkBody) -> Value {
    serde_json::from_slice(body.bytes().unwrap_or_default()).unwrap_or_default()
}

fn one(map: &Map<String, Value>) -> Option<(&String, &Value)> {
    map.iter().next()
}

/// The keys that a call names: of what it reads, writes and checks.
fn keys_of(operation: &str, body: &Value) -> Vec<String> {
    match operation {
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object();
            let keys =
                tables.into_iter().flatten().flat_map(|(_, wanted)| wanted["Keys"].as_array());
            keys.flatten().map(key).collect()
        }
        "TransactWriteItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            let write =
                |item: &Value| item.as_object().and_then(one).map(|(_, write)| write.clone());
            let key_or_item = |write: Value| key(write.get("Key").unwrap_or(&write["Item"]));
            items.filter_map(write).map(key_or_item).collect()
        }
        "UpdateItem" => vec![key(&body["Key"])],
        _ => Vec::new(),
    }
}

/// The operation under which checks of a transaction are noted: they read.
pub const CHECK: &str = "ConditionCheck";

/// The keys that a transaction only checks.
fn checked_by(body: &Value) -> BTreeSet<String> {
    let items = body["TransactItems"].as_array().into_iter().flatten();
    items.filter_map(|item| Some(key(item.get(CHECK)?.get("Key")?))).collect()
}

fn key(item: &Value) -> String {
    let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    format!("{}|{}", text("PK"), text("SK"))
}

/// A call and its outcome, in one line of the story.
fn what(operation: &str, body: &Value, answer: &Value) -> String {
    let keys = keys_of(operation, body);
    match operation {
        "BatchGetItem" => {
            let items = answer["Responses"].as_object().into_iter().flatten();
            let items = items.flat_map(|(_, items)| items.as_array()).flatten();
            let found: Vec<(String, String)> =
                items.map(|item| (key(item), version(item))).collect();
            let read = keys.iter().map(|wanted| {
                let found = found.iter().find(|(key, _)| key == wanted);
                let seen = found.map_or("absent".to_owned(), |(_, version)| version.clone());
                format!("{wanted} ({seen})")
            });
            format!("reads {}", read.collect::<Vec<_>>().join(", "))
        }
        "TransactWriteItems" => match answer["CancellationReasons"].as_array() {
            None => format!("writes {}", keys.join(", ")),
            Some(reasons) => {
                let failed = keys.iter().zip(reasons).filter(|(_, why)| why["Code"] != "None");
                let failed: Vec<String> =
                    failed.map(|(key, why)| format!("{key} ({})", why["Code"])).collect();
                format!("loses at {}", failed.join(", "))
            }
        },
        "UpdateItem" => format!("counts in {}", keys.join(", ")),
        "Query" => {
            let partition = &body["ExpressionAttributeValues"][":partition"]["S"];
            format!("lists {partition}: {} rows", answer["Count"])
        }
        other => other.to_owned(),
    }
}

fn version(item: &Value) -> String {
    let version =
        ["rights_version", "version"].into_iter().find_map(|name| item[name]["N"].as_str());
    version.map_or_else(|| "present".to_owned(), |version| format!("version {version}"))
}

/// The gate before a client.
pub fn before(inner: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(Gate(inner))
}

#[derive(Debug)]
struct Gate(SharedHttpClient);

impl HttpClient for Gate {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector(self.0.http_connector(settings, components)))
    }
}

#[derive(Debug)]
struct Connector(SharedHttpConnector);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let inner = self.0.clone();
        // Outside of a schedule, calls go at once.
        let Ok((schedule, actor)) = TURN.try_with(Clone::clone) else { return inner.call(request) };
        HttpConnectorFuture::new(async move { schedule.perform(actor, &inner, request).await })
    }
}
