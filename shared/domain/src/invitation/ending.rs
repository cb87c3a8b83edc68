//! How invitations end, and what time and mail services do to them (RULES D5, D6, D8, D14, D17).

use super::{Invitation, InvitationError, InvitationState};
use crate::advisor_request::Moderator;
use crate::changes::{Changes, Guard};
use crate::instant::Instant;
use crate::journal::{Act, Facts};
use crate::mail::Outcome;
use crate::permissions::Permit;

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
        let next = self.ended(InvitationState::Expired, at, None);
        let event = next.event(Act::InvitationExpired, before);
        changes.update(next, Guard::Version).journal(event)
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

    /// Reminds the invitee, once (RULES D14); too late, it writes down that it has expired.
    ///
    /// # Errors
    /// It is not pending, or no reminder is due.
    pub fn remind(self, permit: Permit, now: Instant) -> Result<Changes, InvitationError> {
        let is_due = self.reminded_next_at.is_some_and(|due| due <= now);
        if self.state != InvitationState::Pending || !is_due {
            return Err(InvitationError::NotDue);
        }
        if self.is_overdue(now) {
            return self.expire(permit, now);
        }
        let before = self.facts();
        let next = Self { reminded_next_at: None, ..self }.next();
        let event = next.event(Act::InvitationReminded, before);
        Ok(Changes::new(permit).update(next, Guard::NotExpired).journal(event))
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
