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
//! | people of a portal by name, active or not | `listing`, `PEOPLE#p#ACTIVE` | `people::list` |
//! | people found by the beginning of a word | table, `PORTAL#p`, `FIND#word#a` | `people::list`, `invitations::invite` |
//! | invitations of a portal, open or closed | `listing`, `INVITATIONS#p#OPEN` | `people::list`, `invitations::list` |
//! | invitations of an address | `subject`, `EMAIL#e` | `invitations::mine` |
//! | mails of a portal and month | `listing`, `MAILS#p#2026-11` | `mails::list` |
//! | entries about a request or a person | `listing`, `ENTRIES#p#object` | `journal::list` |
//! | moderators of a portal | `subject`, `STAFF#p` | `mails::compose` |
//! | entries that touched a person | `subject`, `TOUCHED#a`, `p#…` | `journal::mine`, `journal::list` |
//! | mails of a portal to a person or an invitation | `subject`, `MAILED#a`, `p#…` | `people::get`, `invitations::get` |
//! | a portal's bulk mails of a day | table, `BULK#p` | `mails::send`, `mails::record_outcome` |
//! | what a schedule must look at | `due`, `<use case>#<shard>` | every schedule |

use guichet_domain::changes::{Entity, Place};
use guichet_domain::ids::{AccountId, EntryId, PortalId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Invitation, InvitationState, Scope};
use guichet_domain::journal::{Concerned, Entry, Object};
use guichet_domain::mail::{KEPT_DAYS, Link, Mail, MailState, Recipient};
use guichet_domain::person::Person;
use guichet_domain::seal::{ACCOUNT_JOURNALS, Journal, SealNumber, written_at};
use guichet_domain::signing::KeyFamily;
use guichet_domain::text::{Email, folded};
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
            let department = department.map_or("national", |department| department.as_str());
            key(format!("COVERS#{portal}#{department}"), account.to_string())
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
        Place::OpenInvitation(scope, email) => {
            key(of_scope(*scope), format!("OPEN_INVITATION#{}", email.as_str()))
        }
        Place::PublicKey(kid) => key("KEYS", format!("KEY#{kid}")),
        Place::Mail(id) => key(format!("MAIL#{id}"), "MAIL"),
        Place::Composed(entry) => key(format!("COMPOSED#{entry}"), "COMPOSED"),
        Place::Suppression(hash) => key(format!("SUPPRESSED#{hash}"), "SUPPRESSED"),
        Place::Seal(journal, number) => key(format!("SEAL#{journal}"), seal_number(*number)),
    }
}

/// The partition of a scope of invitations.
fn of_scope(scope: Scope) -> String {
    match scope {
        Scope::Portal(portal) => format!("PORTAL#{portal}"),
    }
}

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
    Coverage(PortalId, Option<guichet_domain::territory::DepartmentCode>),
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

/// Which rows of a partition: all, those that begin with a text, those up to one, or those from one
/// to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Range {
    All,
    BeginsWith(String),
    UpTo(String),
    Between(String, String),
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
        let table = |value: String, range| Partition { index: None, value, range };
        let on = |index, value: String, range| Partition { index: Some(index), value, range };
        match self {
            Self::OpenRequests(portal) => on(Index::Listing, requests(*portal, "OPEN"), Range::All),
            Self::ClosedRequests(portal) => {
                on(Index::Listing, requests(*portal, "CLOSED"), Range::All)
            }
            Self::Advisors(portal) => on(Index::Listing, format!("ADVISORS#{portal}"), Range::All),
            Self::Coverage(portal, department) => {
                let department = department.map_or("national", |department| department.as_str());
                table(format!("COVERS#{portal}#{department}"), Range::All)
            }
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
        Scope::Portal(portal) => format!("INVITATIONS#{portal}#{state}"),
    }
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
        Object::Keys => "KEYS".to_owned(),
    };
    format!("ENTRIES#{portal}#{object}")
}

/// Where an item stands in one index.
pub(crate) type Position = Option<(String, String)>;

