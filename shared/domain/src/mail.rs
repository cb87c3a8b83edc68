//! A mail's life: composed once, sent at least once, its outcome recorded (RULES H, DESIGN §6).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::changes::{Place, Record};
use crate::ids::{AccountId, EntryId, PortalId, SignUpId};
use crate::instant::Instant;
use crate::level::Language;

/// The identifier of a mail: a hash of entry, automation and recipient, so that composing twice
/// makes one mail.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
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
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::SignUp(id) => id.fmt(f),
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
}

/// Where a mail stands. The order is the rank: a mail only rises (DESIGN §6).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Composed, to be sent.
    Queued,
    /// Claimed by a sender, under a lease.
    Sending,
    /// Given to SES.
    Sent,
    /// Accepted by the recipient's server.
    Delivered,
    /// Refused by the recipient's server.
    Bounced,
    /// The recipient called it unwanted.
    Complained,
    /// Dropped: a newer one replaces it, or its recipient is gone.
    Outdated,
    /// Given up after [`MOST_ATTEMPTS`].
    Failed,
}

/// How often sending is tried before a mail is given up.
pub const MOST_ATTEMPTS: u32 = 8;

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

    /// Not wanted any more: its object moved on, or its recipient is gone.
    #[must_use]
    pub fn outdated(&self) -> Self {
        self.moved(MailState::Outdated, None)
    }

    /// SES answered that it did not take it: to be tried again after 2ⁿ minutes.
    #[must_use]
    pub fn postponed(&self, now: Instant) -> Self {
        let minutes = 1_i64 << self.attempts.min(MOST_ATTEMPTS);
        self.moved(MailState::Queued, Some(now.plus_seconds(minutes * 60)))
    }
}

/// That everything a journal entry causes has been composed, also when that is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Composed {
    /// The entry.
    pub entry: EntryId,
    /// When.
    pub at: Instant,
}

impl Record for Composed {
    fn place(&self) -> Place {
        Place::Composed(self.entry)
    }
}
