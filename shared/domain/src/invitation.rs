//! Invitations: sent to an address, accepted or declined within their lifetime (RULES D).
//!
//! An invitation that is preloaded or pending, as written, holds the guard of its address and
//! scope, and no other one does: whoever ends it gives the guard back in the same transaction. So
//! an expired one keeps the guard until somebody writes its end down, and who invites again writes
//! it.

mod answer;
mod ending;
mod sending;

use serde::{Deserialize, Serialize};

use crate::advisor_request::Moderator;
use crate::changes::{Entity, Place, Record, Write};
use crate::dossier::{DossierError, InvitedRole, Publication, Role};
use crate::ids::{AccountId, DossierId, ImportId, InvitationId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Level;
use crate::mail::Outcome;
use crate::portal::Settings;
use crate::territory::Territory;
use crate::text::{Email, Label, Name, Reason, Title};
pub use answer::{Acceptance, Admitted, Assigned, Backing, Line, MOST_HEIRS};
pub use sending::Issue;

/// What one is invited to (RULES D1).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scope {
    /// To become a person of a portal.
    Portal {
        /// The portal.
        #[serde(alias = "id")]
        portal: PortalId,
    },
    /// To take part in a dossier on a portal.
    Dossier {
        /// The portal.
        portal: PortalId,
        /// The dossier.
        dossier: DossierId,
    },
}

impl Scope {
    /// The portal that decides.
    pub fn portal(self) -> PortalId {
        match self {
            Self::Portal { portal } | Self::Dossier { portal, .. } => portal,
        }
    }
}

/// The position on a dossier that an invitation gives: what one is invited to, or what somebody
/// invited to the portal begins with (RULES D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Assignment {
    /// The dossier.
    pub dossier: DossierId,
    /// As what.
    pub role: InvitedRole,
    /// The title that the portal's moderators accepted, once they had: others are told no other one
    /// (SECURITY S11).
    pub title: Option<Title>,
}

impl Assignment {
    /// The position on a dossier of a portal.
    pub fn to(publication: &Publication, role: InvitedRole) -> Self {
        let accepted = publication.ruling.as_ref().filter(|ruling| ruling.state.is_accepted());
        let title = accepted.map(|ruling| ruling.title.clone());
        Self { dossier: publication.dossier, role, title }
    }
}

/// Where an invitation stands (RULES D6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Made without a mail; it can be sent later.
    Preloaded,
    /// Sent, and to be answered before it expires.
    Pending,
    /// Accepted.
    Accepted,
    /// Declined by the invitee.
    Declined,
    /// Taken back by who may manage it.
    Cancelled,
    /// Not answered in time.
    Expired,
    /// The address does not exist, or takes no mails.
    Undeliverable,
}

impl InvitationState {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Preloaded => "preloaded",
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Undeliverable => "undeliverable",
        }
    }

    /// Whether it holds the guard of its address.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Preloaded | Self::Pending)
    }
}

/// Whether an invitation is mailed when it is made (RULES D3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sending {
    /// At once.
    #[default]
    Now,
    /// Later, by hand.
    Later,
}

/// The portal's delays, as they were when the invitation was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Terms {
    /// How long the link works (RULES D5).
    pub lifetime_in_days: u32,
    /// How long before the end the invitee is reminded (RULES D14).
    pub reminded_before_in_days: u32,
    /// How long a closed invitation is kept (RULES D17).
    pub kept_in_days: u32,
}

impl Terms {
    /// The terms of a portal.
    pub fn of(settings: &Settings) -> Self {
        Self {
            lifetime_in_days: settings.invitations_expire_in_days.get(),
            reminded_before_in_days: settings.reminded_before_in_days.get(),
            kept_in_days: settings.invitations_kept_in_days.get(),
        }
    }
}

