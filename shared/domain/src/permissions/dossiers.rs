//! What people may do with dossiers: by position, by territory, by level (RULES F).

use super::{
    Actor, Answer, Evidence, Rule, at_least, hidden, is_successor, person_of, refused,
    submit_request,
};
use crate::changes::Place;
use crate::dossier::{DossierState, Note, Position, Publication, Role, Side, Space};
use crate::ids::AccountId;
use crate::instant::Instant;
use crate::invitation::{Managed, Scope};
use crate::level::Level;
use crate::person::Person;
use crate::portal::Portal;
use crate::territory::{DepartmentCode, Territory};

/// A dossier on a portal, as somebody stands to it.
#[derive(Debug, Clone, Copy)]
pub struct Viewed<'a> {
    /// The dossier on the portal.
    pub publication: &'a Publication,
    /// Who looks.
    pub account: AccountId,
    /// Their position there, if they hold one: on the side of those who ask, or else on this
    /// portal's advisers' side.
    pub position: Option<&'a Position>,
    /// Now: an adviser access past its end opens nothing.
    pub now: Instant,
}

impl<'a> Viewed<'a> {
    /// What a decision on it rests on: the position, or its absence, and the state and place.
    pub(super) fn evidence(self) -> Vec<Evidence> {
        let Publication { dossier, portal, rights_version, .. } = *self.publication;
        let of_position = match self.position {
            None => Evidence {
                place: Place::Position(dossier, None, self.account),
                rights_version: None,
            },
            Some(position) => Evidence {
                place: Place::Position(dossier, position.portal, position.account),
                rights_version: Some(position.rights_version),
            },
        };
        let place = Place::Publication(dossier, portal);
        vec![of_position, Evidence { place, rights_version: Some(rights_version) }]
    }

    /// The position, if it is one of whoever looks on this very dossier and portal.
    fn held(self) -> Option<&'a Position> {
        let Publication { dossier, portal, .. } = *self.publication;
        self.position.filter(|position| {
            position.account == self.account
                && position.dossier == dossier
                && position.portal.is_none_or(|of| of == portal)
        })
    }

    fn side(self) -> Option<Side> {
        self.held().map(|position| position.role.side())
    }

    fn asks(self) -> bool {
        self.side() == Some(Side::Applicants)
    }

    fn is(self, role: Role) -> bool {
        self.held().is_some_and(|position| position.role == role)
    }
}

/// How far somebody sees beyond the dossiers where they hold a position: which lists hold what
/// [`super::Action::SeeDossier`] allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach<'a> {
    /// Every dossier of the portal, in whatever state.
    Everything,
    /// Those that were accepted, of this territory.
    Accepted(&'a Territory),
    /// No other.
    OwnPositions,
}

impl Reach<'_> {
    /// Whether it takes in a dossier of this state and department.
    pub fn sees(&self, state: DossierState, department: DepartmentCode) -> bool {
        match self {
            Self::Everything => true,
            Self::Accepted(territory) => state.is_accepted() && territory.covers(department),
            Self::OwnPositions => false,
        }
    }
}

/// How far somebody sees.
pub fn reach(person: &Person, now: Instant) -> Reach<'_> {
    reach_with(person, person.access_at(now).map(|access| &access.territory))
}

/// How far somebody would see with an adviser access of this territory, or without one.
pub fn reach_with<'a>(person: &Person, territory: Option<&'a Territory>) -> Reach<'a> {
    match territory {
        _ if person.level.is_staff() => Reach::Everything,
        Some(territory) => Reach::Accepted(territory),
        None => Reach::OwnPositions,
    }
}

/// The active person who looks.
fn looking<'a>(actor: &'a Actor, viewed: Viewed<'_>) -> Option<&'a Person> {
    let person = person_of(actor, viewed.publication.portal)?;
    (person.account == viewed.account).then_some(person)
}

pub(super) fn submit_dossier(actor: &Actor, portal: &Portal) -> Answer {
    match actor {
        Actor::Account(_) => submit_request(actor, portal),
        _ => hidden(Rule::OutsideThePortal),
    }
}

pub(super) fn see_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    let Some(person) = looking(actor, viewed) else { return hidden(Rule::OutsideThePortal) };
    sees(person, viewed)
}

/// Whether somebody active sees a dossier.
fn sees(person: &Person, viewed: Viewed<'_>) -> Answer {
    let Publication { state, locality, .. } = viewed.publication;
    if viewed.asks() {
        return Ok(Rule::TakesPart);
    }
    if person.level.is_staff() {
        return Ok(Rule::at_least(Level::GlobalAdministrator));
    }
    if !state.is_accepted() {
        return hidden(Rule::BeforeModeration);
    }
    if viewed.side() == Some(Side::Advisors) {
        return Ok(Rule::TakesPart);
    }
    if reach(person, viewed.now).sees(*state, locality.department) {
        Ok(Rule::InTheTerritory)
    } else {
        hidden(Rule::InTheTerritory)
    }
}

