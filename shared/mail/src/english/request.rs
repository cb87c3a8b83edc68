//! Mails about adviser requests, to requesters and to moderators.

use guichet_domain::instant::Instant;
use guichet_domain::level::Language;
use guichet_domain::territory::Territory;

use super::access::ACCESS;
use super::{OPEN_PORTAL, Place, departments, instant, know_more, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::message::Counted;
use crate::written::{capitalised, written_count};

const UNCHANGED: &str = "If you already have adviser access, it does not change.";

pub(super) fn received(territory: &Territory, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Your request for adviser access {} has been received.", place.on())),
        facts([("Territory requested", departments(territory))]),
        paragraph(format!(
            "{} will examine it and send you the answer by e-mail. There is nothing else for you \
             to do. {}",
            capitalised(&place.team()),
            lapses(lapses_at)
        )),
        paragraph("Until a decision is made, you can follow, change or withdraw it."),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn to_moderate(
    territory: &Territory,
    submitted_at: Instant,
    place: Place<'_>,
) -> Vec<Block> {
    vec![
        paragraph(format!("A request for adviser access awaits a decision {}.", place.on())),
        facts([
            ("Territory requested", departments(territory)),
            ("Date of the request", instant(submitted_at)),
        ]),
        paragraph(
            "You will find who is asking, and why, in the moderation queue. If the request is no \
             longer there, it has been answered or withdrawn, or has run out of time.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn amended(before: &Territory, after: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has changed the territory of your request for adviser access.",
            capitalised(&place.team())
        )),
        facts([
            ("Previous territory", departments(before)),
            ("Territory now being examined", departments(after)),
        ]),
        paragraph(
            "The request is still being examined. If it is accepted, your access will cover \
             exactly this territory.",
        ),
        paragraph(
            "If this territory suits you, there is nothing for you to do. If not, you can change \
             or withdraw your request on the portal.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn accepted(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has accepted your request. You now have adviser access.",
            capitalised(&place.team())
        )),
        facts([("Territory", departments(territory))]),
        paragraph(ACCESS),
        paragraph("If you already had adviser access, this new access replaces it."),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn refused(
    reason: &str,
    may_ask_again_at: Instant,
    place: Place<'_>,
    contact: Option<&str>,
) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has refused your request for adviser access. {UNCHANGED}",
            capitalised(&place.team())
        )),
        quote(reason, place),
        paragraph(know_more(place, contact)),
        paragraph(format!(
            "You can send a new request from {}. In the meantime, you can still be invited to take \
             part in a dossier.",
            instant(may_ask_again_at)
        )),
    ]
}

pub(super) fn lapsed(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "Your request for adviser access {} was not decided in time, and has ended. This is \
             not a refusal. This request gives you no access. {UNCHANGED}",
            place.on()
        )),
        facts([("Territory", departments(territory))]),
        paragraph("If you still need this access, you can send a new request now."),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn reopened(reason: &str, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has reopened your request for adviser access, which had been refused. It will be \
             examined again and a new decision will be made.",
            capitalised(&place.team())
        )),
        quote(reason, place),
        paragraph(
            "There is nothing for you to do: the answer will reach you by e-mail. In the meantime, \
             you can change or withdraw your request on the portal.",
        ),
        paragraph(lapses(lapses_at)),
    ]
}

/// What waits: all requests, the new ones, those of more than a week, and the dossiers.
pub(super) fn digest([open, new, waiting, dossiers]: [Counted; 4], place: Place<'_>) -> Vec<Block> {
    let count = |counted| written_count(counted, Language::En);
    vec![
        paragraph(format!(
            "Requests for adviser access or new dossiers await a decision {}.",
            place.on()
        )),
        facts([
            ("Requests waiting", count(open)),
            ("New since the last summary", count(new)),
            ("Waiting for more than a week", count(waiting)),
            ("Dossiers waiting", count(dossiers)),
        ]),
        paragraph("A request not decided within the portal’s time limit ends automatically."),
        link(OPEN_PORTAL),
    ]
}

fn lapses(at: Instant) -> String {
    format!(
        "If nobody has decided by {}, the request will end automatically and you can send a new \
         one.",
        instant(at)
    )
}
