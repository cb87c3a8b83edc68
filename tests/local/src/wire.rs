//! The wire between the functions and AWS: every call of every client passes here, is counted, and
//! can be made to fail.

use std::collections::{BTreeSet, VecDeque};
use std::future::Future;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use crate::policy::{Policy, Want, wants};

tokio::task_local! {
    /// The function that makes the calls of this task.
    static FUNCTION: Arc<Role>;
}

/// A function and what it may do.
#[derive(Debug)]
pub struct Role {
    /// The use case.
    pub handler: String,
    /// What it may do.
    pub policy: Policy,
}

/// Runs a future whose calls are made, and judged, as this function's.
pub async fn acting_as<T>(role: Arc<Role>, future: impl Future<Output = T>) -> T {
    FUNCTION.scope(role, future).await
}

/// One call of AWS, as it went over the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The use case that made it; empty outside of one.
    pub handler: String,
    /// The operation: `TransactWriteItems`, `SendRawEmail`, …
    pub operation: String,
    /// How many calls of this stack were under way when it began.
    pub beside: usize,
    /// The capacity units that the answer names.
    pub capacity: f64,
}

/// What happens to a call instead of, or after, being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with this status and body, and nothing is done.
    Answer(u16, String),
    /// It never reaches AWS.
    LostBefore,
    /// It is done, and the answer gets lost.
    LostAfter,
    /// The process dies before the call reaches AWS: the future never ends.
    DieBefore,
    /// The call is done, and the process dies before it learns so.
    DieAfter,
}

/// Which call meets a fault.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// The next one of this operation.
    Operation(String),
    /// The one with this number, counted from the first that the wire ever saw.
    Number(usize),
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Call>,
    under_way: usize,
    faults: VecDeque<(Target, Fault)>,
    made: usize,
    used: BTreeSet<(String, Want)>,
}

/// The wire.
#[derive(Debug, Clone)]
pub struct Wire {
    inner: SharedHttpClient,
    state: Arc<Mutex<State>>,
    death: Arc<tokio::sync::Notify>,
}

impl Wire {
    /// A wire over this client.
    pub(crate) fn new(inner: SharedHttpClient) -> Self {
        Self { inner, state: Arc::default(), death: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call of this operation meets this fault.
    pub fn fail_next(&self, operation: &str, fault: Fault) {
        self.state().faults.push_back((Target::Operation(operation.to_owned()), fault));
    }

    /// The call after the next `calls` ones meets this fault.
    pub fn fail_after(&self, calls: usize, fault: Fault) {
        let mut state = self.state();
        let number = state.made + calls;
        state.faults.push_back((Target::Number(number), fault));
    }

    /// Forgets the faults that no call has met; tells whether there were any.
    pub fn forget_faults(&self) -> bool {
        !std::mem::take(&mut self.state().faults).is_empty()
    }

    /// Waits until a call met [`Fault::DieBefore`] or [`Fault::DieAfter`].
    pub async fn death(&self) {
        self.death.notified().await;
    }

    async fn die(&self) -> ! {
        self.death.notify_one();
        std::future::pending().await
    }

    /// The calls since the last time that this was asked.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    /// The answer to a call that the calling function's role does not allow.
    fn denial(&self, request: &HttpRequest, operation: &str) -> Option<Fault> {
        let role = FUNCTION.try_with(Arc::clone).ok()?;
        let body = request.body().bytes().unwrap_or_default();
        for want in wants(operation, body) {
            if !role.policy.allows(&want) {
                let handler = &role.handler;
                tracing::error!(handler, ?want, "template.yaml does not allow this");
                let error = format!("{handler} is not authorized to perform {want:?}");
                let body =
                    serde_json::json!({ "__type": "AccessDeniedException", "message": error });
                return Some(Fault::Answer(400, body.to_string()));
            }
            let used = (role.handler.clone(), want);
            if self.state().used.insert(used.clone()) {
                note(&used);
            }
        }
        None
    }

    fn begin(&self, operation: &str) -> (usize, Option<Fault>) {
        let mut state = self.state();
        let beside = state.under_way;
        state.under_way += 1;
        let handler = FUNCTION.try_with(|role| role.handler.clone()).unwrap_or_default();
        let call = Call { handler, operation: operation.to_owned(), beside, capacity: 0.0 };
        state.calls.push(call);
        let index = state.calls.len() - 1;
        let number = state.made;
        state.made += 1;
        let fault = state.faults.iter().position(|(target, _)| match target {
            Target::Operation(wanted) => wanted == operation,
            Target::Number(wanted) => *wanted == number,
        });
        let fault = fault.and_then(|position| state.faults.remove(position));
        (index, fault.map(|(_, fault)| fault))
    }

    fn end(&self, index: usize, capacity: f64) {
        let mut state = self.state();
        state.under_way = state.under_way.saturating_sub(1);
        if let Some(call) = state.calls.get_mut(index) {
            call.capacity = capacity;
        }
    }
}

/// Round trips that follow one another: calls made side by side count once.
pub fn sequential(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.beside == 0).count()
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Watched { inner, wire: self.clone() })
    }
}

