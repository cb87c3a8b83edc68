//! What people may do with invitations, to a portal or to a dossier (RULES D2, D7, D8, D11).

use super::dossiers::{invites, manage_dossier_invitation};
use super::{Actor, Answer, Holding, Rule, Viewed, at_least, give_level, hidden, refused};
use crate::account::Account;
use crate::invitation::{Backing, Invitation, Managed, Scope};
use crate::level::Level;

/// Whoever reads the mails of the invited address: by the mailed link, or by an account with it.
pub(super) fn invited(actor: &Actor, invitation: &Invitation, account: Option<&Account>) -> Answer {
    let is_invited = match (actor, account) {
        (Actor::Holder(holding), _) => *holding == Holding::Invitation(invitation.id),
        (Actor::Account(member), Some(account)) => {
            member.account == account.id && account.email == invitation.email
        }
        _ => false,
    };
    if is_invited { Ok(Rule::InvitedAddress) } else { hidden(Rule::InvitedAddress) }
}

pub(super) fn accept_invitation(
    actor: &Actor,
    invitation: &Invitation,
    backing: Backing<'_>,
    account: Option<&Account>,
) -> Answer {
    invited(actor, invitation, account)?;
    if may_still_invite(invitation, backing) {
        Ok(Rule::InvitedAddress)
    } else {
        refused(Rule::InviterMayStillInvite)
    }
}

/// Whether whoever stands for an invitation may give what it gives.
fn may_still_invite(invitation: &Invitation, backing: Backing<'_>) -> bool {
    let Some(person) = backing.line.responsible(invitation) else { return false };
    match invitation.scope {
        // Staff invite to every dossier of their portal, too.
        Scope::Portal { .. } => person.level.is_staff() && person.level.governs(invitation.level),
        Scope::Dossier { portal, dossier } => {
            let (Some(viewed), Some(assignment)) = (backing.dossier, &invitation.assignment) else {
                return false;
            };
            let publication = viewed.publication;
            let is_it = (publication.portal, publication.dossier) == (portal, dossier)
                && viewed.account == person.account;
            is_it && invites(person, viewed, assignment.role.side()).is_ok()
        }
    }
}

pub(super) fn see_invitation(
    actor: &Actor,
    invitation: Managed,
    viewed: Option<Viewed<'_>>,
) -> Answer {
    match (invitation.scope, viewed) {
        (Scope::Portal { portal }, _) => match at_least(actor, portal, Level::Reviewer) {
            // Who does not see the people of the portal does not know who is invited, either.
            Err(refusal) => hidden(refusal.rule),
            answer => answer,
        },
        (Scope::Dossier { .. }, Some(viewed)) => {
            manage_dossier_invitation(actor, invitation, viewed)
        }
        (Scope::Dossier { .. }, None) => hidden(Rule::OutsideThePortal),
    }
}

pub(super) fn manage_invitation(
    actor: &Actor,
    invitation: Managed,
    viewed: Option<Viewed<'_>>,
) -> Answer {
    let rule = see_invitation(actor, invitation, viewed)?;
    match invitation.scope {
        Scope::Portal { portal } => give_level(actor, portal, invitation.level),
        Scope::Dossier { .. } => Ok(rule),
    }
}
