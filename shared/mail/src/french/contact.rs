//! Mails about who speaks for a dossier.

use guichet_domain::instant::Instant;

use super::{OPEN_PORTAL, Place, instant, know_more};
use crate::blocks::{Block, link, paragraph};
use crate::message::ContactNews;

const REFERENT: &str = "La personne référente est celle à qui l’on s’adresse : ses coordonnées \
                        figurent en premier, elle reçoit les rappels et peut mettre le dossier en \
                        pause.";

/// What happened.
pub(super) fn happened(news: &ContactNews, place: Place<'_>) -> String {
    match news {
        ContactNews::Offered { by, .. } => {
            format!(
                "{by} vous propose de devenir la personne référente d’un dossier {}.",
                place.on()
            )
        }
        ContactNews::TakenBack { by } => {
            format!(
                "{by} ne vous propose plus de devenir la personne référente d’un dossier {}.",
                place.on()
            )
        }
        ContactNews::Declined { by } => {
            format!(
                "{by} a décliné votre proposition de devenir la personne référente d’un dossier \
                 {}.",
                place.on()
            )
        }
        ContactNews::Named => {
            format!(
                "Vous êtes désormais la personne référente d’un dossier, par décision de {}.",
                place.team()
            )
        }
        ContactNews::Replaced { by } => {
            format!("{by} est désormais la personne référente d’un dossier {}.", place.on())
        }
    }
}

/// What follows from it.
pub(super) fn follows(news: &ContactNews, place: Place<'_>, team: Option<&str>) -> Vec<Block> {
    match news {
        ContactNews::Offered { expires_at, .. } => offered(*expires_at),
        ContactNews::TakenBack { .. } => {
            vec![paragraph("Votre participation à ce dossier ne change pas."), link(OPEN_PORTAL)]
        }
        ContactNews::Declined { .. } => vec![
            paragraph(
                "Vous restez la personne référente de ce dossier. Vous pouvez proposer ce rôle à \
                 un autre membre.",
            ),
            link(OPEN_PORTAL),
        ],
        ContactNews::Named => {
            vec![paragraph(REFERENT), paragraph(know_more(place, team)), link(OPEN_PORTAL)]
        }
        ContactNews::Replaced { .. } => vec![
            paragraph("Vous continuez à porter ce dossier, en tant que membre."),
            link(OPEN_PORTAL),
        ],
    }
}

/// What an offer to speak for a dossier means.
fn offered(expires_at: Instant) -> Vec<Block> {
    let until = format!(
        "Vous pouvez accepter cette proposition sur le portail jusqu’au {}. Sans réponse de votre \
         part, rien ne change.",
        instant(expires_at)
    );
    vec![paragraph(REFERENT), paragraph(until), link(OPEN_PORTAL)]
}
