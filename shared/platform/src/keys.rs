//! Every key of the table, and every way in which it is read (DESIGN §5).
//!
//! | pattern | index | used by |
//! |---|---|---|
//! | one item by its place | table | every command |
//! | what an account is everywhere; its sessions | table, `ACCOUNT#a` | `me`, `sessions` |
//! | advisers of a department or of the country | table, `COVERS#p#33` | `advisors::list`, `advisors::uncovered` |
//! | journal of a month | table, `JOURNAL#p#2026-11` | `journal::list`, `journal::catch_up` |
//! | entries that a seal covers | table, `JOURNAL#p#2026-11` | `journal::seal`, `journal::export` |
//! | seals of a journal | table, `SEAL#p` | `journal::seal`, `journal::export` |
//! | portals | `listing`, `PORTALS` | `journal::catch_up`, `journal::seal` |
//! | signing keys | table, `KEYS` | every function that verifies |
//! | requests of a portal, open or closed | `listing`, `REQUESTS#p#OPEN` | `advisor_requests::list`, `moderation::summary` |
//! | advisers of a portal by name | `listing`, `ADVISORS#p` | `advisors::list` |
//! | people of a portal by name, active or not | `listing`, `PEOPLE#p#ACTIVE` | `people::list`, `people::export` |
//! | people found by the beginning of a word | table, `PORTAL#p`, `FIND#word#a` | `people::list`, `invitations::invite`, `imports::run` |
//! | invitations of a portal, open or closed | `listing`, `INVITATIONS#p#OPEN` | `people::list`, `invitations::list` |
//! | invitations to a dossier, open or closed | `listing`, `INVITATIONS#p#d#OPEN` | `dossiers::members`, `dossiers::invitations` |
//! | an import and its rows | table, `IMPORT#j` | `imports::run`, `imports::report` |
//! | imports of a portal | `listing`, `IMPORTS#p` | `imports::list` |
//! | invitations of an address | `subject`, `EMAIL#e` | `invitations::mine` |
//! | dossiers of a portal: waiting, refused, accepted, or accepted of a department | `listing`, `DOSSIERS#p#33` | `dossiers::list`, `advisors::preview_territory`, `moderation::summary` |
//! | dossiers of a portal where an account holds a position | table, `ACCOUNT#a`, `DOSSIER#p#ULID` | `dossiers::list`, `advisors::preview_territory` |
//! | positions on a dossier | table, `DOSSIER#d`, `POSITION#p#a` | `dossiers::members` |
//! | notes on a dossier | table, `DOSSIER#d`, `NOTE#p#PUBLIC#ULID` | `notes::list` |
//! | mails of a portal and month | `listing`, `MAILS#p#2026-11` | `mails::list` |
//! | entries about a request or a person | `listing`, `ENTRIES#p#object` | `journal::list` |
//! | moderators of a portal | `subject`, `STAFF#p` | `mails::compose` |
//! | entries that touched a person | `subject`, `TOUCHED#a`, `p#…` | `journal::mine`, `journal::list` |
//! | mails of a portal to a person or an invitation | `subject`, `MAILED#a`, `p#…` | `people::get`, `invitations::get` |
//! | a portal's bulk mails of a day | table, `BULK#p` | `mails::send`, `mails::record_outcome` |
//! | what a schedule must look at | `due`, `<use case>#<shard>` | every schedule |

mod positions;

use guichet_domain::changes::Place;
use guichet_domain::dossier::Space;
use guichet_domain::ids::{AccountId, DossierId, EntryId, PortalId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::Scope;
use guichet_domain::journal::{Concerned, Object};
use guichet_domain::mail::Recipient;
use guichet_domain::seal::{ACCOUNT_JOURNALS, Journal, SealNumber, written_at};
use guichet_domain::territory::DepartmentCode;
use guichet_domain::text::Email;
pub(crate) use positions::{Positions, of_entry_positions, positions};
use sha2::{Digest as _, Sha256};

/// The three sparse indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Pages of things in a portal or a scope.
    Listing,
    /// Everything of one person.
    Subject,
    /// What a schedule must look at, and when.
    Due,
}

