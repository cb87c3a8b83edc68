//! From a Lambda event to a use case and back: HTTP, streams, the bus, schedules, direct calls.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant as Stopwatch;

use guichet_domain::journal::Entry;
use guichet_domain::permissions::Permit;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::request::LambdaRequest;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::App;
use crate::meter;
use crate::problem::Error;
use crate::reply::Reply;
use crate::request::Request;

/// What a handler answers with, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A use case, by what calls it.
#[derive(Clone, Copy)]
pub enum UseCase {
    /// API Gateway.
    Http(for<'a> fn(&'a App, &'a Request) -> Answer<'a, Reply>),
    /// The table's stream, one record at a time.
    Stream(for<'a> fn(&'a App, &'a Changed) -> Answer<'a, ()>),
    /// The bus: a journal entry was published.
    Bus(for<'a> fn(&'a App, &'a Entry) -> Answer<'a, ()>),
    /// The account's default bus: AWS tells of something.
    Event(for<'a> fn(&'a App, &'a Value) -> Answer<'a, ()>),
    /// A schedule.
    Schedule(for<'a> fn(&'a App) -> Answer<'a, Tally>),
    /// The operator, directly.
    Direct(for<'a> fn(&'a App, Value) -> Answer<'a, Value>),
}

/// What a schedule did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// How many items it dealt with.
    pub done: u32,
    /// How many somebody else had dealt with.
    pub skipped: u32,
    /// How many failed, and stay due.
    pub failed: u32,
}

impl Tally {
    /// Counts one item by how it went. What somebody else did meanwhile is not a failure.
    pub fn count(&mut self, result: &Result<(), Error>) {
        match result {
            Ok(()) => self.done += 1,
            Err(Error::Again | Error::Problem(_)) => self.skipped += 1,
            Err(Error::Internal(why)) => {
                tracing::error!(why, "an item of a schedule failed");
                self.failed += 1;
            }
        }
    }
}

/// A record of the table's stream.
#[derive(Debug, Clone)]
pub struct Changed {
    image: serde_dynamo::Item,
}

impl Changed {
    /// The item as it was written.
    ///
    /// # Errors
    /// It does not have this shape.
    pub fn image<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let read = serde_dynamo::from_item(self.image.clone());
        read.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// What Lambda is told went wrong, when it is to try again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

/// How often a command is decided again because somebody was faster.
const MOST_DECISIONS: u32 = 5;

/// Runs a use case on a Lambda event.
///
/// # Errors
/// What Lambda is to try again or to put aside.
pub async fn invoke(
    app: &App,
    name: &str,
    use_case: UseCase,
    event: Value,
    request_id: &str,
) -> Result<Value, Failure> {
    let stopwatch = Stopwatch::now();
    let (result, capacity) = meter::measured(dispatch(app, use_case, event, request_id)).await;
    let duration_ms = u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (outcome, result) = match result {
        Ok((outcome, value)) => (outcome, Ok(value)),
        Err(failure) => ("failed".to_owned(), Err(failure)),
    };
    tracing::info!(use_case = name, request = request_id, outcome, duration_ms, capacity);
    result
}

async fn dispatch(
    app: &App,
    use_case: UseCase,
    event: Value,
    request_id: &str,
) -> Result<(String, Value), Failure> {
    match use_case {
        UseCase::Http(handle) => http(app, handle, event, request_id).await,
        UseCase::Stream(handle) => Ok(stream(app, handle, &event).await),
        UseCase::Bus(handle) => {
            let entry = event.get("detail").cloned().unwrap_or_default();
            let entry: Entry = serde_json::from_value(entry)
                .map_err(|error| Failure(format!("not an entry of the journal: {error}")))?;
            handle(app, &entry).await.map_err(failure)?;
            Ok(("ok".to_owned(), Value::Null))
        }
        UseCase::Event(handle) => {
            decided(|| handle(app, &event)).await.map_err(failure)?;
            Ok(("ok".to_owned(), Value::Null))
        }
        UseCase::Schedule(handle) => {
            let tally = handle(app).await.map_err(failure)?;
            let outcome = if tally.failed == 0 { "ok" } else { "incomplete" };
            Ok((outcome.to_owned(), json!(tally)))
        }
        UseCase::Direct(handle) => {
            let result = decided(|| handle(app, event.clone())).await;
            Ok(("ok".to_owned(), result.map_err(failure)?))
        }
    }
}

/// Decides, and again while somebody was faster.
async fn decided<'a, T>(decide: impl Fn() -> Answer<'a, T>) -> Result<T, Error> {
    let mut result = decide().await;
    for _ in 1..MOST_DECISIONS {
        let Err(Error::Again) = result else { break };
        result = decide().await;
    }
    result
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Problem(problem) => {
            Failure(problem.body(guichet_domain::level::Language::En).to_string())
        }
        error => {
            tracing::error!(why = %error, "a use case failed");
            Failure(error.to_string())
        }
    }
}

