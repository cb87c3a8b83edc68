//! The French texts.
//!
//! They are written with ordinary spaces; [`typeset`] sets the no-break spaces that French
//! typography asks for. Names and reasons written by people are left as they are.

mod access;
mod account;
mod contact;
mod dossier;
mod invitation;
mod person;
mod request;

use guichet_domain::instant::Instant;
use guichet_domain::level::{Language, Level};
use guichet_domain::territory::Territory;

use crate::blocks::{Block, Letter, Words};
use crate::message::{
    ContactNews, DossierOccasion, Envelope, InvitationOccasion, Message, Offer, Offered,
    PasswordOccasion, Signer,
};
use crate::written::{capitalised, written_instant, written_territory};

const WORDS: Words = Words {
    colon: "\u{A0}:",
    or_copy: "Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur\u{A0}:",
};

/// Where no token is needed.
const OPEN_PORTAL: &str = "Ouvrir le portail";

/// The mail in French.
pub(crate) fn letter(envelope: &Envelope, message: &Message) -> Letter {
    let place = Place { portal: envelope.portal.as_deref() };
    let contact = envelope.contact_address.as_deref();
    let mut footer = vec![why(message, place)];
    footer.extend(if_not_you(message).map(str::to_owned));
    if message.signer() == Signer::Team {
        footer.extend(contact.map(|address| format!("Pour joindre {} : {address}", place.team())));
    }
    let letter = Letter {
        language: Language::Fr,
        subject: format!("{} : {}", place.name(), subject(message)),
        greeting: greeting(envelope, message),
        blocks: blocks(message, place, contact),
        signature: signature(message, place),
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

    /// « du portail « X » ».
    fn of(self) -> String {
        self.portal.map_or("de Guichet".to_owned(), |name| format!("du portail « {name} »"))
    }

    /// « sur le portail « X » ».
    fn on(self) -> String {
        format!("sur {}", self.itself())
    }

    /// « l’équipe du portail « X » ».
    fn team(self) -> String {
        format!("l’équipe {}", self.of())
    }

    /// « un compte sur le portail « X » ».
    fn an_account(self) -> String {
        match self.portal {
            Some(_) => format!("un compte {}", self.on()),
            None => "un compte Guichet".to_owned(),
        }
    }
}

fn greeting(envelope: &Envelope, message: &Message) -> String {
    match &envelope.recipient {
        Some(name) if message.greets_by_name() => format!("Bonjour {name},"),
        _ => "Bonjour,".to_owned(),
    }
}

fn signature(message: &Message, place: Place<'_>) -> String {
    match message.signer() {
        Signer::Team => capitalised(&place.team()),
        Signer::Guichet => "L’équipe de Guichet".to_owned(),
        Signer::Automaton => format!("Message automatique {}", place.of()),
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
        Message::PortalCreated => "votre portail est créé",
        Message::AddressHasAccount { .. } => "vous avez déjà un compte",
        Message::RequestReceived { .. } => "votre demande d’accès conseiller est enregistrée",
        Message::RequestToModerate { .. } => "une demande d’accès conseiller à examiner",
        Message::RequestAmended { .. } => "le territoire de votre demande a été modifié",
        Message::RequestAccepted { .. } => "votre demande d’accès conseiller est acceptée",
        Message::RequestRefused { .. } => "votre demande d’accès conseiller est refusée",
        Message::RequestLapsed { .. } => {
            "votre demande d’accès conseiller a pris fin sans décision"
        }
        Message::RequestReopened { .. } => "votre demande d’accès conseiller est rouverte",
        Message::Promoted { .. } => "un accès conseiller vous est accordé",
        Message::TerritoryChanged { .. } => "le territoire de votre accès conseiller a changé",
        Message::Revoked { .. } => "votre accès conseiller a été retiré",
        Message::LevelChanged { .. } => "votre niveau a changé",
        Message::Invited(Offer { occasion: InvitationOccasion::Sent, offered, .. }) => {
            match offered {
                Offered::Portal { .. } => "invitation à rejoindre le portail",
                Offered::Dossier(_) => "invitation à participer à un dossier",
            }
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Renewed, .. }) => {
            "votre nouveau lien d’invitation"
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Lapsed, .. }) => {
            "votre invitation a expiré"
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Reminder, .. }) => {
            "votre invitation attend votre réponse"
        }
        Message::InvitationAccepted { .. } => "votre invitation est acceptée",
        Message::InvitationDeclined { .. } => "votre invitation est refusée",
        Message::ImportFinished(_) => "l’import de votre liste est terminé",
        Message::Archived { .. } => "votre accès au portail a pris fin",
        Message::Succession { .. } => "prendre la suite d’une autre personne",
        Message::Restored { .. } => "votre accès au portail est rétabli",
        Message::EndOfAccessSet { .. } => "la date de fin de votre accès conseiller a changé",
        Message::EndOfAccessNear { .. } => "votre accès conseiller prend bientôt fin",
        Message::AccessEnded { .. } => "votre accès conseiller a pris fin",
        Message::Dossier(news) => match &news.occasion {
            DossierOccasion::Received => "votre dossier est enregistré",
            DossierOccasion::Accepted => "votre dossier est accepté",
            DossierOccasion::Refused { .. } => "votre dossier est refusé",
            DossierOccasion::Paused { .. } => "votre dossier est mis en pause",
            DossierOccasion::New => "un nouveau dossier à consulter",
            DossierOccasion::Reminder => "donnez des nouvelles de votre dossier",
            DossierOccasion::PauseNear { .. } => "votre dossier sera bientôt mis en pause",
            DossierOccasion::PausedByTime => "votre dossier est mis en pause",
            DossierOccasion::Removed => "votre participation à un dossier a pris fin",
            DossierOccasion::Contact(news) => contact_subject(news),
        },
        Message::NewDossiers { .. } => "du nouveau parmi les dossiers",
        Message::DossierToModerate { .. } => "un dossier à examiner",
        Message::Digest { .. } => "demandes et dossiers en attente",
    }
}

