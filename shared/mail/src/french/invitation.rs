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
    blocks.extend(offer.words.as_ref().map(|words| Block::Quote {
        attribution: format!("Message joint par {} :", offer.inviter),
        text: words.clone(),
    }));
    let territory = offer.territory.as_ref().map(departments);
    let told = [
        Some(("Niveau proposé", level_name(offer.level).to_owned())),
        territory.map(|territory| ("Accès conseiller proposé", territory)),
        Some(("Expiration", instant(offer.expires_at))),
    ];
    blocks.push(facts(told.into_iter().flatten()));
    blocks.extend([
        paragraph(meaning(offer.level)),
        link("Accepter l’invitation"),
        decline_link("Refuser l’invitation"),
        paragraph(
            "Ouvrir un lien ne vous engage à rien : la page vous montre l’invitation, et rien \
             n’est fait tant que vous n’avez pas confirmé.",
        ),
    ]);
    blocks.extend(
        offer
            .terms_address
            .as_ref()
            .map(|address| facts([("Conditions générales d’utilisation", address.clone())])),
    );
    blocks
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

pub(super) fn imported(counts: ImportCounts, place: Place<'_>) -> Vec<Block> {
    let number = |count| written_number(count, Language::Fr);
    let lines = if counts.rows == 1 { "ligne" } else { "lignes" };
    let sent = match counts.preloaded {
        0 => ("Invitations envoyées", number(counts.invited)),
        preloaded => ("Invitations préparées, non envoyées", number(preloaded)),
    };
    vec![
        paragraph(format!(
            "L’import de votre liste de {}\u{A0}{lines} {} est terminé.",
            number(counts.rows),
            place.on()
        )),
        facts([
            sent,
            ("Personnes déjà membres ou déjà invitées", number(counts.known)),
            ("Lignes non retenues (doublons, valeurs ou droits)", number(counts.refused)),
        ]),
        paragraph(
            "Le compte rendu, ligne par ligne, peut être téléchargé sur le portail pendant \
             30\u{A0}jours à compter du dépôt du fichier.",
        ),
        link(super::OPEN_PORTAL),
    ]
}
