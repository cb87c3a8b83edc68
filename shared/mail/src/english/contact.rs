//! Mails about who speaks for a dossier.

use guichet_domain::instant::Instant;

use super::{OPEN_PORTAL, Place, instant, know_more};
use crate::blocks::{Block, link, paragraph};
use crate::message::ContactNews;
use crate::written::capitalised;

const REFERENT: &str = "The contact is the person whom people turn to: how to reach them is shown \
                        first, they receive the reminders, and they can pause the dossier.";

/// What happened.
pub(super) fn happened(news: &ContactNews, place: Place<'_>) -> String {
    match news {
        ContactNews::Offered { by, .. } => {
            format!("{by} offers you to become the contact of a dossier {}.", place.on())
        }
        ContactNews::TakenBack { by } => {
            format!("{by} no longer offers you to become the contact of a dossier {}.", place.on())
        }
        ContactNews::Declined { by } => {
            format!("{by} has declined to become the contact of a dossier {}.", place.on())
        }
        ContactNews::Named => {
            format!("{} has made you the contact of a dossier.", capitalised(&place.team()))
        }
        ContactNews::Replaced { by } => {
            format!("{by} is now the contact of a dossier {}.", place.on())
        }
    }
}

/// What follows from it.
pub(super) fn follows(news: &ContactNews, place: Place<'_>, team: Option<&str>) -> Vec<Block> {
    match news {
        ContactNews::Offered { expires_at, .. } => offered(*expires_at),
        ContactNews::TakenBack { .. } => {
            vec![paragraph("Your part in this dossier does not change."), link(OPEN_PORTAL)]
        }
        ContactNews::Declined { .. } => vec![
            paragraph(
                "You are still the contact of this dossier. You can offer that to another member.",
            ),
            link(OPEN_PORTAL),
        ],
        ContactNews::Named => {
            vec![paragraph(REFERENT), paragraph(know_more(place, team)), link(OPEN_PORTAL)]
        }
        ContactNews::Replaced { .. } => {
            vec![paragraph("You still ask with the others, as a member."), link(OPEN_PORTAL)]
        }
    }
}

/// What an offer to speak for a dossier means.
fn offered(expires_at: Instant) -> Vec<Block> {
    let until = format!(
        "You can accept this offer on the portal until {}. If you do not answer, nothing changes.",
        instant(expires_at)
    );
    vec![paragraph(REFERENT), paragraph(until), link(OPEN_PORTAL)]
}
