//! What happened: the acts that are journaled, and the entry that each one leaves (RULES I).

use serde::{Deserialize, Serialize};

use crate::ids::{
    AccountId, DossierId, EntryId, ImportId, InvitationId, PortalId, SessionId, SignUpId,
};
use crate::instant::Instant;
use crate::level::Level;
use crate::permissions::Rule;
use crate::territory::Territory;

/// An act that changes something. Its code is stable: other systems read it on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Act {
    /// The operator made a portal and its first super administrator.
    #[serde(rename = "portal.created")]
    PortalCreated,
    /// A portal's settings changed.
    #[serde(rename = "portal.updated")]
    PortalUpdated,
    /// Somebody began to sign up.
    #[serde(rename = "sign_up.started")]
    SignUpStarted,
    /// A new verification mail was asked for.
    #[serde(rename = "sign_up.mail_asked")]
    SignUpMailAsked,
    /// Somebody said that a sign-up with their address was not theirs.
    #[serde(rename = "sign_up.disowned")]
    SignUpDisowned,
    /// An account was made from a verified sign-up.
    #[serde(rename = "account.created")]
    AccountCreated,
    /// A password was set through a mailed link.
    #[serde(rename = "account.password_set")]
    PasswordSet,
    /// Somebody signed in.
    #[serde(rename = "session.started")]
    SessionStarted,
    /// A session was ended by its holder.
    #[serde(rename = "session.ended")]
    SessionEnded,
    /// A session was ended because an old refresh token came back.
    #[serde(rename = "session.reuse_ended")]
    SessionReuseEnded,
    /// Somebody asked for an adviser access.
    #[serde(rename = "advisor_request.submitted")]
    RequestSubmitted,
    /// The requester revised their open request.
    #[serde(rename = "advisor_request.revised")]
    RequestRevised,
    /// The requester withdrew their open request.
    #[serde(rename = "advisor_request.withdrawn")]
    RequestWithdrawn,
    /// A moderator takes care of the request, which reserves nothing.
    #[serde(rename = "advisor_request.taken")]
    RequestTaken,
    /// A moderator changed the requested territory.
    #[serde(rename = "advisor_request.amended")]
    RequestAmended,
    /// A moderator accepted the request, or promoted its author by hand.
    #[serde(rename = "advisor_request.accepted")]
    RequestAccepted,
    /// A moderator refused the request.
    #[serde(rename = "advisor_request.refused")]
    RequestRefused,
    /// The request was not decided in time.
    #[serde(rename = "advisor_request.lapsed")]
    RequestLapsed,
    /// An admin reopened a refused request.
    #[serde(rename = "advisor_request.reopened")]
    RequestReopened,
    /// Staff gave an adviser access by hand.
    #[serde(rename = "advisor.promoted")]
    AdvisorPromoted,
    /// Staff changed an adviser's territory.
    #[serde(rename = "advisor.territory_changed")]
    TerritoryChanged,
    /// Staff revoked an adviser access.
    #[serde(rename = "advisor.revoked")]
    AdvisorRevoked,
    /// The end of an adviser access was set or lifted.
    #[serde(rename = "advisor.end_set")]
    EndOfAccessSet,
    /// An adviser access is about to end.
    #[serde(rename = "advisor.end_near")]
    EndOfAccessNear,
    /// An adviser access has ended by time.
    #[serde(rename = "advisor.ended")]
    AccessEnded,
    /// The portal's copy of what is known of somebody was changed.
    #[serde(rename = "person.updated")]
    PersonUpdated,
    /// Staff archived somebody.
    #[serde(rename = "person.archived")]
    PersonArchived,
    /// Somebody left the portal.
    #[serde(rename = "person.left")]
    PersonLeft,
    /// Staff brought somebody back.
    #[serde(rename = "person.restored")]
    PersonRestored,
    /// Staff named who inherits the invitations of somebody archived.
    #[serde(rename = "person.handed_over")]
    PersonHandedOver,
    /// A level was changed.
    #[serde(rename = "person.level_changed")]
    LevelChanged,
    /// Somebody was invited, without a mail yet.
    #[serde(rename = "invitation.preloaded")]
    InvitationPreloaded,
    /// An invitation was mailed for the first time.
    #[serde(rename = "invitation.sent")]
    InvitationSent,
    /// An invitation was mailed again, with a new link.
    #[serde(rename = "invitation.resent")]
    InvitationResent,
    /// The invitee asked for a new link.
    #[serde(rename = "invitation.renewed")]
    InvitationRenewed,
    /// The address of an invitation was corrected.
    #[serde(rename = "invitation.address_corrected")]
    InvitationAddressCorrected,
    /// The invitee is reminded.
    #[serde(rename = "invitation.reminded")]
    InvitationReminded,
    /// The invitee accepted.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// The invitee declined.
    #[serde(rename = "invitation.declined")]
    InvitationDeclined,
    /// Staff took an invitation back.
    #[serde(rename = "invitation.cancelled")]
    InvitationCancelled,
    /// An invitation was not answered in time.
    #[serde(rename = "invitation.expired")]
    InvitationExpired,
    /// The address of an invitation takes no mails.
    #[serde(rename = "invitation.undeliverable")]
    InvitationUndeliverable,
    /// A closed invitation was erased with what was personal in it.
    #[serde(rename = "invitation.erased")]
    InvitationErased,
    /// A spreadsheet of people to invite was uploaded.
    #[serde(rename = "import.uploaded")]
    ImportUploaded,
    /// Staff had the rows of an import looked at, which sends nothing.
    #[serde(rename = "import.check_asked")]
    ImportCheckAsked,
    /// Staff started an import: its rows become invitations.
    #[serde(rename = "import.started")]
    ImportStarted,
    /// Every row of an import has been dealt with.
    #[serde(rename = "import.finished")]
    ImportFinished,
    /// Staff stopped an import.
    #[serde(rename = "import.cancelled")]
    ImportCancelled,
    /// Somebody submitted a dossier.
    #[serde(rename = "dossier.submitted")]
    DossierSubmitted,
    /// Those who ask said something else before moderation.
    #[serde(rename = "dossier.revised")]
    DossierRevised,
    /// A moderator takes care of a dossier.
    #[serde(rename = "dossier.taken")]
    DossierTaken,
    /// A moderator accepted a dossier.
    #[serde(rename = "dossier.accepted")]
    DossierAccepted,
    /// A moderator refused a dossier.
    #[serde(rename = "dossier.refused")]
    DossierRefused,
    /// A dossier says something else, once accepted.
    #[serde(rename = "dossier.updated")]
    DossierUpdated,
    /// A dossier rests.
    #[serde(rename = "dossier.paused")]
    DossierPaused,
    /// A dossier goes on.
    #[serde(rename = "dossier.resumed")]
    DossierResumed,
    /// The contact of a dossier is asked for news.
    #[serde(rename = "dossier.reminded")]
    DossierReminded,
    /// A dossier is about to rest by itself.
    #[serde(rename = "dossier.pause_near")]
    DossierPauseNear,
    /// Somebody takes part in a dossier as adviser or observer.
    #[serde(rename = "dossier.position_taken")]
    PositionTaken,
    /// An adviser became an observer, or an observer an adviser.
    #[serde(rename = "dossier.position_switched")]
    PositionSwitched,
    /// Somebody left a dossier.
    #[serde(rename = "dossier.position_left")]
    PositionLeft,
    /// Somebody was removed from a dossier.
    #[serde(rename = "dossier.position_removed")]
    PositionRemoved,
    /// The contact of a dossier offered a member to take over.
    #[serde(rename = "dossier.referent_offered")]
    ReferentOffered,
    /// The contact took that back, or the member declined.
    #[serde(rename = "dossier.referent_offer_ended")]
    ReferentOfferEnded,
    /// Somebody else speaks for a dossier.
    #[serde(rename = "dossier.referent_changed")]
    ReferentChanged,
    /// A note was added to a dossier.
    #[serde(rename = "note.added")]
    NoteAdded,
    /// A note was edited by its author.
    #[serde(rename = "note.edited")]
    NoteEdited,
    /// A moderator chose how to be mailed.
    #[serde(rename = "moderation.mails_chosen")]
    MailsChosen,
    /// Somebody chose how to be told of new dossiers.
    #[serde(rename = "dossier.mails_chosen")]
    DossierMailsChosen,
    /// The dossiers that a portal accepted in a day are due to those who want to know daily.
    #[serde(rename = "dossier.news_due")]
    DossierNewsDue,
    /// The moderators of a portal are due their digest.
    #[serde(rename = "moderation.digest_due")]
    DigestDue,
    /// Staff had a mail sent again that had not arrived.
    #[serde(rename = "mail.sent_again")]
    MailSentAgain,
    /// Signing keys were rotated.
    #[serde(rename = "keys.rotated")]
    KeysRotated,
}

