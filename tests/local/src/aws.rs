//! SES, EventBridge and Secrets Manager, played over loopback for the real SDK clients.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::outcome;
use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_platform::app::Clock;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// A mail that SES would have sent.
#[derive(Debug, Clone)]
pub struct Caught {
    /// The number under which it was caught, from 1.
    pub number: usize,
    /// The message, as it would have gone out.
    pub raw: Vec<u8>,
    /// The recipients of the envelope.
    pub recipients: Vec<String>,
    /// The configuration set that the sender named.
    pub set: String,
    /// The tags that the sender gave it.
    pub tags: Vec<(String, String)>,
}

impl Caught {
    /// SES's own id of it.
    #[must_use]
    pub fn message(&self) -> String {
        format!("local-{}", self.number)
    }

    /// Its recipient.
    #[must_use]
    pub fn to(&self) -> &str {
        self.recipients.first().map_or("", String::as_str)
    }
}

/// Whether SES tells what became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcomes {
    /// It does, as it mostly does: of each mail at once, on the default bus.
    Told,
    /// It does not: its events are best effort.
    Untold,
}

/// What plays AWS remembers this much at one moment.
#[derive(Clone)]
pub struct Remembered(Inner);

#[derive(Clone, Default)]
struct Inner {
    mails: Vec<Caught>,
    secrets: BTreeMap<String, String>,
    events: Vec<Value>,
    clock: Option<Clock>,
}

/// What plays AWS, with its memory on disk where there is one.
#[derive(Clone, Default)]
pub struct Aws {
    inner: Arc<Mutex<Inner>>,
    folder: Option<PathBuf>,
}

impl Aws {
    /// With its memory in a folder: secrets, and the mails caught so far.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let mails = folder.join("mails");
        std::fs::create_dir_all(&mails)
            .with_context(|| format!("{} can't be made", mails.display()))?;
        let mut inner = Inner::default();
        if let Ok(text) = std::fs::read_to_string(folder.join("secrets.json")) {
            inner.secrets = serde_json::from_str(&text).context("secrets.json can't be read")?;
        }
        for number in 1.. {
            let Ok(raw) = std::fs::read(mails.join(format!("{number:06}.eml"))) else { break };
            let recipients = recipients_of(&raw);
            inner.mails.push(Caught {
                number,
                raw,
                recipients,
                set: String::new(),
                tags: Vec::new(),
            });
        }
        let inner = Arc::new(Mutex::new(inner));
        Ok(Self { inner, folder: Some(folder.to_owned()) })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mails caught so far, the oldest first.
    pub fn mails(&self) -> Vec<Caught> {
        self.inner().mails.clone()
    }

    /// The events that stand on the bus.
    pub fn events(&self) -> Vec<Value> {
        self.inner().events.clone()
    }

    /// The first events on the bus were delivered.
    pub(crate) fn forget_events(&self, count: usize) {
        self.inner().events.drain(..count);
    }

    /// Tells what becomes of each mail from now on, at the time of this clock.
    pub fn tell_outcomes(&self, clock: Clock) {
        self.inner().clock = Some(clock);
    }

    /// Puts an event on the bus, as AWS itself does.
    pub fn put_event(&self, event: Value) {
        self.inner().events.push(event);
    }

    /// All that it remembers now, apart from what is in its folder.
    pub(crate) fn remembered(&self) -> Remembered {
        Remembered(self.inner().clone())
    }

    /// Goes back to what it remembered.
    pub(crate) fn go_back(&self, remembered: &Remembered) {
        *self.inner() = remembered.0.clone();
    }

    /// The routes that the SDK's clients call.
    pub(crate) fn router(&self) -> Router {
        Router::new().fallback(route).with_state(self.clone())
    }

    /// Answers one call.
    pub(crate) fn answer(&self, target: Option<&str>, body: &[u8]) -> Answer {
        let Some(operation) = target.and_then(|target| target.rsplit('.').next()) else {
            return match self.send_raw_email(body) {
                Ok(xml) => Answer { status: 200, kind: "text/xml", body: xml },
                Err(error) => Answer { status: 400, kind: "text/plain", body: error.to_string() },
            };
        };
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let answer = match operation {
            "PutEvents" => Some(self.put_events(&request)),
            _ => self.secret(operation, &request),
        };
        let (status, body) = answer.map_or_else(
            || {
                let kind = "ResourceNotFoundException";
                (400, json!({ "__type": kind, "message": "not found" }))
            },
            |answer| (200, answer),
        );
        Answer { status, kind: "application/x-amz-json-1.1", body: body.to_string() }
    }

