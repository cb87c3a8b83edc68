//! The English texts.

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
    colon: ":",
    or_copy: "If the button does not work, copy this address into your browser:",
};

/// Where no token is needed.
const OPEN_PORTAL: &str = "Open the portal";

/// The mail in English.
pub(crate) fn letter(envelope: &Envelope, message: &Message) -> Letter {
    let place = Place { portal: envelope.portal.as_deref() };
    let contact = envelope.contact_address.as_deref();
    let mut footer = vec![why(message, place)];
    footer.extend(if_not_you(message).map(str::to_owned));
    if message.signer() == Signer::Team {
        footer.extend(contact.map(|address| format!("To reach {}: {address}", place.team())));
    }
    Letter {
        language: Language::En,
        subject: format!("{}: {}", place.name(), subject(message)),
        greeting: greeting(envelope, message),
        blocks: blocks(message, place, contact),
        signature: signature(message, place),
        footer,
        words: WORDS,
    }
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

    /// "the portal “X”".
    fn itself(self) -> String {
        self.portal.map_or("Guichet".to_owned(), |name| format!("the portal “{name}”"))
    }

    /// "on the portal “X”".
    fn on(self) -> String {
        format!("on {}", self.itself())
    }

    /// "the team of the portal “X”".
    fn team(self) -> String {
        match self.portal {
            Some(_) => format!("the team of {}", self.itself()),
            None => "the Guichet team".to_owned(),
        }
    }

    /// "an account on the portal “X”".
    fn an_account(self) -> String {
        match self.portal {
            Some(_) => format!("an account {}", self.on()),
            None => "a Guichet account".to_owned(),
        }
    }
}

fn greeting(envelope: &Envelope, message: &Message) -> String {
    match &envelope.recipient {
        Some(name) if message.greets_by_name() => format!("Dear {name},"),
        _ => "Hello,".to_owned(),
    }
}

fn signature(message: &Message, place: Place<'_>) -> String {
    match message.signer() {
        Signer::Team => capitalised(&place.team()),
        Signer::Guichet => "The Guichet team".to_owned(),
        Signer::Automaton => format!("Automatic message from {}", place.itself()),
    }
}

fn subject(message: &Message) -> &'static str {
    match message {
        Message::VerifyAddress { .. } => "confirm your e-mail address",
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => {
            "your portal has been created, choose your password"
        }
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            "choose a new password"
        }
        Message::PortalCreated => "your portal has been created",
        Message::AddressHasAccount { .. } => "you already have an account",
        Message::RequestReceived { .. } => "we have received your request for adviser access",
        Message::RequestToModerate { .. } => "a request for adviser access to examine",
        Message::RequestAmended { .. } => "the territory of your request has been changed",
        Message::RequestAccepted { .. } => "your request for adviser access is accepted",
        Message::RequestRefused { .. } => "your request for adviser access has been refused",
        Message::RequestLapsed { .. } => "your request for adviser access ended without a decision",
        Message::RequestReopened { .. } => "your request for adviser access is open again",
        Message::Promoted { .. } => "you have been given adviser access",
        Message::TerritoryChanged { .. } => "the territory of your adviser access has changed",
        Message::Revoked { .. } => "your adviser access has been withdrawn",
        Message::LevelChanged { .. } => "your level has changed",
        Message::Invited(Offer { occasion: InvitationOccasion::Sent, offered, .. }) => {
            match offered {
                Offered::Portal { .. } => "invitation to join the portal",
                Offered::Dossier(_) => "invitation to take part in a dossier",
            }
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Renewed, .. }) => {
            "your new invitation link"
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Lapsed, .. }) => {
            "your invitation has expired"
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Reminder, .. }) => {
            "your invitation is waiting for your answer"
        }
        Message::InvitationAccepted { .. } => "your invitation has been accepted",
        Message::InvitationDeclined { .. } => "your invitation has been declined",
        Message::ImportFinished(_) => "your list has been imported",
        Message::Archived { .. } => "your access to the portal has ended",
        Message::Succession { .. } => "taking over from another person",
        Message::Restored { .. } => "your access to the portal has been restored",
        Message::EndOfAccessSet { .. } => "the end date of your adviser access has changed",
        Message::EndOfAccessNear { .. } => "your adviser access ends soon",
        Message::AccessEnded { .. } => "your adviser access has ended",
        Message::Dossier(news) => match &news.occasion {
            DossierOccasion::Received => "your dossier has been received",
            DossierOccasion::Accepted => "your dossier has been accepted",
            DossierOccasion::Refused { .. } => "your dossier has been refused",
            DossierOccasion::Paused { .. } => "your dossier has been paused",
            DossierOccasion::New => "a new dossier to look at",
            DossierOccasion::Reminder => "any news of your dossier?",
            DossierOccasion::PauseNear { .. } => "your dossier will soon be paused",
            DossierOccasion::PausedByTime => "your dossier is paused",
            DossierOccasion::Removed => "you no longer take part in a dossier",
            DossierOccasion::Contact(news) => contact_subject(news),
        },
        Message::NewDossiers { .. } => "news among the dossiers",
        Message::DossierToModerate { .. } => "a dossier to examine",
        Message::Digest { .. } => "requests and dossiers waiting",
    }
}

