//! Mails about leaving a portal and coming back.

use guichet_domain::level::{Language, Level};
use guichet_domain::territory::Territory;

use super::{OPEN_PORTAL, Place, departments, know_more, level_name, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::message::Counted;
use crate::written::{capitalised, written_count};

pub(super) fn archived(
    reason: Option<&str>,
    place: Place<'_>,
    contact: Option<&str>,
) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{} has ended your access to the portal. The change takes effect at once.",
        capitalised(&place.team())
    ))];
    blocks.extend(reason.map(|reason| quote(reason, place)));
    blocks.push(paragraph(
        "Your account is not deleted, and your access to other portals does not change. Your \
         rights and your roles on this portal are kept: if your access is restored, you will find \
         them as they were.",
    ));
    blocks.push(paragraph(know_more(place, contact)));
    blocks
}

pub(super) fn succession(of: &str, dossiers: Counted, place: Place<'_>) -> Vec<Block> {
    let mut blocks = vec![
        paragraph(format!(
            "{} suggests that you take over from {of}, who no longer has access to the portal.",
            capitalised(&place.team())
        )),
        facts([("Their dossiers", written_count(dossiers, Language::En))]),
    ];
    blocks.extend((dossiers.count > 0).then(|| {
        paragraph(
            "On the portal, the list of their dossiers shows in which you can take their place. \
             Until you do, nothing changes for you.",
        )
    }));
    blocks.push(paragraph(
        "The invitations that they sent and that nobody has answered remain valid if you may \
         invite people yourself.",
    ));
    blocks.push(link(OPEN_PORTAL));
    blocks
}

pub(super) fn restored(
    level: Level,
    territory: Option<&Territory>,
    place: Place<'_>,
) -> Vec<Block> {
    let access = territory.map_or("none".to_owned(), departments);
    vec![
        paragraph(format!(
            "{} has restored your access to the portal. Your rights and your roles are as they \
             were. If somebody else became the contact of a dossier in your place meanwhile, you \
             now take part in it as a member.",
            capitalised(&place.team())
        )),
        facts([("Level", level_name(level).to_owned()), ("Adviser access", access)]),
        link(OPEN_PORTAL),
    ]
}
