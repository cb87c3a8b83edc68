//! Adviser requests: opened, amended, and decided once (RULES C1 to C14).

mod closing;

use serde::{Deserialize, Serialize};

use crate::account::Demand;
use crate::changes::{Changes, Entity, Guard, Noted, Place, Record, Write};
use crate::ids::{AccountId, OpeningId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::permissions::Permit;
use crate::person::{AdvisorAccess, Named, Person, Profile};
use crate::portal::Portal;
use crate::territory::Territory;
use crate::text::{Invalid, Name, Reason};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for the moderators.
    Open,
    /// Accepted, or closed by a promotion by hand.
    Accepted,
    /// Refused.
    Refused,
    /// Withdrawn by the requester, or closed because they left the portal.
    Withdrawn,
    /// Not decided in time.
    Lapsed,
}

impl Status {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }
}

/// The moderator who decided: the name is shown to moderators only (SECURITY S18).
pub type Moderator = Named;

/// How an opening ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Decision {
    /// Accepted, refused, withdrawn or lapsed.
    pub status: Status,
    /// The moderator; nobody when it was withdrawn or lapsed.
    pub by: Option<Moderator>,
    /// When.
    pub at: Instant,
    /// Why: required for a refusal.
    pub reason: Option<Reason>,
}

/// A change of the requested territory by a moderator (RULES C7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Amendment {
    /// What was asked for before.
    pub before: Territory,
    /// By whom.
    pub by: Moderator,
    /// When.
    pub at: Instant,
}

/// Which moderator takes care of an open request; it reserves nothing (RULES C6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Taking {
    /// Which opening; a later one starts untaken.
    pub opening: OpeningId,
    /// The moderator.
    pub by: Moderator,
    /// Since when.
    pub at: Instant,
}

/// The adviser request of one person on one portal: its own guard, since there is only one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AdvisorRequest {
    /// Who asks.
    pub account: AccountId,
    /// On which portal.
    pub portal: PortalId,
    /// The opening that stands or stood; each is decided once.
    pub opening: OpeningId,
    /// How often it was written.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// First name, as on the portal when it was submitted.
    pub first_name: Name,
    /// Last name, likewise.
    pub last_name: Name,
    /// What is asked for, the territory as last amended or revised.
    pub demand: Demand,
    /// When this opening began.
    pub submitted_at: Instant,
    /// When it lapses if nobody decides.
    pub lapses_at: Instant,
    /// The last change of the territory by a moderator.
    pub amendment: Option<Amendment>,
    /// How this opening ended.
    pub decision: Option<Decision>,
    /// When the requester may ask again after a refusal.
    pub cool_down_ends_at: Option<Instant>,
    /// How the opening before this one ended, if there was one.
    pub previous: Option<Decision>,
    /// Who takes care of it. Written apart from the rest, since it changes no version.
    #[serde(default, skip_serializing)]
    pub taking: Option<Taking>,
}

impl Record for AdvisorRequest {
    fn place(&self) -> Place {
        Place::AdvisorRequest(self.account, self.portal)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// An opening put away when a new one began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PastRequest {
    /// The request as it was.
    #[serde(flatten)]
    pub request: AdvisorRequest,
}

impl Record for PastRequest {
    fn place(&self) -> Place {
        let request = &self.request;
        Place::PastRequest(request.account, request.portal, request.opening)
    }
}

/// Why a request can't be made, changed or decided as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// One is open already (RULES C3).
    #[error("already open")]
    AlreadyOpen,
    /// Refused, and the cool-down lasts until then (RULES C9).
    #[error("cool-down")]
    CoolDown(Instant),
    /// They have exactly this access already (RULES C4).
    #[error("already has it")]
    AlreadyHasIt,
    /// It was decided, withdrawn, or has lapsed: the first one won (RULES C10).
    #[error("decided")]
    Decided(Box<Decision>),
    /// It was amended or revised since it was read.
    #[error("stale")]
    Stale,
    /// The same territory: nothing to amend.
    #[error("unchanged")]
    Unchanged,
    /// Only a refused request is reopened (RULES C12).
    #[error("not refused")]
    NotRefused,
    /// The requester was archived meanwhile.
    #[error("archived")]
    Archived,
    /// It has not lapsed yet.
    #[error("not lapsed")]
    NotLapsed,
    /// A territory that the portal does not offer.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// What submitting needs to know beside what is asked for.
#[derive(Debug)]
pub struct Submission<'a> {
    /// The portal and its delays.
    pub portal: &'a Portal,
    /// Who asks.
    pub account: AccountId,
    /// Their record on the portal, if they have one.
    pub person: Option<Person>,
    /// What the portal copies of them if they have none.
    pub profile: Profile,
    /// Their request as it stands, if they ever asked.
    pub current: Option<AdvisorRequest>,
    /// The new opening.
    pub opening: OpeningId,
    /// Now.
    pub now: Instant,
}

