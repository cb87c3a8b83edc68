//! Mails about dossiers, to those who ask or advise, and to moderators.

use guichet_domain::instant::Instant;
use guichet_domain::territory::Territory;

use super::{DOSSIER_MAILS, OPEN_PORTAL, Place, contact, departments, instant, know_more, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::message::{DossierNews, DossierOccasion, ListedDossier};
use crate::written::capitalised;

const PAUSED: &str = "Pendant la pause, aucun rappel ne vous est envoyé. Le dossier reprend dès \
                      qu’une personne qui le porte y écrit une note, le modifie, y invite une \
                      autre personne ou le relance sur le portail.";

pub(super) fn news(news: &DossierNews, place: Place<'_>, team: Option<&str>) -> Vec<Block> {
    let about = facts([
        ("Dossier", news.title.clone()),
        ("Commune", news.commune.clone()),
        ("Département", departments(&news.department)),
    ]);
    let mut blocks = vec![paragraph(happened(&news.occasion, place)), about];
    blocks.extend(follows(&news.occasion, place, team));
    blocks
}

/// What happened.
fn happened(occasion: &DossierOccasion, place: Place<'_>) -> String {
    let team = || capitalised(&place.team());
    match occasion {
        DossierOccasion::Received => {
            format!("Votre dossier a bien été enregistré {}.", place.on())
        }
        DossierOccasion::Accepted => {
            format!("{} a accepté votre dossier.", team())
        }
        DossierOccasion::Refused { .. } => {
            format!("{} a refusé votre dossier.", team())
        }
        DossierOccasion::Paused { .. } => {
            format!("{} a mis votre dossier en pause.", team())
        }
        DossierOccasion::New => {
            format!("Un nouveau dossier vous est ouvert {}.", place.on())
        }
        DossierOccasion::Reminder => {
            format!(
                "Rien n’a été écrit sur votre dossier {} depuis plusieurs semaines.",
                place.on()
            )
        }
        DossierOccasion::PauseNear { pauses_at } => {
            format!(
                "Rien n’a été écrit sur votre dossier {} depuis longtemps. Sans nouvelles, il sera \
                 mis en pause le {}.",
                place.on(),
                instant(*pauses_at)
            )
        }
        DossierOccasion::PausedByTime => {
            format!(
                "Votre dossier {} est mis en pause automatiquement, faute de nouvelles.",
                place.on()
            )
        }
        DossierOccasion::Contact(news) => contact::happened(news, place),
        DossierOccasion::Removed => {
            format!(
                "Votre participation à un dossier {} a pris fin : elle a été retirée par la \
                 personne référente du dossier ou par l’équipe du portail.",
                place.on()
            )
        }
    }
}

/// What follows from it.
fn follows(occasion: &DossierOccasion, place: Place<'_>, team: Option<&str>) -> Vec<Block> {
    match occasion {
        DossierOccasion::Received => vec![
            paragraph(format!(
                "{} va l’examiner et vous enverra sa réponse par courriel. Vous n’avez rien \
                 d’autre à faire.",
                capitalised(&place.team())
            )),
            paragraph(
                "Tant qu’aucune décision n’est prise, vous pouvez le modifier. Seules les \
                 personnes qui portent le dossier et l’équipe du portail le voient.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::Accepted => vec![
            paragraph(
                "Les conseillères et conseillers de ce territoire peuvent maintenant le consulter \
                 et y participer.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::Refused { reason } => vec![
            quote(reason, place),
            paragraph(know_more(place, team)),
            paragraph(
                "Vous pouvez toujours consulter ce dossier sur le portail, et en déposer un autre.",
            ),
        ],
        DossierOccasion::Paused { reason } => {
            vec![quote(reason, place), paragraph(PAUSED), link(OPEN_PORTAL)]
        }
        DossierOccasion::New => {
            vec![paragraph("Vous pouvez le consulter et y participer."), link(OPEN_PORTAL)]
        }
        DossierOccasion::Reminder => vec![
            paragraph(
                "Où en est votre projet ? Une note sur le dossier suffit pour en informer les \
                 personnes qui vous accompagnent. Si rien n’avance pour le moment, vous pouvez \
                 mettre le dossier en pause : ces rappels cesseront.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::PauseNear { .. } => vec![
            paragraph(
                "Pour qu’il reste actif, écrivez une note sur le dossier. Mis en pause, il reste \
                 visible et peut reprendre à tout moment.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::PausedByTime => vec![paragraph(PAUSED), link(OPEN_PORTAL)],
        DossierOccasion::Contact(news) => contact::follows(news, place, team),
        DossierOccasion::Removed => vec![
            paragraph(
                "Vos autres droits sur ce portail ne changent pas. Si vous avez un accès \
                 conseiller sur ce territoire, le dossier vous reste ouvert à ce titre.",
            ),
            paragraph(know_more(place, team)),
        ],
    }
}

/// Why the mail was received.
pub(super) fn why(occasion: &DossierOccasion, place: Place<'_>) -> String {
    match occasion {
        DossierOccasion::Removed => {
            format!("vous participiez à ce dossier {}", place.on())
        }
        DossierOccasion::New => {
            format!("ce dossier vous est ouvert {}. {DOSSIER_MAILS}", place.on())
        }
        _ => format!("vous portez ce dossier {}", place.on()),
    }
}

/// The new dossiers of a day, a line for each: its commune, then its title.
pub(super) fn new(dossiers: &[ListedDossier], unnamed: u32, place: Place<'_>) -> Vec<Block> {
    let lines = dossiers.iter().map(|one| (one.commune.as_str(), one.title.clone()));
    let mut blocks = vec![
        paragraph(match (dossiers.len(), unnamed) {
            (1, 0) => format!("Un nouveau dossier vous est ouvert {} :", place.on()),
            _ => format!("De nouveaux dossiers vous sont ouverts {} :", place.on()),
        }),
        facts(lines),
    ];
    blocks.extend((unnamed > 0).then(|| match unnamed {
        1 => paragraph("Un autre nouveau dossier figure sur le portail."),
        more => paragraph(format!("{more} autres nouveaux dossiers figurent sur le portail.")),
    }));
    blocks.push(link(OPEN_PORTAL));
    blocks
}

pub(super) fn to_moderate(
    department: &Territory,
    submitted_at: Instant,
    place: Place<'_>,
) -> Vec<Block> {
    vec![
        paragraph(format!("Un nouveau dossier attend une décision {}.", place.on())),
        facts([("Département", departments(department)), ("Date du dépôt", instant(submitted_at))]),
        paragraph(
            "Le contenu du dossier figure dans la file de modération. S’il n’y est plus, c’est \
             qu’il a déjà reçu une réponse.",
        ),
        link(OPEN_PORTAL),
    ]
}