impl Index {
    /// The name of the index.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Subject => "subject",
            Self::Due => "due",
        }
    }

    /// The name of its partition attribute, which no entity has.
    pub fn partition(self) -> &'static str {
        match self {
            Self::Listing => "listing_partition",
            Self::Subject => "subject_partition",
            Self::Due => "due_partition",
        }
    }

    /// The name of its sort attribute.
    pub fn sort(self) -> &'static str {
        match self {
            Self::Listing => "listing_sort",
            Self::Subject => "subject_sort",
            Self::Due => "due_sort",
        }
    }
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition.
    pub(crate) pk: String,
    /// Sort.
    pub(crate) sk: String,
}

fn key(pk: impl Into<String>, sk: impl Into<String>) -> Key {
    Key { pk: pk.into(), sk: sk.into() }
}

/// The key of a place.
pub(crate) fn of(place: &Place) -> Key {
    match place {
        Place::Portal(portal) => key(format!("PORTAL#{portal}"), "PORTAL"),
        Place::SuperAdministrators(portal) => {
            key(format!("PORTAL#{portal}"), "SUPER_ADMINISTRATORS")
        }
        Place::Digest(portal) => key(format!("PORTAL#{portal}"), "DIGEST"),
        Place::SignUp(id) => key(format!("SIGN_UP#{id}"), "SIGN_UP"),
        Place::Account(id) => key(format!("ACCOUNT#{id}"), "ACCOUNT"),
        Place::Credential(id) => key(format!("ACCOUNT#{id}"), "CREDENTIAL"),
        Place::Session(account, id) => key(format!("ACCOUNT#{account}"), format!("SESSION#{id}")),
        Place::EmailClaim(email) => key(format!("EMAIL#{}", email.as_str()), "CLAIM"),
        Place::UsernameClaim(name) => key(format!("USERNAME#{}", name.as_str()), "CLAIM"),
        Place::Person(account, portal) => {
            key(format!("ACCOUNT#{account}"), format!("PERSON#{portal}"))
        }
        Place::AdvisorRow(account, portal) => {
            key(format!("ACCOUNT#{account}"), format!("ADVISOR#{portal}"))
        }
        Place::Coverage(portal, department, account) => {
            key(covers(*portal, *department), account.to_string())
        }
        Place::AdvisorRequest(account, portal) => {
            key(format!("ACCOUNT#{account}"), format!("REQUEST#{portal}"))
        }
        Place::PastRequest(account, portal, opening) => {
            key(format!("ACCOUNT#{account}"), format!("REQUEST#{portal}#{}", opening.ulid()))
        }
        Place::SearchWord(portal, word, account) => {
            key(format!("PORTAL#{portal}"), format!("FIND#{}#{account}", bounded(word)))
        }
        Place::Invitation(id) => key(format!("INVITATION#{id}"), "INVITATION"),
        Place::OpenInvitation(scope, email) => of_open_invitation(*scope, email),
        Place::Import(id) => key(format!("IMPORT#{id}"), "IMPORT"),
        Place::ImportRows(id, chunk) => key(format!("IMPORT#{id}"), format!("ROWS#{chunk:03}")),
        Place::Dossier(id) => key(dossier(*id), "DOSSIER"),
        Place::Referent(id) => key(dossier(*id), "REFERENT"),
        Place::Publication(id, portal) => key(dossier(*id), format!("PUBLICATION#{portal}")),
        Place::LocalPublication(id, portal, department) => {
            key(dossier(*id), format!("PUBLICATION#{portal}#{}", department.as_str()))
        }
        Place::Position(id, portal, account) => {
            key(dossier(*id), format!("{}{account}", positions_on(*portal)))
        }
        Place::Removal(id, portal, account) => {
            let portal = portal.map_or_else(String::new, |portal| format!("{portal}#"));
            key(dossier(*id), format!("REMOVED#{portal}{account}"))
        }
        Place::OwnDossier(account, portal, publication) => {
            key(format!("ACCOUNT#{account}"), format!("DOSSIER#{portal}#{}", publication.ulid()))
        }
        Place::Note(id, portal, space, note) => {
            key(dossier(*id), format!("{}{}", notes_of(*portal, *space), note.ulid()))
        }
        Place::Activity(id, portal) => key(dossier(*id), format!("ACTIVITY#{portal}")),
        Place::NewsOfDay(portal, day) => key(format!("PORTAL#{portal}"), format!("NEWS#{day}")),
        Place::PublicKey(kid) => key("KEYS", format!("KEY#{kid}")),
        Place::Mail(id) => key(format!("MAIL#{id}"), "MAIL"),
        Place::Composed(entry) => key(format!("COMPOSED#{entry}"), "COMPOSED"),
        Place::Suppression(hash) => key(format!("SUPPRESSED#{hash}"), "SUPPRESSED"),
        Place::Seal(journal, number) => key(format!("SEAL#{journal}"), seal_number(*number)),
    }
}

