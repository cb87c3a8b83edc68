//! The French texts.
//!
//! They are written with ordinary spaces; [`typeset`] sets the no-break spaces that French
//! typography asks for. Names and reasons written by people are left as they are.

use guichet_domain::instant::Instant;
use guichet_domain::level::{Language, Level};
use guichet_domain::territory::Territory;

use crate::blocks::{Block, Letter, Words, facts, link, paragraph};
use crate::message::{CarriedRequest, Counted, Envelope, Message, PasswordOccasion};
use crate::written::{written_instant, written_level, written_territory};

const WORDS: Words = Words {
    colon: "\u{A0}:",
    or_copy: "Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur\u{A0}:",
};

/// The mail in French.
pub(crate) fn letter(envelope: &Envelope, message: &Message) -> Letter {
    let place = Place { portal: envelope.portal.as_deref() };
    let contact = envelope.contact_address.as_deref();
    let mut footer = vec![why(message, place)];
    footer.extend(if_not_you(message).map(str::to_owned));
    footer.extend(contact.map(|address| format!("Pour joindre {} : {address}", place.team())));
    let letter = Letter {
        language: Language::Fr,
        subject: format!("{} : {}", place.name(), subject(message)),
        greeting: greeting(envelope, message),
        blocks: blocks(message, place, contact),
        signature: capitalised(&place.team()),
        footer,
        words: WORDS,
    };
    letter.with_own_texts(typeset)
}

/// The portal, or Guichet when the mail is about an account alone.
#[derive(Clone, Copy)]
struct Place<'a> {
    portal: Option<&'a str>,
}

impl Place<'_> {
    fn name(self) -> String {
        self.portal.unwrap_or("Guichet").to_owned()
    }

    /// « le portail « X » ».
    fn itself(self) -> String {
        self.portal.map_or("Guichet".to_owned(), |name| format!("le portail « {name} »"))
    }

    /// « sur le portail « X » ».
    fn on(self) -> String {
        format!("sur {}", self.itself())
    }

    /// « l’équipe du portail « X » ».
    fn team(self) -> String {
        let of = self.portal.map(|name| format!("du portail « {name} »"));
        format!("l’équipe {}", of.unwrap_or("de Guichet".to_owned()))
    }
}

fn greeting(envelope: &Envelope, message: &Message) -> String {
    match &envelope.recipient {
        Some(name) if message.greets_by_name() => format!("Bonjour {name},"),
        _ => "Bonjour,".to_owned(),
    }
}

fn subject(message: &Message) -> &'static str {
    match message {
        Message::VerifyAddress { .. } => "confirmez votre adresse électronique",
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => {
            "votre portail est créé, choisissez votre mot de passe"
        }
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            "choisissez un nouveau mot de passe"
        }
        Message::AddressHasAccount => "vous avez déjà un compte",
        Message::RequestReceived { .. } => "votre demande d’accès conseiller est enregistrée",
        Message::RequestToModerate { .. } => "une demande d’accès conseiller à examiner",
        Message::RequestAmended { .. } => "le territoire de votre demande a été modifié",
        Message::RequestAccepted { .. } => "votre demande d’accès conseiller est acceptée",
        Message::RequestRefused { .. } => "votre demande d’accès conseiller n’a pas été acceptée",
        Message::RequestLapsed { .. } => {
            "votre demande d’accès conseiller a pris fin sans décision"
        }
        Message::RequestReopened { .. } => "votre demande d’accès conseiller est rouverte",
        Message::Promoted { .. } => "un accès conseiller vous est accordé",
        Message::TerritoryChanged { .. } => "le territoire de votre accès conseiller a changé",
        Message::Revoked { .. } => "votre accès conseiller a été retiré",
        Message::LevelChanged { .. } => "votre niveau a changé",
        Message::Digest { .. } => "demandes d’accès conseiller en attente",
    }
}

fn blocks(message: &Message, place: Place<'_>, contact: Option<&str>) -> Vec<Block> {
    match message {
        Message::VerifyAddress { expires_at, request } => {
            verify_address(*expires_at, *request, place)
        }
        Message::SetPassword { expires_at, occasion: PasswordOccasion::FirstAdministrator } => {
            first_password(*expires_at, place)
        }
        Message::SetPassword { expires_at, occasion: PasswordOccasion::Forgotten } => {
            forgotten_password(*expires_at)
        }
        Message::AddressHasAccount => address_has_account(),
        Message::RequestReceived { territory, lapses_at } => {
            request_received(territory, *lapses_at, place)
        }
        Message::RequestToModerate { territory, submitted_at } => {
            request_to_moderate(territory, *submitted_at, place)
        }
        Message::RequestAmended { before, after } => request_amended(before, after, place),
        Message::RequestAccepted { territory } => request_accepted(territory, place),
        Message::RequestRefused { reason, may_ask_again_at } => {
            request_refused(reason, *may_ask_again_at, place, contact)
        }
        Message::RequestLapsed { territory } => request_lapsed(territory, place),
        Message::RequestReopened { reason, lapses_at } => {
            request_reopened(reason, *lapses_at, place)
        }
        Message::Promoted { territory, ends_at } => promoted(territory, *ends_at, place),
        Message::TerritoryChanged { before, after } => territory_changed(before, after, place),
        Message::Revoked { reason } => revoked(reason.as_deref(), place, contact),
        Message::LevelChanged { before, after } => level_changed(*before, *after, place),
        Message::Digest { open, new, waiting_over_a_week } => {
            digest(*open, *new, *waiting_over_a_week, place)
        }
    }
}

