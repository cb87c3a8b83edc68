//! How invitations end, and what time and mail services do to them (RULES D5, D6, D8, D14, D17).

use super::{Assignment, Invitation, InvitationError, InvitationState, LINK_READABLE_DAYS, Scope};
use crate::advisor_request::Moderator;
use crate::changes::{Changes, Guard};
use crate::dossier::Side;
use crate::instant::Instant;
use crate::journal::{Act, Facts};
use crate::mail::Outcome;
use crate::permissions::Permit;

/// How long after its end some invitations are reminded (RULES D14).
const REMINDED_AFTER_DAYS: u32 = 15;

impl Invitation {
    /// Takes it back: its link is dead, and an expired one can't be renewed any more (RULES D8).
    ///
    /// # Errors
    /// It was answered or taken back, or changed since it was read.
    pub fn cancel(
        self,
        permit: Permit,
        etag: &str,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), InvitationError> {
        if matches!(
            self.state,
            InvitationState::Accepted | InvitationState::Declined | InvitationState::Cancelled
        ) {
            return Err(InvitationError::Ended);
        }
        self.must_be(etag)?;
        let state = InvitationState::Cancelled;
        Ok(self.close(Changes::new(permit), state, Some(by), Act::InvitationCancelled, now))
    }

    /// Ends it and gives the guard back, where it holds it.
    pub(super) fn close(
        self,
        changes: Changes,
        state: InvitationState,
        by: Option<Moderator>,
        act: Act,
        now: Instant,
    ) -> (Self, Changes) {
        let (before, release) = (self.facts(), self.state.is_open().then(|| self.release()));
        let guard = match self.state_at(now) {
            InvitationState::Pending => Guard::NotExpired,
            _ => Guard::Version,
        };
        let next = self.ended(state, now, by);
        let event = next.event(act, before);
        let changes = changes.update(next.clone(), guard).write(release);
        (next, changes.journal(event))
    }

    /// Writes down that it has expired; the guard is the caller's.
    pub(super) fn run_out(self, changes: Changes) -> Changes {
        let before = self.facts();
        let at = self.expires_at.unwrap_or(self.created_at);
        let reminded_next_at = self.reminded_after(at);
        let ended = self.ended(InvitationState::Expired, at, None);
        let next = Self { reminded_next_at, ..ended };
        let event = next.event(Act::InvitationExpired, before);
        changes.update(next, Guard::Version).journal(event)
    }

    /// When the invitee is reminded after the end, once: whoever is invited to ask with the
    /// référent of a dossier, unless it is erased before (RULES D14).
    fn reminded_after(&self, end: Instant) -> Option<Instant> {
        let asks = |assignment: &Assignment| assignment.role.side() == Side::Applicants;
        let is_to_ask = matches!(self.scope, Scope::Dossier { .. })
            && self.assignment.as_ref().is_some_and(asks)
            && self.terms.kept_in_days > REMINDED_AFTER_DAYS;
        is_to_ask.then(|| end.plus_days(REMINDED_AFTER_DAYS))
    }

    /// Writes down that it has expired (RULES D5).
    ///
    /// # Errors
    /// It is not pending, or its time has not come.
    pub fn expire(self, permit: Permit, now: Instant) -> Result<Changes, InvitationError> {
        if self.state != InvitationState::Pending || !self.is_overdue(now) {
            return Err(InvitationError::NotDue);
        }
        let release = self.release();
        Ok(self.run_out(Changes::new(permit)).write([release]))
    }

    /// Reminds the invitee, once before the end and, for some, once after it (RULES D14); too late
    /// for the first, it writes down that it has expired.
    ///
    /// # Errors
    /// It was answered or taken back, or no reminder is due.
    pub fn remind(self, permit: Permit, now: Instant) -> Result<Changes, InvitationError> {
        let is_due = self.reminded_next_at.is_some_and(|due| due <= now);
        let guard = match self.state {
            InvitationState::Pending if is_due && self.is_overdue(now) => {
                return self.expire(permit, now);
            }
            InvitationState::Pending if is_due => Guard::NotExpired,
            InvitationState::Expired if is_due => Guard::Version,
            _ => return Err(InvitationError::NotDue),
        };
        // Too late even for a link that asks for a new one.
        let readable = self.expires_at.map(|end| end.plus_days(LINK_READABLE_DAYS));
        let is_of_use = readable.is_some_and(|until| now < until);
        let before = self.facts();
        let next = Self { reminded_next_at: None, ..self }.next();
        let event = is_of_use.then(|| next.event(Act::InvitationReminded, before));
        let changes = Changes::new(permit).update(next, guard);
        Ok(event.into_iter().fold(changes, Changes::journal))
    }

    /// Notes what became of its last mail; where the address takes none, it ends as undeliverable
    /// (RULES D6, H3). `None` when that is nothing new.
    pub fn told(
        self,
        permit: Permit,
        generation: u32,
        outcome: Outcome,
        now: Instant,
    ) -> Option<Changes> {
        if generation != self.generation || self.delivery == Some(outcome) {
            return None;
        }
        let is_lost = matches!(
            outcome,
            Outcome::AddressUnknown
                | Outcome::AddressBounced
                | Outcome::Complained
                | Outcome::NotWanted
        );
        let noted = Self { delivery: Some(outcome), ..self };
        if is_lost && noted.state_at(now) == InvitationState::Pending {
            let state = InvitationState::Undeliverable;
            let act = Act::InvitationUndeliverable;
            return Some(noted.close(Changes::new(permit), state, None, act, now).1);
        }
        Some(Changes::new(permit).update(noted.next(), Guard::Version))
    }

    /// Erases it, with what is personal in it (RULES D17). The journal keeps the acts.
    ///
    /// # Errors
    /// It is open, or its time has not come.
    pub fn erase(self, permit: Permit, now: Instant) -> Result<Changes, InvitationError> {
        if self.erased_at().is_none_or(|due| now < due) {
            return Err(InvitationError::NotDue);
        }
        let mut event = self.event(Act::InvitationErased, self.facts());
        event.after = Facts::none();
        let release = (self.state == InvitationState::Preloaded).then(|| self.release());
        Ok(Changes::new(permit).delete(self, Guard::Version).write(release).journal(event))
    }
}
