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

pub(super) fn succession(of: &str, dossiers: Counted, place: Place<'_>) -> Vec<Block> {
    let mut blocks = vec![
        paragraph(format!(
            "{} vous propose de prendre la suite de {of}, qui n’a plus accès au portail.",
            capitalised(&place.team())
        )),
        facts([("Ses dossiers", written_count(dossiers, Language::Fr))]),
    ];
    blocks.extend((dossiers.count > 0).then(|| {
        paragraph(
            "Sur le portail, la liste de ses dossiers indique ceux où vous pouvez reprendre sa \
             place. Tant que vous ne le faites pas, rien ne change pour vous.",
        )
    }));
    blocks.push(paragraph(
        "Les invitations que cette personne a envoyées et qui attendent une réponse restent \
         valables si vous pouvez vous-même inviter.",
    ));
    blocks.push(link(OPEN_PORTAL));
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
             qu’ils étaient. Si une autre personne est entre-temps devenue la personne référente \
             d’un dossier à votre place, vous y participez désormais en tant que membre.",
            capitalised(&place.team())
        )),
        facts([("Niveau", level_name(level).to_owned()), ("Accès conseiller", access)]),
        link(OPEN_PORTAL),
    ]
}