async fn http(
    app: &App,
    handle: for<'a> fn(&'a App, &'a Request) -> Answer<'a, Reply>,
    event: Value,
    request_id: &str,
) -> Result<(String, Value), Failure> {
    let event: LambdaRequest = serde_json::from_value(with_plain_query(event))
        .map_err(|error| Failure(format!("not an event of API Gateway: {error}")))?;
    let mut request = Request::new(event.into(), request_id.to_owned());
    let mut result = handle(app, &request).await;
    let mut is_doubted = false;
    loop {
        let again = match &result {
            // A cancelled transaction wrote nothing: what was read is read again and decided
            // again, so that whoever lost learns exactly what the winner did.
            Err(Error::Again) => request.attempt < MOST_DECISIONS,
            // A batch read is not a snapshot: a refusal may come from half of what this very
            // request did the moment before, under the same key. What is read now is newer.
            Err(Error::Problem(problem)) if !is_doubted && problem.is_about_the_state() => {
                is_doubted = matches!(request.idempotency_key(), Ok(Some(_)));
                is_doubted
            }
            _ => false,
        };
        if !again {
            break;
        }
        request.attempt += 1;
        result = handle(app, &request).await;
    }
    let language = request.language();
    let (outcome, reply) = match result {
        Ok(reply) => (reply.status().as_u16().to_string(), reply),
        Err(error) => {
            if let Error::Internal(why) = &error {
                tracing::error!(request = request_id, why, "a request failed");
            }
            (error.to_string(), Reply::problem(&error, language))
        }
    };
    Ok((
        outcome,
        answer(
            reply.header(
                http::header::HeaderName::from_static("x-request-id"),
                request_id.to_owned(),
            ),
        ),
    ))
}

/// The event with a query that can stand in a URI: the conversion would panic on other bytes.
fn with_plain_query(mut event: Value) -> Value {
    for name in ["rawQueryString", "rawPath"] {
        let Some(text) = event.get(name).and_then(Value::as_str) else { continue };
        let is_odd = |byte: u8| !byte.is_ascii_graphic() || b"\"<>\\^`{|}#".contains(&byte);
        if text.bytes().any(is_odd) {
            let plain = text.bytes().map(|byte| match byte {
                byte if is_odd(byte) => format!("%{byte:02X}"),
                byte => char::from(byte).to_string(),
            });
            event[name] = Value::String(plain.collect());
        }
    }
    event
}

/// An answer as API Gateway takes it.
fn answer(reply: Reply) -> Value {
    let (parts, body) = reply.into_response().into_parts();
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(parts.status.as_u16());
    answer.headers = parts.headers;
    answer.is_base64_encoded = matches!(body, lambda_http::Body::Binary(_));
    // An empty body is left out: not every gateway takes a null.
    answer.body = (!matches!(body, lambda_http::Body::Empty)).then_some(body);
    json!(answer)
}

/// Deals with a batch of records in order. The first that fails is named, so that the stream comes
/// back with it and what follows.
async fn stream(
    app: &App,
    handle: for<'a> fn(&'a App, &'a Changed) -> Answer<'a, ()>,
    event: &Value,
) -> (String, Value) {
    let records = event.get("Records").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for record in records {
        let image = record.pointer("/dynamodb/NewImage").cloned().unwrap_or_default();
        let result = match serde_json::from_value(image) {
            Ok(image) => handle(app, &Changed { image }).await,
            Err(error) => Err(Error::Internal(format!("not an image: {error}"))),
        };
        if let Err(error) = result {
            tracing::error!(why = %error, "a record of the stream failed");
            let number = record.pointer("/dynamodb/SequenceNumber").cloned().unwrap_or_default();
            let failures = json!({ "batchItemFailures": [{ "itemIdentifier": number }] });
            return ("incomplete".to_owned(), failures);
        }
    }
    ("ok".to_owned(), json!({ "batchItemFailures": [] }))
}

/// The permit of a schedule or a consumer, which stands for time itself.
///
/// # Errors
/// The act is not one that happens by itself.
pub fn system_permit(action: guichet_domain::permissions::Action<'_>) -> Result<Permit, Error> {
    let system = guichet_domain::permissions::Actor::System;
    Ok(guichet_domain::permissions::check(&system, action)?)
}