/// Whether whoever sees the dossier does so as staff.
fn as_staff(actor: &Actor, viewed: Viewed<'_>) -> Result<bool, super::Refusal> {
    see_dossier(actor, viewed)?;
    Ok(looking(actor, viewed).is_some_and(|person| person.level.is_staff()))
}

pub(super) fn revise_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    see_dossier(actor, viewed)?;
    if viewed.is(Role::Referent) || viewed.is(Role::Member) {
        Ok(Rule::TakesPart)
    } else {
        refused(Rule::ThoseWhoAsk)
    }
}

pub(super) fn update_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    if as_staff(actor, viewed)? {
        return Ok(Rule::at_least(Level::GlobalAdministrator));
    }
    let is_administrator =
        looking(actor, viewed).is_some_and(|person| person.level >= Level::Administrator);
    if viewed.is(Role::Referent) || viewed.is(Role::Member) {
        Ok(Rule::TakesPart)
    } else if is_administrator && viewed.held().is_some() {
        Ok(Rule::at_least(Level::Administrator))
    } else {
        refused(Rule::ThoseWhoAsk)
    }
}

pub(super) fn moderate_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    see_dossier(actor, viewed)?;
    let Publication { submitted_by, originally_by, .. } = viewed.publication;
    let submitted = [Some(submitted_by.account), *originally_by];
    if viewed.asks() || submitted.contains(&Some(viewed.account)) {
        return refused(Rule::NobodyDecidesForThemselves);
    }
    at_least(actor, viewed.publication.portal, Level::GlobalAdministrator)
}

pub(super) fn join_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    let rule = see_dossier(actor, viewed)?;
    if viewed.asks() { refused(Rule::OneSideOfADossier) } else { Ok(rule) }
}

pub(super) fn invite_to_dossier(actor: &Actor, viewed: Viewed<'_>, side: Side) -> Answer {
    match looking(actor, viewed) {
        Some(person) => invites(person, viewed, side),
        None => hidden(Rule::OutsideThePortal),
    }
}

/// Whether somebody active invites to this side of a dossier.
pub(super) fn invites(person: &Person, viewed: Viewed<'_>, side: Side) -> Answer {
    sees(person, viewed)?;
    let Publication { state, locality, .. } = viewed.publication;
    let covers = || reach(person, viewed.now).sees(*state, locality.department);
    let takes_part = viewed.held().is_some_and(|position| position.role != Role::Partner);
    match side {
        _ if person.level.is_staff() => Ok(Rule::at_least(Level::GlobalAdministrator)),
        Side::Applicants if takes_part => Ok(Rule::TakesPart),
        Side::Applicants => refused(Rule::InvitersOfApplicants),
        Side::Advisors if covers() && !viewed.asks() => Ok(Rule::InTheTerritory),
        Side::Advisors => refused(Rule::InvitersOfAdvisors),
    }
}

pub(super) fn manage_dossier_invitation(
    actor: &Actor,
    invitation: Managed,
    viewed: Viewed<'_>,
) -> Answer {
    let is_staff = as_staff(actor, viewed)?;
    let Publication { portal, dossier, .. } = *viewed.publication;
    let Some(role) = invitation.role else { return hidden(Rule::OwnInvitation) };
    if invitation.scope != (Scope::Dossier { portal, dossier }) {
        return hidden(Rule::OwnInvitation);
    }
    let side = role.side();
    if is_staff {
        Ok(Rule::at_least(Level::GlobalAdministrator))
    } else if viewed.is(Role::Referent) && side == Side::Applicants {
        Ok(Rule::ReferentOrStaff)
    } else if invitation.inviter == viewed.account {
        invite_to_dossier(actor, viewed, side)
    } else {
        refused(Rule::OwnInvitation)
    }
}

pub(super) fn use_own_position(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    see_dossier(actor, viewed)?;
    if viewed.held().is_some() { Ok(Rule::TakesPart) } else { refused(Rule::TakesPart) }
}

pub(super) fn remove_member(
    actor: &Actor,
    viewed: Viewed<'_>,
    position: &Position,
    target: Option<&Person>,
) -> Answer {
    let is_staff = as_staff(actor, viewed)?;
    if position.account == viewed.account {
        return Ok(Rule::TakesPart);
    }
    let level = looking(actor, viewed).map(|person| person.level).unwrap_or_default();
    if viewed.is(Role::Referent) && position.role.side() == Side::Applicants {
        Ok(Rule::ReferentOrStaff)
    } else if !is_staff {
        refused(Rule::ReferentOrStaff)
    } else if target.is_some_and(|target| target.level > level) {
        refused(Rule::NobodyActsOnAHigherLevel)
    } else {
        Ok(Rule::at_least(Level::GlobalAdministrator))
    }
}

