//! SES, EventBridge and Secrets Manager, played over loopback for the real SDK clients.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::outcome::{self, Sent};
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
    /// The tags that the sender gave it.
    pub tags: Vec<(String, String)>,
}

/// Whether SES tells what became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcomes {
    /// It does, as it mostly does: of each mail at once, on the default bus.
    Told,
    /// It does not: its events are best effort.
    Untold,
}

#[derive(Default)]
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
            inner.mails.push(Caught { number, raw, recipients, tags: Vec::new() });
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

    /// The events put on the bus since the last time that this was asked.
    pub fn take_events(&self) -> Vec<Value> {
        std::mem::take(&mut self.inner().events)
    }

    /// Tells what becomes of each mail from now on, at the time of this clock.
    pub fn tell_outcomes(&self, clock: Clock) {
        self.inner().clock = Some(clock);
    }

    /// Puts an event on the bus, as AWS itself does.
    pub fn put_event(&self, event: Value) {
        self.inner().events.push(event);
    }

    /// The routes that the SDK's clients call.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
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
        let mut inner = self.inner();
        let number = inner.mails.len() + 1;
        if let (Some(clock), Some(set)) = (&inner.clock, field("ConfigurationSetName")) {
            let to = fields.iter().filter(to).map(|(_, value)| value.clone()).next();
            let to = to.unwrap_or_default();
            let (message, tags) = (format!("local-{number}"), tags.clone());
            let sent = Sent { message, to, set: set.clone(), tags };
            let events = outcome::events(&sent, clock());
            inner.events.extend(events);
        }
        if let Some(folder) = &self.folder {
            std::fs::write(folder.join(format!("mails/{number:06}.eml")), &raw)?;
        }
        inner.mails.push(Caught { number, raw, recipients, tags });
        Ok(format!(
            "<SendRawEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\
             <SendRawEmailResult><MessageId>local-{number}</MessageId></SendRawEmailResult>\
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

async fn answer(State(aws): State<Aws>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let Some(operation) = target.and_then(|target| target.rsplit('.').next()) else {
        return match aws.send_raw_email(&body) {
            Ok(xml) => ([("content-type", "text/xml")], xml).into_response(),
            Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        };
    };
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = match operation {
        "PutEvents" => Some(aws.put_events(&request)),
        _ => aws.secret(operation, &request),
    };
    match answer {
        Some(answer) => {
            ([("content-type", "application/x-amz-json-1.1")], answer.to_string()).into_response()
        }
        None => {
            let error = json!({ "__type": "ResourceNotFoundException", "message": "not found" });
            (StatusCode::BAD_REQUEST, error.to_string()).into_response()
        }
    }
}
