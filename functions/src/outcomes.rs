//! What became of a mail, in plain words, with what repairs it (RULES H3).

use guichet_domain::ids::{EntryId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::level::Language;
use guichet_domain::mail::{Mail, MailId, MailState, Outcome, Recipient};
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::store::{Order, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mail, as the table's indexes hold it.
#[derive(Debug, Deserialize)]
pub(crate) struct MailRow {
    id: MailId,
    #[serde(default)]
    version: u64,
    automation: String,
    recipient: Recipient,
    subject: String,
    state: MailState,
    entry: EntryId,
    created_at: Instant,
    due_at: Option<Instant>,
    sent_at: Option<Instant>,
    outcome: Option<Outcome>,
    outcome_at: Option<Instant>,
}

/// A mail, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailView {
    id: MailId,
    /// Which automation made it.
    automation: String,
    recipient: Recipient,
    subject: String,
    /// The journal entry that caused it.
    entry: EntryId,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<Instant>,
    #[serde(flatten)]
    fate: Fate,
    /// What If-Match wants to send it again.
    etag: String,
}

/// What became of a mail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Fate {
    state: MailState,
    /// What that means, in the reader's language.
    meaning: &'static str,
    /// What repairs it, in the reader's language; nothing where nothing needs to be repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    /// When it became so, as far as somebody told.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_at: Option<Instant>,
}

/// Who reads what became of a mail: what repairs it is for staff to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReaderOfMails {
    /// The person whom it was for.
    Recipient,
    /// Staff of the portal.
    Staff,
}

/// A mail on somebody's page: what it was about, and whether it arrived (RULES E6).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailOfPerson {
    id: MailId,
    /// Which automation made it.
    automation: String,
    created_at: Instant,
    #[serde(flatten)]
    fate: Fate,
}

impl MailView {
    pub(crate) fn new(mail: &Mail, now: Instant, language: Language) -> Self {
        let row = MailRow {
            id: mail.id.clone(),
            version: mail.version,
            automation: mail.automation.clone(),
            recipient: mail.recipient,
            subject: mail.subject.clone(),
            state: mail.state,
            entry: mail.entry,
            created_at: mail.created_at,
            due_at: mail.due_at,
            sent_at: mail.sent_at,
            outcome: mail.outcome,
            outcome_at: mail.outcome_at,
        };
        row.into_view(now, language)
    }

    /// The answer that shows it, with its ETag.
    pub(crate) fn reply(&self) -> Result<Reply, Error> {
        Ok(Reply::ok(self)?.etag(&self.etag))
    }
}

/// How many mails are shown with what they were sent for, the newest first.
const MOST_MAILS: u16 = 10;

/// The last mails of a portal to a person or an invitation, for this reader.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn last_mails(
    app: &App,
    to: Recipient,
    portal: PortalId,
    reader: ReaderOfMails,
    language: Language,
) -> Result<Vec<MailOfPerson>, Error> {
    let newest = PageQuery::first(MOST_MAILS, Order::Descending);
    let rows = app.page::<MailRow>(&Listing::MailsTo(to, portal), &newest).await?.rows.into_iter();
    let now = app.now();
    Ok(rows.map(|row| row.into_mail_of_person(reader, now, language)).collect())
}

/// The last of the mails to somebody and to their invitation.
pub(crate) fn newest_of(
    (mut mails, invited): (Vec<MailOfPerson>, Vec<MailOfPerson>),
) -> Vec<MailOfPerson> {
    mails.extend(invited);
    mails.sort_by_key(|mail| std::cmp::Reverse(mail.created_at));
    mails.truncate(usize::from(MOST_MAILS));
    mails
}

impl MailRow {
    pub(crate) fn into_view(self, now: Instant, language: Language) -> MailView {
        MailView {
            etag: self.id.etag(self.version),
            fate: self.fate(now, language),
            id: self.id,
            automation: self.automation,
            recipient: self.recipient,
            subject: self.subject,
            entry: self.entry,
            created_at: self.created_at,
            sent_at: self.sent_at,
        }
    }

    fn into_mail_of_person(
        self,
        reader: ReaderOfMails,
        now: Instant,
        language: Language,
    ) -> MailOfPerson {
        let mut fate = self.fate(now, language);
        if reader == ReaderOfMails::Recipient {
            fate.remedy = None;
        }
        MailOfPerson { id: self.id, automation: self.automation, created_at: self.created_at, fate }
    }

    fn fate(&self, now: Instant, language: Language) -> Fate {
        let state = self.state.shown(self.sent_at, now);
        let is_held_back = state == MailState::Queued && self.due_at.is_some_and(|due| now < due);
        let words = match (is_held_back, self.outcome) {
            (true, _) => HELD_BACK,
            (false, Some(outcome)) if outcome.state() == state => of_outcome(outcome),
            (false, _) => of_state(state),
        };
        let chosen = |[fr, en]: [&'static str; 2]| match language {
            Language::Fr => fr,
            Language::En => en,
        };
        Fate {
            state,
            meaning: chosen(words.meaning),
            remedy: words.remedy.map(chosen),
            outcome_at: self.outcome_at,
        }
    }
}