/// Who is invited, and to what (RULES D1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// First name, if the inviter says it: an address is enough for a dossier.
    pub first_name: Option<Name>,
    /// Last name, likewise.
    pub last_name: Option<Name>,
    /// Where the invitation is mailed.
    pub email: Email,
    /// Position in the organisation.
    pub job_title: Option<Label>,
    /// One of the portal's user types.
    pub user_type: Option<Label>,
    /// The level to be given.
    pub level: Level,
    /// The adviser access to be given with it.
    pub territory: Option<Territory>,
    /// The position on a dossier to be given with it.
    pub assignment: Option<Assignment>,
    /// Words of the inviter (SECURITY S11).
    pub message: Option<Reason>,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Invitation {
    /// Its identifier.
    pub id: InvitationId,
    /// How often it was written.
    pub version: u64,
    /// To what.
    pub scope: Scope,
    /// Where it is mailed.
    pub email: Email,
    /// First name, as the inviter knows it, if they do.
    pub first_name: Option<Name>,
    /// Last name, likewise.
    pub last_name: Option<Name>,
    /// Position in the organisation.
    pub job_title: Option<Label>,
    /// One of the portal's user types.
    pub user_type: Option<Label>,
    /// The level to be given.
    pub level: Level,
    /// Words of the inviter.
    pub message: Option<Reason>,
    /// Who invites.
    pub inviter: Moderator,
    /// Where it stands, as written: see [`Invitation::state_at`].
    pub state: InvitationState,
    /// Raised by each sending and correction; mailed links of another one are dead.
    pub generation: u32,
    /// The portal's delays.
    pub terms: Terms,
    /// How often it was mailed, reminders left out.
    pub times_sent: u32,
    /// How often it was mailed on the day of the last sending.
    pub times_sent_that_day: u32,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last mailed.
    pub sent_at: Option<Instant>,
    /// When its link stops working, once it was mailed.
    pub expires_at: Option<Instant>,
    /// When the invitee is to be reminded.
    pub reminded_next_at: Option<Instant>,
    /// When the invitee last asked for a new link.
    pub renewed_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Who of the portal ended it.
    pub ended_by: Option<Moderator>,
    /// Who accepted it.
    pub accepted_by: Option<AccountId>,
    /// What became of its last mail, as far as somebody told.
    pub delivery: Option<Outcome>,
    /// The adviser access to be given.
    #[serde(default)]
    pub territory: Option<Territory>,
    /// The position on a dossier to be given.
    #[serde(default)]
    pub assignment: Option<Assignment>,
    /// When those who may invite last made or mailed it: what was decided after that stays.
    #[serde(default)]
    pub offered_at: Option<Instant>,
    /// Who wrote the words, whoever mails them later (SECURITY S11).
    #[serde(default)]
    pub message_by: Option<Moderator>,
    /// The import that made it, if one did.
    #[serde(default)]
    pub import: Option<ImportId>,
}

impl Record for Invitation {
    fn place(&self) -> Place {
        Place::Invitation(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// What decides who may see and manage an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Managed {
    /// To what.
    pub scope: Scope,
    /// The level to be given.
    pub level: Level,
    /// As what the invitee is to take part in a dossier.
    pub role: Option<InvitedRole>,
    /// Who invites.
    pub inviter: AccountId,
}

/// The guard of an address and a scope; follows from the open invitation (RULES D9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OpenInvitation {
    /// To what.
    pub scope: Scope,
    /// The address.
    pub email: Email,
    /// The invitation that holds it.
    pub invitation: InvitationId,
    /// Until when; for ever while it is preloaded.
    pub expires_at: Option<Instant>,
}

impl Record for OpenInvitation {
    fn place(&self) -> Place {
        Place::OpenInvitation(self.scope, self.email.clone())
    }
}

/// Why an invitation can't be made, changed or answered as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// The address has an open invitation to the same (RULES D9).
    #[error("already invited")]
    AlreadyInvited(InvitationId),
    /// The address is an active person's of the portal (RULES D10).
    #[error("already a person")]
    AlreadyAPerson,
    /// It ended: accepted, declined or cancelled.
    #[error("ended")]
    Ended,
    /// It has expired, or came back.
    #[error("expired")]
    Expired,
    /// It was not mailed yet, or, to be sent a first time, has been already.
    #[error("not preloaded")]
    NotPreloaded,
    /// It waits for an answer: there is nothing to renew.
    #[error("open")]
    Open,
    /// It changed since it was read.
    #[error("stale")]
    Stale,
    /// It was mailed often enough today; again from then on.
    #[error("too often")]
    TooOften(Instant),
    /// The address is this one already.
    #[error("unchanged")]
    Unchanged,
    /// Nothing is due.
    #[error("not due")]
    NotDue,
    /// Whoever is invited to a dossier is inactive on its portal.
    #[error("inactive")]
    Inactive,
    /// The dossier does not take them in.
    #[error("dossier: {0}")]
    Dossier(DossierError),
}

/// How often an invitation is mailed in a day (RULES D7).
pub const MOST_SENT_A_DAY: u32 = 3;

/// How long a mailed link can still be read after the invitation expired, to ask for a new one
/// (RULES D5).
pub const LINK_READABLE_DAYS: u32 = 30;

/// Whether the guard of an address is free, or held by an invitation of which the same transaction
/// writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Free,
    Held,
}