/// Where an item stands in the indexes, and when it may be deleted.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    pub(crate) listing: Position,
    pub(crate) subject: Position,
    pub(crate) due: Position,
    /// Seconds since 1970.
    pub(crate) ttl: Option<i64>,
}

fn due(use_case: &str, id: &str, at: Instant) -> Position {
    Some((format!("{use_case}#{}", shard(id, DUE_SHARDS)), format!("{at}#{id}")))
}

/// How long after its end an item stays readable, since deleting only tidies up.
const TTL_DELAY_SECONDS: i64 = 86_400;

/// Where an entity stands in the indexes.
pub(crate) fn positions(entity: &Entity) -> Positions {
    let none = Positions::default();
    match entity {
        Entity::Portal(portal) => {
            Positions { listing: Some(("PORTALS".to_owned(), portal.id.to_string())), ..none }
        }
        Entity::Digest(digest) => {
            let id = digest.portal.to_string();
            let due_at = digest.due_at;
            Positions {
                due: due_at.and_then(|at| due("advisor_requests::remind_moderators", &id, at)),
                ..none
            }
        }
        Entity::SignUp(sign_up) => ends(sign_up.expires_at),
        Entity::Session(session) => ends(session.expires_at),
        Entity::Person(person) => of_person(person),
        Entity::AdvisorRow(row) => {
            let name = sorted_by(row.last_name.as_str(), row.first_name.as_str());
            let sort = format!("{name}#{}", row.account);
            Positions { listing: Some((format!("ADVISORS#{}", row.portal), sort)), ..none }
        }
        Entity::AdvisorRequest(request) => {
            use guichet_domain::advisor_request::Status;
            let is_open = request.status == Status::Open;
            let state = if is_open { "OPEN" } else { "CLOSED" };
            let sort = format!("{}#{}", request.submitted_at, request.account);
            let id = format!("{}#{}", request.account, request.portal);
            let lapses = due("advisor_requests::lapse", &id, request.lapses_at);
            Positions {
                listing: Some((requests(request.portal, state), sort)),
                due: lapses.filter(|_| is_open),
                ..none
            }
        }
        Entity::Invitation(invitation) => of_invitation(invitation),
        // What verifies seals is kept as long as they are.
        Entity::PublicKey(key) if key.family == KeyFamily::Seal => none,
        Entity::PublicKey(key) => ends(key.expires_at),
        Entity::Mail(mail) => of_mail(mail),
        Entity::Composed(composed) => ends(composed.at.plus_days(KEPT_DAYS)),
        Entity::Suppression(suppression) => ends(suppression.expires_at),
        Entity::SuperAdministrators(_)
        | Entity::Account(_)
        | Entity::Credential(_)
        | Entity::EmailClaim(_)
        | Entity::UsernameClaim(_)
        | Entity::Coverage(_)
        | Entity::SearchWord(_)
        | Entity::OpenInvitation(_)
        | Entity::PastRequest(_)
        | Entity::SignedSeal(_) => none,
    }
}

/// How many bytes of a name sort a list: folded letters may be many times longer than written
/// ones, and DynamoDB takes 1,024 bytes.
const MOST_NAME_BYTES: usize = 200;

/// A name as lists are sorted by it.
fn sorted_by(last_name: &str, first_name: &str) -> String {
    let mut name = folded(&format!("{last_name} {first_name}"));
    name.truncate(name.floor_char_boundary(MOST_NAME_BYTES));
    name
}

fn ends(at: Instant) -> Positions {
    Positions { ttl: Some(at.seconds() + TTL_DELAY_SECONDS), ..Positions::default() }
}

