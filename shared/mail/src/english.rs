//! The English texts.

use guichet_domain::instant::Instant;
use guichet_domain::level::{Language, Level};
use guichet_domain::territory::Territory;

use crate::blocks::{Block, Letter, Words, facts, link, paragraph};
use crate::message::{CarriedRequest, Counted, Envelope, Message, PasswordOccasion};
use crate::written::{written_instant, written_level, written_territory};

const WORDS: Words = Words {
    colon: ":",
    or_copy: "If the button does not work, copy this address into your browser:",
};

/// The mail in English.
pub(crate) fn letter(envelope: &Envelope, message: &Message) -> Letter {
    let place = Place { portal: envelope.portal.as_deref() };
    let contact = envelope.contact_address.as_deref();
    let mut footer = vec![why(message, place)];
    footer.extend(if_not_you(message).map(str::to_owned));
    footer.extend(contact.map(|address| format!("To reach {}: {address}", place.team())));
    Letter {
        language: Language::En,
        subject: format!("{}: {}", place.name(), subject(message)),
        greeting: greeting(envelope, message),
        blocks: blocks(message, place, contact),
        signature: place.team_first(),
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
        format!("the team of {}", self.itself())
    }

    /// The same at the beginning of a sentence.
    fn team_first(self) -> String {
        format!("The team of {}", self.itself())
    }
}

fn greeting(envelope: &Envelope, message: &Message) -> String {
    match &envelope.recipient {
        Some(name) if message.greets_by_name() => format!("Dear {name},"),
        _ => "Hello,".to_owned(),
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
        Message::AddressHasAccount => "you already have an account",
        Message::RequestReceived { .. } => "we have your request for adviser access",
        Message::RequestToModerate { .. } => "a request for adviser access to examine",
        Message::RequestAmended { .. } => "the territory of your request has been changed",
        Message::RequestAccepted { .. } => "your request for adviser access is accepted",
        Message::RequestRefused { .. } => "your request for adviser access has not been accepted",
        Message::RequestLapsed { .. } => "your request for adviser access ended without a decision",
        Message::RequestReopened { .. } => "your request for adviser access is open again",
        Message::Promoted { .. } => "you have been given adviser access",
        Message::TerritoryChanged { .. } => "the territory of your adviser access has changed",
        Message::Revoked { .. } => "your adviser access has been withdrawn",
        Message::LevelChanged { .. } => "your level has changed",
        Message::Digest { .. } => "requests for adviser access waiting",
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
            "Somebody, most likely you, asked to create an account {} with this e-mail address.",
            place.on()
        )),
        paragraph(
            "To create the account, open the link below and type the password chosen when signing \
             up. Until then, the account does not exist.",
        ),
    ];
    match request {
        CarriedRequest::None => {}
        CarriedRequest::Carried => blocks.push(paragraph(format!(
            "Your request for adviser access will then be passed on to {}. Without this \
             confirmation, it will not be.",
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

fn first_password(expires_at: Instant, place: Place<'_>) -> Vec<Block> {
    let portal = place.portal.map_or("Guichet".to_owned(), |name| format!("The portal “{name}”"));
    vec![
        paragraph(format!(
            "{portal} has been created, and an account is waiting for you there with the level \
             “{}”. You manage its settings, its people, their levels and the requests for access.",
            written_level(Level::SuperAdministrator, Language::En)
        )),
        paragraph("To use this account, choose your password. Nobody else will know it."),
        link("Choose my password"),
        paragraph(format!(
            "This link works once, until {}. After that, ask for a new one on the sign-in page, \
             with “Forgotten password”.",
            instant(expires_at)
        )),
    ]
}

fn forgotten_password(expires_at: Instant) -> Vec<Block> {
    vec![
        paragraph(
            "Somebody, most likely you, told us that they forgot the password of your account. \
             With the link below you can choose a new one.",
        ),
        link("Choose a new password"),
        paragraph(format!("This link works once, until {}.", instant(expires_at))),
        paragraph(
            "Your present password remains valid until you have chosen another. Choosing one will \
             sign you out everywhere.",
        ),
    ]
}

fn address_has_account() -> Vec<Block> {
    vec![
        paragraph(
            "Somebody, most likely you, asked to create an account with this e-mail address. There \
             is already an account for this address: no other was created, and yours is unchanged.",
        ),
        paragraph(
            "Sign in with your usual password. If you have forgotten it, you can choose a new one \
             from the sign-in page. If you wanted to ask for adviser access, send your request \
             once you are signed in.",
        ),
        link("Sign in"),
    ]
}

fn request_received(territory: &Territory, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Your request for adviser access {} has arrived.", place.on())),
        facts([("Territory requested", departments(territory))]),
        paragraph(format!(
            "{} will examine it and send you the answer by e-mail. There is nothing else for you \
             to do. {}",
            place.team_first(),
            lapses(lapses_at)
        )),
        paragraph("Until then, you can follow it, change it or withdraw it."),
        link("Follow my request"),
    ]
}

fn request_to_moderate(
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
            "Who asks, and the context of the request, can be read in the moderation queue. If the \
             request is no longer there, it has already been answered or withdrawn.",
        ),
        link("Open the moderation queue"),
    ]
}

fn request_amended(before: &Territory, after: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has changed the territory of your request for adviser access. The request is still \
             being examined: no decision has been taken yet.",
            place.team_first()
        )),
        facts([
            ("Territory requested", departments(before)),
            ("Territory now examined", departments(after)),
        ]),
        paragraph(
            "If this territory suits you, there is nothing for you to do. If not, you can change \
             or withdraw your request from your dashboard.",
        ),
        link("Open my dashboard"),
    ]
}

