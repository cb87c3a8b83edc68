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
            "Somebody, most likely you, asked to create {} with this e-mail address.",
            place.an_account()
        )),
        paragraph(
            "To create the account, open the link below, check the suggested identifier and enter \
             the password chosen when signing up (if you no longer have it, sign up again). Until \
             then, the account does not exist.",
        ),
    ];
    match request {
        CarriedRequest::None => {}
        CarriedRequest::Carried => blocks.push(paragraph(format!(
            "The request for adviser access made with this sign-up will then be passed on to {}. \
             Without this confirmation, it will not be passed on.",
            place.team()
        ))),
    }
    blocks.push(link("Confirm my address"));
    blocks.push(paragraph(format!(
        "This link works until {}. After that, you will need to sign up again.",
        instant(expires_at)
    )));
    blocks
}

pub(super) fn first_password(expires_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has been created, and an account is waiting for you there with the level “{}”. You \
             manage its settings, its people, their levels and the requests for access.",
            capitalised(&place.itself()),
            level_name(Level::SuperAdministrator)
        )),
        paragraph(
            "To use this account, choose your password. Nobody else will know it. You will sign in \
             with the address this message was sent to.",
        ),
        link("Choose my password"),
        paragraph(format!(
            "This link works once, until {}. After that it will no longer work: contact the person \
             who had this portal created.",
            instant(expires_at)
        )),
    ]
}

pub(super) fn forgotten_password(expires_at: Instant) -> Vec<Block> {
    vec![
        paragraph(
            "Somebody, most likely you, asked to choose a new password for your account. You can \
             do so with the link below.",
        ),
        link("Choose a new password"),
        paragraph(format!("This link works once, until {}.", instant(expires_at))),
        paragraph(
            "Your present password remains valid until you have chosen another. Choosing one will \
             sign you out everywhere.",
        ),
    ]
}

pub(super) fn portal_created(place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has been created, and you have the level “{}” there. Sign in with your usual \
             password.",
            capitalised(&place.itself()),
            level_name(Level::SuperAdministrator)
        )),
        link(OPEN_PORTAL),
    ]
}

pub(super) fn address_has_account(request: CarriedRequest, place: Place<'_>) -> Vec<Block> {
    let fate = match request {
        CarriedRequest::None => "",
        CarriedRequest::Carried => ": the request made with this sign-up has not been passed on",
    };
    let mut blocks = vec![
        paragraph(format!(
            "Somebody, most likely you, asked to create {} with this e-mail address. There is \
             already an account for this address: no new account has been created, and yours has \
             not changed.",
            place.an_account()
        )),
        paragraph(format!(
            "Sign in with your usual password. If you wanted to ask for adviser access, send your \
             request once you are signed in{fate}."
        )),
    ];
    blocks.extend(place.portal.map(|_| link(OPEN_PORTAL)));
    blocks
}
