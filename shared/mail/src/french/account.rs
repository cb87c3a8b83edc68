//! Mails about an account.

use guichet_domain::instant::Instant;
use guichet_domain::level::Level;

use super::{OPEN_PORTAL, Place, instant, level_name};
use crate::blocks::{Block, link, paragraph};
use crate::message::CarriedRequest;
use crate::written::capitalised;

pub(super) fn verify_address(
    expires_at: Instant,
    request: CarriedRequest,
    place: Place<'_>,
) -> Vec<Block> {
    let mut blocks = vec![
        paragraph(format!(
            "Quelqu’un, sans doute vous, a demandé à créer {} avec cette adresse électronique.",
            place.an_account()
        )),
        paragraph(
            "Pour créer ce compte, ouvrez le lien ci-dessous, vérifiez l’identifiant proposé et \
             saisissez le mot de passe choisi lors de l’inscription (si vous ne l’avez plus, \
             recommencez l’inscription). Tant que ce n’est pas fait, le compte n’existe pas.",
        ),
    ];
    match request {
        CarriedRequest::None => {}
        CarriedRequest::Carried => blocks.push(paragraph(format!(
            "La demande d’accès conseiller jointe à l’inscription sera alors transmise à {}. Sans \
             cette confirmation, elle ne sera pas transmise.",
            place.team()
        ))),
    }
    blocks.push(link("Confirmer mon adresse"));
    blocks.push(paragraph(format!(
        "Ce lien est valable jusqu’au {}. Passé ce délai, il faudra recommencer l’inscription.",
        instant(expires_at)
    )));
    blocks
}

pub(super) fn first_password(expires_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} vient d’être créé, et un compte vous y attend au niveau « {} ». Vous en gérez les \
             réglages, les personnes, leurs niveaux et les demandes d’accès.",
            capitalised(&place.itself()),
            level_name(Level::SuperAdministrator)
        )),
        paragraph(
            "Pour utiliser ce compte, choisissez votre mot de passe. Personne d’autre que vous ne \
             le connaîtra. Vous vous connecterez avec l’adresse à laquelle ce message est envoyé.",
        ),
        link("Choisir mon mot de passe"),
        paragraph(format!(
            "Ce lien ne sert qu’une fois et reste valable jusqu’au {}. Passé ce délai, il ne \
             fonctionnera plus : adressez-vous à la personne qui a fait créer ce portail.",
            instant(expires_at)
        )),
    ]
}

pub(super) fn forgotten_password(expires_at: Instant) -> Vec<Block> {
    vec![
        paragraph(
            "Quelqu’un, sans doute vous, a indiqué avoir oublié le mot de passe de votre compte. \
             Le lien ci-dessous permet d’en choisir un nouveau.",
        ),
        link("Choisir un nouveau mot de passe"),
        paragraph(format!(
            "Ce lien ne sert qu’une fois et reste valable jusqu’au {}.",
            instant(expires_at)
        )),
        paragraph(
            "Votre mot de passe actuel reste valable tant que vous n’en avez pas choisi un autre. \
             Ce choix mettra fin à toutes vos connexions en cours.",
        ),
    ]
}

pub(super) fn portal_created(place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} vient d’être créé, et vous y avez le niveau « {} ». Connectez-vous avec votre mot \
             de passe habituel.",
            capitalised(&place.itself()),
            level_name(Level::SuperAdministrator)
        )),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn address_has_account(request: CarriedRequest, place: Place<'_>) -> Vec<Block> {
    let fate = match request {
        CarriedRequest::None => "",
        CarriedRequest::Carried => {
            " : celle qui accompagnait cette inscription n’a pas été transmise"
        }
    };
    let mut blocks = vec![
        paragraph(format!(
            "Quelqu’un, sans doute vous, a demandé à créer {} avec cette adresse électronique. Un \
             compte existe déjà pour cette adresse : aucun autre n’a été créé, et le vôtre reste \
             inchangé.",
            place.an_account()
        )),
        paragraph(format!(
            "Connectez-vous avec votre mot de passe habituel. Si vous vouliez demander un accès \
             conseiller, déposez votre demande une fois la connexion établie{fate}."
        )),
    ];
    blocks.extend(place.portal.map(|_| link(OPEN_PORTAL)));
    blocks
}
