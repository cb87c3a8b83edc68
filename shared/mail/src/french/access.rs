//! Mails about what somebody may do on a portal: adviser access and level.

use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::territory::Territory;

use super::{OPEN_PORTAL, Place, departments, instant, know_more, level_name, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::written::capitalised;

pub(super) const ACCESS: &str = "Vous pouvez consulter les dossiers de ce territoire et rejoindre, \
                                 pour conseiller ou pour observer, ceux que vous souhaitez.";

pub(super) fn promoted(
    territory: &Territory,
    ends_at: Option<Instant>,
    place: Place<'_>,
) -> Vec<Block> {
    let end = ends_at.map_or("aucune date prévue".to_owned(), instant);
    vec![
        paragraph(format!("{} vous accorde un accès conseiller.", capitalised(&place.team()))),
        facts([("Territoire", departments(territory)), ("Fin de l’accès", end)]),
        paragraph(ACCESS),
        paragraph("Si vous aviez une demande en cours, elle est close : cet accès y répond."),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn territory_changed(
    before: &Territory,
    after: &Territory,
    place: Place<'_>,
) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} a modifié le territoire de votre accès conseiller. Le changement est immédiat.",
            capitalised(&place.team())
        )),
        facts([
            ("Territoire précédent", departments(before)),
            ("Nouveau territoire", departments(after)),
        ]),
        paragraph(
            "Votre accès conseiller vous ouvre désormais les dossiers du nouveau territoire, et \
             ceux-là seulement. Les dossiers auxquels vous participez vous restent ouverts, où \
             qu’ils se trouvent, et vous y gardez vos positions.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn revoked(reason: Option<&str>, place: Place<'_>, contact: Option<&str>) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{} a mis fin à votre accès conseiller. Le changement est immédiat.",
        capitalised(&place.team())
    ))];
    blocks.extend(reason.map(|reason| quote(reason, place)));
    blocks.push(paragraph(
        "Les dossiers de votre ancien territoire ne vous sont plus ouverts au titre de cet accès. \
         Ceux auxquels vous participez vous restent ouverts, et vous y gardez vos positions.",
    ));
    blocks.push(paragraph(format!(
        "Si vous avez de nouveau besoin d’un accès conseiller, vous pouvez déposer une demande. {}",
        know_more(place, contact)
    )));
    blocks
}

pub(super) fn level_changed(before: Level, after: Level, place: Place<'_>) -> Vec<Block> {
    let lowered = if after < before {
        " Les droits propres au niveau précédent ne vous sont plus ouverts."
    } else {
        ""
    };
    vec![
        paragraph(format!(
            "{} a modifié votre niveau. Le changement est immédiat.",
            capitalised(&place.team())
        )),
        facts([
            ("Niveau précédent", level_name(before).to_owned()),
            ("Nouveau niveau", level_name(after).to_owned()),
        ]),
        paragraph(format!("{}{lowered}", meaning(after))),
        paragraph(
            "Ce changement ne modifie ni vos positions sur les dossiers ni votre accès conseiller, \
             si vous en avez un.",
        ),
    ]
}

const STAYS: &str = "Les dossiers auxquels vous participez vous restent ouverts, et vous y gardez \
                     vos positions.";

pub(super) fn end_set(ends_at: Option<Instant>, place: Place<'_>) -> Vec<Block> {
    let what = match ends_at {
        Some(_) => {
            "À cette date, votre accès conseiller prendra fin de lui-même. Pour continuer \
                    au-delà, vous pourrez déposer une nouvelle demande."
        }
        None => "Votre accès conseiller ne prend plus fin de lui-même.",
    };
    vec![
        paragraph(format!(
            "{} a modifié la date de fin de votre accès conseiller.",
            capitalised(&place.team())
        )),
        facts([("Fin de l’accès", ends_at.map_or("aucune date prévue".to_owned(), instant))]),
        paragraph(what),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn end_near(territory: &Territory, ends_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Votre accès conseiller {} prend bientôt fin.", place.on())),
        facts([("Territoire", departments(territory)), ("Fin de l’accès", instant(ends_at))]),
        paragraph(format!(
            "Si vous en avez encore besoin ensuite, déposez une nouvelle demande. {STAYS}"
        )),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn ended(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Votre accès conseiller {} est arrivé à son terme.", place.on())),
        facts([("Territoire", departments(territory))]),
        paragraph(format!(
            "Les dossiers de ce territoire ne vous sont plus ouverts au titre de cet accès. {STAYS} \
             Si vous avez de nouveau besoin d’un accès conseiller, vous pouvez déposer une demande."
        )),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn meaning(level: Level) -> &'static str {
    match level {
        Level::User => {
            "À ce niveau, vous voyez votre propre fiche et les dossiers qui vous sont ouverts."
        }
        Level::Reviewer => {
            "À ce niveau, vous voyez votre propre fiche, les dossiers qui vous sont ouverts et, \
             sans pouvoir les modifier, les personnes du portail et leurs accès."
        }
        Level::Manager => {
            "À ce niveau, vous voyez les personnes du portail et leurs accès, sans pouvoir les \
             modifier, et toutes les informations des dossiers auxquels vous participez."
        }
        Level::Administrator => {
            "À ce niveau, vous voyez les personnes du portail et leurs accès, sans pouvoir les \
             modifier, et vous pouvez modifier les dossiers auxquels vous participez."
        }
        Level::GlobalAdministrator => {
            "À ce niveau, vous gérez tous les dossiers, les demandes d’accès conseiller et les \
             accès conseiller, les personnes et les invitations du portail."
        }
        Level::SuperAdministrator => {
            "À ce niveau, vous gérez tout le portail, y compris ses réglages, les niveaux, les \
             délégations et les messages automatiques."
        }
    }
}
