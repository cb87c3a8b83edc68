//! Positions on a dossier: on the side of those who ask, common to all portals, and on the
//! advisers' side, each portal's own (RULES F4, F6, F9, F10).

use serde::{Deserialize, Serialize};

use super::{Doer, DossierError, DossierState, OnPortal, Publication, Published, Referent};
use crate::changes::{Changes, Guard, Place, Record, Write};
use crate::ids::{AccountId, DossierId, PortalId, PublicationId};
use crate::instant::Instant;
use crate::journal::{Act, Author, Event, Facts};
use crate::level::Language;
use crate::permissions::Permit;
use crate::text::folded;

/// How many people may take part on the advisers' side of a dossier.
pub const MOST_ON_A_SIDE: u32 = 100;

/// How many may on the side of those who ask: all of them are written when it is published on
/// another portal, which is one transaction.
pub const MOST_APPLICANTS: u32 = 60;

/// As what somebody takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// *Référent*: speaks for the dossier; there is exactly one.
    Referent,
    /// *Membre*, on the side of those who ask.
    Member,
    /// *Partenaire*, on the side of those who ask.
    Partner,
    /// *Conseiller*.
    Advisor,
    /// *Observateur*: reads and takes part in the advisers' space, and does not count as following.
    Observer,
}

/// As what one takes part on the advisers' side, of one's own will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdvisingRole {
    /// As adviser, who follows the dossier.
    Advisor,
    /// As observer.
    Observer,
}

impl From<AdvisingRole> for Role {
    fn from(role: AdvisingRole) -> Self {
        match role {
            AdvisingRole::Advisor => Self::Advisor,
            AdvisingRole::Observer => Self::Observer,
        }
    }
}

/// As what somebody may be invited to take part (RULES D1): the référent is nobody's to give away
/// by an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitedRole {
    /// On the side of those who ask.
    Member,
    /// On the side of those who ask, without changing what the dossier says.
    Partner,
    /// On the advisers' side, as adviser.
    Advisor,
    /// On the advisers' side, as observer.
    Observer,
}

impl From<InvitedRole> for Role {
    fn from(role: InvitedRole) -> Self {
        match role {
            InvitedRole::Member => Self::Member,
            InvitedRole::Partner => Self::Partner,
            InvitedRole::Advisor => Self::Advisor,
            InvitedRole::Observer => Self::Observer,
        }
    }
}

impl InvitedRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Member, Self::Partner, Self::Advisor, Self::Observer];

    /// What it is called, in a form for all.
    pub fn name(self, language: Language) -> &'static str {
        let [french, english] = match self {
            Self::Member => ["Membre", "Member"],
            Self::Partner => ["Partenaire", "Partner"],
            Self::Advisor => ["Conseiller", "Adviser"],
            Self::Observer => ["Observateur", "Observer"],
        };
        match language {
            Language::Fr => french,
            Language::En => english,
        }
    }

    /// The role of a name in either language, whatever its accents and capitals, or of its code;
    /// the feminine form is the same role.
    pub fn named(text: &str) -> Option<Self> {
        let wanted = folded(text);
        let masculine = wanted.replace("trice", "teur").replace("illere", "iller");
        Self::ALL.into_iter().find(|role| {
            let names = [Language::Fr, Language::En].map(|language| folded(role.name(language)));
            let is_code = Role::from(*role).code() == wanted;
            names.contains(&wanted) || names.contains(&masculine) || is_code
        })
    }

    /// On which side it is.
    pub fn side(self) -> Side {
        Role::from(self).side()
    }
}

/// The two sides of a dossier; nobody is on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Those who ask.
    Applicants,
    /// Those who advise.
    Advisors,
}

impl Role {
    /// On which side it is.
    pub fn side(self) -> Side {
        match self {
            Self::Referent | Self::Member | Self::Partner => Side::Applicants,
            Self::Advisor | Self::Observer => Side::Advisors,
        }
    }

    /// Whether whoever has this role has at least what the other one gives, on the same side.
    pub fn is_at_least(self, other: Self) -> bool {
        match (self, other) {
            (Self::Referent, other) => other.side() == Side::Applicants,
            (Self::Member, Self::Partner) | (Self::Advisor, Self::Observer) => true,
            (role, other) => role == other,
        }
    }

