//! What each arm of `decide` rests on: who the actor is to the thing that is acted on.

use super::{Actor, Answer, Holding, Refusal, Rule, Sight, hidden, refused};
use crate::advisor_request::AdvisorRequest;
use crate::ids::{AccountId, PortalId};
use crate::level::Level;
use crate::person::{HandedOver, Person};
use crate::portal::{OpenTo, Portal};

pub(super) fn only_operator(actor: &Actor) -> Answer {
    match actor {
        Actor::Operator => Ok(Rule::TheOperator),
        _ => hidden(Rule::TheOperator),
    }
}

pub(super) fn operator_or_system(actor: &Actor) -> Answer {
    match actor {
        Actor::Operator => Ok(Rule::TheOperator),
        Actor::System => Ok(Rule::Time),
        _ => hidden(Rule::TheOperator),
    }
}

pub(super) fn only_system(actor: &Actor) -> Answer {
    if *actor == Actor::System { Ok(Rule::Time) } else { hidden(Rule::Time) }
}

pub(super) fn held(actor: &Actor, holding: Holding) -> Answer {
    if *actor == Actor::Holder(holding) { Ok(Rule::MailedLink) } else { hidden(Rule::MailedLink) }
}

pub(super) fn own_account(actor: &Actor, account: AccountId) -> Answer {
    match actor {
        Actor::Account(member) if member.account == account => Ok(Rule::OwnAccount),
        _ => hidden(Rule::OwnAccount),
    }
}

/// The active person that the actor is on the portal.
pub(super) fn person_of(actor: &Actor, portal: PortalId) -> Option<&Person> {
    match actor {
        Actor::Account(member) => member.active_on(portal),
        _ => None,
    }
}

pub(super) fn at_least(actor: &Actor, portal: PortalId, level: Level) -> Answer {
    let rule = Rule::at_least(level);
    match person_of(actor, portal) {
        None => hidden(Rule::OutsideThePortal),
        Some(person) if person.level >= level => Ok(rule),
        Some(_) => refused(rule),
    }
}

pub(super) fn see_portal(actor: &Actor, portal: &Portal) -> Answer {
    match (portal.settings.requests_open_to, person_of(actor, portal.id)) {
        (_, Some(_)) => Ok(Rule::at_least(Level::User)),
        (OpenTo::Everybody, None) => Ok(Rule::OpenToEverybody),
        (OpenTo::People, None) => hidden(Rule::OutsideThePortal),
    }
}

pub(super) fn submit_request(actor: &Actor, portal: &Portal) -> Answer {
    let member = match actor {
        Actor::Account(member) => member,
        // The sign-up's own request, submitted when its address is verified (C2).
        Actor::Holder(Holding::SignUp(_))
            if portal.settings.requests_open_to == OpenTo::Everybody =>
        {
            return Ok(Rule::OpenToEverybody);
        }
        _ => return hidden(Rule::OutsideThePortal),
    };
    match (&member.person, portal.settings.requests_open_to) {
        (Some(person), _) if person.archived_at.is_some() => hidden(Rule::OutsideThePortal),
        (Some(person), _) if person.portal == portal.id => Ok(Rule::at_least(Level::User)),
        (_, OpenTo::Everybody) => Ok(Rule::OpenToEverybody),
        (_, OpenTo::People) => hidden(Rule::OutsideThePortal),
    }
}

pub(super) fn see_request(actor: &Actor, request: &AdvisorRequest) -> Answer {
    match person_of(actor, request.portal) {
        None => hidden(Rule::OutsideThePortal),
        Some(person) if person.account == request.account => Ok(Rule::OwnRequest),
        Some(person) if person.level.is_staff() => Ok(Rule::at_least(Level::GlobalAdministrator)),
        Some(_) => hidden(Rule::at_least(Level::GlobalAdministrator)),
    }
}

pub(super) fn revise_request(actor: &Actor, request: &AdvisorRequest) -> Answer {
    match (see_request(actor, request)?, person_of(actor, request.portal)) {
        (Rule::OwnRequest, Some(_)) => Ok(Rule::OwnRequest),
        _ => refused(Rule::OwnRequest),
    }
}

pub(super) fn moderate(
    actor: &Actor,
    request: &AdvisorRequest,
    requester: Option<&Person>,
    level: Level,
) -> Answer {
    let seen = see_request(actor, request)?;
    let Some(person) = person_of(actor, request.portal) else {
        return hidden(Rule::OutsideThePortal);
    };
    if seen == Rule::OwnRequest {
        return refused(Rule::NobodyDecidesForThemselves);
    }
    if person.level < level {
        return refused(Rule::at_least(level));
    }
    if requester.is_some_and(|requester| requester.level > person.level) {
        return refused(Rule::NobodyActsOnAHigherLevel);
    }
    Ok(Rule::at_least(level))
}

