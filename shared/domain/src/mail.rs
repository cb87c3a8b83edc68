//! A mail's life: composed once, sent at least once, its outcome recorded (RULES H, DESIGN §6).

mod outcome;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Guard, Place, Record};
use crate::ids::{AccountId, EntryId, InvalidId, InvitationId, PortalId, SignUpId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Language;
use crate::permissions::Permit;
pub use outcome::{BulkHealth, Outcome, Suppression, SuppressionCause};

/// The identifier of a mail: a hash of entry, automation and recipient, so that composing twice
/// makes one mail.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(try_from = "String")]
#[schema(value_type = String, example = "mai_0123456789abcdef0123456789abcdef")]
pub struct MailId(String);

impl MailId {
    /// The identifier with this hash, in hexadecimal.
    pub fn from_hash(hash: &str) -> Self {
        Self(format!("mai_{hash}"))
    }

    /// The identifier with this text, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let hash = text.strip_prefix("mai_")?;
        let is_hash = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What If-Match wants for this version of the mail.
    pub fn etag(&self, version: u64) -> String {
        format!("{self}.{version}")
    }
}

impl TryFrom<String> for MailId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text).ok_or(InvalidId)
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom a mail is for, never by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Recipient {
    /// An account, at its present address.
    Account(AccountId),
    /// A sign-up, at the address to be proved.
    SignUp(SignUpId),
    /// An invitation, at its present address.
    Invitation(InvitationId),
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::SignUp(id) => id.fmt(f),
            Self::Invitation(id) => id.fmt(f),
        }
    }
}

/// Where the link of a mail leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "purpose", rename_all = "snake_case")]
pub enum Link {
    /// Nowhere: the mail has none.
    None,
    /// To an address without a token.
    Plain {
        /// The address.
        address: String,
    },
    /// To the page that verifies a sign-up.
    VerifyEmail {
        /// The generation of the sign-up; another one outdates the mail.
        generation: u32,
        /// When the token expires.
        expires_at: Instant,
    },
    /// To the page that sets an account's password.
    SetPassword {
        /// The generation of the account's links; another one outdates the mail.
        generation: u32,
        /// When the token expires.
        expires_at: Instant,
    },
    /// To the pages that accept and decline an invitation.
    Invitation {
        /// The generation of the invitation; another one outdates the mail.
        generation: u32,
        /// When the invitation expires; its page can be read for longer (RULES D5).
        expires_at: Instant,
    },
}

impl Link {
    /// When what it opens expires.
    pub fn expires_at(&self) -> Option<Instant> {
        match self {
            Self::None | Self::Plain { .. } => None,
            Self::VerifyEmail { expires_at, .. }
            | Self::SetPassword { expires_at, .. }
            | Self::Invitation { expires_at, .. } => Some(*expires_at),
        }
    }
}

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Composed, to be sent.
    Queued,
    /// Claimed by a sender, under a lease.
    Sending,
    /// Given to SES.
    Sent,
    /// Given to SES more than [`UNKNOWN_AFTER_HOURS`] ago, and nothing heard of it since. Only
    /// shown, never kept: SES's events are best effort.
    Unknown,
    /// Accepted by the recipient's server.
    Delivered,
    /// Refused by SES for what it holds.
    Rejected,
    /// Refused by the recipient's server.
    Bounced,
    /// The recipient called it unwanted.
    Complained,
    /// Not sent: an earlier mail to the address came back, or was called unwanted.
    Suppressed,
    /// Dropped: a newer one replaces it, or its recipient is gone.
    Outdated,
    /// Given up after [`MOST_ATTEMPTS`].
    Failed,
}

impl MailState {
    /// The rank of what is known: what SES tells only rises (DESIGN §6).
    fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending | Self::Suppressed | Self::Outdated | Self::Failed => 1,
            Self::Sent | Self::Unknown => 2,
            Self::Delivered => 3,
            Self::Rejected | Self::Bounced => 4,
            Self::Complained => 5,
        }
    }

    /// The state as it is shown: a mail sent long ago of which nothing was heard is unknown.
    #[must_use]
    pub fn shown(self, sent_at: Option<Instant>, now: Instant) -> Self {
        let heard_until = sent_at.map(|sent| sent.plus_seconds(UNKNOWN_AFTER_HOURS * 3600));
        match self {
            Self::Sent if heard_until.is_some_and(|until| until <= now) => Self::Unknown,
            state => state,
        }
    }
}