    fn send_raw_email(&self, body: &[u8]) -> Result<String> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, v)| v);
        let raw = STANDARD.decode(field("RawMessage.Data").context("no message")?)?;
        let to = |(name, _): &&(String, String)| name.starts_with("Destinations.member.");
        let recipients = fields.iter().filter(to).map(|(_, value)| value.clone()).collect();
        let tags = fields.iter().filter_map(|(name, tag)| {
            let value = name.strip_suffix(".Name")?.to_owned() + ".Value";
            let (_, value) = fields.iter().find(|(found, _)| *found == value)?;
            Some((tag.clone(), value.clone()))
        });
        let tags: Vec<(String, String)> = tags.collect();
        let set = field("ConfigurationSetName").cloned().unwrap_or_default();
        let mut inner = self.inner();
        let number = inner.mails.len() + 1;
        let sent = Caught { number, raw, recipients, set, tags };
        // SES tells nothing of what was sent without a configuration set.
        if let Some(clock) = inner.clock.as_ref().filter(|_| !sent.set.is_empty()) {
            let events = outcome::events(&sent, clock());
            inner.events.extend(events);
        }
        if let Some(folder) = &self.folder {
            std::fs::write(folder.join(format!("mails/{number:06}.eml")), &sent.raw)?;
        }
        let message = sent.message();
        inner.mails.push(sent);
        Ok(format!(
            "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\
             <SendRawEmailResult><MessageId>{message}</MessageId></SendRawEmailResult>\
             <ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>\
             </SendRawEmailResponse>"
        ))
    }

    fn put_events(&self, request: &Value) -> Value {
        let entries = request["Entries"].as_array().cloned().unwrap_or_default();
        let count = entries.len();
        let events = entries.into_iter().map(|entry| {
            let detail = entry["Detail"].as_str().unwrap_or_default();
            json!({
                "version": "0",
                "id": "local",
                "detail-type": entry["DetailType"],
                "source": entry["Source"],
                "account": "000000000000",
                "time": entry["Time"],
                "region": "local",
                "resources": [],
                "detail": serde_json::from_str::<Value>(detail).unwrap_or_default(),
            })
        });
        self.inner().events.extend(events);
        let ids: Vec<Value> = (0..count).map(|id| json!({ "EventId": id.to_string() })).collect();
        json!({ "FailedEntryCount": 0, "Entries": ids })
    }

    fn secret(&self, operation: &str, request: &Value) -> Option<Value> {
        let name = request["SecretId"].as_str().or(request["Name"].as_str())?.to_owned();
        let mut inner = self.inner();
        let version = json!({ "ARN": name, "Name": name, "VersionId": "local" });
        match operation {
            "GetSecretValue" => {
                let text = inner.secrets.get(&name)?;
                Some(json!({ "ARN": name, "Name": name, "SecretString": text }))
            }
            "PutSecretValue" if !inner.secrets.contains_key(&name) => None,
            "PutSecretValue" | "CreateSecret" => {
                let text = request["SecretString"].as_str()?.to_owned();
                inner.secrets.insert(name, text);
                self.keep_secrets(&inner);
                Some(version)
            }
            _ => None,
        }
    }

    fn keep_secrets(&self, inner: &Inner) {
        let Some(folder) = &self.folder else { return };
        let text = serde_json::to_string(&inner.secrets).unwrap_or_default();
        let (fresh, kept) = (folder.join("secrets.json.new"), folder.join("secrets.json"));
        // Renaming is atomic: whatever happens, the file is the old one or the new one.
        let written = std::fs::write(&fresh, text).and_then(|()| std::fs::rename(fresh, kept));
        if let Err(error) = written {
            tracing::error!(%error, "the secrets could not be kept");
        }
    }
}

fn recipients_of(raw: &[u8]) -> Vec<String> {
    let parsed = mail_parser::MessageParser::default().parse(raw);
    let to = parsed.as_ref().and_then(|mail| mail.to()?.first()?.address().map(str::to_owned));
    to.into_iter().collect()
}

/// What is answered to a call.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Its content type.
    pub(crate) kind: &'static str,
    pub(crate) body: String,
}

async fn route(State(aws): State<Aws>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let answer = aws.answer(target, &body);
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [("content-type", answer.kind)], answer.body).into_response()
}
