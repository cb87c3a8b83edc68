//! The moderators' decision on a dossier: once, as that on a request (RULES F2, C10).

use serde::{Deserialize, Serialize};

use super::{
    Act, AdvisingRole, Changes, DossierError, DossierState, Facts, Instant, Moderator, Permit,
    Position, Publication, Published, Reason, Title,
};

/// How a portal's moderators decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Whether it was accepted: open, or refused.
    pub state: DossierState,
    /// The moderator.
    pub by: Moderator,
    /// When.
    pub at: Instant,
    /// Why: required for a refusal.
    pub reason: Option<Reason>,
    /// The title that they read: mails to others carry no other one (SECURITY S11).
    pub title: Title,
}

/// Whether the moderator who accepts a dossier takes part in it from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// As adviser or observer.
    As(AdvisingRole),
    /// Not at all.
    No,
}

impl Published {
    /// Accepts it: advisers whose territory covers it see it from now on.
    ///
    /// # Errors
    /// It was decided, or changed since it was read.
    pub fn accept(
        self,
        permit: Permit,
        etag: &str,
        by: Moderator,
        joining: Joining,
        now: Instant,
    ) -> Result<(Self, Option<Position>, Changes), DossierError> {
        self.must_wait()?;
        self.must_be(etag)?;
        let account = by.account;
        let (mut next, before) = self.ruled(DossierState::Open, by, None, now);
        let event = next.event(Act::DossierAccepted, before);
        let (mut changes, mut joined) = (Changes::new(permit).journal(event), None);
        if let Joining::As(role) = joining {
            let (with_them, taken) = next.taken_by(account, role.into(), now)?;
            (next, joined) = (with_them, Some(taken.position));
            changes = changes.write(taken.writes).journal(taken.event);
        }
        changes = changes.write(next.publication.written());
        Ok((next, joined, changes))
    }

    /// Refuses it, with a reason.
    ///
    /// # Errors
    /// It was decided, or changed since it was read.
    pub fn refuse(
        self,
        permit: Permit,
        etag: &str,
        by: Moderator,
        reason: Reason,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        self.must_wait()?;
        self.must_be(etag)?;
        let (next, before) = self.ruled(DossierState::Refused, by, Some(reason.clone()), now);
        let concerned = next.referent.account;
        let event = next.event(Act::DossierRefused, before).because(concerned, Some(&reason));
        let changes = Changes::new(permit).write(next.publication.written()).journal(event);
        Ok((next, changes))
    }

    fn ruled(
        self,
        state: DossierState,
        by: Moderator,
        reason: Option<Reason>,
        now: Instant,
    ) -> (Self, Facts) {
        let before = self.publication.facts();
        let title = self.publication.title.clone();
        let ruling = Some(Ruling { state, by, at: now, reason, title });
        let publication = Publication { ruling, ..self.publication.turned(state, now) };
        (Self { publication, ..self }, before)
    }

    pub(super) fn must_wait(&self) -> Result<(), DossierError> {
        match (&self.publication.ruling, self.publication.state) {
            (None, DossierState::Submitted) => Ok(()),
            (Some(ruling), _) => Err(DossierError::Decided(Box::new(ruling.clone()))),
            (None, _) => Err(DossierError::NotAccepted),
        }
    }
}
