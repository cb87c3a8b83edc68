//! Who speaks for a dossier: exactly one person, whom staff name, or who accepts what the one
//! before offered (RULES F9).

use serde::{Deserialize, Serialize};

use super::{Doer, DossierError, DossierState, Position, Publication, Published, Role};
use crate::changes::{Changes, Guard, Place, Record, Write};
use crate::ids::{AccountId, DossierId, PortalId, PublicationId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts};
use crate::permissions::Permit;

/// How long an offer to speak for a dossier stands.
pub const OFFER_LIFETIME_DAYS: u32 = 7;

/// That there is exactly one référent: every change of it writes this (DESIGN §3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referent {
    /// The dossier.
    pub dossier: DossierId,
    /// Who it is.
    pub account: AccountId,
    /// How many people are on the side of those who ask, the référent included.
    pub applicants: u32,
    /// How often it was written.
    pub version: u64,
    /// To whom the référent offers to take over.
    #[serde(default)]
    pub offered_to: Option<AccountId>,
    /// Until when that stands.
    #[serde(default)]
    pub expires_at: Option<Instant>,
    /// Where the dossier is published, once that is on several portals: whoever asks does so on all
    /// of them (RULES F13).
    #[serde(default)]
    pub portals: Vec<OnPortal>,
}

/// A portal where a dossier is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnPortal {
    /// The portal.
    pub portal: PortalId,
    /// The publication, which sorts it there.
    pub publication: PublicationId,
}

impl Record for Referent {
    fn place(&self) -> Place {
        Place::Referent(self.dossier)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Referent {
    /// To whom it is offered at this instant, and until when.
    pub fn offer_at(&self, now: Instant) -> Option<(AccountId, Instant)> {
        let expires_at = self.expires_at.filter(|end| now < *end)?;
        Some((self.offered_to?, expires_at))
    }

    /// Where the dossier is published beside this portal.
    pub fn elsewhere(&self, portal: PortalId) -> impl Iterator<Item = OnPortal> + '_ {
        self.portals.iter().copied().filter(move |on| on.portal != portal)
    }

    pub(super) fn without_offer(self) -> Self {
        Self { offered_to: None, expires_at: None, ..self }
    }
}

impl Published {
    /// The référent offers a member to take over, who then accepts or does not; an earlier offer is
    /// gone.
    ///
    /// # Errors
    /// It was refused, or changed since it was read; or they are no member, or are offered it
    /// already.
    pub fn offer_referent(
        self,
        permit: Permit,
        etag: &str,
        to: &Position,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        self.must_not_be_refused()?;
        if to.role != Role::Member {
            return Err(DossierError::NotAMember);
        }
        if self.referent.offer_at(now).is_some_and(|(account, _)| account == to.account) {
            return Err(DossierError::AlreadyHasIt);
        }
        self.must_be(etag)?;
        let referent = Referent {
            version: self.referent.version + 1,
            offered_to: Some(to.account),
            expires_at: Some(now.plus_days(OFFER_LIFETIME_DAYS)),
            ..self.referent
        };
        let until = Facts { until: referent.expires_at, ..Facts::none() };
        // Whoever answers with the dossier meanwhile answers with what is offered, too.
        let (next, resumed) = Self { referent, ..self }.stirred(Doer::Applicant, now);
        let event = next.publication.event(Act::ReferentOffered, Facts::none(), until);
        // They are still a member when this is written.
        let member = Write::Check(to.place(), Some(to.version));
        let changes = Changes::new(permit)
            .update(next.referent.clone(), Guard::Version)
            .write(next.publication.written())
            .write([member])
            .journal(event.touching(to.account));
        Ok((next, resumed.into_iter().fold(changes, Changes::journal)))
    }

    /// The member whom the référent offered to take over does so. `before` is the référent's own
    /// position, who stays as a member.
    ///
    /// # Errors
    /// It was refused; or nothing is offered to them, or no longer.
    pub fn accept_referent(
        self,
        permit: Permit,
        held: Option<&Position>,
        before: &Position,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        self.must_not_be_refused()?;
        let held = held.ok_or(DossierError::NoPosition)?;
        match self.referent.offer_at(now) {
            Some((account, _)) if account == held.account && held.role == Role::Member => {}
            _ => return Err(DossierError::NotOffered),
        }
        self.spoken_for(permit, held, before, Guard::NotExpired, now)
    }

