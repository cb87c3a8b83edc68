//! Mails about adviser requests, to requesters and to moderators.

use guichet_domain::instant::Instant;
use guichet_domain::level::Language;
use guichet_domain::territory::Territory;

use super::access::ACCESS;
use super::{OPEN_PORTAL, Place, departments, instant, know_more, quote};
use crate::blocks::{Block, facts, link, paragraph};
use crate::message::Counted;
use crate::written::{capitalised, written_count};

const UNCHANGED: &str = "Si vous avez déjà un accès conseiller, il ne change pas.";

pub(super) fn received(territory: &Territory, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "Votre demande d’accès conseiller {} a bien été enregistrée.",
            place.on()
        )),
        facts([("Territoire demandé", departments(territory))]),
        paragraph(format!(
            "{} va l’examiner et vous enverra sa réponse par courriel. Vous n’avez rien d’autre à \
             faire. {}",
            capitalised(&place.team()),
            lapses(lapses_at)
        )),
        paragraph(
            "Tant qu’aucune décision n’est prise, vous pouvez la suivre, la modifier ou la retirer.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn to_moderate(
    territory: &Territory,
    submitted_at: Instant,
    place: Place<'_>,
) -> Vec<Block> {
    vec![
        paragraph(format!("Une demande d’accès conseiller attend une décision {}.", place.on())),
        facts([
            ("Territoire demandé", departments(territory)),
            ("Date de la demande", instant(submitted_at)),
        ]),
        paragraph(
            "L’identité de la personne et le contexte de sa demande figurent dans la file de \
             modération. Si la demande n’y est plus, c’est qu’elle a déjà reçu une réponse, \
             qu’elle a été retirée ou que son délai est écoulé.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn amended(before: &Territory, after: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} a modifié le territoire de votre demande d’accès conseiller.",
            capitalised(&place.team())
        )),
        facts([
            ("Territoire précédent", departments(before)),
            ("Territoire examiné désormais", departments(after)),
        ]),
        paragraph(
            "La demande est toujours en cours d’examen. Si elle est acceptée, votre accès portera \
             exactement sur ce territoire.",
        ),
        paragraph(
            "Si ce territoire vous convient, vous n’avez rien à faire. Sinon, vous pouvez modifier \
             ou retirer votre demande sur le portail.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn accepted(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} a accepté votre demande. Vous avez désormais un accès conseiller.",
            capitalised(&place.team())
        )),
        facts([("Territoire", departments(territory))]),
        paragraph(ACCESS),
        paragraph("Si vous aviez déjà un accès conseiller, ce nouvel accès le remplace."),
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
            "{} a refusé votre demande d’accès conseiller. {UNCHANGED}",
            capitalised(&place.team())
        )),
        quote(reason, place),
        paragraph(know_more(place, contact)),
        paragraph(format!(
            "Vous pourrez déposer une nouvelle demande à partir du {}. D’ici là, vous pouvez \
             toujours recevoir une invitation à participer à un dossier.",
            instant(may_ask_again_at)
        )),
    ]
}

pub(super) fn lapsed(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "Votre demande d’accès conseiller {} n’a pas reçu de décision dans le délai prévu : \
             elle a pris fin. Ce n’est pas un refus. Cette demande ne vous donne aucun accès. \
             {UNCHANGED}",
            place.on()
        )),
        facts([("Territoire", departments(territory))]),
        paragraph(
            "Si vous avez toujours besoin de cet accès, vous pouvez déposer une nouvelle demande \
             dès maintenant.",
        ),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn reopened(reason: &str, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} rouvre votre demande d’accès conseiller, qui avait été refusée. Elle sera examinée \
             à nouveau et recevra une nouvelle décision.",
            capitalised(&place.team())
        )),
        quote(reason, place),
        paragraph(
            "Vous n’avez rien à faire : la réponse vous parviendra par courriel. En attendant, \
             vous pouvez modifier ou retirer votre demande sur le portail.",
        ),
        paragraph(lapses(lapses_at)),
    ]
}

/// What waits: all requests, the new ones, those of more than a week, and the dossiers.
pub(super) fn digest([open, new, waiting, dossiers]: [Counted; 4], place: Place<'_>) -> Vec<Block> {
    let count = |counted| written_count(counted, Language::Fr);
    vec![
        paragraph(format!(
            "Des demandes d’accès conseiller ou de nouveaux dossiers attendent une décision {}.",
            place.on()
        )),
        facts([
            ("Demandes en attente", count(open)),
            ("Nouvelles depuis le dernier récapitulatif", count(new)),
            ("En attente depuis plus d’une semaine", count(waiting)),
            ("Dossiers en attente", count(dossiers)),
        ]),
        paragraph(
            "Sans décision dans le délai fixé par le portail, une demande prend fin \
             automatiquement.",
        ),
        link(OPEN_PORTAL),
    ]
}

fn lapses(at: Instant) -> String {
    format!(
        "Sans décision d’ici au {}, la demande prendra fin automatiquement et vous pourrez en \
         déposer une nouvelle.",
        instant(at)
    )
}