fn verify_address(expires_at: Instant, request: CarriedRequest, place: Place<'_>) -> Vec<Block> {
    let mut blocks = vec![
        paragraph(format!(
            "Quelqu’un, sans doute vous, a demandé à créer un compte {} avec cette adresse \
             électronique.",
            place.on()
        )),
        paragraph(
            "Pour créer ce compte, ouvrez le lien ci-dessous et saisissez le mot de passe choisi \
             lors de l’inscription. Tant que ce n’est pas fait, le compte n’existe pas.",
        ),
    ];
    match request {
        CarriedRequest::None => {}
        CarriedRequest::Carried => blocks.push(paragraph(format!(
            "Votre demande d’accès conseiller sera alors transmise à {}. Sans cette confirmation, \
             elle ne sera pas transmise.",
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

fn first_password(expires_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} vient d’être créé, et un compte vous y attend au niveau « {} ». Vous en gérez les \
             réglages, les personnes, leurs niveaux et les demandes d’accès.",
            capitalised(&place.itself()),
            written_level(Level::SuperAdministrator, Language::Fr)
        )),
        paragraph(
            "Pour utiliser ce compte, choisissez votre mot de passe. Personne d’autre que vous ne \
             le connaîtra.",
        ),
        link("Choisir mon mot de passe"),
        paragraph(format!(
            "Ce lien ne sert qu’une fois et reste valable jusqu’au {}. Passé ce délai, demandez un \
             nouveau lien sur la page de connexion, avec « Mot de passe oublié ».",
            instant(expires_at)
        )),
    ]
}

fn forgotten_password(expires_at: Instant) -> Vec<Block> {
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

fn address_has_account() -> Vec<Block> {
    vec![
        paragraph(
            "Quelqu’un, sans doute vous, a demandé à créer un compte avec cette adresse \
             électronique. Un compte existe déjà pour cette adresse : aucun autre n’a été créé, et \
             le vôtre reste inchangé.",
        ),
        paragraph(
            "Connectez-vous avec votre mot de passe habituel. Si vous l’avez oublié, la page de \
             connexion permet d’en choisir un nouveau. Si vous vouliez demander un accès \
             conseiller, déposez votre demande une fois la connexion établie.",
        ),
        link("Me connecter"),
    ]
}

fn request_received(territory: &Territory, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Votre demande d’accès conseiller {} est bien arrivée.", place.on())),
        facts([("Territoire demandé", departments(territory))]),
        paragraph(format!(
            "{} va l’examiner et vous enverra sa réponse par message électronique. Vous n’avez \
             rien d’autre à faire. {}",
            capitalised(&place.team()),
            lapses(lapses_at)
        )),
        paragraph("D’ici là, vous pouvez la suivre, la modifier ou la retirer."),
        link("Suivre ma demande"),
    ]
}

fn request_to_moderate(
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
             modération. Si la demande n’y est plus, c’est qu’elle a déjà reçu une réponse ou \
             qu’elle a été retirée.",
        ),
        link("Ouvrir la file de modération"),
    ]
}

fn request_amended(before: &Territory, after: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} a modifié le territoire de votre demande d’accès conseiller. La demande reste à \
             l’examen : aucune décision n’est encore prise.",
            capitalised(&place.team())
        )),
        facts([
            ("Territoire demandé", departments(before)),
            ("Territoire examiné désormais", departments(after)),
        ]),
        paragraph(
            "Si ce territoire vous convient, vous n’avez rien à faire. Sinon, vous pouvez modifier \
             ou retirer votre demande depuis votre tableau de bord.",
        ),
        link("Ouvrir mon tableau de bord"),
    ]
}

fn request_accepted(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} a accepté votre demande. Vous avez désormais un accès conseiller.",
            capitalised(&place.team())
        )),
        facts([("Territoire", departments(territory))]),
        paragraph(ACCESS),
        link("Ouvrir mon tableau de bord"),
    ]
}