impl Submission<'_> {
    /// Opens a request: the first, or a new one after an older one ended (RULES C1 to C4, C9).
    ///
    /// An older one that nobody decided in time ends here as lapsed, with an entry of its own, so
    /// that nothing stays blocked when schedules are off.
    ///
    /// # Errors
    /// One is open, the cool-down lasts, they have this access already, they are archived, or the
    /// portal does not offer the territory.
    pub fn submit(
        self,
        mut changes: Changes,
        demand: Demand,
    ) -> Result<(AdvisorRequest, Changes), RequestError> {
        let now = self.now;
        let territory = demand.territory.clone();
        territory.clone().offered_by(self.portal.settings.collectivities)?;
        if let Some(person) = &self.person {
            if person.archived_at.is_some() {
                return Err(RequestError::Archived);
            }
            if person.access_at(now).is_some_and(|access| access.territory == territory) {
                return Err(RequestError::AlreadyHasIt);
            }
        }
        let opened = AdvisorRequest {
            account: self.account,
            portal: self.portal.id,
            opening: self.opening,
            version: 1,
            status: Status::Open,
            first_name: self.profile.first_name.clone(),
            last_name: self.profile.last_name.clone(),
            demand,
            submitted_at: now,
            lapses_at: now.plus_days(self.portal.settings.lapses_in_days.get()),
            amendment: None,
            decision: None,
            cool_down_ends_at: None,
            previous: None,
            taking: None,
        };
        let opened = match self.current {
            None => {
                changes = changes.create(opened.clone());
                opened
            }
            Some(old) => {
                let (next, replaced) = old.reopen_as(opened, changes, now)?;
                changes = replaced;
                next
            }
        };
        if self.person.is_none() {
            let person = Person::newcomer(self.account, self.portal.id, self.profile, now);
            changes = changes.write(person.join());
        }
        let event = opened.event(Act::RequestSubmitted, Facts::none());
        Ok((opened, changes.journal(event)))
    }
}

impl AdvisorRequest {
    /// The request's ETag: the opening, then the version.
    pub fn etag(&self) -> String {
        format!("{}.{}", self.opening.ulid(), self.version)
    }

    /// Whether it can still be decided at this instant.
    pub fn is_open_at(&self, now: Instant) -> bool {
        self.status == Status::Open && now < self.lapses_at
    }

    /// How it ended, also when it lapsed by time alone and no schedule has written it down.
    pub fn decision_at(&self, now: Instant) -> Option<Decision> {
        let lapsed =
            || Decision { status: Status::Lapsed, by: None, at: self.lapses_at, reason: None };
        match (&self.decision, self.status) {
            (Some(decision), _) => Some(decision.clone()),
            (None, Status::Open) if now < self.lapses_at => None,
            (None, _) => Some(lapsed()),
        }
    }

    /// Who takes care of this opening.
    pub fn taken(&self) -> Option<&Taking> {
        self.taking.as_ref().filter(|taking| taking.opening == self.opening)
    }

    fn facts(&self) -> Facts {
        Facts {
            status: Some(self.status.code().to_owned()),
            territory: Some(self.demand.territory.clone()),
            ..Facts::none()
        }
    }

    fn event(&self, act: Act, before: Facts) -> Event {
        Event::new(act, Some(self.portal), Object::AdvisorRequest(self.account), self.version)
            .touching(self.account)
            .changing(before, self.facts())
    }

