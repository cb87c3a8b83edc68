//! Leaving a portal and coming back: nothing that somebody had is lost by it (RULES E3, E4).

use super::{HandedOver, Person, PersonError};
use crate::advisor_request::{AdvisorRequest, Moderator};
use crate::changes::{Changes, Guard, Place};
use crate::ids::AccountId;
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Level;
use crate::permissions::Permit;
use crate::portal::SuperAdministrators;
use crate::text::Reason;

/// How a successor is named by this permit.
fn handed_over(permit: &Permit, at: Instant) -> Option<HandedOver> {
    permit.author().account().map(|by| HandedOver { by, at })
}

/// What somebody's leaving needs to know.
#[derive(Debug)]
pub struct Leaving<'a> {
    /// The version that was read.
    pub etag: &'a str,
    /// Their adviser request, which is closed if it is open.
    pub request: Option<AdvisorRequest>,
    /// Who inherits their open invitations, and may take over their dossiers: themselves, as read,
    /// if anybody.
    pub successor: Option<&'a Person>,
    /// How many super administrators the portal has.
    pub count: SuperAdministrators,
    /// Now.
    pub now: Instant,
}

impl Person {
    /// Archives somebody: they can do nothing more here, from their next request (RULES E3).
    ///
    /// # Errors
    /// They are archived, changed since they were read, or are the last super administrator; or
    /// the successor is none.
    pub fn archive(
        self,
        permit: Permit,
        leaving: Leaving<'_>,
        by: Moderator,
        reason: Option<&Reason>,
    ) -> Result<(Self, Changes), PersonError> {
        let account = self.account;
        let (next, changes, event) = self.depart(permit, leaving, Some(by), Act::PersonArchived)?;
        Ok((next, changes.journal(event.because(account, reason))))
    }

    /// Leaves the portal of one's own will, as if archived.
    ///
    /// # Errors
    /// As for [`Person::archive`].
    pub fn leave(
        self,
        permit: Permit,
        leaving: Leaving<'_>,
    ) -> Result<(Self, Changes), PersonError> {
        let (next, changes, event) = self.depart(permit, leaving, None, Act::PersonLeft)?;
        Ok((next, changes.journal(event)))
    }

    fn depart(
        self,
        permit: Permit,
        leaving: Leaving<'_>,
        by: Option<Moderator>,
        act: Act,
    ) -> Result<(Self, Changes, Event), PersonError> {
        let Leaving { etag, request, successor, count, now } = leaving;
        self.must_be_active()?;
        let count = match self.level {
            Level::SuperAdministrator => {
                Some(count.one_fewer().ok_or(PersonError::LastSuperAdministrator)?)
            }
            _ => None,
        };
        let successor = successor.map(|person| self.inherited_by(person)).transpose()?;
        self.must_be(etag)?;
        let next = Self {
            version: self.version + 1,
            rights_version: self.rights_version + 1,
            archived_at: Some(now),
            successor,
            handed_over: handed_over(&permit, now).filter(|_| successor.is_some()),
            ..self.clone()
        };
        let mut changes = Changes::new(permit).update(next.clone(), Guard::Version);
        if self.access.is_some() {
            changes = changes.write(self.rows_gone(&next));
        }
        if let Some(count) = count {
            changes = changes.update(count, Guard::Version);
        }
        let mut event = next.membership_event(act);
        event.after.codes.extend(successor.map(|heir| heir.to_string()));
        let place = Place::AdvisorRequest(next.account, next.portal);
        Ok((next, AdvisorRequest::close_for(request, changes, place, by, now), event))
    }

    /// The account of a successor, if this person can be one.
    fn inherited_by(&self, successor: &Person) -> Result<AccountId, PersonError> {
        let is_active = successor.portal == self.portal && successor.archived_at.is_none();
        if is_active && successor.account != self.account {
            Ok(successor.account)
        } else {
            Err(PersonError::NoSuccessor)
        }
    }

    fn membership_event(&self, act: Act) -> Event {
        let facts = Facts {
            level: Some(self.level),
            territory: self.access.as_ref().map(|access| access.territory.clone()),
            ..Facts::none()
        };
        let (before, after) = match act {
            Act::PersonRestored => (Facts::none(), facts),
            _ => (facts, Facts::none()),
        };
        Event::new(act, Some(self.portal), Object::Person(self.account), self.version)
            .touching(self.account)
            .changing(before, after)
    }

    /// Names who inherits the open invitations of somebody archived, and may take over their
    /// dossiers (RULES E3, E5).
    ///
    /// # Errors
    /// The person is active or changed since it was read; or the successor is none, or is it
    /// already.
    pub fn hand_over(
        self,
        permit: Permit,
        etag: &str,
        successor: &Person,
        now: Instant,
    ) -> Result<(Self, Changes), PersonError> {
        if self.archived_at.is_none() {
            return Err(PersonError::Active);
        }
        let heir = self.inherited_by(successor)?;
        let author = permit.author().account();
        // Somebody else may confirm whoever named themselves.
        let stands = |named: HandedOver| named.by != heir || author == Some(heir);
        if self.successor == Some(heir) && self.handed_over.is_some_and(stands) {
            return Err(PersonError::AlreadyHasIt);
        }
        self.must_be(etag)?;
        let next = Self {
            version: self.version + 1,
            // Invitations rest on it: one that is being accepted is decided anew.
            rights_version: self.rights_version + 1,
            successor: Some(heir),
            handed_over: handed_over(&permit, now),
            ..self
        };
        let after = Facts { codes: vec![heir.to_string()], ..Facts::none() };
        let object = Object::Person(next.account);
        let event = Event::new(Act::PersonHandedOver, Some(next.portal), object, next.version)
            .touching(next.account)
            .changing(Facts::none(), after);
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        Ok((next, changes))
    }

    /// Brings somebody back, exactly as they were (RULES E4).
    ///
    /// # Errors
    /// The person is active, or changed since it was read.
    pub fn restore(
        self,
        permit: Permit,
        etag: &str,
        count: SuperAdministrators,
    ) -> Result<(Self, Changes), PersonError> {
        if self.archived_at.is_none() {
            return Err(PersonError::Active);
        }
        self.must_be(etag)?;
        let next = Self {
            version: self.version + 1,
            rights_version: self.rights_version + 1,
            archived_at: None,
            successor: None,
            handed_over: None,
            ..self
        };
        let mut changes = Changes::new(permit).update(next.clone(), Guard::Version);
        changes = changes.write(next.rows());
        if next.level == Level::SuperAdministrator {
            changes = changes.update(count.one_more(), Guard::Version);
        }
        let event = next.membership_event(Act::PersonRestored);
        Ok((next, changes.journal(event)))
    }
}