/// The partition of those who cover a department, or the whole country.
fn covers(portal: PortalId, department: Option<DepartmentCode>) -> String {
    let department = department.map_or("national", |department| department.as_str());
    format!("COVERS#{portal}#{department}")
}

/// The partition of a dossier.
fn dossier(id: DossierId) -> String {
    format!("DOSSIER#{id}")
}

/// What the positions of one side of a dossier begin with: accounts begin otherwise than portals.
fn positions_on(portal: Option<PortalId>) -> String {
    portal.map_or_else(|| "POSITION#".to_owned(), |portal| format!("POSITION#{portal}#"))
}

/// The positions of one side; on that of those who ask, each sort key goes on with an account.
fn positions_of_side(portal: Option<PortalId>) -> Range {
    let of_accounts = if portal.is_none() { AccountId::PREFIX } else { "" };
    Range::BeginsWith(format!("{}{of_accounts}", positions_on(portal)))
}

/// What the notes of one space begin with.
fn notes_of(portal: PortalId, space: Space) -> String {
    let space = match space {
        Space::Public => "PUBLIC",
        Space::Advisors => "ADVISORS",
    };
    format!("NOTE#{portal}#{space}#")
}

fn all_notes(portal: PortalId, space: Space) -> Range {
    Range::BeginsWith(notes_of(portal, space))
}

/// The guard of an address stands with what it is invited to; a dossier's invitations are each
/// portal's own.
fn of_open_invitation(scope: Scope, email: &Email) -> Key {
    let email = email.as_str();
    match scope {
        Scope::Portal { portal } => {
            key(format!("PORTAL#{portal}"), format!("OPEN_INVITATION#{email}"))
        }
        Scope::Dossier { portal, dossier: id } => {
            key(dossier(id), format!("OPEN_INVITATION#{portal}#{email}"))
        }
    }
}

/// How many bytes of a name sort a list: folded letters may be many times longer than written
/// ones, and DynamoDB takes 1,024 bytes.
const MOST_NAME_BYTES: usize = 200;

/// A text as it stands in a sort key, cut where DynamoDB takes no more.
fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_NAME_BYTES)]
}

/// The key of a journal entry. Entries about accounts alone are spread over eight partitions.
pub(crate) fn of_entry(portal: Option<PortalId>, id: EntryId) -> Key {
    let journal = match portal {
        Some(portal) => Journal::Portal(portal),
        None => Journal::Accounts(shard(&id.to_string(), ACCOUNT_JOURNALS)),
    };
    key(journal_of(journal, &written_at(id).month()), id.ulid().to_string())
}

/// The partition of a journal's month.
fn journal_of(journal: Journal, month: &str) -> String {
    match journal {
        Journal::Portal(portal) => format!("JOURNAL#{portal}#{month}"),
        Journal::Accounts(number) => format!("JOURNAL#-#{month}#{number}"),
    }
}

/// Numbers of one length, so that their order as text is their order.
pub(crate) fn seal_number(number: u64) -> String {
    format!("{number:012}")
}