    /// The role of a stable code.
    pub fn of_code(code: &str) -> Option<Self> {
        let all = [Self::Referent, Self::Member, Self::Partner, Self::Advisor, Self::Observer];
        all.into_iter().find(|role| role.code() == code)
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Referent => "referent",
            Self::Member => "member",
            Self::Partner => "partner",
            Self::Advisor => "advisor",
            Self::Observer => "observer",
        }
    }
}

/// Somebody's position on a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The dossier.
    pub dossier: DossierId,
    /// The portal, on the advisers' side; the other side is common to all portals.
    pub portal: Option<PortalId>,
    /// Who.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// How often it was written.
    pub version: u64,
    /// Likewise: every change of a position is one of rights.
    pub rights_version: u64,
    /// Since when.
    pub since: Instant,
}

impl Record for Position {
    fn place(&self) -> Place {
        Place::Position(self.dossier, self.portal, self.account)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Position {
    /// Whether it is on the side of those who ask.
    pub fn asks(&self) -> bool {
        self.role.side() == Side::Applicants
    }

    /// The position of whoever submits a dossier.
    pub fn of_referent(dossier: DossierId, account: AccountId, since: Instant) -> Self {
        let (role, portal) = (Role::Referent, None);
        Self { dossier, portal, account, role, version: 1, rights_version: 1, since }
    }
}

/// When somebody was removed from a dossier: an invitation from before does not bring them back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The dossier.
    pub dossier: DossierId,
    /// From which portal's advisers; from those who ask, if from none.
    pub portal: Option<PortalId>,
    /// Who.
    pub account: AccountId,
    /// When.
    pub at: Instant,
}

/// How long that is kept: longer than invitations may live.
pub const REMOVAL_KEPT_DAYS: u32 = 730;

impl Record for Removal {
    fn place(&self) -> Place {
        Place::Removal(self.dossier, self.portal, self.account)
    }
}

/// A dossier in the list of those where somebody holds a position; follows from the position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDossier {
    /// Whose list.
    pub account: AccountId,
    /// On which portal.
    pub portal: PortalId,
    /// The publication, which sorts it.
    pub publication: PublicationId,
    /// The dossier.
    pub dossier: DossierId,
}

impl OwnDossier {
    pub(super) fn of(publication: &Publication, account: AccountId) -> Self {
        let Publication { portal, dossier, id, .. } = *publication;
        Self::on(OnPortal { portal, publication: id }, dossier, account)
    }

    pub(super) fn on(on: OnPortal, dossier: DossierId, account: AccountId) -> Self {
        let OnPortal { portal, publication } = on;
        Self { account, portal, publication, dossier }
    }
}

impl Record for OwnDossier {
    fn place(&self) -> Place {
        Place::OwnDossier(self.account, self.portal, self.publication)
    }
}

fn role_facts(role: Role) -> Facts {
    Facts { codes: vec![role.code().to_owned()], ..Facts::none() }
}

/// Somebody's new position, what is written for it beside the publication, and the event.
pub(super) struct Taken {
    pub(super) position: Position,
    pub(super) writes: Vec<Write>,
    pub(super) event: Event,
    /// That the dossier goes on by it.
    pub(super) resumed: Option<Event>,
}

/// What somebody has who was taken in, and what is written for it.
pub(crate) struct TakenIn {
    pub(crate) role: Role,
    pub(crate) changes: Option<(Vec<Write>, Vec<Event>)>,
}

impl Published {
    /// This very version with one more who takes part.
    pub(super) fn taken_by(
        mut self,
        account: AccountId,
        role: Role,
        now: Instant,
    ) -> Result<(Self, Taken), DossierError> {
        let publication = self.publication.counting(None, Some(role));
        let (dossier, of_portal) = (publication.dossier, Some(publication.portal));
        let mut writes = Vec::new();
        let (portal, other_side, is_full) = match role.side() {
            Side::Advisors => {
                let count = publication.advisors + publication.observers;
                (of_portal, None, count > MOST_ON_A_SIDE)
            }
            Side::Applicants => {
                let (version, applicants) =
                    (self.referent.version + 1, self.referent.applicants + 1);
                self.referent = Referent { version, applicants, ..self.referent };
                writes.push(Write::Update(self.referent.clone().into(), Guard::Version));
                for on in self.referent.elsewhere(publication.portal) {
                    let there = Place::Position(dossier, Some(on.portal), account);
                    writes.push(Write::Check(there, None));
                    writes.push(Write::Put(OwnDossier::on(on, dossier, account).into()));
                }
                (None, of_portal, applicants > MOST_APPLICANTS)
            }
        };
        if is_full {
            return Err(DossierError::Full);
        }
        let of_referent = Position::of_referent(dossier, account, now);
        let position = Position { portal, role, ..of_referent };
        let event = publication
            .event(Act::PositionTaken, Facts::none(), role_facts(role))
            .touching(account);
        writes.extend([
            Write::Create(position.clone().into()),
            Write::Put(OwnDossier::of(&publication, account).into()),
            // Nobody is on both sides.
            Write::Check(Place::Position(dossier, other_side, account), None),
        ]);
        let taken = Taken { position, writes, event, resumed: None };
        Ok((Self { publication, ..self }, taken))
    }