    /// Staff name another person who asks as référent; the one before stays as a member, whose
    /// position comes second.
    ///
    /// # Errors
    /// It was refused, or changed since it was read; or they are not on that side, or are it
    /// already.
    pub fn name_referent(
        self,
        permit: Permit,
        etag: &str,
        to: &Position,
        before: &Position,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        self.must_not_be_refused()?;
        match to.role {
            Role::Referent => return Err(DossierError::AlreadyHasIt),
            Role::Member | Role::Partner => {}
            Role::Advisor | Role::Observer => return Err(DossierError::NotAMember),
        }
        self.must_be(etag)?;
        let (next, _, changes) = self.spoken_for(permit, to, before, Guard::Version, now)?;
        Ok((next, turned(before, Role::Member), changes))
    }

    /// The référent takes back what they offered, or the member declines it.
    ///
    /// # Errors
    /// It was refused; or nothing is offered, or no longer.
    pub fn end_offer(self, permit: Permit, now: Instant) -> Result<(Self, Changes), DossierError> {
        self.must_not_be_refused()?;
        let (offered_to, until) = self.referent.offer_at(now).ok_or(DossierError::NotOffered)?;
        let referent =
            Referent { version: self.referent.version + 1, ..self.referent }.without_offer();
        // The other one of the two is told.
        let told = match permit.author().account() {
            Some(author) if author == offered_to => referent.account,
            _ => offered_to,
        };
        let publication = self.publication.next(now);
        let codes = vec![offered_to.to_string()];
        let before = Facts { codes, until: Some(until), ..Facts::none() };
        let event =
            publication.event(Act::ReferentOfferEnded, before, Facts::none()).touching(told);
        let changes = Changes::new(permit)
            .update(referent.clone(), Guard::NotExpired)
            .write(publication.written())
            .journal(event);
        Ok((Self { publication, referent, ..self }, changes))
    }

    pub(super) fn must_not_be_refused(&self) -> Result<(), DossierError> {
        match self.publication.state {
            DossierState::Refused => Err(DossierError::Refused),
            _ => self.must_be_ours(),
        }
    }

    /// Somebody who took no part yet speaks for it from now on.
    pub(super) fn spoken_for_by_another(
        self,
        permit: Permit,
        account: AccountId,
        before: &Position,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        if before.account != self.referent.account || before.role != Role::Referent {
            return Err(DossierError::Stale);
        }
        let referent = Referent { account, ..self.referent }.without_offer();
        let by = Doer::as_account(&permit, account);
        let (next, resumed) = Self { referent, ..self }.changing_hands(by, now);
        let (next, taken) = next.taken_by(account, Role::Referent, now)?;
        let changes = Changes::new(permit)
            .write(next.publication.written())
            .write(taken.writes)
            .update(turned(before, Role::Member), Guard::Version)
            .journal(changed_hands(&next.publication, before.account, account));
        Ok((next, taken.position, resumed.into_iter().fold(changes, Changes::journal)))
    }

    /// The next version on its portal. It changes who may do what: whoever decides on what they
    /// read of it reads it again.
    fn changing_hands(self, by: Doer, now: Instant) -> (Self, Option<Event>) {
        let (next, resumed) = self.stirred(by, now);
        let rights_version = next.publication.rights_version + 1;
        let publication = Publication { rights_version, ..next.publication };
        (Self { publication, ..next }, resumed)
    }

    /// Somebody else who asks speaks for it from now on.
    pub(super) fn spoken_for(
        self,
        permit: Permit,
        to: &Position,
        before: &Position,
        guard: Guard,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        if before.account != self.referent.account || before.role != Role::Referent {
            return Err(DossierError::Stale);
        }
        let (speaks, gone) = (turned(to, Role::Referent), turned(before, Role::Member));
        let version = self.referent.version + 1;
        let referent = Referent { account: to.account, version, ..self.referent }.without_offer();
        let by = Doer::as_account(&permit, to.account);
        let (next, resumed) = Self { referent, ..self }.changing_hands(by, now);
        let event = changed_hands(&next.publication, before.account, to.account);
        let changes = Changes::new(permit)
            .update(next.referent.clone(), guard)
            .update(speaks.clone(), Guard::Version)
            .update(gone, Guard::Version)
            .write(next.publication.written())
            .journal(event);
        Ok((next, speaks, resumed.into_iter().fold(changes, Changes::journal)))
    }
}

fn changed_hands(publication: &Publication, before: AccountId, after: AccountId) -> Event {
    let named = |account: AccountId| Facts { codes: vec![account.to_string()], ..Facts::none() };
    publication.event(Act::ReferentChanged, named(before), named(after)).touching(after)
}

/// The position in another role.
fn turned(position: &Position, role: Role) -> Position {
    let version = position.version + 1;
    Position { version, rights_version: version, role, ..position.clone() }
}
