//! Mails about dossiers, to those who ask or advise, and to moderators.

use guichet_domain::instant::Instant;
use guichet_domain::territory::Territory;

use super::{DOSSIER_MAILS, OPEN_PORTAL, Place, contact, departments, instant, know_more, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::message::{DossierNews, DossierOccasion, ListedDossier};
use crate::written::capitalised;

const PAUSED: &str = "While it is paused, no reminders are sent to you. It goes on as soon as one \
                      of those who ask writes a note, changes it, invites somebody, or resumes it \
                      on the portal.";

pub(super) fn news(news: &DossierNews, place: Place<'_>, team: Option<&str>) -> Vec<Block> {
    let about = facts([
        ("Dossier", news.title.clone()),
        ("Commune", news.commune.clone()),
        ("Department", departments(&news.department)),
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
            format!("Your dossier has been received {}.", place.on())
        }
        DossierOccasion::Accepted => {
            format!("{} has accepted your dossier.", team())
        }
        DossierOccasion::Refused { .. } => {
            format!("{} has refused your dossier.", team())
        }
        DossierOccasion::Paused { .. } => {
            format!("{} has paused your dossier.", team())
        }
        DossierOccasion::New => {
            format!("A new dossier is open to you {}.", place.on())
        }
        DossierOccasion::Reminder => {
            format!("Nothing has been written on your dossier {} for several weeks.", place.on())
        }
        DossierOccasion::PauseNear { pauses_at } => {
            format!(
                "Nothing has been written on your dossier {} for a long time. Without news, it \
                 will be paused on {}.",
                place.on(),
                instant(*pauses_at)
            )
        }
        DossierOccasion::PausedByTime => {
            format!("Your dossier {} has been paused automatically, for want of news.", place.on())
        }
        DossierOccasion::Contact(news) => contact::happened(news, place),
        DossierOccasion::Removed => {
            format!(
                "You no longer take part in a dossier {}: its contact or the portal’s team has \
                 removed you.",
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
                "{} will examine it and send you the answer by e-mail. There is nothing else for \
                 you to do.",
                capitalised(&place.team())
            )),
            paragraph(
                "Until a decision is made, you can change it. Only those who ask and the portal’s \
                 team see it.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::Accepted => vec![
            paragraph("The advisers of this territory can now see it and take part."),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::Refused { reason } => vec![
            quote(reason, place),
            paragraph(know_more(place, team)),
            paragraph("You can still see this dossier on the portal, and submit another one."),
        ],
        DossierOccasion::Paused { reason } => {
            vec![quote(reason, place), paragraph(PAUSED), link(OPEN_PORTAL)]
        }
        DossierOccasion::New => {
            vec![paragraph("You can look at it and take part."), link(OPEN_PORTAL)]
        }
        DossierOccasion::Reminder => vec![
            paragraph(
                "How is your project going? A note on the dossier is enough to inform those who \
                 advise you. If nothing moves for the time being, you can pause the dossier: these \
                 reminders will stop.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::PauseNear { .. } => vec![
            paragraph(
                "To keep it active, write a note on the dossier. Once paused, it remains visible \
                 and can go on at any time.",
            ),
            link(OPEN_PORTAL),
        ],
        DossierOccasion::PausedByTime => vec![paragraph(PAUSED), link(OPEN_PORTAL)],
        DossierOccasion::Contact(news) => contact::follows(news, place, team),
        DossierOccasion::Removed => vec![
            paragraph(
                "Your other rights on this portal do not change. If you have adviser access to \
                 this territory, the dossier remains open to you by that access.",
            ),
            paragraph(know_more(place, team)),
        ],
    }
}

/// Why the mail was received.
pub(super) fn why(occasion: &DossierOccasion, place: Place<'_>) -> String {
    match occasion {
        DossierOccasion::Removed => {
            format!("you took part in this dossier {}", place.on())
        }
        DossierOccasion::New => {
            format!("this dossier is open to you {}. {DOSSIER_MAILS}", place.on())
        }
        _ => format!("you are one of those who ask in this dossier {}", place.on()),
    }
}

/// The new dossiers of a day, a line for each: its commune, then its title.
pub(super) fn new(dossiers: &[ListedDossier], unnamed: u32, place: Place<'_>) -> Vec<Block> {
    let lines = dossiers.iter().map(|one| (one.commune.as_str(), one.title.clone()));
    let mut blocks = vec![
        paragraph(match (dossiers.len(), unnamed) {
            (1, 0) => format!("A new dossier is open to you {}:", place.on()),
            _ => format!("New dossiers are open to you {}:", place.on()),
        }),
        facts(lines),
    ];
    blocks.extend((unnamed > 0).then(|| match unnamed {
        1 => paragraph("One more new dossier is on the portal."),
        more => paragraph(format!("{more} more new dossiers are on the portal.")),
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
        paragraph(format!("A new dossier awaits a decision {}.", place.on())),
        facts([("Department", departments(department)), ("Date submitted", instant(submitted_at))]),
        paragraph(
            "What it says is in the moderation queue. If it is no longer there, it has already \
             been decided.",
        ),
        link(OPEN_PORTAL),
    ]
}
