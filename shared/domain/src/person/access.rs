//! An adviser access: given, changed, taken back, and ended by time (RULES C14 to C17).

use serde::{Deserialize, Serialize};

use super::{AdvisorRow, Coverage, Person, PersonError};
use crate::changes::{Changes, Entity, Guard, Place, Record as _, Write};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::permissions::Permit;
use crate::territory::Territory;
use crate::text::Reason;

/// An adviser access (*accès conseiller*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisorAccess {
    /// Where.
    pub territory: Territory,
    /// Since when.
    pub since: Instant,
    /// Until when, if it ends by itself (RULES C17).
    pub ends_at: Option<Instant>,
    /// When its holder is next warned of the end.
    #[serde(default)]
    pub warned_next_at: Option<Instant>,
}

/// How many days before the end its holder is warned (RULES C17).
const WARNED_DAYS_BEFORE: [i64; 2] = [14, 1];

impl AdvisorAccess {
    /// An access that begins now.
    pub fn new(territory: Territory, now: Instant, ends_at: Option<Instant>) -> Self {
        Self { territory, since: now, ends_at: None, warned_next_at: None }.ending(ends_at, now)
    }

    /// The same access with this end.
    fn ending(self, ends_at: Option<Instant>, now: Instant) -> Self {
        let warned_next_at = ends_at.and_then(|end| next_warning(end, now));
        Self { ends_at, warned_next_at, ..self }
    }
}

/// The first warning of an end that comes after this instant.
fn next_warning(end: Instant, now: Instant) -> Option<Instant> {
    let warnings = WARNED_DAYS_BEFORE.map(|days| end.plus_seconds(-days * 86_400));
    warnings.into_iter().find(|warning| now < *warning)
}

impl AdvisorAccess {
    /// Whether its end has not come at this instant.
    pub fn holds_at(&self, now: Instant) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }
}

impl Person {
    /// The adviser access that holds at this instant: one past its end gives nothing.
    pub fn access_at(&self, now: Instant) -> Option<&AdvisorAccess> {
        self.access
            .as_ref()
            .filter(|access| access.holds_at(now))
            .filter(|_| self.archived_at.is_none())
    }

    /// The person with this access and no other: it replaces, it is never a union (RULES C8).
    pub(crate) fn with_access(&self, access: Option<AdvisorAccess>) -> (Self, Vec<Write>) {
        let next = Self {
            version: self.version + 1,
            rights_version: self.rights_version + 1,
            access,
            ..self.clone()
        };
        let mut writes = vec![Write::Update(Entity::from(next.clone()), Guard::Version)];
        writes.extend(self.rows_gone(&next));
        writes.extend(next.rows());
        (next, writes)
    }

    /// Removes the rows of the advisers' lists that no longer follow from the person.
    pub(super) fn rows_gone(&self, next: &Self) -> Vec<Write> {
        let (old, new) = (self.coverage(), next.coverage());
        let gone = old.iter().filter(|old| new.iter().all(|new| new.place() != old.place()));
        let gone = gone.map(|coverage| Write::Remove(coverage.place()));
        let row = Write::Remove(Place::AdvisorRow(self.account, self.portal));
        gone.chain(next.advisor_row().is_none().then_some(row)).collect()
    }

    /// The rows of the advisers' lists, which follow from the person.
    pub(crate) fn rows(&self) -> Vec<Write> {
        let coverage = self.coverage().into_iter().map(|coverage| Write::Put(coverage.into()));
        coverage.chain(self.advisor_row().map(|row| Write::Put(row.into()))).collect()
    }

    fn advisor_row(&self) -> Option<AdvisorRow> {
        // Somebody archived stands in no list of advisers (RULES E3).
        let access = self.access.as_ref().filter(|_| self.archived_at.is_none())?;
        Some(AdvisorRow {
            account: self.account,
            portal: self.portal,
            first_name: self.profile.first_name.clone(),
            last_name: self.profile.last_name.clone(),
            organisation: self.profile.organisation.clone(),
            territory: access.territory.clone(),
            ends_at: access.ends_at,
            rights_version: self.rights_version,
            dossier_mails: self.dossier_mails.clone(),
        })
    }

    fn coverage(&self) -> Vec<Coverage> {
        let Some(advisor) = self.advisor_row() else { return Vec::new() };
        let of = |department| Coverage { department, advisor: advisor.clone() };
        match &advisor.territory {
            Territory::National => vec![of(None)],
            Territory::Departments(codes) => codes.codes().map(|code| of(Some(code))).collect(),
        }
    }

    fn access_event(&self, act: Act, before: Option<&AdvisorAccess>) -> Event {
        let facts = |access: Option<&AdvisorAccess>| {
            access.map_or_else(Facts::none, |access| Facts {
                territory: Some(access.territory.clone()),
                until: access.ends_at,
                ..Facts::none()
            })
        };
        Event::new(act, Some(self.portal), Object::Person(self.account), self.version)
            .touching(self.account)
            .changing(facts(before), facts(self.access.as_ref()))
    }