const ACCESS: &str = "Vous pouvez consulter les dossiers de ce territoire et vous y positionner. \
                      Si vous aviez déjà un accès conseiller, celui-ci le remplace.";

fn request_refused(
    reason: &str,
    may_ask_again_at: Instant,
    place: Place<'_>,
    contact: Option<&str>,
) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} n’a pas accepté votre demande d’accès conseiller. Cette demande ne vous donne \
             aucun accès ; ceux que vous avez déjà ne changent pas.",
            capitalised(&place.team())
        )),
        quote(reason, place),
        paragraph(know_more(place, contact)),
        paragraph(format!(
            "Vous pourrez déposer une nouvelle demande à partir du {}. Entre-temps, il reste \
             possible de vous inviter à participer à un dossier.",
            instant(may_ask_again_at)
        )),
    ]
}

fn request_lapsed(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "Votre demande d’accès conseiller {} n’a pas reçu de décision dans le délai prévu : \
             elle a pris fin. Ce n’est pas un refus. Cette demande ne vous donne aucun accès ; \
             ceux que vous avez déjà ne changent pas.",
            place.on()
        )),
        facts([("Territoire demandé", departments(territory))]),
        paragraph(
            "Si vous avez toujours besoin de cet accès, vous pouvez déposer une nouvelle demande \
             dès maintenant.",
        ),
        link("Déposer une nouvelle demande"),
    ]
}

fn request_reopened(reason: &str, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} rouvre votre demande d’accès conseiller, qui n’avait pas été acceptée. Elle sera \
             examinée à nouveau : aucune décision n’est encore prise.",
            capitalised(&place.team())
        )),
        quote(reason, place),
        paragraph(format!(
            "Vous n’avez rien à faire : la réponse vous parviendra par message électronique. {}",
            lapses(lapses_at)
        )),
    ]
}

fn promoted(territory: &Territory, ends_at: Option<Instant>, place: Place<'_>) -> Vec<Block> {
    let duration = match ends_at {
        Some(end) => format!("jusqu’au {}", instant(end)),
        None => "sans date de fin".to_owned(),
    };
    vec![
        paragraph(format!("{} vous accorde un accès conseiller.", capitalised(&place.team()))),
        facts([("Territoire", departments(territory)), ("Durée", duration)]),
        paragraph(ACCESS),
        paragraph("Si vous aviez une demande en cours, elle est close : cet accès y répond."),
        link("Ouvrir mon tableau de bord"),
    ]
}

fn territory_changed(before: &Territory, after: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} a modifié le territoire de votre accès conseiller. Le changement est immédiat.",
            capitalised(&place.team())
        )),
        facts([
            ("Territoire précédent", departments(before)),
            ("Nouveau territoire", departments(after)),
        ]),
        paragraph(
            "Vous pouvez consulter les dossiers du nouveau territoire. Les dossiers où vous avez \
             une position vous restent ouverts, où qu’ils se trouvent.",
        ),
        link("Ouvrir mon tableau de bord"),
    ]
}

fn revoked(reason: Option<&str>, place: Place<'_>, contact: Option<&str>) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{} a mis fin à votre accès conseiller. Le changement est immédiat.",
        capitalised(&place.team())
    ))];
    blocks.extend(reason.map(|reason| quote(reason, place)));
    blocks.push(paragraph(
        "Vous gardez vos positions et voyez toujours les dossiers où vous en avez une. Les autres \
         dossiers de votre ancien territoire ne vous sont plus ouverts.",
    ));
    blocks.push(paragraph(format!(
        "Si vous avez de nouveau besoin d’un accès conseiller, vous pouvez déposer une demande. {}",
        know_more(place, contact)
    )));
    blocks
}

fn level_changed(before: Level, after: Level, place: Place<'_>) -> Vec<Block> {
    let level = |level| written_level(level, Language::Fr).to_owned();
    vec![
        paragraph(format!(
            "{} a modifié votre niveau. Le changement est immédiat.",
            capitalised(&place.team())
        )),
        facts([("Niveau précédent", level(before)), ("Nouveau niveau", level(after))]),
        paragraph(meaning(after)),
        paragraph("Votre accès conseiller et vos positions sur les dossiers ne changent pas."),
    ]
}

fn meaning(level: Level) -> &'static str {
    match level {
        Level::User => {
            "À ce niveau, vous voyez votre propre fiche et les dossiers qui vous sont ouverts."
        }
        Level::Reviewer => {
            "À ce niveau, vous voyez aussi les personnes du portail et leurs accès, sans pouvoir \
             les modifier."
        }
        Level::Manager => {
            "À ce niveau, vous voyez aussi toutes les informations des dossiers auxquels vous \
             participez."
        }
        Level::Administrator => {
            "À ce niveau, vous pouvez aussi modifier les dossiers auxquels vous participez."
        }
        Level::GlobalAdministrator => {
            "À ce niveau, vous gérez les dossiers, les demandes d’accès conseiller, les personnes \
             et les invitations du portail."
        }
        Level::SuperAdministrator => {
            "À ce niveau, vous gérez tout le portail, y compris ses réglages, les niveaux, les \
             délégations et les messages automatiques."
        }
    }
}

