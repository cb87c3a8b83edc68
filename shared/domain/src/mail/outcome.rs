//! What became of a mail, and what follows for its address and for mails like it (RULES H3).

use serde::{Deserialize, Serialize};

use super::{Mail, MailId, MailState, Recipient};
use crate::changes::{Guard, Place, Record, Write};
use crate::instant::Instant;

/// What became of a mail, as SES told it or as we decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// SES took it.
    Sent,
    /// The recipient's server took it.
    Delivered,
    /// SES refused it for what it holds.
    Rejected,
    /// There is no such address.
    AddressUnknown,
    /// The mailbox is full.
    MailboxFull,
    /// The recipient's server refused this message: its size or what it holds.
    MessageRefused,
    /// The recipient's server refused it for a reason that may pass.
    RefusedForNow,
    /// The recipient called it unwanted.
    Complained,
    /// Not sent: an earlier mail to the address came back.
    AddressBounced,
    /// Not sent: the recipient called an earlier mail unwanted.
    NotWanted,
}

impl Outcome {
    /// The state of a mail that this became of.
    pub fn state(self) -> MailState {
        match self {
            Self::Sent => MailState::Sent,
            Self::Delivered => MailState::Delivered,
            Self::Rejected => MailState::Rejected,
            Self::AddressUnknown
            | Self::MailboxFull
            | Self::MessageRefused
            | Self::RefusedForNow => MailState::Bounced,
            Self::Complained => MailState::Complained,
            Self::AddressBounced | Self::NotWanted => MailState::Suppressed,
        }
    }

    /// What became of a mail to an address that is suppressed for this.
    pub fn not_sent(cause: SuppressionCause) -> Self {
        match cause {
            SuppressionCause::Bounced => Self::AddressBounced,
            SuppressionCause::Complained => Self::NotWanted,
        }
    }

    /// Why the address gets no further mails after this, if it gets none. Whoever complains of a
    /// mail that a stranger caused to an unproved address is right, and loses nothing by it.
    pub fn suppresses(self, recipient: Recipient) -> Option<SuppressionCause> {
        match (self, recipient) {
            (Self::AddressUnknown, _) => Some(SuppressionCause::Bounced),
            (Self::Complained, Recipient::Account(_)) => Some(SuppressionCause::Complained),
            _ => None,
        }
    }

    /// Whether it counts against a bulk send, as it does for SES itself: full mailboxes and
    /// absences do not.
    pub fn counts_against_bulk(self) -> bool {
        matches!(self, Self::AddressUnknown | Self::Complained)
    }
}

/// Why an address gets no mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionCause {
    /// Its server said that it does not exist. Servers err, and addresses come back.
    Bounced,
    /// Its holder called a mail unwanted.
    Complained,
}

impl SuppressionCause {
    /// For how long.
    pub fn days(self) -> u32 {
        match self {
            Self::Bounced => 14,
            Self::Complained => 365,
        }
    }
}

/// That an address gets no mails. It decides before SES is asked, and names no address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Suppression {
    /// The keyed hash of the address.
    pub address_hash: String,
    /// How often it was written.
    pub version: u64,
    /// Why.
    pub cause: SuppressionCause,
    /// The mail that showed it.
    pub mail: MailId,
    /// Since when.
    pub since: Instant,
    /// Until when.
    pub expires_at: Instant,
}

impl Record for Suppression {
    fn place(&self) -> Place {
        Place::Suppression(self.address_hash.clone())
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Suppression {
    /// That the address of this hash gets no mails from now on, in the place of what was known of
    /// it. No bounce takes a complaint back.
    pub fn suppress(
        present: Option<Self>,
        address_hash: String,
        cause: SuppressionCause,
        mail: MailId,
        now: Instant,
    ) -> Option<Write> {
        let version = present.as_ref().map_or(1, |present| present.version + 1);
        let is_known = present.is_some();
        if present.is_some_and(|present| present.is_complaint_at(now)) {
            return None;
        }
        let expires_at = now.plus_days(cause.days());
        let next = Self { address_hash, version, cause, mail, since: now, expires_at };
        Some(match is_known {
            false => Write::Create(next.into()),
            true => Write::Replace(next.into(), Guard::Version),
        })
    }

    /// That the address was shown to work again. No delivery takes a complaint back.
    pub fn lift(self, now: Instant) -> Option<Write> {
        (!self.is_complaint_at(now)).then(|| Write::Delete(self.into(), Guard::Version))
    }

    fn is_complaint_at(&self, now: Instant) -> bool {
        self.cause == SuppressionCause::Complained && now < self.expires_at
    }

    /// Why a mail is not sent; `None` if it is. One that was sent again by hand after the address
    /// bounced is sent: that is how an address is shown to work again. A complaint holds back what
    /// others have to tell, and no link that the holder of the address asked for.
    pub fn holds_back(&self, mail: &Mail, now: Instant) -> Option<SuppressionCause> {
        let is_overruled = match self.cause {
            SuppressionCause::Bounced => {
                mail.sent_again_at.is_some_and(|again| self.since <= again)
            }
            SuppressionCause::Complained => mail.was_asked_for(),
        };
        (now < self.expires_at && !is_overruled).then_some(self.cause)
    }
}

/// How the bulk mails of a portal fared today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BulkHealth {
    /// How many were given to SES.
    #[serde(default)]
    pub sent: u64,
    /// How many came back or were called unwanted.
    #[serde(default)]
    pub bounced: u64,
}

/// Below so many sent, a share says nothing.
const FEWEST_SENT: u64 = 20;

/// Nor do fewer than so many that came back.
const FEWEST_BOUNCED: u64 = 3;

/// A bulk send stops when one in so many came back: 5 % (RULES H3).
const ONE_IN: u64 = 20;

impl BulkHealth {
    /// Whether too much came back to go on today.
    pub fn must_stop(self) -> bool {
        self.sent >= FEWEST_SENT
            && self.bounced >= FEWEST_BOUNCED
            && self.bounced * ONE_IN >= self.sent
    }
}