/// The key of the erasable detail of an entry.
pub(crate) fn of_detail(concerned: Concerned, id: EntryId) -> Key {
    let concerned = match concerned {
        Concerned::Account(account) => account.to_string(),
        Concerned::SignUp(sign_up) => sign_up.to_string(),
    };
    key(format!("DETAIL#{concerned}"), id.ulid().to_string())
}

/// The key of an idempotency record.
pub(crate) fn of_idempotency(account: AccountId, name: &str) -> Key {
    key(format!("IDEMPOTENCY#{account}#{name}"), "IDEMPOTENCY")
}

/// The key of a window of a rate limit.
pub(crate) fn of_limit(hash: &str) -> Key {
    key(format!("LIMIT#{hash}"), "LIMIT")
}

/// The key of the counters of a portal's bulk mails of a day.
pub(crate) fn of_bulk(portal: Option<PortalId>, day: Instant) -> Key {
    let portal = portal.map_or_else(|| "-".to_owned(), |portal| portal.to_string());
    key(format!("BULK#{portal}"), day.day())
}

/// One of `shards` partitions, evenly and always the same for a text.
pub(crate) fn shard(text: &str, shards: u8) -> u8 {
    Sha256::digest(text.as_bytes())[0] % shards
}

/// How many partitions the due items of one schedule are spread over.
pub const DUE_SHARDS: u8 = 4;

/// A partition to be read page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// Open requests, by date.
    OpenRequests(PortalId),
    /// Closed requests, by date.
    ClosedRequests(PortalId),
    /// Advisers, by name.
    Advisors(PortalId),
    /// Advisers of one department, or of the whole country.
    Coverage(PortalId, Option<DepartmentCode>),
    /// The people of a portal, by name.
    People(PortalId, PeopleList),
    /// The people of a portal whom a word finds that begins so.
    FoundBy(PortalId, String),
    /// The invitations of a scope that nobody has answered, by date.
    OpenInvitations(Scope),
    /// The invitations of a scope that have ended, by date.
    ClosedInvitations(Scope),
    /// The invitations of an address.
    InvitationsTo(Email),
    /// The imports of a portal, by date.
    Imports(PortalId),
    /// Dossiers of a portal that were submitted within a window, by publication.
    Dossiers(PortalId, DossierList, Window),
    /// The dossiers of a portal on which an account holds a position, likewise.
    OwnDossiers(AccountId, PortalId, Window),
    /// The positions on a dossier: of those who ask, or of the advisers of a portal.
    Positions(DossierId, Option<PortalId>),
    /// The notes on a dossier.
    Notes(DossierId, PortalId, Space),
    /// Moderators.
    Staff(PortalId),
    /// The journal of a month.
    Journal(Journal, String),
    /// The entries of a month after one identifier and up to another.
    Between(Journal, EntryId, EntryId),
    /// The seals of a journal, from this number on.
    Seals(Journal, SealNumber),
    /// What touched somebody on a portal.
    Touched(AccountId, PortalId),
    /// What touched an object of a portal.
    About(PortalId, Object),
    /// The mails of a portal and month.
    Mails(PortalId, String),
    /// The mails of a portal to somebody.
    MailsTo(Recipient, PortalId),
    /// What an account is on each portal.
    Memberships(AccountId),
    /// The sessions of an account.
    Sessions(AccountId),
    /// The openings of a person's request that are over.
    PastRequests(AccountId, PortalId),
    /// Every portal.
    Portals,
    /// The signing keys.
    Keys,
    /// What a schedule must look at by now.
    Due(&'static str, u8, Instant),
}

/// Which people of a portal (RULES E1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleList {
    /// Those who may act.
    Active,
    /// Those who are archived.
    Inactive,
}

/// Which dossiers of a portal; each stands in one of the first three, and in its department's while
/// advisers see it. So each reader's page is read from partitions that hold nothing else than what
/// they may see, and its cost does not depend on the size of the portal (RULES F14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DossierList {
    /// Those that wait for the moderators.
    Submitted,
    /// Those that were refused.
    Refused,
    /// Those that were accepted.
    Accepted,
    /// Those that were accepted, of one department.
    Department(DepartmentCode),
}

