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
        InvitationOccasion::Sent => format!("{who} vous invite à {what}."),
        InvitationOccasion::Renewed => format!(
            "Vous avez demandé un nouveau lien pour répondre à l’invitation de {who} à {what}. \
             Les liens précédents ne fonctionnent plus."
        ),
        InvitationOccasion::Lapsed => {
            format!("L’invitation de {who} à {what} a expiré sans réponse de votre part.")
        }
        InvitationOccasion::Reminder => {
            format!("L’invitation de {who} à {what} attend votre réponse. Elle expire bientôt.")
        }
    };
    let mut blocks = vec![paragraph(first)];
    blocks.extend(offer.words.as_ref().map(|(words, by)| Block::Quote {
        attribution: format!("Message joint par {by} :"),
        text: words.clone(),
    }));
    let mut told = given(&offer.offered);
    told.push(("Expiration", instant(offer.expires_at)));
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

/// What can be done once it has expired.
fn lapsed() -> [Block; 2] {
    [
        link("Demander un nouveau lien"),
        paragraph(
            "Ouvrir le lien ne vous engage à rien : la page vous propose de recevoir un nouveau \
             lien, à cette adresse. Si cette invitation ne vous intéresse plus, ignorez ce \
             message.",
        ),
    ]
}

/// What one is invited to do.
pub(super) fn what(offered: &Offered, place: Place<'_>) -> String {
    match offered {
        Offered::Portal { .. } => format!("rejoindre {}", place.itself()),
        Offered::Dossier(_) => format!("participer à un dossier {}", place.on()),
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
                Some(("Niveau proposé", level_name(*level).to_owned())),
                territory.map(|territory| ("Accès conseiller proposé", territory)),
                first.and_then(title).map(|title| ("Premier dossier", title)),
                first.map(|first| ("Participation à ce dossier", as_what(first.role))),
            ];
            told.into_iter().flatten().collect()
        }
        Offered::Dossier(position) => {
            let told = [
                title(position).map(|title| ("Dossier", title)),
                Some(("Participation proposée", as_what(position.role))),
            ];
            told.into_iter().flatten().collect()
        }
    }
}

fn as_what(role: Role) -> String {
    let name = match role {
        Role::Referent => "personne référente",
        Role::Member => "membre",
        Role::Partner => "partenaire",
        Role::Advisor => "conseillère ou conseiller",
        Role::Observer => "observatrice ou observateur",
    };
    name.to_owned()
}

/// What taking part in a dossier so is.
fn part(role: Role) -> &'static str {
    match role {
        Role::Referent | Role::Member => {
            "Les membres portent le dossier avec la personne référente : vous pourrez le modifier \
             et échanger avec les personnes qui le conseillent."
        }
        Role::Partner => {
            "Les partenaires accompagnent les personnes qui portent le dossier : vous pourrez le \
             suivre et prendre part aux échanges."
        }
        Role::Advisor => {
            "Vous pourrez suivre le dossier et conseiller les personnes qui le portent."
        }
        Role::Observer => {
            "Vous pourrez lire le dossier et prendre part à l’espace des conseillères et \
             conseillers, sans compter parmi les personnes qui le suivent."
        }
    }
}

pub(super) fn accepted(invitee: &str, offered: &Offered, place: Place<'_>) -> Vec<Block> {
    let (first, told) = match offered {
        Offered::Portal { level, .. } => (
            format!(
                "{invitee} a accepté votre invitation et fait désormais partie des personnes {}.",
                place.of()
            ),
            facts([("Niveau", level_name(*level).to_owned())]),
        ),
        Offered::Dossier(position) => (
            format!(
                "{invitee} a accepté votre invitation et participe désormais à un dossier {}.",
                place.on()
            ),
            facts(
                position
                    .title
                    .clone()
                    .map(|title| ("Dossier", title))
                    .into_iter()
                    .chain([("Participation", as_what(position.role))]),
            ),
        ),
    };
    let mut blocks = vec![paragraph(first), told];
    if let Offered::Portal { first: FirstDossier::Gone, .. } = offered {
        blocks.push(paragraph(
            "Sa participation à un premier dossier, prévue par l’invitation, n’a pas pu être \
             accordée.",
        ));
    }
    blocks.push(link(super::OPEN_PORTAL));
    blocks
}

pub(super) fn declined(invitee: &str, offered: &Offered, place: Place<'_>) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{invitee} a refusé votre invitation à {}. Aucun accès n’est ouvert.",
        what(offered, place)
    ))];
    if let Offered::Dossier(OfferedPosition { title: Some(title), .. }) = offered {
        blocks.push(facts([("Dossier", title.clone())]));
    }
    blocks.extend([
        paragraph("Vous pouvez envoyer une nouvelle invitation après en avoir convenu ensemble."),
        link(super::OPEN_PORTAL),
    ]);
    blocks
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
