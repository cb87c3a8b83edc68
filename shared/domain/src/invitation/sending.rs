//! What those who may invite mail: invite, send, send again, correct the address (RULES D1, D4,
//! D7).

use super::{
    Claim, Invitation, InvitationError, InvitationState, Invitee, MOST_SENT_A_DAY, Scope, Sending,
    Terms,
};
use crate::advisor_request::Moderator;
use crate::changes::{Changes, Guard};
use crate::ids::{ImportId, InvitationId};
use crate::instant::Instant;
use crate::journal::{Act, Facts};
use crate::permissions::Permit;
use crate::text::Email;

/// What making an invitation needs to know beside who is invited.
#[derive(Debug)]
pub struct Issue {
    /// The new invitation.
    pub id: InvitationId,
    /// To what.
    pub scope: Scope,
    /// Who invites.
    pub inviter: Moderator,
    /// The portal's delays.
    pub terms: Terms,
    /// Whether it is mailed.
    pub sending: Sending,
    /// The invitation that holds the guard of the address, if one does.
    pub standing: Option<Invitation>,
    /// The import that makes it, if one does.
    pub import: Option<ImportId>,
    /// Now.
    pub now: Instant,
}

impl Issue {
    /// Invites somebody. An invitation that has expired and of which no schedule has written so
    /// ends here, with an entry of its own.
    ///
    /// # Errors
    /// The address has an open invitation.
    pub fn invite(
        self,
        permit: Permit,
        invitee: Invitee,
    ) -> Result<(Invitation, Changes), InvitationError> {
        let now = self.now;
        let (changes, guard) = free(self.standing, Changes::new(permit), now)?;
        let invitation = Invitation {
            id: self.id,
            version: 1,
            scope: self.scope,
            email: invitee.email,
            first_name: invitee.first_name,
            last_name: invitee.last_name,
            job_title: invitee.job_title,
            user_type: invitee.user_type,
            level: invitee.level,
            territory: invitee.territory,
            assignment: invitee.assignment,
            offered_at: Some(now),
            message_by: invitee.message.as_ref().map(|_| self.inviter.clone()),
            message: invitee.message,
            inviter: self.inviter,
            state: InvitationState::Preloaded,
            generation: 0,
            terms: self.terms,
            times_sent: 0,
            times_sent_that_day: 0,
            created_at: now,
            sent_at: None,
            expires_at: None,
            reminded_next_at: None,
            renewed_at: None,
            ended_at: None,
            ended_by: None,
            accepted_by: None,
            delivery: None,
            import: self.import,
        };
        let (invitation, act) = match self.sending {
            Sending::Now => (invitation.mailed(now), Act::InvitationSent),
            Sending::Later => (invitation, Act::InvitationPreloaded),
        };
        let event = invitation.event(act, Facts::none());
        let changes = changes.create(invitation.clone()).write([invitation.claim(guard)]);
        Ok((invitation, changes.journal(event)))
    }
}

/// Lets the guard of an address be taken: nobody holds it, or an invitation that has expired, which
/// ends here with an entry of its own, so that nothing stays blocked when schedules are off.
pub(super) fn free(
    standing: Option<Invitation>,
    changes: Changes,
    now: Instant,
) -> Result<(Changes, Claim), InvitationError> {
    match standing {
        None => Ok((changes, Claim::Free)),
        Some(standing) if standing.state_at(now).is_open() => {
            Err(InvitationError::AlreadyInvited(standing.id))
        }
        Some(standing) => Ok((standing.run_out(changes), Claim::Held)),
    }
}

impl Invitation {
    /// Mails a preloaded invitation, in the name of who does it.
    ///
    /// # Errors
    /// It was mailed already, or changed since it was read.
    pub fn send(
        self,
        permit: Permit,
        etag: &str,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), InvitationError> {
        if self.state != InvitationState::Preloaded {
            return Err(InvitationError::NotPreloaded);
        }
        self.must_be(etag)?;
        let changes = Changes::new(permit);
        Ok(self.by(by, now).send_now(changes, Act::InvitationSent, Claim::Held, now))
    }

