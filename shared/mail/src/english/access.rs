//! Mails about what somebody may do on a portal: adviser access and level.

use guichet_domain::instant::Instant;
use guichet_domain::level::Level;
use guichet_domain::territory::Territory;

use super::{OPEN_PORTAL, Place, departments, instant, know_more, level_name, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::written::capitalised;

pub(super) const ACCESS: &str = "You can see the dossiers of this territory and join those you \
                                 choose, as an adviser or an observer.";

pub(super) fn promoted(
    territory: &Territory,
    ends_at: Option<Instant>,
    place: Place<'_>,
) -> Vec<Block> {
    let end = ends_at.map_or("no date set".to_owned(), instant);
    vec![
        paragraph(format!("{} has given you adviser access.", capitalised(&place.team()))),
        facts([("Territory", departments(territory)), ("End of access", end)]),
        paragraph(ACCESS),
        paragraph("If you had an open request, it is closed: this access answers it."),
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
            "{} has changed the territory of your adviser access. The change takes effect at once.",
            capitalised(&place.team())
        )),
        facts([("Previous territory", departments(before)), ("New territory", departments(after))]),
        paragraph(
            "Your adviser access now opens the dossiers of the new territory, and only those. The \
             dossiers you take part in remain open to you, wherever they are, and you keep your \
             role on them.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn revoked(reason: Option<&str>, place: Place<'_>, contact: Option<&str>) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{} has ended your adviser access. The change takes effect at once.",
        capitalised(&place.team())
    ))];
    blocks.extend(reason.map(|reason| quote(reason, place)));
    blocks.push(paragraph(
        "This access no longer opens the dossiers of your former territory to you. The dossiers \
         you take part in remain open to you, and you keep your role on them.",
    ));
    blocks.push(paragraph(format!(
        "If you need adviser access again, you can send a request. {}",
        know_more(place, contact)
    )));
    blocks
}

pub(super) fn level_changed(before: Level, after: Level, place: Place<'_>) -> Vec<Block> {
    let lowered = if after < before {
        " The rights specific to your previous level are no longer open to you."
    } else {
        ""
    };
    vec![
        paragraph(format!(
            "{} has changed your level. The change takes effect at once.",
            capitalised(&place.team())
        )),
        facts([
            ("Previous level", level_name(before).to_owned()),
            ("New level", level_name(after).to_owned()),
        ]),
        paragraph(format!("{}{lowered}", meaning(after))),
        paragraph(
            "This does not change your roles on dossiers, nor your adviser access if you have one.",
        ),
    ]
}

const STAYS: &str =
    "The dossiers you take part in remain open to you, and you keep your role on them.";

pub(super) fn end_set(ends_at: Option<Instant>, place: Place<'_>) -> Vec<Block> {
    let what = match ends_at {
        Some(_) => {
            "On that date, your adviser access will end by itself. To go on afterwards, you \
                    can send a new request."
        }
        None => "Your adviser access no longer ends by itself.",
    };
    vec![
        paragraph(format!(
            "{} has changed the end date of your adviser access.",
            capitalised(&place.team())
        )),
        facts([("End of access", ends_at.map_or("no date set".to_owned(), instant))]),
        paragraph(what),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn end_near(territory: &Territory, ends_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Your adviser access {} ends soon.", place.on())),
        facts([("Territory", departments(territory)), ("End of access", instant(ends_at))]),
        paragraph(format!("If you still need it afterwards, send a new request. {STAYS}")),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn ended(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Your adviser access {} has come to its end.", place.on())),
        facts([("Territory", departments(territory))]),
        paragraph(format!(
            "This access no longer opens the dossiers of this territory to you. {STAYS} If you \
             need adviser access again, you can send a request."
        )),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn meaning(level: Level) -> &'static str {
    match level {
        Level::User => {
            "At this level, you see your own details and the dossiers that are open to you."
        }
        Level::Reviewer => {
            "At this level, you see your own details, the dossiers open to you and, without being \
             able to change them, the people of the portal and their accesses."
        }
        Level::Manager => {
            "At this level, you see the people of the portal and their accesses, without being \
             able to change them, and everything about the dossiers you take part in."
        }
        Level::Administrator => {
            "At this level, you see the people of the portal and their accesses, without being \
             able to change them, and you can change the dossiers you take part in."
        }
        Level::GlobalAdministrator => {
            "At this level, you manage all dossiers, the requests for adviser access and the \
             adviser accesses, the people and the invitations of the portal."
        }
        Level::SuperAdministrator => {
            "At this level, you manage the whole portal, including its settings, levels, \
             delegations and automatic e-mails."
        }
    }
}