    fn must_be_open(&self, now: Instant) -> Result<(), RequestError> {
        match self.decision_at(now) {
            None => Ok(()),
            Some(decision) => Err(RequestError::Decided(Box::new(decision))),
        }
    }

    fn must_be(&self, etag: &str) -> Result<(), RequestError> {
        if self.etag() == etag { Ok(()) } else { Err(RequestError::Stale) }
    }

    fn ended(self, decision: Decision) -> Self {
        let (version, status) = (self.version + 1, decision.status);
        Self { version, status, decision: Some(decision), ..self }
    }

    /// Puts this opening away and lets `opened` take its place.
    fn reopen_as(
        self,
        opened: Self,
        changes: Changes,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        if self.is_open_at(now) {
            return Err(RequestError::AlreadyOpen);
        }
        if let Some(end) = self.cool_down_ends_at.filter(|end| now < *end) {
            return Err(RequestError::CoolDown(end));
        }
        let version = self.version + 1;
        let overdue = self.status == Status::Open;
        let decision = self.decision_at(now);
        let (past, changes) = match (overdue, decision.clone()) {
            (true, Some(lapse)) => {
                let before = self.facts();
                // The version is the one that this transaction makes, shared by both entries.
                let past = self.ended(lapse);
                let event = past.event(Act::RequestLapsed, before);
                (past, changes.journal(event))
            }
            _ => (self, changes),
        };
        let next = Self { version, previous: decision, ..opened };
        let guard = if overdue { Guard::Lapsed } else { Guard::Version };
        let replace = Write::Replace(Entity::from(next.clone()), guard);
        Ok((next, changes.create(PastRequest { request: past }).write([replace])))
    }

    /// The requester changes what they ask for; moderators are not mailed again (RULES C3).
    ///
    /// # Errors
    /// It was decided, or changed since it was read, or the portal does not offer the territory.
    pub fn revise(
        self,
        permit: Permit,
        etag: &str,
        demand: Demand,
        portal: &Portal,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        self.must_be_open(now)?;
        self.must_be(etag)?;
        demand.territory.clone().offered_by(portal.settings.collectivities)?;
        if demand == self.demand {
            return Ok((self, Changes::new(permit)));
        }
        let before = self.facts();
        let next = Self { version: self.version + 1, demand, amendment: None, ..self };
        Ok(next.change(permit, Act::RequestRevised, before))
    }

    /// The requester takes it back.
    ///
    /// # Errors
    /// It was decided, or changed since it was read.
    pub fn withdraw(
        self,
        permit: Permit,
        etag: &str,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        self.must_be_open(now)?;
        self.must_be(etag)?;
        let before = self.facts();
        let decision = Decision { status: Status::Withdrawn, by: None, at: now, reason: None };
        Ok(self.ended(decision).change(permit, Act::RequestWithdrawn, before))
    }

    fn change(self, permit: Permit, act: Act, before: Facts) -> (Self, Changes) {
        let event = self.event(act, before);
        let changes = Changes::new(permit).update(self.clone(), Guard::StillOpen).journal(event);
        (self, changes)
    }

    /// A moderator says that they take care of it, which changes no version (RULES C6).
    ///
    /// # Errors
    /// It was decided.
    pub fn take(
        self,
        permit: Permit,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        self.must_be_open(now)?;
        let taking = Taking { opening: self.opening, by, at: now };
        let event = self.event(Act::RequestTaken, self.facts());
        let write = Write::Note(self.place(), Noted::RequestTaken(taking.clone()));
        let changes = Changes::new(permit).write([write]).journal(event);
        Ok((Self { taking: Some(taking), ..self }, changes))
    }

    /// A moderator changes the requested territory before deciding (RULES C7).
    ///
    /// # Errors
    /// It was decided, changed since it was read, is the same, or is not offered.
    pub fn amend(
        self,
        permit: Permit,
        etag: &str,
        territory: Territory,
        by: Moderator,
        portal: &Portal,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        self.must_be_open(now)?;
        let territory = territory.offered_by(portal.settings.collectivities)?;
        if territory == self.demand.territory {
            return Err(RequestError::Unchanged);
        }
        self.must_be(etag)?;
        let before = self.facts();
        let amendment = Amendment { before: self.demand.territory.clone(), by, at: now };
        let next = Self {
            version: self.version + 1,
            demand: Demand { territory, ..self.demand },
            amendment: Some(amendment),
            ..self
        };
        Ok(next.change(permit, Act::RequestAmended, before))
    }