fn request_accepted(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has accepted your request. You now have adviser access.",
            place.team_first()
        )),
        facts([("Territory", departments(territory))]),
        paragraph(ACCESS),
        link("Open my dashboard"),
    ]
}

const ACCESS: &str = "You can see the dossiers of this territory and take a position on them. If \
                      you already had adviser access, this one replaces it.";

fn request_refused(
    reason: &str,
    may_ask_again_at: Instant,
    place: Place<'_>,
    contact: Option<&str>,
) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has not accepted your request for adviser access. This request gives you no \
             access; what you already have does not change.",
            place.team_first()
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

fn request_lapsed(territory: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "Your request for adviser access {} was not decided in time, and has ended. This is \
             not a refusal. This request gives you no access; what you already have does not \
             change.",
            place.on()
        )),
        facts([("Territory requested", departments(territory))]),
        paragraph("If you still need this access, you can send a new request now."),
        link("Send a new request"),
    ]
}

fn request_reopened(reason: &str, lapses_at: Instant, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has reopened your request for adviser access, which had not been accepted. It will \
             be examined again: no decision has been taken yet.",
            place.team_first()
        )),
        quote(reason, place),
        paragraph(format!(
            "There is nothing for you to do: the answer will reach you by e-mail. {}",
            lapses(lapses_at)
        )),
    ]
}

fn promoted(territory: &Territory, ends_at: Option<Instant>, place: Place<'_>) -> Vec<Block> {
    let duration = match ends_at {
        Some(end) => format!("until {}", instant(end)),
        None => "without an end date".to_owned(),
    };
    vec![
        paragraph(format!("{} has given you adviser access.", place.team_first())),
        facts([("Territory", departments(territory)), ("Duration", duration)]),
        paragraph(ACCESS),
        paragraph("If you had an open request, it is closed: this access answers it."),
        link("Open my dashboard"),
    ]
}

fn territory_changed(before: &Territory, after: &Territory, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!(
            "{} has changed the territory of your adviser access. The change takes effect at once.",
            place.team_first()
        )),
        facts([("Previous territory", departments(before)), ("New territory", departments(after))]),
        paragraph(
            "You can see the dossiers of the new territory. The dossiers on which you hold a \
             position remain open to you, wherever they are.",
        ),
        link("Open my dashboard"),
    ]
}

fn revoked(reason: Option<&str>, place: Place<'_>, contact: Option<&str>) -> Vec<Block> {
    let mut blocks = vec![paragraph(format!(
        "{} has ended your adviser access. The change takes effect at once.",
        place.team_first()
    ))];
    blocks.extend(reason.map(|reason| quote(reason, place)));
    blocks.push(paragraph(
        "You keep your positions, and still see the dossiers on which you hold one. The other \
         dossiers of your former territory are no longer open to you.",
    ));
    blocks.push(paragraph(format!(
        "If you need adviser access again, you can send a request. {}",
        know_more(place, contact)
    )));
    blocks
}