    /// Gives an adviser access by hand (RULES C14). The event is the caller's to add: closing an
    /// open request by the same act leaves one entry, not two.
    ///
    /// # Errors
    /// The person is archived, changed since it was read, or already an adviser.
    pub fn promote(
        &self,
        etag: &str,
        territory: Territory,
        ends_at: Option<Instant>,
        now: Instant,
    ) -> Result<(Self, Vec<Write>, Event), PersonError> {
        self.must_be_active()?;
        if self.access_at(now).is_some() {
            return Err(PersonError::AlreadyHasIt);
        }
        if ends_at.is_some_and(|end| end <= now) {
            return Err(PersonError::Past);
        }
        self.must_be(etag)?;
        let (next, writes) = self.with_access(Some(AdvisorAccess::new(territory, now, ends_at)));
        let event = next.access_event(Act::AdvisorPromoted, None);
        Ok((next, writes, event))
    }

    /// Changes the territory of an adviser (RULES C15).
    ///
    /// # Errors
    /// The person is archived, changed since it was read, no adviser, or has just this territory.
    pub fn set_territory(
        self,
        permit: Permit,
        etag: &str,
        territory: Territory,
        now: Instant,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let access = self.access_at(now).cloned().ok_or(PersonError::NoAccess)?;
        if access.territory == territory {
            return Err(PersonError::AlreadyHasIt);
        }
        self.must_be(etag)?;
        let (next, writes) = self.with_access(Some(AdvisorAccess { territory, ..access.clone() }));
        let event = next.access_event(Act::TerritoryChanged, Some(&access));
        Ok((next, Changes::new(permit).write(writes).journal(event)))
    }

    /// Takes the adviser access back (RULES C16).
    ///
    /// # Errors
    /// The person is archived, changed since it was read, or no adviser.
    pub fn revoke(
        self,
        permit: Permit,
        etag: &str,
        reason: Option<&Reason>,
        now: Instant,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let access = self.access_at(now).cloned().ok_or(PersonError::NoAccess)?;
        self.must_be(etag)?;
        let (next, writes) = self.with_access(None);
        let event =
            next.access_event(Act::AdvisorRevoked, Some(&access)).because(self.account, reason);
        Ok((next, Changes::new(permit).write(writes).journal(event)))
    }

    /// Sets or lifts the end of an adviser access (RULES C17).
    ///
    /// # Errors
    /// The person is archived, changed since it was read, no adviser, or has just this end; or the
    /// end is past.
    pub fn set_end_of_access(
        self,
        permit: Permit,
        etag: &str,
        ends_at: Option<Instant>,
        now: Instant,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let access = self.access_at(now).cloned().ok_or(PersonError::NoAccess)?;
        if access.ends_at == ends_at {
            return Err(PersonError::AlreadyHasIt);
        }
        if ends_at.is_some_and(|end| end <= now) {
            return Err(PersonError::Past);
        }
        self.must_be(etag)?;
        let (next, writes) = self.with_access(Some(access.clone().ending(ends_at, now)));
        let event = next.access_event(Act::EndOfAccessSet, Some(&access));
        Ok((next, Changes::new(permit).write(writes).journal(event)))
    }

    /// Warns of the end of an adviser access, which changes no rights (RULES C17); too late, it
    /// puts the access away.
    ///
    /// # Errors
    /// No warning is due.
    pub fn warn_of_end(self, permit: Permit, now: Instant) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let access = self.access.clone().ok_or(PersonError::NoAccess)?;
        let (Some(ends_at), Some(due_at)) = (access.ends_at, access.warned_next_at) else {
            return Err(PersonError::NoAccess);
        };
        if ends_at <= now {
            // Nobody is warned of what is over: it is put away at once.
            return self.end_access(permit, now);
        }
        if now < due_at {
            return Err(PersonError::NoAccess);
        }
        let warned_next_at = next_warning(ends_at, now);
        let access = AdvisorAccess { warned_next_at, ..access };
        let next = Self { version: self.version + 1, access: Some(access), ..self };
        let event = next.access_event(Act::EndOfAccessNear, None);
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        Ok((next, changes))
    }

    /// Puts away an adviser access whose end has come. It gives nothing since that instant, also
    /// where no schedule has put it away (DESIGN §2, 5).
    ///
    /// # Errors
    /// There is none, or its end has not come.
    pub fn end_access(self, permit: Permit, now: Instant) -> Result<(Self, Changes), PersonError> {
        let access = self.access.clone().ok_or(PersonError::NoAccess)?;
        if access.holds_at(now) {
            return Err(PersonError::NoAccess);
        }
        let (next, writes) = self.with_access(None);
        let event = next.access_event(Act::AccessEnded, Some(&access));
        Ok((next, Changes::new(permit).write(writes).journal(event)))
    }
}