    /// Accepts: exactly the territory shown becomes the person's adviser access (RULES C8).
    ///
    /// # Errors
    /// It was decided, changed since it was read, or the requester is archived.
    pub fn accept(
        self,
        permit: Permit,
        etag: &str,
        person: &Person,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        self.must_be_open(now)?;
        self.must_be(etag)?;
        if person.archived_at.is_some() {
            return Err(RequestError::Archived);
        }
        let before = self.facts();
        let territory = self.demand.territory.clone();
        let access = AdvisorAccess::new(territory, now, None);
        let (_, writes) = person.with_access(Some(access));
        let decision = Decision { status: Status::Accepted, by: Some(by), at: now, reason: None };
        let (next, changes) = self.ended(decision).change(permit, Act::RequestAccepted, before);
        Ok((next, changes.write(writes)))
    }

    /// Refuses, with a reason; asking again waits for the portal's cool-down (RULES C9).
    ///
    /// # Errors
    /// It was decided, or changed since it was read.
    pub fn refuse(
        self,
        permit: Permit,
        etag: &str,
        reason: Reason,
        by: Moderator,
        portal: &Portal,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        self.must_be_open(now)?;
        self.must_be(etag)?;
        let (before, account) = (self.facts(), self.account);
        let decision = Decision {
            status: Status::Refused,
            by: Some(by),
            at: now,
            reason: Some(reason.clone()),
        };
        let cool_down = now.plus_days(portal.settings.cool_down_in_days.get());
        let next = Self { cool_down_ends_at: Some(cool_down), ..self.ended(decision) };
        let event = next.event(Act::RequestRefused, before).because(account, Some(&reason));
        let changes = Changes::new(permit).update(next.clone(), Guard::StillOpen).journal(event);
        Ok((next, changes))
    }

    /// An admin reopens a refused request: a new opening, with a traced reason (RULES C12).
    ///
    /// # Errors
    /// One is open, it was not refused, or it changed since it was read.
    pub fn reopen(
        self,
        permit: Permit,
        etag: &str,
        reason: &Reason,
        portal: &Portal,
        opening: OpeningId,
        now: Instant,
    ) -> Result<(Self, Changes), RequestError> {
        if self.is_open_at(now) {
            return Err(RequestError::AlreadyOpen);
        }
        if self.status != Status::Refused {
            return Err(RequestError::NotRefused);
        }
        self.must_be(etag)?;
        let before = self.facts();
        let past = PastRequest { request: self.clone() };
        let next = Self {
            opening,
            version: self.version + 1,
            status: Status::Open,
            submitted_at: now,
            lapses_at: now.plus_days(portal.settings.lapses_in_days.get()),
            amendment: None,
            previous: self.decision.clone(),
            decision: None,
            cool_down_ends_at: None,
            taking: None,
            ..self
        };
        let event = next.event(Act::RequestReopened, before).because(next.account, Some(reason));
        let changes =
            Changes::new(permit).update(next.clone(), Guard::Version).create(past).journal(event);
        Ok((next, changes))
    }

    /// Ends a request that nobody decided in time (RULES C13).
    ///
    /// # Errors
    /// It was decided, or its time has not come.
    pub fn lapse(self, permit: Permit, now: Instant) -> Result<(Self, Changes), RequestError> {
        if let Some(decision) = self.decision {
            return Err(RequestError::Decided(Box::new(decision)));
        }
        if now < self.lapses_at {
            return Err(RequestError::NotLapsed);
        }
        let before = self.facts();
        let decision =
            Decision { status: Status::Lapsed, by: None, at: self.lapses_at, reason: None };
        let next = self.ended(decision);
        let event = next.event(Act::RequestLapsed, before);
        let changes = Changes::new(permit).update(next.clone(), Guard::Lapsed).journal(event);
        Ok((next, changes))
    }
}