/// Only somebody active can speak for a dossier.
fn active_on(viewed: Viewed<'_>, position: &Position, target: Option<&Person>) -> bool {
    target.is_some_and(|target| {
        target.account == position.account
            && target.portal == viewed.publication.portal
            && target.archived_at.is_none()
    })
}

pub(super) fn offer_referent(
    actor: &Actor,
    viewed: Viewed<'_>,
    position: &Position,
    target: Option<&Person>,
) -> Answer {
    see_dossier(actor, viewed)?;
    if !viewed.is(Role::Referent) || position.account == viewed.account {
        refused(Rule::Referent)
    } else if !active_on(viewed, position, target) {
        refused(Rule::OutsideThePortal)
    } else {
        Ok(Rule::Referent)
    }
}

pub(super) fn end_offer(
    actor: &Actor,
    viewed: Viewed<'_>,
    offered_to: Option<AccountId>,
) -> Answer {
    see_dossier(actor, viewed)?;
    if offered_to.is_none() {
        // That nothing is offered is for those who take part to know.
        use_own_position(actor, viewed)
    } else if offered_to == Some(viewed.account) {
        Ok(Rule::TakesPart)
    } else if viewed.is(Role::Referent) {
        Ok(Rule::Referent)
    } else {
        refused(Rule::Referent)
    }
}

pub(super) fn take_over(
    actor: &Actor,
    viewed: Viewed<'_>,
    position: &Position,
    before: Option<&Person>,
) -> Answer {
    let Some(person) = looking(actor, viewed) else { return hidden(Rule::OutsideThePortal) };
    let Publication { dossier, portal, .. } = *viewed.publication;
    let is_here = position.dossier == dossier && position.portal.is_none_or(|of| of == portal);
    let of_another = |before: &&Person| before.account == position.account && is_here;
    match before.filter(of_another).filter(|before| is_successor(person, before)) {
        None => see_dossier(actor, viewed).and(refused(Rule::Successor)),
        Some(before)
            if position.role == Role::Referent
                && before.handed_over.is_some_and(|named| named.by == person.account) =>
        {
            refused(Rule::NobodyDecidesForThemselves)
        }
        Some(_) => Ok(Rule::Successor),
    }
}

pub(super) fn publish_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    see_dossier(actor, viewed)?;
    if viewed.is(Role::Referent) { Ok(Rule::Referent) } else { refused(Rule::Referent) }
}

pub(super) fn name_referent(
    actor: &Actor,
    viewed: Viewed<'_>,
    position: &Position,
    [target, before]: [Option<&Person>; 2],
) -> Answer {
    let is_staff = as_staff(actor, viewed)?;
    let level = looking(actor, viewed).map(|person| person.level).unwrap_or_default();
    let is_above = |person: &Person| person.level > level;
    if !is_staff {
        refused(Rule::at_least(Level::GlobalAdministrator))
    } else if position.account == viewed.account {
        refused(Rule::NobodyDecidesForThemselves)
    } else if target.is_some_and(is_above) || before.is_some_and(is_above) {
        refused(Rule::NobodyActsOnAHigherLevel)
    } else if !active_on(viewed, position, target) {
        refused(Rule::OutsideThePortal)
    } else {
        Ok(Rule::at_least(Level::GlobalAdministrator))
    }
}

pub(super) fn pause_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    if as_staff(actor, viewed)? || viewed.is(Role::Referent) {
        Ok(Rule::ReferentOrStaff)
    } else {
        refused(Rule::ReferentOrStaff)
    }
}

pub(super) fn resume_dossier(actor: &Actor, viewed: Viewed<'_>) -> Answer {
    if as_staff(actor, viewed)? || viewed.asks() {
        Ok(Rule::ThoseWhoAsk)
    } else {
        refused(Rule::ThoseWhoAsk)
    }
}

pub(super) fn see_notes(actor: &Actor, viewed: Viewed<'_>, space: Space) -> Answer {
    let rule = see_dossier(actor, viewed)?;
    match space {
        Space::Advisors if viewed.asks() => hidden(Rule::AdvisorsSpace),
        Space::Advisors | Space::Public => Ok(rule),
    }
}

pub(super) fn add_note(actor: &Actor, viewed: Viewed<'_>, space: Space) -> Answer {
    let rule = see_notes(actor, viewed, space)?;
    match space {
        Space::Advisors => Ok(rule),
        Space::Public if viewed.held().is_some() || as_staff(actor, viewed)? => Ok(rule),
        Space::Public => refused(Rule::TakesPart),
    }
}

pub(super) fn edit_note(actor: &Actor, viewed: Viewed<'_>, note: &Note) -> Answer {
    see_notes(actor, viewed, note.space)?;
    if note.author.account == viewed.account {
        add_note(actor, viewed, note.space)
    } else {
        refused(Rule::OwnNote)
    }
}
