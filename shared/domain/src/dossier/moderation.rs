//! The moderators' decision on a dossier: once, as that on a request (RULES F2, C10).

use serde::{Deserialize, Serialize};

use super::{
    Act, AdvisingRole, Changes, DossierError, DossierId, DossierState, Facts, Instant, Moderator,
    Permit, Position, Publication, Published, Reason, Title, Write,
};
use crate::changes::{Noted, Record as _};

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

/// Which moderator takes care of a waiting dossier; it reserves nothing (RULES C6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierTaking {
    /// The moderator.
    pub by: Moderator,
    /// Since when.
    pub at: Instant,
}

/// The dossier that somebody submitted to the portal before, as it stood when they submitted the
/// next one (RULES C6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PreviousDossier {
    /// The dossier.
    pub dossier: DossierId,
    /// When it was submitted.
    pub submitted_at: Instant,
    /// How it stood.
    pub state: DossierState,
}

impl From<&Publication> for PreviousDossier {
    fn from(publication: &Publication) -> Self {
        let Publication { dossier, submitted_at, state, .. } = *publication;
        Self { dossier, submitted_at, state }
    }
}

impl Publication {
    /// Who takes care of it, while it waits.
    pub fn taken(&self) -> Option<&DossierTaking> {
        self.taking.as_ref().filter(|_| self.state == DossierState::Submitted)
    }
}

impl Published {
    /// A moderator says that they take care of it, which changes no version (RULES C6).
    ///
    /// # Errors
    /// It was decided.
    pub fn take(
        self,
        permit: Permit,
        by: Moderator,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        self.must_wait()?;
        let taking = DossierTaking { by, at: now };
        // It touches nobody's rights: moderators read of it, and nobody else.
        let facts = self.publication.facts();
        let event = self.publication.event(Act::DossierTaken, facts.clone(), facts);
        let noted = Noted::DossierTaken(taking.clone(), self.publication.rights_version);
        let write = Write::Note(self.publication.place(), noted);
        let publication = Publication { taking: Some(taking), ..self.publication };
        let changes = Changes::new(permit).write([write]).journal(event);
        Ok((Self { publication, ..self }, changes))
    }

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
