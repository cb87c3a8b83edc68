//! What invitees do: accept, decline, ask for a new link (RULES D5, D11, D12).

use super::{Invitation, InvitationError, InvitationState, Scope};
use crate::account::Account;
use crate::changes::{Changes, Guard, Record as _, Write};
use crate::dossier::{Position, Published, TakenIn};
use crate::instant::Instant;
use crate::journal::Act;
use crate::level::Level;
use crate::permissions::{Permit, Viewed};
use crate::person::{AdvisorAccess, Person, Profile};
use crate::portal::SuperAdministrators;

/// After how many hours an invitee may ask for a new link again (RULES D5).
const RENEWED_AFTER_HOURS: i64 = 24;

/// What accepting needs to know.
#[derive(Debug)]
pub struct Acceptance<'a> {
    /// The account with the invited address.
    pub account: &'a Account,
    /// What it is on the portal, archived or not.
    pub person: Option<Person>,
    /// How many super administrators the portal has.
    pub count: SuperAdministrators,
    /// The dossier on which it gives a position, if it is on the portal.
    pub assigned: Option<Assigned>,
    /// Now.
    pub now: Instant,
}

/// A dossier on which an invitation gives a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// The dossier.
    pub file: Published,
    /// The position that the account holds there already.
    pub held: Option<Position>,
    /// When it was last removed from there.
    pub removed_at: Option<Instant>,
}

/// What somebody became by accepting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The person of the portal.
    pub person: Person,
    /// The invitation.
    pub invitation: Invitation,
}

impl Invitation {
    /// Accepts: the account becomes a person of the portal at the level of the invitation. It never
    /// lowers what an active person has (RULES D10), and undoes nothing that was decided after it:
    /// a level given since then stays, and whoever was archived since then stays so. Somebody
    /// archived before comes back with what the invitation gives, and nothing else. An adviser
    /// access goes to whoever has none and on whose rights nobody has decided.
    ///
    /// With it comes the position that it gives on a dossier. An invitation to the dossier stands
    /// and falls with that, and brings nobody back; one to the portal goes without it where the
    /// dossier takes them in no more.
    ///
    /// # Errors
    /// It ended or expired, the account has another address, or was archived since; or the dossier
    /// that they are invited to does not take them in.
    pub fn accept(
        self,
        changes: Changes,
        acceptance: Acceptance<'_>,
    ) -> Result<(Admitted, Changes), InvitationError> {
        let Acceptance { account, person, count, assigned, now } = acceptance;
        self.must_be_answerable(now)?;
        let archived_at = person.as_ref().and_then(|person| person.archived_at);
        // Whoever was archived since it was last offered stays so.
        let offered_at = self.offered_at.unwrap_or(self.created_at);
        let is_undone = archived_at.is_some_and(|archived| offered_at <= archived);
        if account.email != self.email || is_undone {
            return Err(InvitationError::Ended);
        }
        if archived_at.is_some() && matches!(self.scope, Scope::Dossier { .. }) {
            return Err(InvitationError::Inactive);
        }
        let taken = self.take_position(account, assigned, now)?;
        let was = person.clone();
        let (person, mut writes) = self.admit(account, person, count, now);
        let (role, taken) = taken.map_or((None, None), |taken| (Some(taken.role), taken.changes));
        if writes.is_empty() && taken.is_some() {
            // Only active people hold positions.
            writes.push(Write::Check(person.place(), Some(person.version)));
        }
        let state = InvitationState::Accepted;
        let (invitation, mut changes) = Self { accepted_by: Some(account.id), ..self }.close(
            changes.write(writes),
            state,
            None,
            Act::InvitationAccepted,
            now,
        );
        if let Some(event) = changes.events.last_mut() {
            event.person = Some(account.id);
            event.after.level = Some(person.level);
            let is_given = |now: &Person| was.as_ref().is_none_or(|was| was.access != now.access);
            let given = person.access.clone().filter(|_| is_given(&person));
            event.after.territory = given.map(|access| access.territory);
            event.before.level = was.as_ref().map(|was| was.level);
            if let Some(was) = was.filter(|was| was.archived_at.is_some()) {
                event.before.codes.push("archived".to_owned());
                event.before.territory = was.access.map(|access| access.territory);
            }
            // As what they take part now: perhaps as more than that, or not at all.
            match (role, event.after.codes.first_mut()) {
                (Some(role), Some(code)) => *code = role.code().to_owned(),
                _ => event.after.codes.clear(),
            }
        }
        if let Some((writes, events)) = taken {
            changes = events.into_iter().fold(changes.write(writes), Changes::journal);
        }
        Ok((Admitted { person, invitation }, changes))
    }

