//! What a decision writes: entities and journal events, carried with the permit they rest on.

use crate::account::{Account, Credential, EmailClaim, Session, SignUp, UsernameClaim};
use crate::advisor_request::{AdvisorRequest, PastRequest, Taking};
use crate::dossier::DossierTaking;
use crate::dossier::{
    Activity, Dossier, LocalPublication, NewsOfDay, Note, OwnDossier, Position, Publication,
    Referent, Removal, Space,
};
use crate::ids::{
    AccountId, DossierId, EntryId, ImportId, InvitationId, NoteId, OpeningId, PortalId,
    PublicationId, SessionId, SignUpId,
};
use crate::import::{Import, ImportRows};
use crate::invitation::{Invitation, OpenInvitation, Scope};
use crate::journal::Event;
use crate::mail::{Composed, Mail, MailId, Suppression};
use crate::moderation::Digest;
use crate::permissions::Permit;
use crate::person::{AdvisorRow, Coverage, Person, SearchWord};
use crate::portal::{Portal, SuperAdministrators};
use crate::seal::{Journal, SignedSeal};
use crate::signing::PublicKey;
use crate::territory::DepartmentCode;
use crate::text::{Email, Username};

/// Names an entity, whether or not it exists. Only the platform turns it into a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each variant is the address of the entity of its name")]
pub enum Place {
    Portal(PortalId),
    SuperAdministrators(PortalId),
    Digest(PortalId),
    SignUp(SignUpId),
    Account(AccountId),
    Credential(AccountId),
    Session(AccountId, SessionId),
    EmailClaim(Email),
    UsernameClaim(Username),
    Person(AccountId, PortalId),
    AdvisorRow(AccountId, PortalId),
    /// A word, and who is found by it.
    SearchWord(PortalId, String, AccountId),
    /// A department, or `None` for the whole country.
    Coverage(PortalId, Option<DepartmentCode>, AccountId),
    AdvisorRequest(AccountId, PortalId),
    PastRequest(AccountId, PortalId, OpeningId),
    Invitation(InvitationId),
    /// The one open invitation of an address to a scope.
    OpenInvitation(Scope, Email),
    Import(ImportId),
    /// A chunk of an import's rows, counted from 0.
    ImportRows(ImportId, u32),
    Dossier(DossierId),
    Referent(DossierId),
    Publication(DossierId, PortalId),
    LocalPublication(DossierId, PortalId, DepartmentCode),
    /// On the side of those who ask, or on the advisers' side of a portal.
    Position(DossierId, Option<PortalId>, AccountId),
    /// As the position that it ended.
    Removal(DossierId, Option<PortalId>, AccountId),
    OwnDossier(AccountId, PortalId, PublicationId),
    Note(DossierId, PortalId, Space, NoteId),
    /// The dossiers that a portal accepted in a day, as `2026-11-28`.
    NewsOfDay(PortalId, String),
    /// When the last note was written.
    Activity(DossierId, PortalId),
    PublicKey(String),
    Mail(MailId),
    Composed(EntryId),
    /// By the keyed hash of the address.
    Suppression(String),
    /// Which of a journal's seals.
    Seal(Journal, u64),
}

macro_rules! entities {
    ($($name:ident),* $(,)?) => {
        /// Anything that a transition may write.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs, reason = "each variant holds the entity of its name")]
        pub enum Entity {
            $($name(Box<$name>),)*
        }

        impl Entity {
            /// Where it stands.
            pub fn place(&self) -> Place {
                match self {
                    $(Self::$name(entity) => entity.place(),)*
                }
            }

            /// Its version after this write; 0 for what has none.
            pub fn version(&self) -> u64 {
                match self {
                    $(Self::$name(entity) => Record::version(entity.as_ref()),)*
                }
            }
        }

        $(impl From<$name> for Entity {
            fn from(entity: $name) -> Self {
                Self::$name(Box::new(entity))
            }
        })*
    };
}

