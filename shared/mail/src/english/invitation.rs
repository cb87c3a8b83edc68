//! Mails about invitations.

use guichet_domain::instant::Instant;
use guichet_domain::level::Level;

use super::access::meaning;
use super::{Place, instant, level_name};
use crate::blocks::{Block, decline_link, facts, link, paragraph};
use crate::message::InvitationOccasion;

/// What an invitation says.
pub(super) struct Invited<'a> {
    pub(super) inviter: &'a str,
    pub(super) organisation: Option<&'a str>,
    pub(super) level: Level,
    pub(super) words: Option<&'a str>,
    pub(super) expires_at: Instant,
    pub(super) terms_address: Option<&'a str>,
}

impl Invited<'_> {
    pub(super) fn blocks(&self, occasion: InvitationOccasion, place: Place<'_>) -> Vec<Block> {
        let who = match self.organisation {
            Some(organisation) => format!("{} ({organisation})", self.inviter),
            None => self.inviter.to_owned(),
        };
        let first = match occasion {
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
        blocks.extend(self.words.map(|words| Block::Quote {
            attribution: format!("Message from {}:", self.inviter),
            text: words.to_owned(),
        }));
        blocks.push(facts([
            ("Level offered", level_name(self.level).to_owned()),
            ("Expires", instant(self.expires_at)),
        ]));
        blocks.extend([
            paragraph(meaning(self.level)),
            link("Accept the invitation"),
            decline_link("Decline the invitation"),
            paragraph(
                "Opening a link commits you to nothing: the page shows you the invitation, and \
                 nothing is done until you confirm.",
            ),
        ]);
        blocks.extend(
            self.terms_address.map(|address| facts([("Terms of service", address.to_owned())])),
        );
        blocks
    }
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