/// What an act was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Object {
    /// A portal.
    Portal(PortalId),
    /// A sign-up.
    SignUp(SignUpId),
    /// An account.
    Account(AccountId),
    /// A session.
    Session(SessionId),
    /// The adviser request of this account on the entry's portal.
    AdvisorRequest(AccountId),
    /// The person that this account is on the entry's portal.
    Person(AccountId),
    /// An invitation.
    Invitation(InvitationId),
    /// An import of many invitations.
    Import(ImportId),
    /// A dossier.
    Dossier(DossierId),
    /// The signing keys of the installation.
    Keys,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Author {
    /// Somebody signed in.
    Account(AccountId),
    /// The holder of a mailed link.
    Holder,
    /// Anybody, on a public route.
    Public,
    /// The portal's team, for readers who are not told which moderator (SECURITY S18).
    Team,
    /// Somebody on another portal where the same dossier is published (SECURITY S4).
    Elsewhere,
    /// A schedule or a consumer.
    System,
    /// Whoever may invoke functions directly.
    Operator,
}

impl Author {
    /// The account of somebody signed in.
    pub fn account(self) -> Option<AccountId> {
        match self {
            Self::Account(account) => Some(account),
            _ => None,
        }
    }
}

/// The codes of a state, before or after an act: never a name, an address or free text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facts {
    /// The status of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A territory asked for or held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<Territory>,
    /// A level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// The end of an access, or the instant until which something waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// Which of an invitation's links is the valid one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u32>,
    /// Codes of the settings that changed, or of the choice made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
}

