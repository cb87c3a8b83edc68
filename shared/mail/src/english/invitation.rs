//! Mails about invitations.

use guichet_domain::dossier::Role;
use guichet_domain::level::Language;

use super::access::meaning;
use super::{Place, departments, instant, level_name};
use crate::blocks::{Block, decline_link, facts, link, paragraph};
use crate::message::{
    FirstDossier, ImportCounts, InvitationOccasion, Offer, Offered, OfferedPosition,
};
use crate::written::written_number;

pub(super) fn invited(offer: &Offer, place: Place<'_>) -> Vec<Block> {
    let who = match &offer.organisation {
        Some(organisation) => format!("{} ({organisation})", offer.inviter),
        None => offer.inviter.clone(),
    };
    let what = what(&offer.offered, place);
    let first = match offer.occasion {
        InvitationOccasion::Sent => format!("{who} invites you to {what}."),
        InvitationOccasion::Renewed => format!(
            "You asked for a new link to answer the invitation from {who} to {what}. Earlier \
             links no longer work."
        ),
        InvitationOccasion::Lapsed => {
            format!("The invitation from {who} to {what} has expired without an answer from you.")
        }
        InvitationOccasion::Reminder => format!(
            "The invitation from {who} to {what} is waiting for your answer. It expires soon."
        ),
    };
    let mut blocks = vec![paragraph(first)];
    blocks.extend(offer.words.as_ref().map(|(words, by)| Block::Quote {
        attribution: format!("Message from {by}:"),
        text: words.clone(),
    }));
    let mut told = given(&offer.offered);
    told.push(("Expires", instant(offer.expires_at)));
    blocks.push(facts(told));
    if offer.occasion == InvitationOccasion::Lapsed {
        blocks.extend(lapsed());
        return blocks;
    }
    blocks.extend([
        paragraph(match &offer.offered {
            Offered::Portal { level, .. } => meaning(*level),
            Offered::Dossier(position) => part(position.role),
        }),
        link("Accept the invitation"),
        decline_link("Decline the invitation"),
        paragraph(
            "Opening a link commits you to nothing: the page shows you the invitation, and \
             nothing is done until you confirm.",
        ),
    ]);
    blocks.extend(
        offer.terms_address.as_ref().map(|address| facts([("Terms of service", address.clone())])),
    );
    blocks
}

/// What can be done once it has expired.
fn lapsed() -> [Block; 2] {
    [
        link("Ask for a new link"),
        paragraph(
            "Opening the link commits you to nothing: the page offers to send a new link to this \
             address. If you are no longer interested, ignore this message.",
        ),
    ]
}

/// What one is invited to do.
pub(super) fn what(offered: &Offered, place: Place<'_>) -> String {
    match offered {
        Offered::Portal { .. } => format!("join {}", place.itself()),
        Offered::Dossier(_) => format!("take part in a dossier {}", place.on()),
    }
}

/// What is given with an invitation.
fn given(offered: &Offered) -> Vec<(&'static str, String)> {
    let title = |position: &OfferedPosition| position.title.clone();
    match offered {
        Offered::Portal { level, territory, first } => {
            let territory = territory.as_ref().map(departments);
            let first = match first {
                FirstDossier::Given(first) => Some(first),
                FirstDossier::None | FirstDossier::Gone => None,
            };
            let told = [
                Some(("Level offered", level_name(*level).to_owned())),
                territory.map(|territory| ("Adviser access offered", territory)),
                first.and_then(title).map(|title| ("First dossier", title)),
                first.map(|first| ("Role in this dossier", as_what(first.role))),
            ];
            told.into_iter().flatten().collect()
        }
        Offered::Dossier(position) => {
            let told = [
                title(position).map(|title| ("Dossier", title)),
                Some(("Role offered", as_what(position.role))),
            ];
            told.into_iter().flatten().collect()
        }
    }
}

fn as_what(role: Role) -> String {
    let name = match role {
        Role::Referent => "contact",
        Role::Member => "member",
        Role::Partner => "partner",
        Role::Advisor => "adviser",
        Role::Observer => "observer",
    };
    name.to_owned()
}

/// What taking part in a dossier so is.
fn part(role: Role) -> &'static str {
    match role {
        Role::Referent | Role::Member => {
            "Members are responsible for the dossier together with its contact: you will be able \
             to edit it and to talk with its advisers."
        }
        Role::Partner => {
            "Partners support those who are responsible for the dossier: you will be able to \
             follow it and to take part in the exchanges."
        }
        Role::Advisor => "You will be able to follow the dossier and to give advice on it.",
        Role::Observer => {
            "You will be able to read the dossier and to take part in the advisers’ space, without \
             counting among those who follow it."
        }
    }
}

pub(super) fn accepted(invitee: &str, offered: &Offered, place: Place<'_>) -> Vec<Block> {
    let (first, told) = match offered {
        Offered::Portal { level, .. } => (
            format!(
                "{invitee} has accepted your invitation and is now one of the people of {}.",
                place.itself()
            ),
            facts([("Level", level_name(*level).to_owned())]),
        ),
        Offered::Dossier(position) => (
            format!(
                "{invitee} has accepted your invitation and now takes part in a dossier {}.",
                place.on()
            ),
            facts(
                position
                    .title
                    .clone()
                    .map(|title| ("Dossier", title))
                    .into_iter()
                    .chain([("Role", as_what(position.role))]),
            ),
        ),
    };
    let mut blocks = vec![paragraph(first), told];
    if let Offered::Portal { first: FirstDossier::Gone, .. } = offered {
        blocks.push(paragraph(
            "The part in a first dossier that the invitation promised could not be given.",
        ));
    }
    blocks.push(link(super::OPEN_PORTAL));
    blocks
}

pub(super) fn declined(invitee: &str, offered: &Offered, place: Place<'_>) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{invitee} has declined your invitation to {}. No access is given.",
        what(offered, place)
    ))];
    if let Offered::Dossier(OfferedPosition { title: Some(title), .. }) = offered {
        blocks.push(facts([("Dossier", title.clone())]));
    }
    blocks.extend([
        paragraph("You can send another invitation once you have agreed with each other."),
        link(super::OPEN_PORTAL),
    ]);
    blocks
}

pub(super) fn imported(counts: ImportCounts, place: Place<'_>) -> Vec<Block> {
    let number = |count| written_number(count, Language::En);
    let rows = if counts.rows == 1 { "row" } else { "rows" };
    let sent = match counts.preloaded {
        0 => ("Invitations sent", number(counts.invited)),
        preloaded => ("Invitations prepared, not sent", number(preloaded)),
    };
    vec![
        paragraph(format!(
            "Your list of {} {rows} has been imported {}.",
            number(counts.rows),
            place.on()
        )),
        facts([
            sent,
            ("Already members, or invited already", number(counts.known)),
            ("Rows left out (duplicates, values or rights)", number(counts.refused)),
        ]),
        paragraph(
            "The report, row by row, can be downloaded on the portal for 30 days after the file \
             was uploaded.",
        ),
        link(super::OPEN_PORTAL),
    ]
}