/// After how many hours without an event a sent mail's fate is called unknown (RULES H3).
pub const UNKNOWN_AFTER_HOURS: i64 = 72;

/// Whether a mail goes to one person for what concerns them, or is one of many.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// It is for one person, and is sent in any case.
    #[default]
    Single,
    /// It is one of many, which stop together when too many come back (RULES H3).
    Bulk,
}

/// How often sending is tried before a mail is given up: for three days, at last once an hour, so
/// that neither a day's quota nor a domain whose DNS is still to be changed loses a mail.
pub const MOST_ATTEMPTS: u32 = 76;

/// The longest pause between two attempts.
const MOST_MINUTES: i64 = 60;

/// How long a sender has a mail for itself: SES's own event has this long to arrive before a retry.
pub const LEASE_SECONDS: i64 = 15 * 60;

/// How long a mail and its text are kept.
pub const KEPT_DAYS: u32 = 365;

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Mail {
    /// Its identifier.
    pub id: MailId,
    /// How often it was written.
    pub version: u64,
    /// The portal in whose name it is sent.
    pub portal: Option<PortalId>,
    /// The journal entry that caused it.
    pub entry: EntryId,
    /// The code of the automation that made it.
    pub automation: String,
    /// Whom it is for.
    pub recipient: Recipient,
    /// In which language.
    pub language: Language,
    /// The name it is sent under.
    pub sender_name: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text, with a slot for the link.
    pub text: String,
    /// The HTML, with a slot for the link.
    pub html: String,
    /// Where the link leads.
    pub link: Link,
    /// Where it stands.
    pub state: MailState,
    /// How often sending was tried.
    pub attempts: u32,
    /// When it was composed.
    pub created_at: Instant,
    /// When sending is to be tried again.
    pub due_at: Option<Instant>,
    /// When it was given to SES.
    pub sent_at: Option<Instant>,
    /// Until when it is kept, where that is sooner than [`KEPT_DAYS`] (RULES D17).
    #[serde(default)]
    pub kept_until: Option<Instant>,
    /// Whether it is one of many.
    #[serde(default)]
    pub pace: Pace,
    /// What became of it, as far as somebody told.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// When that was.
    #[serde(default)]
    pub outcome_at: Option<Instant>,
    /// How often it was sent again by hand: an event of an earlier time says nothing of this one.
    #[serde(default)]
    pub times_sent_again: u32,
    /// When it was last sent again by hand: suppressions from before that do not count.
    #[serde(default)]
    pub sent_again_at: Option<Instant>,
}

