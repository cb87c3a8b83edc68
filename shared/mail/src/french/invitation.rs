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
            InvitationOccasion::Sent => {
                format!("{who} vous invite à rejoindre {}.", place.itself())
            }
            InvitationOccasion::Renewed => format!(
                "Vous avez demandé un nouveau lien pour répondre à l’invitation de {who} à \
                 rejoindre {}. Les liens précédents ne fonctionnent plus.",
                place.itself()
            ),
            InvitationOccasion::Reminder => format!(
                "L’invitation de {who} à rejoindre {} attend votre réponse. Elle expire bientôt.",
                place.itself()
            ),
        };
        let mut blocks = vec![paragraph(first)];
        blocks.extend(self.words.map(|words| Block::Quote {
            attribution: format!("Message joint par {} :", self.inviter),
            text: words.to_owned(),
        }));
        blocks.push(facts([
            ("Niveau proposé", level_name(self.level).to_owned()),
            ("Expiration", instant(self.expires_at)),
        ]));
        blocks.extend([
            paragraph(meaning(self.level)),
            link("Accepter l’invitation"),
            decline_link("Refuser l’invitation"),
            paragraph(
                "Ouvrir un lien ne vous engage à rien : la page vous montre l’invitation, et rien \
                 n’est fait tant que vous n’avez pas confirmé.",
            ),
        ]);
        blocks
            .extend(self.terms_address.map(|address| {
                facts([("Conditions générales d’utilisation", address.to_owned())])
            }));
        blocks
    }
}

pub(super) fn accepted(invitee: &str, level: Level, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{invitee} a accepté votre invitation et fait désormais partie des personnes {}.",
            place.of()
        )),
        facts([("Niveau", level_name(level).to_owned())]),
        link(super::OPEN_PORTAL),
    ]
}

pub(super) fn declined(invitee: &str, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{invitee} a refusé votre invitation à rejoindre {}. Aucun accès n’est ouvert.",
            place.itself()
        )),
        paragraph("Vous pouvez envoyer une nouvelle invitation après en avoir convenu ensemble."),
        link(super::OPEN_PORTAL),
    ]
}