    /// The position that it gives; `None` where it gives none.
    fn take_position(
        &self,
        account: &Account,
        assigned: Option<Assigned>,
        now: Instant,
    ) -> Result<Option<TakenIn>, InvitationError> {
        let Some(assignment) = &self.assignment else { return Ok(None) };
        let is_it = |assigned: &Assigned| {
            let publication = &assigned.file.publication;
            publication.dossier == assignment.dossier && publication.portal == self.scope.portal()
        };
        // Whoever was removed since then stays so.
        let offered_at = self.offered_at.unwrap_or(self.created_at);
        let is_undone =
            |assigned: &Assigned| assigned.removed_at.is_some_and(|at| offered_at <= at);
        let taken = match assigned.filter(is_it) {
            None => Err(InvitationError::Ended),
            Some(assigned) if is_undone(&assigned) => Err(InvitationError::Ended),
            Some(Assigned { file, held, .. }) => file
                .take_in(account.id, held.as_ref(), assignment.role.into(), now)
                .map_err(InvitationError::Dossier),
        };
        match self.scope {
            Scope::Portal { .. } => Ok(taken.ok()),
            Scope::Dossier { .. } => taken.map(Some),
        }
    }

    fn admit(
        &self,
        account: &Account,
        person: Option<Person>,
        count: SuperAdministrators,
        now: Instant,
    ) -> (Person, Vec<Write>) {
        let top = Level::SuperAdministrator;
        let was_top = person
            .as_ref()
            .is_some_and(|person| person.archived_at.is_none() && person.level == top);
        let access =
            self.territory.clone().map(|territory| AdvisorAccess::new(territory, now, None));
        let (person, mut writes) = match person {
            None => {
                let profile = self.profile_of(account);
                let newcomer = Person::newcomer(account.id, self.scope.portal(), profile, now);
                let person = Person { level: self.level, access, ..newcomer };
                let rows = person.rows();
                (person.clone(), person.join().into_iter().chain(rows).collect())
            }
            Some(person) if person.archived_at.is_some() => person.readmitted(self.level, access),
            Some(person) => {
                let (raises, advises) = (self.raises(&person), self.makes_adviser(&person));
                if !raises && !advises {
                    return (person, Vec::new());
                }
                let level = if raises { self.level } else { person.level };
                let access = if advises { access } else { person.access.clone() };
                person.readmitted(level, access)
            }
        };
        if person.level == top && !was_top {
            writes.push(Write::Update(count.one_more().into(), Guard::Version));
        }
        (person, writes)
    }

    /// Whether it gives an active person more than they have, and nobody has decided on their level
    /// since it was made.
    fn raises(&self, person: &Person) -> bool {
        let is_decided = person.level_given_at.is_some_and(|given| self.created_at <= given);
        person.level < self.level && !is_decided
    }

    /// Whether it gives an active person an adviser access: they have none, and nobody has decided
    /// on their rights since they came.
    fn makes_adviser(&self, person: &Person) -> bool {
        self.territory.is_some() && person.access.is_none() && person.rights_version == 1
    }

    /// The portal's copy of a newcomer: what the account says, and what the inviter added.
    fn profile_of(&self, account: &Account) -> Profile {
        let profile = account.profile();
        Profile {
            job_title: profile.job_title.or_else(|| self.job_title.clone()),
            user_type: self.user_type.clone(),
            ..profile
        }
    }