    /// This very version with somebody in another role of the same side.
    fn switched_by(self, held: &Position, role: Role) -> (Self, Taken) {
        let publication = self.publication.counting(Some(held.role), Some(role));
        let version = held.version + 1;
        let position = Position { version, rights_version: version, role, ..held.clone() };
        let event = publication
            .event(Act::PositionSwitched, role_facts(held.role), role_facts(role))
            .touching(held.account);
        let writes = vec![Write::Update(position.clone().into(), Guard::Version)];
        (Self { publication, ..self }, Taken { position, writes, event, resumed: None })
    }

    /// Whether people may join this side.
    ///
    /// # Errors
    /// As for [`Publication::must_take_in`]; or those who ask are other portals' concern, too.
    pub fn must_take_in(&self, side: Side) -> Result<(), DossierError> {
        if side == Side::Applicants {
            self.must_be_ours()?;
        }
        self.publication.must_take_in(side)
    }

    /// Who asks is common to all portals of a dossier: one that has not accepted it has no say.
    pub(super) fn must_be_ours(&self) -> Result<(), DossierError> {
        match self.referent.elsewhere(self.publication.portal).next() {
            Some(_) => self.publication.must_be_accepted(),
            None => Ok(()),
        }
    }

    /// Whether this portal may change who asks.
    pub fn decides_who_asks(&self) -> bool {
        self.must_be_ours().is_ok()
    }

    /// The next version, of the same state and rights.
    fn next(self, now: Instant) -> Self {
        Self { publication: self.publication.next(now), ..self }
    }

    /// Somebody who was invited takes part. Nobody is lowered by it (RULES D10): whoever has as
    /// much keeps it, and nothing is written.
    ///
    /// # Errors
    /// The side takes nobody in, or as many as may take part; or they are on the other side.
    pub(crate) fn take_in(
        self,
        account: AccountId,
        held: Option<&Position>,
        role: Role,
        now: Instant,
    ) -> Result<TakenIn, DossierError> {
        self.must_take_in(role.side())?;
        match (self.given(account, held, role, now)?, held) {
            (None, held) => {
                Ok(TakenIn { role: held.map_or(role, |held| held.role), changes: None })
            }
            (Some((next, taken)), _) => {
                let written = next.publication.written().into_iter();
                let events = std::iter::once(taken.event).chain(taken.resumed).collect();
                let changes = Some((written.chain(taken.writes).collect(), events));
                Ok(TakenIn { role, changes })
            }
        }
    }

    /// The next version, with somebody in this role; `None` if they have as much already.
    pub(super) fn given(
        self,
        account: AccountId,
        held: Option<&Position>,
        role: Role,
        now: Instant,
    ) -> Result<Option<(Self, Taken)>, DossierError> {
        let by = match role.side() {
            Side::Applicants => Doer::Applicant,
            Side::Advisors => Doer::Other,
        };
        let (next, resumed) = self.stirred(by, now);
        let (next, taken) = match held {
            None => next.taken_by(account, role, now)?,
            Some(held) if held.role.side() != role.side() => return Err(DossierError::OtherSide),
            Some(held) if held.role.is_at_least(role) => return Ok(None),
            Some(held) => next.switched_by(held, role),
        };
        Ok(Some((next, Taken { resumed, ..taken })))
    }
}

impl Publication {
    /// Whether people may join this side.
    ///
    /// # Errors
    /// Advisers join what was accepted; nobody joins what was refused.
    pub fn must_take_in(&self, side: Side) -> Result<(), DossierError> {
        match (side, self.state) {
            (Side::Applicants, DossierState::Refused) => Err(DossierError::Refused),
            (Side::Applicants, _) => Ok(()),
            (Side::Advisors, _) => self.must_be_accepted(),
        }
    }