fn contact_subject(news: &ContactNews) -> &'static str {
    match news {
        ContactNews::Offered { .. } => "une proposition pour un dossier",
        ContactNews::TakenBack { .. } => "une proposition n’est plus valable",
        ContactNews::Declined { .. } => "votre proposition est déclinée",
        ContactNews::Named => "vous êtes la personne référente d’un dossier",
        ContactNews::Replaced { .. } => "une autre personne référente pour votre dossier",
    }
}

fn blocks(message: &Message, place: Place<'_>, contact: Option<&str>) -> Vec<Block> {
    match message {
        Message::VerifyAddress { expires_at, request } => {
            account::verify_address(*expires_at, *request, place)
        }
        Message::SetPassword { expires_at, occasion: PasswordOccasion::FirstAdministrator } => {
            account::first_password(*expires_at, place)
        }
        Message::SetPassword { expires_at, occasion: PasswordOccasion::Forgotten } => {
            account::forgotten_password(*expires_at)
        }
        Message::PortalCreated => account::portal_created(place),
        Message::AddressHasAccount { request } => account::address_has_account(*request, place),
        Message::RequestReceived { territory, lapses_at } => {
            request::received(territory, *lapses_at, place)
        }
        Message::RequestToModerate { territory, submitted_at } => {
            request::to_moderate(territory, *submitted_at, place)
        }
        Message::RequestAmended { before, after } => request::amended(before, after, place),
        Message::RequestAccepted { territory } => request::accepted(territory, place),
        Message::RequestRefused { reason, may_ask_again_at } => {
            request::refused(reason, *may_ask_again_at, place, contact)
        }
        Message::RequestLapsed { territory } => request::lapsed(territory, place),
        Message::RequestReopened { reason, lapses_at } => {
            request::reopened(reason, *lapses_at, place)
        }
        Message::Promoted { territory, ends_at } => access::promoted(territory, *ends_at, place),
        Message::TerritoryChanged { before, after } => {
            access::territory_changed(before, after, place)
        }
        Message::Revoked { reason } => access::revoked(reason.as_deref(), place, contact),
        Message::LevelChanged { before, after } => access::level_changed(*before, *after, place),
        Message::Invited(offer) => invitation::invited(offer, place),
        Message::InvitationAccepted { invitee, offered } => {
            invitation::accepted(invitee, offered, place)
        }
        Message::InvitationDeclined { invitee, offered } => {
            invitation::declined(invitee, offered, place)
        }
        Message::ImportFinished(counts) => invitation::imported(*counts, place),
        Message::Archived { reason } => person::archived(reason.as_deref(), place, contact),
        Message::Succession { of, dossiers } => person::succession(of, *dossiers, place),
        Message::Restored { level, territory } => {
            person::restored(*level, territory.as_ref(), place)
        }
        Message::EndOfAccessSet { ends_at } => access::end_set(*ends_at, place),
        Message::EndOfAccessNear { territory, ends_at } => {
            access::end_near(territory, *ends_at, place)
        }
        Message::AccessEnded { territory } => access::ended(territory, place),
        Message::Dossier(news) => dossier::news(news, place, contact),
        Message::NewDossiers { dossiers, unnamed } => dossier::new(dossiers, *unnamed, place),
        Message::DossierToModerate { department, submitted_at } => {
            dossier::to_moderate(department, *submitted_at, place)
        }
        Message::Digest { open, new, waiting_over_a_week, dossiers } => {
            request::digest([*open, *new, *waiting_over_a_week, *dossiers], place)
        }
    }
}