    fn must_be_answerable(&self, now: Instant) -> Result<(), InvitationError> {
        match self.state_at(now) {
            InvitationState::Pending => Ok(()),
            InvitationState::Expired | InvitationState::Undeliverable => {
                Err(InvitationError::Expired)
            }
            InvitationState::Preloaded => Err(InvitationError::NotPreloaded),
            InvitationState::Accepted | InvitationState::Declined | InvitationState::Cancelled => {
                Err(InvitationError::Ended)
            }
        }
    }

    /// Declines, which needs no account (RULES D12).
    ///
    /// # Errors
    /// It ended or expired.
    pub fn decline(self, permit: Permit, now: Instant) -> Result<(Self, Changes), InvitationError> {
        self.must_be_answerable(now)?;
        let (state, act) = (InvitationState::Declined, Act::InvitationDeclined);
        Ok(self.close(Changes::new(permit), state, None, act, now))
    }

    /// Whether its holder may ask for a new link: it expired or came back, and they have not asked
    /// within a day.
    ///
    /// # Errors
    /// It ended or is open; or they asked already: again from then on.
    pub fn may_be_renewed(&self, now: Instant) -> Result<(), InvitationError> {
        match self.state_at(now) {
            InvitationState::Expired | InvitationState::Undeliverable => {}
            InvitationState::Preloaded | InvitationState::Pending => {
                return Err(InvitationError::Open);
            }
            _ => return Err(InvitationError::Ended),
        }
        let again_at = self.renewed_at.map(|at| at.plus_seconds(RENEWED_AFTER_HOURS * 3_600));
        match again_at.filter(|again_at| now < *again_at) {
            Some(again_at) => Err(InvitationError::TooOften(again_at)),
            None => Ok(()),
        }
    }

    /// The invitee asks for a new link to the same address (RULES D5). `standing` is the other
    /// invitation that holds the guard of the address.
    ///
    /// # Errors
    /// As for [`Invitation::may_be_renewed`]; or the address has another open invitation.
    pub fn renew(
        self,
        permit: Permit,
        standing: Option<Self>,
        now: Instant,
    ) -> Result<(Self, Changes), InvitationError> {
        self.may_be_renewed(now)?;
        let (changes, claim) = self.may_be_mailed_again(standing, Changes::new(permit), now)?;
        let asked = Self { renewed_at: Some(now), ..self };
        Ok(asked.send_now(changes, Act::InvitationRenewed, claim, now))
    }
}

impl Person {
    /// The same person with what an invitation gives: raised, or back from the archive without what
    /// they had there.
    fn readmitted(self, level: Level, access: Option<AdvisorAccess>) -> (Self, Vec<Write>) {
        let next = Self {
            version: self.version + 1,
            rights_version: self.rights_version + 1,
            level,
            access,
            archived_at: None,
            successor: None,
            ..self
        };
        let update = Write::Update(next.clone().into(), Guard::Version);
        let rows = next.rows();
        (next, std::iter::once(update).chain(rows).collect())
    }
}

/// Who of a portal stands for an invitation: its inviter and, while they are archived, whoever
/// inherits it (RULES D2, E3), in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a>(pub &'a [Person]);

/// Who of a portal stands for an invitation, and how they stand to the dossier on which it gives a
/// position.
#[derive(Debug, Clone, Copy)]
pub struct Backing<'a> {
    /// The inviter and, while they are archived, whoever inherits.
    pub line: Line<'a>,
    /// The dossier, as whoever stands for the invitation sees it.
    pub dossier: Option<Viewed<'a>>,
}

/// How many times an invitation may be inherited.
pub const MOST_HEIRS: usize = 4;

impl<'a> Line<'a> {
    /// The person who stands for the invitation now, if the line leads to one.
    pub fn responsible(self, invitation: &Invitation) -> Option<&'a Person> {
        let mut wanted = Some(invitation.inviter.account);
        for person in self.0 {
            let is_next =
                wanted == Some(person.account) && person.portal == invitation.scope.portal();
            if !is_next {
                return None;
            }
            if person.archived_at.is_none() {
                return Some(person);
            }
            wanted = person.successor;
        }
        None
    }
}