    /// The same, with one fewer in a role and one more in another.
    fn counting(self, fewer: Option<Role>, more: Option<Role>) -> Self {
        let count = |role: Role, counted: u32| {
            let counted = counted + u32::from(more == Some(role));
            counted.saturating_sub(u32::from(fewer == Some(role)))
        };
        Self {
            advisors: count(Role::Advisor, self.advisors),
            observers: count(Role::Observer, self.observers),
            ..self
        }
    }
}

impl Published {
    /// Takes part as adviser or observer (RULES F6).
    ///
    /// # Errors
    /// It was not accepted, they take part already, or as many as may do.
    pub fn join(
        self,
        permit: Permit,
        account: AccountId,
        held: Option<&Position>,
        role: AdvisingRole,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        self.publication.must_be_accepted()?;
        match held.map(|position| position.role.side()) {
            Some(Side::Applicants) => return Err(DossierError::OtherSide),
            Some(Side::Advisors) => return Err(DossierError::AlreadyHasIt),
            None => {}
        }
        let (next, taken) = self.next(now).taken_by(account, role.into(), now)?;
        Ok(next.with(permit, taken))
    }

    /// What is written when somebody's position changes.
    pub(super) fn with(self, permit: Permit, taken: Taken) -> (Self, Position, Changes) {
        let Taken { position, writes, event, resumed } = taken;
        let written = self.publication.written();
        let changes = Changes::new(permit).write(written).write(writes);
        let events = std::iter::once(event).chain(resumed);
        (self, position, events.fold(changes, Changes::journal))
    }

    /// Turns an adviser into an observer, or an observer into an adviser (RULES F6).
    ///
    /// # Errors
    /// It was not accepted, or they have no position on that side, or this one.
    pub fn switch_position(
        self,
        permit: Permit,
        held: Option<&Position>,
        role: AdvisingRole,
        now: Instant,
    ) -> Result<(Self, Position, Changes), DossierError> {
        self.publication.must_be_accepted()?;
        let held = held.ok_or(DossierError::NoPosition)?;
        if held.role.side() == Side::Applicants {
            return Err(DossierError::OtherSide);
        }
        let role = Role::from(role);
        if held.role == role {
            return Err(DossierError::AlreadyHasIt);
        }
        let (next, taken) = self.next(now).switched_by(held, role);
        Ok(next.with(permit, taken))
    }

    /// Ends a position: somebody leaves, or is removed (RULES F10).
    ///
    /// # Errors
    /// There is none, or it is the référent's.
    pub fn remove(
        self,
        permit: Permit,
        held: Option<&Position>,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        let held = held.ok_or(DossierError::NoPosition)?;
        if held.role == Role::Referent {
            return Err(DossierError::IsReferent);
        }
        if held.asks() {
            self.must_be_ours()?;
        }
        let Position { dossier, portal, account, .. } = *held;
        let (act, removal) = match permit.author() {
            Author::Account(author) if author == account => (Act::PositionLeft, None),
            _ => (Act::PositionRemoved, Some(Removal { dossier, portal, account, at: now })),
        };
        let own = OwnDossier::of(&self.publication, held.account).place();
        let publication = self.publication.next(now).counting(Some(held.role), None);
        let event =
            publication.event(act, role_facts(held.role), Facts::none()).touching(held.account);
        let mut changes = Changes::new(permit)
            .write(publication.written())
            .delete(held.clone(), Guard::Version)
            .write([Write::Remove(own)])
            .write(removal.map(|removal| Write::Put(removal.into())))
            .journal(event);
        let mut referent = self.referent;
        if held.role.side() == Side::Applicants {
            let applicants = referent.applicants.saturating_sub(1);
            let elsewhere = referent.elsewhere(publication.portal);
            let own = elsewhere.map(|on| OwnDossier::on(on, dossier, account).place());
            changes = changes.write(own.map(Write::Remove).collect::<Vec<_>>());
            referent = Referent { version: referent.version + 1, applicants, ..referent };
            if referent.offered_to == Some(held.account) {
                referent = referent.without_offer();
            }
            changes = changes.update(referent.clone(), Guard::Version);
        }
        Ok((Self { publication, referent, ..self }, changes))
    }
}