/// From one identifier to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The smallest.
    pub first: Ulid,
    /// The greatest.
    pub last: Ulid,
}

/// Which rows of a partition: all, those that begin with a text, those up to one, or those from one
/// to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Range {
    All,
    BeginsWith(String),
    UpTo(String),
    Between(String, String),
}

fn table(value: String, range: Range) -> Partition {
    Partition { index: None, value, range }
}

fn on(index: Index, value: String, range: Range) -> Partition {
    Partition { index: Some(index), value, range }
}

/// Where the rows of a listing stand.
#[derive(Debug, Clone)]
pub(crate) struct Partition {
    pub(crate) index: Option<Index>,
    pub(crate) value: String,
    pub(crate) range: Range,
}

impl Listing {
    pub(crate) fn partition(&self) -> Partition {
        match self {
            Self::OpenRequests(portal) => on(Index::Listing, requests(*portal, "OPEN"), Range::All),
            Self::ClosedRequests(portal) => {
                on(Index::Listing, requests(*portal, "CLOSED"), Range::All)
            }
            Self::Advisors(portal) => on(Index::Listing, format!("ADVISORS#{portal}"), Range::All),
            Self::Coverage(portal, department) => table(covers(*portal, *department), Range::All),
            Self::People(portal, list) => on(Index::Listing, people(*portal, *list), Range::All),
            Self::FoundBy(portal, word) => {
                let begins = Range::BeginsWith(format!("FIND#{}", bounded(word)));
                table(format!("PORTAL#{portal}"), begins)
            }
            Self::OpenInvitations(scope) => {
                on(Index::Listing, invitations(*scope, "OPEN"), Range::All)
            }
            Self::ClosedInvitations(scope) => {
                on(Index::Listing, invitations(*scope, "CLOSED"), Range::All)
            }
            Self::InvitationsTo(email) => {
                on(Index::Subject, format!("EMAIL#{}", email.as_str()), Range::All)
            }
            Self::Imports(portal) => on(Index::Listing, imports(*portal), Range::All),
            Self::Dossiers(portal, list, window) => {
                on(Index::Listing, dossiers(*portal, *list), window.range(""))
            }
            Self::OwnDossiers(account, portal, window) => {
                table(format!("ACCOUNT#{account}"), window.range(&format!("DOSSIER#{portal}#")))
            }
            Self::Positions(id, portal) => table(dossier(*id), positions_of_side(*portal)),
            Self::Notes(id, portal, space) => table(dossier(*id), all_notes(*portal, *space)),
            Self::Staff(portal) => on(Index::Subject, format!("STAFF#{portal}"), Range::All),
            Self::Journal(journal, month) => table(journal_of(*journal, month), Range::All),
            Self::Between(journal, after, through) => {
                let first = Ulid(after.ulid().0.saturating_add(1));
                let range = Range::Between(first.to_string(), through.ulid().to_string());
                table(journal_of(*journal, &written_at(*through).month()), range)
            }
            Self::Seals(journal, first) => {
                let range =
                    Range::Between(seal_number(first.get()), seal_number(SealNumber::MOST.get()));
                table(format!("SEAL#{journal}"), range)
            }
            Self::Touched(account, portal) => {
                let begins = Range::BeginsWith(format!("{portal}#"));
                on(Index::Subject, format!("TOUCHED#{account}"), begins)
            }
            Self::About(portal, object) => on(Index::Listing, about(*portal, object), Range::All),
            Self::Mails(portal, month) => {
                on(Index::Listing, format!("MAILS#{portal}#{month}"), Range::All)
            }
            Self::MailsTo(recipient, portal) => {
                let begins = Range::BeginsWith(format!("{portal}#"));
                on(Index::Subject, format!("MAILED#{recipient}"), begins)
            }
            Self::Memberships(account) => {
                table(format!("ACCOUNT#{account}"), Range::BeginsWith("PERSON#".to_owned()))
            }
            Self::Sessions(account) => {
                table(format!("ACCOUNT#{account}"), Range::BeginsWith("SESSION#".to_owned()))
            }
            Self::PastRequests(account, portal) => {
                let begins = Range::BeginsWith(format!("REQUEST#{portal}#"));
                table(format!("ACCOUNT#{account}"), begins)
            }
            Self::Portals => on(Index::Listing, "PORTALS".to_owned(), Range::All),
            Self::Keys => table("KEYS".to_owned(), Range::All),
            // The tilde comes after every character of the identifiers that follow the instant.
            Self::Due(use_case, shard, now) => {
                on(Index::Due, format!("{use_case}#{shard}"), Range::UpTo(format!("{now}#~")))
            }
        }
    }
}