/// French first, English second.
struct Words {
    meaning: [&'static str; 2],
    remedy: Option<[&'static str; 2]>,
}

const fn fine(meaning: [&'static str; 2]) -> Words {
    Words { meaning, remedy: None }
}

const fn wrong(meaning: [&'static str; 2], remedy: [&'static str; 2]) -> Words {
    Words { meaning, remedy: Some(remedy) }
}

const HELD_BACK: Words = fine([
    "Ce message attend : il partira un peu plus tard.",
    "This mail waits: it will go out a little later.",
]);

const CHECK_ADDRESS: [&str; 2] = [
    "Vérifiez l’adresse avec la personne par un autre moyen. Si elle est juste, renvoyez ce message.",
    "Check the address with the person by other means. If it is right, send this mail again.",
];

const LATER: [&str; 2] =
    ["Renvoyez ce message dans quelques jours.", "Send this mail again in a few days."];

const ASK_THEM: [&str; 2] = [
    "Convenez avec la personne d’un autre moyen de la joindre : nous ne lui écrirons plus.",
    "Agree with the person on other means to reach them: we will not write to them any more.",
];

const ASK_US: [&str; 2] = [
    "Renvoyez ce message ; si cela se répète, prévenez la personne qui administre ce service.",
    "Send this mail again; if it happens again, tell whoever runs this service.",
];

fn of_outcome(outcome: Outcome) -> Words {
    match outcome {
        Outcome::Sent => fine(["Ce message est parti.", "This mail has gone out."]),
        Outcome::Delivered => fine([
            "Ce message est arrivé dans la messagerie de la personne.",
            "This mail has arrived at the person’s mail service.",
        ]),
        Outcome::Rejected => wrong(
            [
                "Notre service d’envoi n’a pas voulu transmettre ce message.",
                "Our mail service would not pass this mail on.",
            ],
            ASK_US,
        ),
        Outcome::AddressUnknown => wrong(
            ["Cette adresse n’existe pas ou plus.", "There is no such address, or no longer."],
            CHECK_ADDRESS,
        ),
        Outcome::MailboxFull => {
            wrong(["La boîte de la personne est pleine.", "The person’s mailbox is full."], LATER)
        }
        Outcome::MessageRefused => wrong(
            [
                "La messagerie de la personne a refusé ce message.",
                "The person’s mail service refused this mail.",
            ],
            ASK_US,
        ),
        Outcome::RefusedForNow => wrong(
            [
                "La messagerie de la personne n’a pas pu recevoir ce message.",
                "The person’s mail service could not take this mail.",
            ],
            LATER,
        ),
        Outcome::Complained => wrong(
            [
                "La personne a signalé ce message comme indésirable.",
                "The person reported this mail as unwanted.",
            ],
            ASK_THEM,
        ),
        Outcome::AddressBounced => wrong(
            [
                "Ce message n’est pas parti : un message précédent à cette adresse est revenu.",
                "This mail did not go out: an earlier mail to this address came back.",
            ],
            CHECK_ADDRESS,
        ),
        Outcome::NotWanted => wrong(
            [
                "Ce message n’est pas parti : cette adresse n’en reçoit plus de notre part.",
                "This mail did not go out: this address gets none from us any more.",
            ],
            ASK_THEM,
        ),
    }
}

fn of_state(state: MailState) -> Words {
    match state {
        MailState::Queued => fine(["Ce message va partir.", "This mail is about to go out."]),
        MailState::Sending => {
            fine(["Ce message est en train de partir.", "This mail is going out."])
        }
        MailState::Unknown => wrong(
            [
                "Ce message est parti, mais nous ne savons pas s’il est arrivé.",
                "This mail has gone out, but we do not know whether it arrived.",
            ],
            CHECK_ADDRESS,
        ),
        MailState::Outdated => fine([
            "Ce message n’est pas parti : il n’était plus d’actualité.",
            "This mail did not go out: it was no longer current.",
        ]),
        MailState::Failed => wrong(
            [
                "Ce message n’a pas pu partir, malgré plusieurs essais.",
                "This mail could not go out, in spite of several attempts.",
            ],
            ASK_US,
        ),
        MailState::Sent => of_outcome(Outcome::Sent),
        MailState::Delivered => of_outcome(Outcome::Delivered),
        MailState::Rejected => of_outcome(Outcome::Rejected),
        MailState::Bounced => of_outcome(Outcome::RefusedForNow),
        MailState::Complained => of_outcome(Outcome::Complained),
        MailState::Suppressed => of_outcome(Outcome::AddressBounced),
    }
}
