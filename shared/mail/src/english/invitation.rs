//! Mails about invitations.

use guichet_domain::level::{Language, Level};

use super::access::meaning;
use super::{Place, departments, instant, level_name};
use crate::blocks::{Block, decline_link, facts, link, paragraph};
use crate::message::{ImportCounts, InvitationOccasion, Offer};
use crate::written::written_number;

pub(super) fn invited(offer: &Offer, place: Place<'_>) -> Vec<Block> {
    let who = match &offer.organisation {
        Some(organisation) => format!("{} ({organisation})", offer.inviter),
        None => offer.inviter.clone(),
    };
    let first = match offer.occasion {
        InvitationOccasion::Sent => format!("{who} invites you to join {}.", place.itself()),
        InvitationOccasion::Renewed => format!(
            "You asked for a new link to answer the invitation from {who} to join {}. Earlier \
             links no longer work.",
            place.itself()
        ),
        InvitationOccasion::Reminder => format!(
            "The invitation from {who} to join {} is waiting for your answer. It expires soon.",
            place.itself()
        ),
    };
    let mut blocks = vec![paragraph(first)];
    blocks.extend(offer.words.as_ref().map(|words| Block::Quote {
        attribution: format!("Message from {}:", offer.inviter),
        text: words.clone(),
    }));
    let territory = offer.territory.as_ref().map(departments);
    let told = [
        Some(("Level offered", level_name(offer.level).to_owned())),
        territory.map(|territory| ("Adviser access offered", territory)),
        Some(("Expires", instant(offer.expires_at))),
    ];
    blocks.push(facts(told.into_iter().flatten()));
    blocks.extend([
        paragraph(meaning(offer.level)),
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

pub(super) fn accepted(invitee: &str, level: Level, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{invitee} has accepted your invitation and is now one of the people of {}.",
            place.itself()
        )),
        facts([("Level", level_name(level).to_owned())]),
        link(super::OPEN_PORTAL),
    ]
}

pub(super) fn declined(invitee: &str, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{invitee} has declined your invitation to join {}. No access is given.",
            place.itself()
        )),
        paragraph("You can send another invitation once you have agreed with each other."),
        link(super::OPEN_PORTAL),
    ]
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