impl Window {
    /// Everything.
    pub const ALL: Self = Self { first: Ulid(0), last: Ulid(u128::MAX) };

    fn range(self, prefix: &str) -> Range {
        Range::Between(format!("{prefix}{}", self.first), format!("{prefix}{}", self.last))
    }
}

fn dossiers(portal: PortalId, list: DossierList) -> String {
    let list = match list {
        DossierList::Submitted => "SUBMITTED",
        DossierList::Refused => "REFUSED",
        DossierList::Accepted => "ALL",
        DossierList::Department(department) => department.as_str(),
    };
    format!("DOSSIERS#{portal}#{list}")
}

fn requests(portal: PortalId, state: &str) -> String {
    format!("REQUESTS#{portal}#{state}")
}

fn people(portal: PortalId, list: PeopleList) -> String {
    let list = match list {
        PeopleList::Active => "ACTIVE",
        PeopleList::Inactive => "INACTIVE",
    };
    format!("PEOPLE#{portal}#{list}")
}

fn invitations(scope: Scope, state: &str) -> String {
    match scope {
        Scope::Portal { portal } => format!("INVITATIONS#{portal}#{state}"),
        Scope::Dossier { portal, dossier } => format!("INVITATIONS#{portal}#{dossier}#{state}"),
    }
}

fn imports(portal: PortalId) -> String {
    format!("IMPORTS#{portal}")
}

fn about(portal: PortalId, object: &Object) -> String {
    let object = match object {
        Object::Portal(id) => id.to_string(),
        Object::SignUp(id) => id.to_string(),
        Object::Account(id) => id.to_string(),
        Object::Session(id) => id.to_string(),
        Object::AdvisorRequest(id) => format!("REQUEST#{id}"),
        Object::Person(id) => format!("PERSON#{id}"),
        Object::Invitation(id) => id.to_string(),
        Object::Import(id) => id.to_string(),
        Object::Dossier(id) => id.to_string(),
        Object::Keys => "KEYS".to_owned(),
    };
    format!("ENTRIES#{portal}#{object}")
}

/// The place that a key of the index `due` names.
pub(crate) fn place_of(key: &Key) -> Option<Place> {
    let (kind, id) = key.pk.split_once('#')?;
    match kind {
        "MAIL" => Some(Place::Mail(guichet_domain::mail::MailId::parse(id)?)),
        "PORTAL" if key.sk == "DIGEST" => Some(Place::Digest(id.parse().ok()?)),
        "PORTAL" => {
            let day = key.sk.strip_prefix("NEWS#")?;
            Some(Place::NewsOfDay(id.parse().ok()?, day.to_owned()))
        }
        "INVITATION" => Some(Place::Invitation(id.parse().ok()?)),
        "DOSSIER" => {
            let portal = key.sk.strip_prefix("PUBLICATION#")?;
            Some(Place::Publication(id.parse().ok()?, portal.parse().ok()?))
        }
        "IMPORT" => Some(Place::Import(id.parse().ok()?)),
        "ACCOUNT" => {
            let account = id.parse().ok()?;
            let (kind, portal) = key.sk.split_once('#')?;
            let portal = portal.parse().ok()?;
            match kind {
                "REQUEST" => Some(Place::AdvisorRequest(account, portal)),
                "PERSON" => Some(Place::Person(account, portal)),
                _ => None,
            }
        }
        _ => None,
    }
}