/// Notes what a function did in the file that `GUICHET_USED` names, for `grants` to compare.
fn note((handler, want): &(String, Want)) {
    let Some(path) = std::env::var_os("GUICHET_USED") else { return };
    let key = want.key.as_deref().unwrap_or_default();
    let line = format!("{handler}\t{}\t{}\t{key}\n", want.action, want.resource);
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
        tracing::error!(%error, "what functions use could not be noted");
    }
}

#[derive(Debug)]
struct Watched {
    inner: SharedHttpConnector,
    wire: Wire,
}

impl HttpConnector for Watched {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = operation(&request);
        let (index, fault) = self.wire.begin(&operation);
        let fault = self.wire.denial(&request, &operation).or(fault);
        let (inner, wire) = (self.inner.clone(), self.wire.clone());
        HttpConnectorFuture::new(async move {
            let answer = perform(&wire, &inner, request, fault).await;
            let capacity = answer.as_ref().map(capacity).unwrap_or_default();
            wire.end(index, capacity);
            answer
        })
    }
}

async fn perform(
    wire: &Wire,
    inner: &SharedHttpConnector,
    request: HttpRequest,
    fault: Option<Fault>,
) -> Result<HttpResponse, ConnectorError> {
    let lost = || ConnectorError::io("lost on the wire".into());
    match fault {
        None => in_memory(inner.call(request).await?).await,
        Some(Fault::LostBefore) => Err(lost()),
        Some(Fault::LostAfter) => {
            in_memory(inner.call(request).await?).await?;
            Err(lost())
        }
        Some(Fault::DieBefore) => wire.die().await,
        Some(Fault::DieAfter) => {
            in_memory(inner.call(request).await?).await?;
            wire.die().await
        }
        Some(Fault::Answer(status, body)) => {
            let status = status.try_into().map_err(|_| lost())?;
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        }
    }
}

/// The answer with its whole body, so that it can be looked at.
async fn in_memory(answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let status = answer.status();
    let headers = answer.headers().clone();
    let body = axum::body::to_bytes(axum::body::Body::new(answer.into_body()), usize::MAX).await;
    let body = body.map_err(|error| ConnectorError::io(error.into()))?;
    let mut whole = HttpResponse::new(status, SdkBody::from(body));
    *whole.headers_mut() = headers;
    Ok(whole)
}

fn operation(request: &HttpRequest) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    let body = request.body().bytes().unwrap_or_default();
    let action = form_urlencoded::parse(body).find(|(name, _)| name == "Action");
    action.map(|(_, action)| action.into_owned()).unwrap_or_default()
}

fn capacity(answer: &HttpResponse) -> f64 {
    let body = answer.body().bytes().unwrap_or_default();
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(body) else { return 0.0 };
    let units = |consumed: &serde_json::Value| consumed["CapacityUnits"].as_f64();
    match &body["ConsumedCapacity"] {
        serde_json::Value::Array(tables) => tables.iter().filter_map(units).sum(),
        one => units(one).unwrap_or_default(),
    }
}