impl Facts {
    /// Nothing to say.
    pub fn none() -> Self {
        Self::default()
    }

    /// Only a territory.
    pub fn territory(territory: &Territory) -> Self {
        Self { territory: Some(territory.clone()), ..Self::default() }
    }

    /// Only a level.
    pub fn level(level: Level) -> Self {
        Self { level: Some(level), ..Self::default() }
    }
}

/// Whose partition holds what is personal in an entry, so that it can be erased with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Concerned {
    /// An account.
    Account(AccountId),
    /// A sign-up.
    SignUp(SignUpId),
}

/// What is personal in an entry, kept apart and erasable (RULES I3).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Detail {
    /// Whom it concerns.
    pub concerned: Concerned,
    /// The reason given, or a text that people wrote.
    pub reason: Option<String>,
}

impl std::fmt::Debug for Detail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Detail({:?}, <redacted>)", self.concerned)
    }
}

/// An act as a transition reports it; writing it adds who, when and from which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub act: Act,
    /// The portal, unless it is an act on an account.
    pub portal: Option<PortalId>,
    /// What it was done to.
    pub object: Object,
    /// Whose rights or requests it touched.
    pub person: Option<AccountId>,
    /// The state before.
    pub before: Facts,
    /// The state after.
    pub after: Facts,
    /// What is personal.
    pub detail: Option<Detail>,
    /// The version of the object that it made, which a consumer must at least see.
    pub version: u64,
    /// Who did it, where its own portal is not told.
    pub author: Option<Author>,
}

impl Event {
    /// An act without states or detail.
    pub fn new(act: Act, portal: Option<PortalId>, object: Object, version: u64) -> Self {
        let (before, after) = (Facts::none(), Facts::none());
        let (person, detail, author) = (None, None, None);
        Self { act, portal, object, person, before, after, detail, version, author }
    }

    /// The same act, touching this person.
    #[must_use]
    pub fn touching(self, person: AccountId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// The same act, by somebody on another portal.
    #[must_use]
    pub fn by_others(self) -> Self {
        Self { author: Some(Author::Elsewhere), ..self }
    }

    /// The same act, from one state to another.
    #[must_use]
    pub fn changing(self, before: Facts, after: Facts) -> Self {
        Self { before, after, ..self }
    }

    /// The same act, with a reason that concerns this account.
    #[must_use]
    pub fn because(self, concerned: AccountId, reason: Option<&crate::text::Reason>) -> Self {
        let detail = reason.map(|reason| Detail {
            concerned: Concerned::Account(concerned),
            reason: Some(reason.as_str().to_owned()),
        });
        Self { detail, ..self }
    }
}

/// An entry of the journal: never changed, and without anything personal (RULES I1, I3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Entry {
    /// Its identifier, whose ULID orders the journal.
    pub id: EntryId,
    /// What was done.
    pub act: Act,
    /// The portal, unless it is an act on an account.
    pub portal: Option<PortalId>,
    /// What it was done to.
    pub object: Object,
    /// Whose rights or requests it touched.
    pub person: Option<AccountId>,
    /// Who did it.
    pub author: Author,
    /// By which rule.
    pub rule: Rule,
    /// The state before.
    #[serde(default)]
    pub before: Facts,
    /// The state after.
    #[serde(default)]
    pub after: Facts,
    /// The version of the object that it made.
    pub version: u64,
    /// Whose partition holds the detail, and its salted hash.
    pub detail: Option<SealedDetail>,
    /// When.
    pub at: Instant,
    /// From which request.
    pub request: String,
}

/// Where the erasable detail of an entry stands, and what proves that it was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SealedDetail {
    /// Whose partition holds it.
    pub concerned: Concerned,
    /// SHA-256 of salt and detail, in hexadecimal; the salt stands in the detail.
    pub hash: String,
}