fn digest(open: Counted, new: Counted, waiting: Counted, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "Des demandes d’accès conseiller attendent une décision {}.",
            place.on()
        )),
        facts([
            ("Demandes en attente", open.to_string()),
            ("Nouvelles depuis le dernier récapitulatif", new.to_string()),
            ("En attente depuis plus d’une semaine", waiting.to_string()),
        ]),
        paragraph("Une demande qui reste sans décision finit par prendre fin d’elle-même."),
        link("Ouvrir la file de modération"),
    ]
}

/// Why the mail was received.
fn why(message: &Message, place: Place<'_>) -> String {
    let because = match message {
        Message::VerifyAddress { .. } | Message::AddressHasAccount => {
            format!("cette adresse a été saisie pour créer un compte {}", place.on())
        }
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => {
            format!("cette adresse a été indiquée pour administrer {}", place.itself())
        }
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            "cette adresse a été saisie pour retrouver l’accès à un compte".to_owned()
        }
        Message::RequestReceived { .. }
        | Message::RequestAmended { .. }
        | Message::RequestAccepted { .. }
        | Message::RequestRefused { .. }
        | Message::RequestLapsed { .. }
        | Message::RequestReopened { .. } => {
            format!("vous avez demandé un accès conseiller {}", place.on())
        }
        Message::RequestToModerate { .. } | Message::Digest { .. } => format!(
            "vous pouvez décider des demandes d’accès conseiller {}. Vous pouvez choisir de \
             recevoir un message à chaque demande, un récapitulatif quotidien ou aucun message",
            place.on()
        ),
        Message::Promoted { .. }
        | Message::TerritoryChanged { .. }
        | Message::Revoked { .. }
        | Message::LevelChanged { .. } => format!("vos droits {} ont changé", place.on()),
    };
    format!("Vous recevez ce message parce que {because}.")
}

/// What to do when somebody else typed the address.
fn if_not_you(message: &Message) -> Option<&'static str> {
    match message {
        Message::VerifyAddress { .. } => Some(
            "Si vous n’êtes pas à l’origine de cette demande, ignorez ce message : aucun compte ne \
             sera créé.",
        ),
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => Some(
            "Si cette création ne vous concerne pas, ignorez ce message : sans mot de passe, le \
             compte ne peut pas servir.",
        ),
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => Some(
            "Si vous n’êtes pas à l’origine de cette demande, ignorez ce message : votre mot de \
             passe ne changera pas.",
        ),
        Message::AddressHasAccount => Some(
            "Si vous n’êtes pas à l’origine de cette demande, ignorez ce message : votre compte \
             reste tel qu’il est.",
        ),
        Message::RequestReceived { .. }
        | Message::RequestToModerate { .. }
        | Message::RequestAmended { .. }
        | Message::RequestAccepted { .. }
        | Message::RequestRefused { .. }
        | Message::RequestLapsed { .. }
        | Message::RequestReopened { .. }
        | Message::Promoted { .. }
        | Message::TerritoryChanged { .. }
        | Message::Revoked { .. }
        | Message::LevelChanged { .. }
        | Message::Digest { .. } => None,
    }
}

fn lapses(at: Instant) -> String {
    format!(
        "Sans décision d’ici au {}, la demande prendra fin d’elle-même et vous pourrez en déposer \
         une nouvelle.",
        instant(at)
    )
}

fn know_more(place: Place<'_>, contact: Option<&str>) -> String {
    match contact {
        Some(address) => format!("Pour en savoir plus, écrivez à {} : {address}", place.team()),
        None => format!("Pour en savoir plus, adressez-vous à {}.", place.team()),
    }
}

fn quote(text: &str, place: Place<'_>) -> Block {
    let attribution = format!("Motif indiqué par {} :", place.team());
    Block::Quote { attribution, text: text.to_owned() }
}

fn instant(at: Instant) -> String {
    written_instant(at, Language::Fr)
}

fn departments(territory: &Territory) -> String {
    written_territory(territory, Language::Fr)
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}

/// Sets no-break spaces before high punctuation and inside quotation marks.
fn typeset(text: &str) -> String {
    text.replace(" :", "\u{A0}:")
        .replace("« ", "«\u{A0}")
        .replace(" »", "\u{A0}»")
        .replace(" ;", "\u{202F};")
        .replace(" !", "\u{202F}!")
        .replace(" ?", "\u{202F}?")
}