fn contact_subject(news: &ContactNews) -> &'static str {
    match news {
        ContactNews::Offered { .. } => "an offer about a dossier",
        ContactNews::TakenBack { .. } => "an offer no longer stands",
        ContactNews::Declined { .. } => "your offer is declined",
        ContactNews::Named => "you are the contact of a dossier",
        ContactNews::Replaced { .. } => "your dossier has another contact",
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
const DOSSIER_MAILS: &str = "You can choose on the portal: a message for each new dossier, a daily \
                             summary, or no message";

/// Why the mail was received.
fn why(message: &Message, place: Place<'_>) -> String {
    let because = match message {
        Message::VerifyAddress { .. } | Message::AddressHasAccount { .. } => {
            format!("this address was entered to create {}", place.an_account())
        }
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. }
        | Message::PortalCreated => {
            format!("this address was given as that of the administrator of {}", place.itself())
        }
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            "this address was entered to regain access to an account".to_owned()
        }
        Message::RequestReceived { .. }
        | Message::RequestAmended { .. }
        | Message::RequestAccepted { .. }
        | Message::RequestRefused { .. }
        | Message::RequestLapsed { .. }
        | Message::RequestReopened { .. } => {
            format!("you asked for adviser access {}", place.on())
        }
        Message::Invited(Offer { offered, .. }) => {
            format!("this address is invited to {}", invitation::what(offered, place))
        }
        Message::InvitationAccepted { offered, .. }
        | Message::InvitationDeclined { offered, .. } => {
            format!("you sent an invitation to {}", invitation::what(offered, place))
        }
        Message::ImportFinished(_) => {
            format!("you started an import of people {}", place.on())
        }
        Message::NewDossiers { .. } => {
            format!("new dossiers may be open to you {}. {DOSSIER_MAILS}", place.on())
        }
        Message::Dossier(news) => dossier::why(&news.occasion, place),
        Message::Succession { .. } => {
            format!("you were named to take over from this person {}", place.on())
        }
        Message::RequestToModerate { .. }
        | Message::DossierToModerate { .. }
        | Message::Digest { .. } => format!(
            "you can decide on requests for adviser access and new dossiers {}. You can choose on \
             the portal: a message for each request or dossier (and a reminder of what has \
             been waiting for more than a week), a daily summary, or no message",
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
        | Message::LevelChanged { .. } => format!("your rights {} have changed", place.on()),
    };
    format!("You are receiving this message because {because}.")
}

/// What to do when somebody else gave the address.
fn if_not_you(message: &Message) -> Option<&'static str> {
    match message {
        Message::VerifyAddress { .. } => {
            Some("If you did not sign up, ignore this message: no account will be created.")
        }
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => Some(
            "If this portal does not concern you, ignore this message: without a password, the \
             account cannot be used.",
        ),
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            Some("If you did not ask for this, ignore this message: your password will not change.")
        }
        Message::AddressHasAccount { .. } => {
            Some("If you did not sign up, ignore this message: your account stays as it is.")
        }
        Message::Invited(Offer { occasion: InvitationOccasion::Lapsed, .. }) => Some(
            "If this invitation does not concern you, ignore this message: nothing will be created.",
        ),
        Message::Invited(_) => Some(
            "If this invitation does not concern you, decline it or ignore this message: nothing \
             will be created.",
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
        Some(address) => format!("To find out more, write to {}: {address}", place.team()),
        None => format!("To find out more, please contact {}.", place.team()),
    }
}

fn quote(text: &str, place: Place<'_>) -> Block {
    let attribution = format!("Reason given by {}:", place.team());
    Block::Quote { attribution, text: text.to_owned() }
}

fn instant(at: Instant) -> String {
    written_instant(at, Language::En)
}

fn departments(territory: &Territory) -> String {
    written_territory(territory, Language::En)
}

fn level_name(level: Level) -> &'static str {
    level.name(Language::En)
}
