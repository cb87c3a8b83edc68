//! Record what became of a mail, as SES tells it: on the mail, and on its address (RULES H3).
//!
//! SES's events come on the account's default bus, at least once, in any order, perhaps before the
//! sender has marked the mail, perhaps never.

use guichet_domain::changes::{Guard, Place, Write};
use guichet_domain::instant::Instant;
use guichet_domain::mail::{Mail, MailId, Outcome, Pace, Suppression};
use guichet_domain::text::Email;
use guichet_platform::app::App;
use guichet_platform::bulk::Counted;
use guichet_platform::problem::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::delivery::{MAIL_TAG, TIMES_TAG, tell_invitation};

/// Record what became of a mail.
///
/// # Errors
/// The table did not answer; the event comes back.
pub async fn handle(app: &App, event: &Value) -> Result<(), Error> {
    let detail = event.get("detail").cloned().unwrap_or_default();
    let Ok(detail) = serde_json::from_value::<Detail>(detail) else {
        tracing::warn!("an event that is not one of SES's mails");
        return Ok(());
    };
    let Some((outcome, at)) = detail.outcome() else { return Ok(()) };
    let (Some(id), times) = (detail.mail_id(), detail.times_sent_again()) else { return Ok(()) };
    let Some(mail) = app.read_one::<Mail>(&Place::Mail(id)).await? else { return Ok(()) };
    let is_of_this_time = times == mail.times_sent_again;
    let next = mail.told(outcome, at.unwrap_or_else(|| app.now())).filter(|_| is_of_this_time);
    if let Some(next) = next.as_ref().filter(|_| outcome != Outcome::Sent) {
        tell_invitation(app, next, outcome).await?;
    }
    let mut writes = Vec::new();
    // A complaint is one whichever copy of the mail it is about.
    if (next.is_some() || outcome == Outcome::Complained)
        && let Some(email) = detail.recipient()
    {
        writes.extend(about_address(app, &mail, outcome, &email).await?);
    }
    writes.extend(next.iter().map(|next| Write::Update(next.clone().into(), Guard::Version)));
    if writes.is_empty() {
        return Ok(());
    }
    app.apply(&writes).await?;
    let Some(next) = next else { return Ok(()) };
    if outcome.counts_against_bulk() && next.pace == Pace::Bulk {
        let sent_at = next.sent_at.unwrap_or_else(|| app.now());
        app.count_bulk(next.portal, Counted::Bounced, sent_at).await?;
    }
    Ok(())
}

/// What follows for the address: it gets no further mails, or it was shown to work again.
async fn about_address(
    app: &App,
    mail: &Mail,
    outcome: Outcome,
    email: &Email,
) -> Result<Option<Write>, Error> {
    let works_again = outcome == Outcome::Delivered && mail.sent_again_at.is_some();
    let cause = outcome.suppresses(mail.recipient);
    if cause.is_none() && !works_again {
        return Ok(None);
    }
    let hash = app.address_hash(email).await?;
    let present: Option<Suppression> = app.read_one(&Place::Suppression(hash.clone())).await?;
    let now = app.now();
    Ok(match cause {
        Some(cause) => Suppression::suppress(present, hash, cause, mail.id.clone(), now),
        None => present.and_then(|present| present.lift(now)),
    })
}

/// What SES tells, as far as it is read here. Its shapes are SES's own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Message,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
    delivery: Option<Timed>,
    reject: Option<Value>,
}

/// The message as it was sent.
#[derive(Debug, Deserialize)]
struct Message {
    timestamp: Option<Instant>,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, Vec<String>>,
}

/// It came back.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: String,
    timestamp: Option<Instant>,
}

/// Somebody pressed a button of their mail program.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_feedback_type: Option<String>,
    timestamp: Option<Instant>,
}

/// It happened then.
#[derive(Debug, Deserialize)]
struct Timed {
    timestamp: Option<Instant>,
}

impl Detail {
    fn tag(&self, name: &str) -> Option<&str> {
        self.mail.tags.get(name)?.first().map(String::as_str)
    }

    fn mail_id(&self) -> Option<MailId> {
        MailId::parse(self.tag(MAIL_TAG)?)
    }

    fn times_sent_again(&self) -> u32 {
        self.tag(TIMES_TAG).and_then(|times| times.parse().ok()).unwrap_or_default()
    }

    /// The one address that we wrote to. A bounce may name another one, to which it was forwarded.
    fn recipient(&self) -> Option<Email> {
        Email::new(self.mail.destination.first()?).ok()
    }

    /// What became of the mail, and when; `None` for what changes nothing, such as a delay.
    fn outcome(&self) -> Option<(Outcome, Option<Instant>)> {
        Some(match self.event_type.as_str() {
            "Send" => (Outcome::Sent, self.mail.timestamp),
            "Delivery" => (Outcome::Delivered, self.delivery.as_ref()?.timestamp),
            "Reject" => (Outcome::Rejected, self.reject.as_ref().and(self.mail.timestamp)),
            "Bounce" => {
                let bounce = self.bounce.as_ref()?;
                (bounce.outcome(), bounce.timestamp)
            }
            "Complaint" => {
                let complaint = self.complaint.as_ref()?;
                // The one kind of feedback that is praise.
                if complaint.complaint_feedback_type.as_deref() == Some("not-spam") {
                    return None;
                }
                (Outcome::Complained, complaint.timestamp)
            }
            _ => return None,
        })
    }
}

impl Bounce {
    fn outcome(&self) -> Outcome {
        match (self.bounce_type.as_str(), self.bounce_sub_type.as_str()) {
            ("Permanent", _) => Outcome::AddressUnknown,
            (_, "MailboxFull") => Outcome::MailboxFull,
            (_, "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
                Outcome::MessageRefused
            }
            _ => Outcome::RefusedForNow,
        }
    }
}