fn level_changed(before: Level, after: Level, place: Place<'_>) -> Vec<Block> {
    let level = |level| written_level(level, Language::En).to_owned();
    vec![
        paragraph(format!(
            "{} has changed your level. The change takes effect at once.",
            place.team_first()
        )),
        facts([("Previous level", level(before)), ("New level", level(after))]),
        paragraph(meaning(after)),
        paragraph("Your adviser access and your positions on dossiers do not change."),
    ]
}

fn meaning(level: Level) -> &'static str {
    match level {
        Level::User => {
            "At this level, you see your own details and the dossiers that are open to you."
        }
        Level::Reviewer => {
            "At this level, you also see the people of the portal and their accesses, without \
             being able to change them."
        }
        Level::Manager => {
            "At this level, you also see everything about the dossiers that you take part in."
        }
        Level::Administrator => {
            "At this level, you can also change the dossiers that you take part in."
        }
        Level::GlobalAdministrator => {
            "At this level, you manage the dossiers, the requests for adviser access, the people \
             and the invitations of the portal."
        }
        Level::SuperAdministrator => {
            "At this level, you manage the whole portal, including its settings, levels, \
             delegations and automatic e-mails."
        }
    }
}

fn digest(open: Counted, new: Counted, waiting: Counted, place: Place<'_>) -> Vec<Block> {
    vec![
        paragraph(format!("Requests for adviser access await a decision {}.", place.on())),
        facts([
            ("Requests waiting", open.to_string()),
            ("New since the last summary", new.to_string()),
            ("Waiting for more than a week", waiting.to_string()),
        ]),
        paragraph("A request that nobody decides ends by itself after a time."),
        link("Open the moderation queue"),
    ]
}

/// Why the mail was received.
fn why(message: &Message, place: Place<'_>) -> String {
    let because = match message {
        Message::VerifyAddress { .. } | Message::AddressHasAccount => {
            format!("this address was typed in to create an account {}", place.on())
        }
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => {
            format!("this address was given for the administrator of {}", place.itself())
        }
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            "this address was typed in to regain access to an account".to_owned()
        }
        Message::RequestReceived { .. }
        | Message::RequestAmended { .. }
        | Message::RequestAccepted { .. }
        | Message::RequestRefused { .. }
        | Message::RequestLapsed { .. }
        | Message::RequestReopened { .. } => {
            format!("you asked for adviser access {}", place.on())
        }
        Message::RequestToModerate { .. } | Message::Digest { .. } => format!(
            "you may decide requests for adviser access {}. You can choose to receive a message \
             for each request, a daily summary, or no message",
            place.on()
        ),
        Message::Promoted { .. }
        | Message::TerritoryChanged { .. }
        | Message::Revoked { .. }
        | Message::LevelChanged { .. } => format!("your rights {} have changed", place.on()),
    };
    format!("You receive this message because {because}.")
}

/// What to do when somebody else typed the address.
fn if_not_you(message: &Message) -> Option<&'static str> {
    match message {
        Message::VerifyAddress { .. } => {
            Some("If you did not ask for this, ignore this message: no account will be created.")
        }
        Message::SetPassword { occasion: PasswordOccasion::FirstAdministrator, .. } => Some(
            "If this portal does not concern you, ignore this message: without a password, the \
             account can't be used.",
        ),
        Message::SetPassword { occasion: PasswordOccasion::Forgotten, .. } => {
            Some("If you did not ask for this, ignore this message: your password will not change.")
        }
        Message::AddressHasAccount => {
            Some("If you did not ask for this, ignore this message: your account stays as it is.")
        }
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
        "If nobody has decided by {}, the request will end by itself and you can send a new one.",
        instant(at)
    )
}

fn know_more(place: Place<'_>, contact: Option<&str>) -> String {
    match contact {
        Some(address) => format!("To know more, write to {}: {address}", place.team()),
        None => format!("To know more, please contact {}.", place.team()),
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