entities!(
    Portal,
    SuperAdministrators,
    Digest,
    SignUp,
    Account,
    Credential,
    Session,
    EmailClaim,
    UsernameClaim,
    Person,
    AdvisorRow,
    Coverage,
    SearchWord,
    AdvisorRequest,
    PastRequest,
    Invitation,
    OpenInvitation,
    Import,
    ImportRows,
    Dossier,
    Referent,
    Publication,
    LocalPublication,
    Position,
    Removal,
    OwnDossier,
    Note,
    Activity,
    NewsOfDay,
    PublicKey,
    Mail,
    Composed,
    Suppression,
    SignedSeal,
);

/// An entity that stands at a place.
pub trait Record: Into<Entity> {
    /// Where it stands.
    fn place(&self) -> Place;

    /// How often it was written; 0 for what has no version.
    fn version(&self) -> u64 {
        0
    }
}

/// A check that protects an update beside the version, repeated as a condition of the write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// The version alone.
    Version,
    /// The request is open and has not lapsed at the instant of the write.
    StillOpen,
    /// The sign-up or session has not expired at the instant of the write.
    NotExpired,
    /// The request was open and has lapsed at the instant of the write.
    Lapsed,
}

/// One write of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// The place must be empty.
    Create(Entity),
    /// The place must hold the version before this one.
    Update(Entity, Guard),
    /// Replaces all of what the place holds, under its version: a new life at the same place.
    Replace(Entity, Guard),
    /// The place must hold exactly this entity's version.
    Delete(Entity, Guard),
    /// Follows from an entity written under its version in the same transaction.
    Put(Entity),
    /// Follows from an entity written under its version in the same transaction.
    Remove(Place),
    /// Writes nothing; the place must hold this version, or be empty.
    Check(Place, Option<u64>),
    /// Notes something beside what a place holds, and changes no version of it.
    Note(Place, Noted),
}

/// What is noted beside an entity.
#[derive(Debug, Clone, PartialEq)]
pub enum Noted {
    /// Who takes care of a request, while this opening of it is open (RULES C6).
    RequestTaken(Taking),
    /// Who takes care of a waiting dossier, while its rights have this version (RULES C6).
    DossierTaken(DossierTaking, u64),
    /// The last day on which a person did something; nothing once a later day is noted (RULES E1).
    ActiveOn(String),
}

impl Write {
    /// Where it writes.
    pub fn place(&self) -> Place {
        match self {
            Self::Create(entity)
            | Self::Update(entity, _)
            | Self::Replace(entity, _)
            | Self::Delete(entity, _)
            | Self::Put(entity) => entity.place(),
            Self::Remove(place) | Self::Check(place, _) | Self::Note(place, _) => place.clone(),
        }
    }
}

/// Everything that one command writes: in one transaction, or not at all.
#[derive(Debug)]
pub struct Changes {
    /// Why it may be written, and what that rests on.
    pub permit: Permit,
    /// The writes.
    pub writes: Vec<Write>,
    /// The journal.
    pub events: Vec<Event>,
}

impl Changes {
    /// No change yet, by this permit.
    pub fn new(permit: Permit) -> Self {
        Self { permit, writes: Vec::new(), events: Vec::new() }
    }

    /// Adds an entity that must not exist yet.
    #[must_use]
    pub fn create(mut self, entity: impl Into<Entity>) -> Self {
        self.writes.push(Write::Create(entity.into()));
        self
    }

    /// Adds an entity's next version.
    #[must_use]
    pub fn update(mut self, entity: impl Into<Entity>, guard: Guard) -> Self {
        self.writes.push(Write::Update(entity.into(), guard));
        self
    }

    /// Adds the deletion of an entity.
    #[must_use]
    pub fn delete(mut self, entity: impl Into<Entity>, guard: Guard) -> Self {
        self.writes.push(Write::Delete(entity.into(), guard));
        self
    }

    /// Adds any other writes.
    #[must_use]
    pub fn write(mut self, writes: impl IntoIterator<Item = Write>) -> Self {
        self.writes.extend(writes);
        self
    }

    /// Adds a journal event.
    #[must_use]
    pub fn journal(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }
}
