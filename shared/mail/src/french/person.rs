//! Mails about leaving a portal and coming back.

use guichet_domain::level::Level;
use guichet_domain::territory::Territory;

use super::{OPEN_PORTAL, Place, departments, know_more, level_name, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::written::capitalised;

pub(super) fn archived(
    reason: Option<&str>,
    place: Place<'_>,
    contact: Option<&str>,
) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{} a mis fin à votre accès au portail. Le changement est immédiat.",
        capitalised(&place.team())
    ))];
    blocks.extend(reason.map(|reason| quote(reason, place)));
    blocks.push(paragraph(
        "Votre compte n’est pas supprimé, et vos accès à d’autres portails ne changent pas. Vos \
         droits et vos positions sur ce portail restent enregistrés : si votre accès est rétabli, \
         vous les retrouverez tels quels.",
    ));
    blocks.push(paragraph(know_more(place, contact)));
    blocks
}

pub(super) fn restored(
    level: Level,
    territory: Option<&Territory>,
    place: Place<'_>,
) -> Vec<Block> {
    let access = territory.map_or("aucun".to_owned(), departments);
    vec![
        paragraph(format!(
            "{} a rétabli votre accès au portail. Vous retrouvez vos droits et vos positions tels \
             qu’ils étaient.",
            capitalised(&place.team())
        )),
        facts([("Niveau", level_name(level).to_owned()), ("Accès conseiller", access)]),
        link(OPEN_PORTAL),
    ]
}