    /// The same, for which whoever mails it now stands: they may invite.
    fn by(self, inviter: Moderator, now: Instant) -> Self {
        Self { inviter, offered_at: Some(now), ..self }
    }

    pub(super) fn send_now(
        self,
        changes: Changes,
        act: Act,
        claim: Claim,
        now: Instant,
    ) -> (Self, Changes) {
        let before = self.facts();
        let next = self.mailed(now).next();
        let event = next.event(act, before);
        let changes = changes.update(next.clone(), Guard::Version).write([next.claim(claim)]);
        (next, changes.journal(event))
    }

    /// Mails it again with a new link, in the name of who does it, and begins its lifetime anew
    /// (RULES D7). `standing` is the other invitation that holds the guard of its address, which
    /// can be once this one has ended.
    ///
    /// # Errors
    /// It ended, was never mailed, changed since it was read, or was mailed often enough today; or
    /// the address has another open invitation.
    pub fn resend(
        self,
        permit: Permit,
        etag: &str,
        standing: Option<Self>,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), InvitationError> {
        let (changes, claim) = self.may_be_mailed_again(standing, Changes::new(permit), now)?;
        self.must_be(etag)?;
        self.not_too_often(now)?;
        Ok(self.by(by, now).send_now(changes, Act::InvitationResent, claim, now))
    }

    pub(super) fn may_be_mailed_again(
        &self,
        standing: Option<Self>,
        changes: Changes,
        now: Instant,
    ) -> Result<(Changes, Claim), InvitationError> {
        match self.state {
            InvitationState::Pending => Ok((changes, Claim::Held)),
            InvitationState::Expired | InvitationState::Undeliverable => {
                free(standing, changes, now)
            }
            InvitationState::Preloaded => Err(InvitationError::NotPreloaded),
            _ => Err(InvitationError::Ended),
        }
    }

    fn not_too_often(&self, now: Instant) -> Result<(), InvitationError> {
        let is_same_day = self.sent_at.is_some_and(|sent| sent.day() == now.day());
        if is_same_day && self.times_sent_that_day >= MOST_SENT_A_DAY {
            Err(InvitationError::TooOften(now.next_day()))
        } else {
            Ok(())
        }
    }

    /// Corrects the address; an invitation that was mailed is mailed anew at once, in the name of
    /// who corrects it, also where the wrong address that came back was mailed often that day
    /// (RULES D7, SECURITY S2, S7). `standing` is the invitation that holds the guard of the new
    /// address.
    ///
    /// # Errors
    /// It ended, changed since it was read, or has this address; or the new address has an open
    /// invitation.
    pub fn correct_address(
        self,
        permit: Permit,
        etag: &str,
        email: Email,
        standing: Option<Self>,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), InvitationError> {
        let was_open = match self.state {
            InvitationState::Accepted | InvitationState::Declined | InvitationState::Cancelled => {
                return Err(InvitationError::Ended);
            }
            state => state.is_open(),
        };
        if email == self.email {
            return Err(InvitationError::Unchanged);
        }
        let (changes, claim) = free(standing, Changes::new(permit), now)?;
        self.must_be(etag)?;
        let came_back = self.state == InvitationState::Undeliverable;
        if !came_back {
            self.not_too_often(now)?;
        }
        let (before, release) = (self.facts(), self.release());
        let times_sent_that_day = if came_back { 0 } else { self.times_sent_that_day };
        let corrected = Self { email, times_sent_that_day, delivery: None, ..self.by(by, now) };
        let next = match corrected.state {
            InvitationState::Preloaded => {
                Self { generation: corrected.generation + 1, ..corrected }
            }
            _ => corrected.mailed(now),
        };
        let next = next.next();
        let event = next.event(Act::InvitationAddressCorrected, before);
        let changes = changes.update(next.clone(), Guard::Version);
        let changes = changes.write(was_open.then_some(release)).write([next.claim(claim)]);
        Ok((next, changes.journal(event)))
    }
}