impl InvitationState {
    /// Where it stands at this instant: a pending one past its end has expired, also where no
    /// schedule has written so.
    #[must_use]
    pub fn at(self, expires_at: Option<Instant>, now: Instant) -> Self {
        match self {
            Self::Pending if expires_at.is_none_or(|end| end <= now) => Self::Expired,
            state => state,
        }
    }
}

/// What If-Match wants of an invitation: deliveries and reminders change what nobody decides on.
pub fn etag_of(id: InvitationId, generation: u32, state: InvitationState) -> String {
    format!("{}.{generation}.{}", id.ulid(), state.code())
}

impl Invitation {
    /// Where it stands at this instant, also where no schedule has written down that it expired.
    pub fn state_at(&self, now: Instant) -> InvitationState {
        self.state.at(self.expires_at, now)
    }

    fn is_overdue(&self, now: Instant) -> bool {
        self.expires_at.is_none_or(|end| end <= now)
    }

    /// What If-Match wants.
    pub fn etag(&self) -> String {
        etag_of(self.id, self.generation, self.state)
    }

    /// When it is erased, if it stays as it is (RULES D17).
    pub fn erased_at(&self) -> Option<Instant> {
        let since = match self.state {
            InvitationState::Preloaded => Some(self.created_at),
            InvitationState::Pending => None,
            _ => self.ended_at,
        };
        since.map(|since| since.plus_days(self.terms.kept_in_days))
    }

    /// First and last name, as far as the inviter said them.
    pub fn full_name(&self) -> Option<String> {
        let names: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(Name::as_str).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// What decides who may manage it.
    pub fn managed(&self) -> Managed {
        Managed {
            scope: self.scope,
            level: self.level,
            role: self.assignment.as_ref().map(|assignment| assignment.role),
            inviter: self.inviter.account,
        }
    }

    fn must_be(&self, etag: &str) -> Result<(), InvitationError> {
        if self.etag() == etag { Ok(()) } else { Err(InvitationError::Stale) }
    }

    fn facts(&self) -> Facts {
        Facts {
            status: Some(self.state.code().to_owned()),
            codes: self.assigned_codes(),
            level: Some(self.level),
            territory: self.territory.clone(),
            until: self.expires_at,
            generation: Some(self.generation),
        }
    }

    /// As what somebody is invited, and to which dossier.
    pub fn assigned_codes(&self) -> Vec<String> {
        let codes = |assignment: &Assignment| {
            vec![Role::from(assignment.role).code().to_owned(), assignment.dossier.to_string()]
        };
        self.assignment.as_ref().map(codes).unwrap_or_default()
    }

    fn event(&self, act: Act, before: Facts) -> Event {
        let object = Object::Invitation(self.id);
        Event::new(act, Some(self.scope.portal()), object, self.version)
            .changing(before, self.facts())
    }

    /// The guard, as it follows from this state.
    fn guard(&self) -> OpenInvitation {
        OpenInvitation {
            scope: self.scope,
            email: self.email.clone(),
            invitation: self.id,
            expires_at: self.expires_at,
        }
    }

    fn claim(&self, claim: Claim) -> Write {
        let guard = Entity::from(self.guard());
        match claim {
            Claim::Free => Write::Create(guard),
            Claim::Held => Write::Put(guard),
        }
    }

    fn release(&self) -> Write {
        Write::Remove(Place::OpenInvitation(self.scope, self.email.clone()))
    }

    /// The same, mailed now with a new link.
    fn mailed(self, now: Instant) -> Self {
        let expires_at = now.plus_days(self.terms.lifetime_in_days);
        let reminder =
            expires_at.plus_seconds(-86_400 * i64::from(self.terms.reminded_before_in_days));
        let is_same_day = self.sent_at.is_some_and(|sent| sent.day() == now.day());
        Self {
            state: InvitationState::Pending,
            generation: self.generation + 1,
            times_sent: self.times_sent + 1,
            times_sent_that_day: if is_same_day { self.times_sent_that_day + 1 } else { 1 },
            sent_at: Some(now),
            expires_at: Some(expires_at),
            reminded_next_at: Some(reminder).filter(|reminder| now < *reminder),
            ended_at: None,
            ended_by: None,
            delivery: None,
            ..self
        }
    }

    fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }

    fn ended(self, state: InvitationState, at: Instant, by: Option<Moderator>) -> Self {
        let ended =
            Self { state, ended_at: Some(at), ended_by: by, reminded_next_at: None, ..self };
        ended.next()
    }
}