impl Record for Mail {
    fn place(&self) -> Place {
        Place::Mail(self.id.clone())
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Mail {
    /// Claims it for one sender until the lease ends; `None` if it is another's, or done.
    pub fn claim(&self, now: Instant) -> Option<Self> {
        let free = match self.state {
            MailState::Queued => self.due_at.is_none_or(|due| due <= now),
            MailState::Sending => self.due_at.is_some_and(|due| due <= now),
            _ => false,
        };
        if !free {
            return None;
        }
        if self.attempts >= MOST_ATTEMPTS {
            return Some(self.moved(MailState::Failed, None));
        }
        let claimed = self.moved(MailState::Sending, Some(now.plus_seconds(LEASE_SECONDS)));
        Some(Self { attempts: self.attempts + 1, ..claimed })
    }

    fn moved(&self, state: MailState, due_at: Option<Instant>) -> Self {
        Self { version: self.version + 1, state, due_at, ..self.clone() }
    }

    /// Given to SES.
    #[must_use]
    pub fn sent(&self, now: Instant) -> Self {
        Self { sent_at: Some(now), ..self.moved(MailState::Sent, None) }
    }

    /// When somebody last wanted it to be sent: what a restore brings back from before the epoch is
    /// not sent again.
    pub fn wanted_at(&self) -> Instant {
        self.sent_again_at.unwrap_or(self.created_at)
    }

    /// Whether its recipient has asked for it: a link without which they could not go on.
    pub fn was_asked_for(&self) -> bool {
        matches!(self.link, Link::VerifyEmail { .. } | Link::SetPassword { .. })
    }

    /// Not wanted any more: its object moved on, or its recipient is gone.
    #[must_use]
    pub fn outdated(&self) -> Self {
        self.moved(MailState::Outdated, None)
    }

    /// Not sent, because the address is suppressed.
    #[must_use]
    pub fn suppressed(&self, cause: SuppressionCause, now: Instant) -> Self {
        let outcome = Some(Outcome::not_sent(cause));
        Self { outcome, outcome_at: Some(now), ..self.moved(MailState::Suppressed, None) }
    }

    /// Held back until `until`, because too many mails like it came back. It was not tried.
    #[must_use]
    pub fn held_back(&self, until: Instant) -> Self {
        let attempts = self.attempts.saturating_sub(1);
        Self { attempts, ..self.moved(MailState::Queued, Some(until)) }
    }

    /// What somebody told of it; `None` when that is nothing new. What is known only rises, so
    /// that events may come before the mark, twice and out of order.
    pub fn told(&self, outcome: Outcome, at: Instant) -> Option<Self> {
        let state = outcome.state();
        // What an absence notice looks like to SES: the mail itself has arrived.
        let is_notice = outcome == Outcome::RefusedForNow && self.state == MailState::Delivered;
        if is_notice || state.rank() <= self.state.rank() {
            return None;
        }
        let sent_at = self.sent_at.or(Some(at));
        let outcome_at = Some(at);
        Some(Self { sent_at, outcome: Some(outcome), outcome_at, ..self.moved(state, None) })
    }

    /// Sends it again, after what kept it from arriving was repaired (RULES H3).
    ///
    /// # Errors
    /// It arrived, it is on its way, nobody wants it any more, or its link has expired.
    pub fn send_again(
        self,
        permit: Permit,
        etag: &str,
        now: Instant,
    ) -> Result<(Self, Changes), SendAgainError> {
        match self.state.shown(self.sent_at, now) {
            MailState::Complained => return Err(SendAgainError::NotWanted),
            MailState::Suppressed if self.outcome == Some(Outcome::NotWanted) => {
                return Err(SendAgainError::NotWanted);
            }
            MailState::Bounced
            | MailState::Rejected
            | MailState::Suppressed
            | MailState::Failed
            | MailState::Unknown => {}
            MailState::Queued
            | MailState::Sending
            | MailState::Sent
            | MailState::Delivered
            | MailState::Outdated => return Err(SendAgainError::NotLost),
        }
        if self.link.expires_at().is_some_and(|expires_at| expires_at <= now) {
            return Err(SendAgainError::Expired);
        }
        if etag != self.etag() {
            return Err(SendAgainError::Stale);
        }
        let next = Self {
            attempts: 0,
            outcome: None,
            outcome_at: None,
            sent_at: None,
            times_sent_again: self.times_sent_again + 1,
            sent_again_at: Some(now),
            ..self.moved(MailState::Queued, Some(now))
        };
        let object = match self.recipient {
            Recipient::Account(account) => Object::Person(account),
            Recipient::SignUp(sign_up) => Object::SignUp(sign_up),
            Recipient::Invitation(invitation) => Object::Invitation(invitation),
        };
        let mut event = Event::new(Act::MailSentAgain, self.portal, object, next.version);
        if let Recipient::Account(account) = self.recipient {
            event = event.touching(account);
        }
        event.after = Facts { codes: vec![self.automation.clone()], ..Facts::none() };
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        Ok((next, changes))
    }

    /// What If-Match wants.
    pub fn etag(&self) -> String {
        self.id.etag(self.version)
    }

    /// SES answered that it did not take it: to be tried again after 2ⁿ minutes, an hour at most.
    #[must_use]
    pub fn postponed(&self, now: Instant) -> Self {
        let minutes = (1_i64 << self.attempts.min(6)).min(MOST_MINUTES);
        self.moved(MailState::Queued, Some(now.plus_seconds(minutes * 60)))
    }
}

/// Why a mail is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendAgainError {
    /// It arrived, is on its way, or was replaced.
    #[error("the mail is not lost")]
    NotLost,
    /// Its recipient called this mail, or an earlier one, unwanted.
    #[error("the recipient wants no such mail")]
    NotWanted,
    /// Its link has expired.
    #[error("the mail's link has expired")]
    Expired,
    /// It changed since it was read.
    #[error("the mail has changed")]
    Stale,
}

/// That everything a journal entry causes has been composed, also when that is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Composed {
    /// The entry.
    pub entry: EntryId,
    /// When.
    pub at: Instant,
    /// How far a large fan-out has got, while it is under way: nothing once it is over.
    #[serde(default)]
    pub reached: Option<String>,
}

impl Record for Composed {
    fn place(&self) -> Place {
        Place::Composed(self.entry)
    }
}