/// How people choose what they are told of dossiers.
const DOSSIER_MAILS: &str = "Vous pouvez choisir sur le portail : un message à chaque nouveau \
                             dossier, un récapitulatif quotidien ou aucun message";

/// Why the mail was received.
fn why(message: &Message, place: Place<'_>) -> String {
    let because = match message {
        Message::VerifyAddress { .. } | Message::AddressHasAccount { .. } => {
            format!("cette adresse a été saisie pour créer {}", place.an_account())
        }
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. }
        | Message::PortalCreated => {
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
        Message::Invited(Offer { offered, .. }) => {
            format!("cette adresse est invitée à {}", invitation::what(offered, place))
        }
        Message::InvitationAccepted { offered, .. }
        | Message::InvitationDeclined { offered, .. } => {
            format!("vous avez envoyé une invitation à {}", invitation::what(offered, place))
        }
        Message::ImportFinished(_) => {
            format!("vous avez lancé un import de personnes {}", place.on())
        }
        Message::NewDossiers { .. } => {
            format!(
                "de nouveaux dossiers peuvent vous être ouverts {}. {DOSSIER_MAILS}",
                place.on()
            )
        }
        Message::Dossier(news) => dossier::why(&news.occasion, place),
        Message::Succession { .. } => {
            format!(
                "votre nom a été indiqué pour prendre la suite de cette personne {}",
                place.on()
            )
        }
        Message::RequestToModerate { .. }
        | Message::DossierToModerate { .. }
        | Message::Digest { .. } => format!(
            "vous pouvez statuer sur les demandes d’accès conseiller et les nouveaux dossiers {}. \
             Vous pouvez choisir sur le portail : un message à chaque demande ou dossier (et un \
             rappel de ce qui attend depuis plus d’une semaine), un récapitulatif quotidien \
             ou aucun message",
            place.on()
        ),
        Message::Promoted { .. }
        | Message::TerritoryChanged { .. }
        | Message::Revoked { .. }
        | Message::Archived { .. }
        | Message::Restored { .. }
        | Message::EndOfAccessSet { .. }
        | Message::EndOfAccessNear { .. }
        | Message::AccessEnded { .. }
        | Message::LevelChanged { .. } => format!("vos droits {} ont changé", place.on()),
    };
    format!("Vous recevez ce message parce que {because}.")
}

/// What to do when somebody else gave the address.
fn if_not_you(message: &Message) -> Option<&'static str> {
    match message {
        Message::VerifyAddress { .. } => Some(
            "Si vous n’êtes pas à l’origine de cette inscription, ignorez ce message : aucun \
             compte ne sera créé.",
        ),
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => Some(
            "Si cette création ne vous concerne pas, ignorez ce message : sans mot de passe, le \
             compte ne peut pas être utilisé.",
        ),
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => Some(
            "Si vous n’êtes pas à l’origine de cette demande, ignorez ce message : votre mot de \
             passe ne changera pas.",
        ),
        Message::AddressHasAccount { .. } => Some(
            "Si vous n’êtes pas à l’origine de cette inscription, ignorez ce message : votre \
             compte reste tel qu’il est.",
        ),
        Message::Invited(Offer { occasion: InvitationOccasion::Lapsed, .. }) => Some(
            "Si cette invitation ne vous concerne pas, ignorez ce message : rien ne sera créé.",
        ),
        Message::Invited(_) => Some(
            "Si cette invitation ne vous concerne pas, refusez-la ou ignorez ce message : rien ne \
             sera créé.",
        ),
        Message::PortalCreated
        | Message::InvitationAccepted { .. }
        | Message::InvitationDeclined { .. }
        | Message::ImportFinished(_)
        | Message::Dossier(_)
        | Message::NewDossiers { .. }
        | Message::DossierToModerate { .. }
        | Message::Archived { .. }
        | Message::Succession { .. }
        | Message::Restored { .. }
        | Message::EndOfAccessSet { .. }
        | Message::EndOfAccessNear { .. }
        | Message::AccessEnded { .. }
        | Message::RequestReceived { .. }
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

fn level_name(level: Level) -> &'static str {
    level.name(Language::Fr)
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