pub(super) fn see_person(actor: &Actor, target: &Person) -> Answer {
    match person_of(actor, target.portal) {
        None => hidden(Rule::OutsideThePortal),
        Some(person) if person.account == target.account => Ok(Rule::OwnAccount),
        Some(person) if person.level >= Level::Reviewer => Ok(Rule::at_least(Level::Reviewer)),
        Some(_) => hidden(Rule::at_least(Level::Reviewer)),
    }
}

/// The actor, seeing the target and as staff able to act on somebody else of no higher level.
pub(super) fn staff_over<'a>(actor: &'a Actor, target: &Person) -> Result<&'a Person, Refusal> {
    see_person(actor, target)?;
    let refusal = |rule| Refusal { rule, sight: Sight::Seen };
    let Some(person) = person_of(actor, target.portal) else {
        return Err(Refusal { rule: Rule::OutsideThePortal, sight: Sight::Hidden });
    };
    if !person.level.is_staff() {
        Err(refusal(Rule::at_least(Level::GlobalAdministrator)))
    } else if person.account == target.account {
        Err(refusal(Rule::NobodyDecidesForThemselves))
    } else if target.level > person.level {
        Err(refusal(Rule::NobodyActsOnAHigherLevel))
    } else {
        Ok(person)
    }
}

pub(super) fn give_access(actor: &Actor, target: &Person) -> Answer {
    staff_over(actor, target)?;
    Ok(Rule::at_least(Level::GlobalAdministrator))
}

pub(super) fn update_person(actor: &Actor, target: &Person) -> Answer {
    match staff_over(actor, target) {
        Ok(_) => Ok(Rule::at_least(Level::GlobalAdministrator)),
        // Nothing of it is a right: staff may correct it on themselves too.
        Err(Refusal { rule: Rule::NobodyDecidesForThemselves, .. }) => {
            Ok(Rule::at_least(Level::GlobalAdministrator))
        }
        Err(refusal) => Err(refusal),
    }
}

pub(super) fn govern_person(actor: &Actor, target: &Person) -> Answer {
    let person = staff_over(actor, target)?;
    if person.level.governs(target.level) {
        Ok(Rule::LevelsThatOneGoverns)
    } else {
        refused(Rule::LevelsThatOneGoverns)
    }
}

/// Whoever inherits an invitation gives what it gives: nobody makes somebody above them do that.
pub(super) fn hand_over(actor: &Actor, target: &Person, successor: Option<&Person>) -> Answer {
    let rule = govern_person(actor, target)?;
    match (successor, person_of(actor, target.portal)) {
        (Some(successor), Some(person)) if successor.level > person.level => {
            refused(Rule::NobodyActsOnAHigherLevel)
        }
        _ => Ok(rule),
    }
}

/// Whether somebody is to take over from this one, who is archived on their portal. What staff left
/// to themselves, they have no more once they are staff no more (A4).
pub(super) fn is_successor(person: &Person, before: &Person) -> bool {
    let stands = |named: HandedOver| named.by != person.account || person.level.is_staff();
    before.portal == person.portal
        && before.archived_at.is_some()
        && before.successor == Some(person.account)
        && before.handed_over.is_some_and(stands)
}

pub(super) fn see_positions(actor: &Actor, target: &Person) -> Answer {
    match person_of(actor, target.portal) {
        Some(person) if is_successor(person, target) => Ok(Rule::Successor),
        _ => see_person(actor, target),
    }
}

pub(super) fn see_oneself(actor: &Actor, target: &Person) -> Answer {
    match person_of(actor, target.portal) {
        Some(person) if person.account == target.account => Ok(Rule::OwnAccount),
        _ => hidden(Rule::OutsideThePortal),
    }
}

pub(super) fn give_level(actor: &Actor, portal: PortalId, level: Level) -> Answer {
    at_least(actor, portal, Level::GlobalAdministrator)?;
    match person_of(actor, portal) {
        Some(person) if person.level.governs(level) => Ok(Rule::LevelsThatOneGoverns),
        _ => refused(Rule::LevelsThatOneGoverns),
    }
}

pub(super) fn change_level(actor: &Actor, target: &Person, level: Level) -> Answer {
    let person = staff_over(actor, target)?;
    if person.level.governs(target.level) && person.level.governs(level) {
        Ok(Rule::LevelsThatOneGoverns)
    } else {
        refused(Rule::LevelsThatOneGoverns)
    }
}
