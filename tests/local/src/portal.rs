//! `cargo portal`: the stack behind real ports, with a mailbox and the journal to be looked at.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::gateway::{HttpAnswer, HttpRequest};
use crate::stack::Stack;
use crate::template::Trigger;
use crate::view;

/// The stack behind its ports.
#[derive(Clone)]
pub struct Portal {
    /// The stack.
    pub stack: Arc<Stack>,
    moved: Arc<Notify>,
}

/// How long the stream waits at most before it is looked at again.
const PAUSE: Duration = Duration::from_millis(200);

/// The largest body that is read at all; the gateway refuses smaller ones.
const MOST_BODY_BYTES: usize = 11 * 1024 * 1024;

impl Portal {
    /// A stack that will be served.
    pub fn new(stack: Stack) -> Self {
        Self { stack: Arc::new(stack), moved: Arc::default() }
    }

    /// Serves the API, and beside it Lambda's Invoke API, the mailbox and the journal, until
    /// `stop` is done. Hands everything on meanwhile.
    ///
    /// # Errors
    /// A server fails.
    pub async fn serve(
        self,
        api: TcpListener,
        control: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        let routes = Router::new().fallback(answer).with_state(self.clone());
        let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
        let api = axum::serve(api, routes);
        let control = axum::serve(control, control_routes(self.clone()));
        tokio::select! {
            ended = api.into_future() => ended.context("the API has stopped"),
            ended = control.into_future() => ended.context("the mailbox has stopped"),
            () = self.hand_on() => Ok(()),
            () = self.keep_time() => Ok(()),
            () = stop => Ok(()),
        }
    }

    async fn hand_on(&self) {
        loop {
            if let Err(error) = self.stack.settle().await {
                tracing::error!(%error, "the stream could not be handed on");
            }
            // Whatever moves next, or a look from time to time.
            let _ = tokio::time::timeout(PAUSE, self.moved.notified()).await;
        }
    }

    /// Runs each schedule when it is due, by the stack's own clock.
    async fn keep_time(&self) {
        let start = self.stack.app.now();
        let schedules = self.stack.template.functions.iter().filter_map(|function| {
            let Trigger::Schedule { every_seconds } = function.trigger else { return None };
            let every = i64::try_from(every_seconds).unwrap_or(i64::MAX);
            Some((function.handler.clone(), every, start))
        });
        let mut schedules: Vec<_> = schedules.collect();
        loop {
            for (handler, every_seconds, due) in &mut schedules {
                if self.stack.app.now() < *due {
                    continue;
                }
                *due = self.stack.app.now().plus_seconds(*every_seconds);
                if let Err(error) = self.stack.run(handler).await {
                    tracing::error!(%error, handler, "a schedule failed");
                }
                self.moved.notify_one();
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn answer(
    State(portal): State<Portal>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    let request = HttpRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: body.to_vec(),
        source: client.ip().to_string(),
    };
    let answer = portal.stack.request(request).await;
    portal.moved.notify_one();
    over_http(answer)
}

fn over_http(answer: HttpAnswer) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let failed = |_| StatusCode::BAD_GATEWAY.into_response();
    response.body(Body::from(answer.body)).unwrap_or_else(failed)
}

fn control_routes(portal: Portal) -> Router {
    Router::new()
        .route("/", get(async || axum::response::Redirect::to("/mails")))
        .route("/2015-03-31/functions/{function}/invocations", post(invoke))
        .route("/mails", get(mails))
        .route("/mails/last/text", get(last_text))
        .route("/mails/{number}", get(mail))
        .route("/mails/{number}/html", get(mail_html))
        .route("/mails/{number}/raw", get(mail_raw))
        .route("/journal", get(journal))
        .with_state(portal)
}

/// Lambda's Invoke API: how the operator reaches what is on no route.
async fn invoke(
    State(portal): State<Portal>,
    Path(function): Path<String>,
    body: Bytes,
) -> Response {
    let functions = &portal.stack.template.functions;
    let named =
        |name: &str| functions.iter().find(|found| found.id == name || found.handler == name);
    let Some(found) = named(&function) else { return StatusCode::NOT_FOUND.into_response() };
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = portal.stack.invoke(&found.handler, event).await;
    portal.moved.notify_one();
    match answer {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => {
            let body = serde_json::json!({ "errorMessage": error.to_string() });
            ([("x-amz-function-error", "Unhandled")], axum::Json(body)).into_response()
        }
    }
}

async fn mails(State(portal): State<Portal>) -> Html<String> {
    Html(view::mailbox(&portal.stack.aws.mails()))
}

#[derive(serde::Deserialize)]
struct To {
    to: Option<String>,
}

/// The text of the last mail, to an address or at all, once everything was handed on: for `curl`.
async fn last_text(State(portal): State<Portal>, Query(to): Query<To>) -> Response {
    if portal.stack.settle().await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let mails = portal.stack.aws.mails();
    let wanted = |mail: &&crate::aws::Caught| match &to.to {
        Some(address) => mail.recipients.contains(address),
        None => true,
    };
    match mails.iter().rev().find(wanted) {
        Some(mail) => view::text_of(mail).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn found(portal: &Portal, number: usize) -> Option<crate::aws::Caught> {
    portal.stack.aws.mails().into_iter().find(|mail| mail.number == number)
}

async fn mail(State(portal): State<Portal>, Path(number): Path<usize>) -> Response {
    match found(&portal, number) {
        Some(mail) => Html(view::mail(&mail)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn mail_html(State(portal): State<Portal>, Path(number): Path<usize>) -> Response {
    match found(&portal, number) {
        Some(mail) => Html(view::html_of(&mail)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn mail_raw(State(portal): State<Portal>, Path(number): Path<usize>) -> Response {
    match found(&portal, number) {
        Some(mail) => ([("content-type", "text/plain; charset=utf-8")], mail.raw).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn journal(State(portal): State<Portal>) -> Response {
    match portal.stack.journal() {
        Ok(entries) => Html(view::journal(&entries)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