fn of_person(person: &Person) -> Positions {
    let profile = &person.profile;
    let name = sorted_by(profile.last_name.as_str(), profile.first_name.as_str());
    let is_archived = person.archived_at.is_some();
    let list = if is_archived { PeopleList::Inactive } else { PeopleList::Active };
    let sort = format!("{name}#{}", person.account);
    let is_staff = person.level.is_staff() && person.archived_at.is_none();
    let staff = (format!("STAFF#{}", person.portal), person.account.to_string());
    Positions {
        listing: Some((people(person.portal, list), sort)),
        subject: is_staff.then_some(staff),
        due: end_of_access(person),
        ..Positions::default()
    }
}

/// The one earliest instant at which a schedule must look at somebody's access.
fn end_of_access(person: &Person) -> Position {
    let access = person.access.as_ref()?;
    let ends_at = access.ends_at?;
    let id = format!("{}#{}", person.account, person.portal);
    match access.warned_next_at.filter(|_| person.archived_at.is_none()) {
        Some(warned_at) => due("people::warn_of_end", &id, warned_at),
        None => due("people::end_access", &id, ends_at),
    }
}

fn of_invitation(invitation: &Invitation) -> Positions {
    let state = if invitation.state.is_open() { "OPEN" } else { "CLOSED" };
    let (created, id) = (invitation.created_at, invitation.id.to_string());
    let portal = invitation.scope.portal();
    let next = match (invitation.state, invitation.reminded_next_at, invitation.expires_at) {
        (InvitationState::Pending, Some(at), _) => Some(("invitations::remind", at)),
        (InvitationState::Pending, None, Some(at)) => Some(("invitations::expire", at)),
        _ => invitation.erased_at().map(|at| ("invitations::erase_closed", at)),
    };
    Positions {
        listing: Some((invitations(invitation.scope, state), format!("{created}#{id}"))),
        subject: Some((
            format!("EMAIL#{}", invitation.email.as_str()),
            format!("{portal}#{created}#{id}"),
        )),
        due: next.and_then(|(use_case, at)| due(use_case, &id, at)),
        ttl: None,
    }
}

fn of_mail(mail: &Mail) -> Positions {
    let portal = mail.portal.map_or_else(|| "-".to_owned(), |portal| portal.to_string());
    let partition = format!("MAILS#{portal}#{}", mail.created_at.month());
    let (created, id) = (mail.created_at, &mail.id);
    let subject = format!("MAILED#{}", mail.recipient);
    let waits = matches!(mail.state, MailState::Queued | MailState::Sending);
    // A queued mail is the stream's to send; the schedule looks only after it had the time to.
    let retry_at = mail.due_at.unwrap_or(created.plus_seconds(120));
    // What holds a link to an account is of no use once the link has expired.
    let kept = match mail.link {
        Link::VerifyEmail { expires_at, .. } => expires_at.plus_days(30),
        _ => created.plus_days(mail.kept_in_days.unwrap_or(KEPT_DAYS).min(KEPT_DAYS)),
    };
    Positions {
        listing: Some((partition, format!("{created}#{id}"))),
        subject: Some((subject, format!("{portal}#{created}#{id}"))),
        due: due("mails::retry", id.as_str(), retry_at).filter(|_| waits),
        ttl: Some(kept.seconds()),
    }
}

/// Where a journal entry stands in the indexes.
pub(crate) fn of_entry_positions(entry: &Entry) -> Positions {
    let Some(portal) = entry.portal else { return Positions::default() };
    let ulid = entry.id.ulid();
    let touched =
        entry.person.map(|person| (format!("TOUCHED#{person}"), format!("{portal}#{ulid}")));
    Positions {
        listing: Some((about(portal, &entry.object), ulid.to_string())),
        subject: touched,
        ..Positions::default()
    }
}

/// The place that a key of the index `due` names.
pub(crate) fn place_of(key: &Key) -> Option<Place> {
    let (kind, id) = key.pk.split_once('#')?;
    match kind {
        "MAIL" => Some(Place::Mail(guichet_domain::mail::MailId::parse(id)?)),
        "PORTAL" if key.sk == "DIGEST" => Some(Place::Digest(id.parse().ok()?)),
        "INVITATION" => Some(Place::Invitation(id.parse().ok()?)),
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
