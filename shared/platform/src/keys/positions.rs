//! Where each entity stands in the indexes, and when the table may forget it.

use guichet_domain::changes::Entity;
use guichet_domain::dossier::{DossierState, Publication, REMOVAL_KEPT_DAYS};
use guichet_domain::import::Import;
use guichet_domain::instant::Instant;
use guichet_domain::invitation::{Invitation, InvitationState};
use guichet_domain::journal::Entry;
use guichet_domain::mail::{KEPT_DAYS, Link, Mail, MailState};
use guichet_domain::person::Person;
use guichet_domain::signing::KeyFamily;
use guichet_domain::text::folded;

use super::{
    DUE_SHARDS, DossierList, MOST_NAME_BYTES, PeopleList, about, dossiers, imports, invitations,
    people, requests, shard,
};

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
        Entity::Import(import) => of_import(import),
        Entity::ImportRows(rows) => ends(rows.expires_at),
        // What verifies seals is kept as long as they are.
        Entity::PublicKey(key) if key.family == KeyFamily::Seal => none,
        Entity::PublicKey(key) => ends(key.expires_at),
        Entity::Mail(mail) => of_mail(mail),
        Entity::Composed(composed) => ends(composed.at.plus_days(KEPT_DAYS)),
        Entity::Suppression(suppression) => ends(suppression.expires_at),
        Entity::Publication(publication) => of_publication(publication, in_state(publication)),
        Entity::LocalPublication(local) => {
            let department = local.publication.locality.department;
            of_publication(&local.publication, DossierList::Department(department))
        }
        Entity::NewsOfDay(news) => {
            let id = format!("{}#{}", news.portal, news.day);
            let due_at = news.due_at.and_then(|at| due("dossiers::send_news", &id, at));
            Positions { due: due_at, ..ends(news.expires_at) }
        }
        Entity::Removal(removal) => ends(removal.at.plus_days(REMOVAL_KEPT_DAYS)),
        Entity::SuperAdministrators(_)
        | Entity::Dossier(_)
        | Entity::Referent(_)
        | Entity::Position(_)
        | Entity::OwnDossier(_)
        | Entity::Note(_)
        | Entity::Activity(_)
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

fn in_state(publication: &Publication) -> DossierList {
    match publication.state {
        DossierState::Submitted => DossierList::Submitted,
        DossierState::Refused => DossierList::Refused,
        DossierState::Open | DossierState::Paused => DossierList::Accepted,
    }
}

fn of_publication(publication: &Publication, list: DossierList) -> Positions {
    let sort = publication.id.ulid().to_string();
    let looks_at = publication.tending.map(|tending| tending.looks_at);
    Positions {
        listing: Some((dossiers(publication.portal, list), sort)),
        due: looks_at.and_then(|at| due("dossiers::tend", &publication.id.to_string(), at)),
        ..Positions::default()
    }
}

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
        (InvitationState::Pending | InvitationState::Expired, Some(at), _) => {
            Some(("invitations::remind", at))
        }
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

fn of_import(import: &Import) -> Positions {
    let id = import.id.to_string();
    let sort = format!("{}#{id}", import.created_at);
    Positions {
        listing: Some((imports(import.portal), sort)),
        due: import.resumed_at().and_then(|at| due("imports::resume", &id, at)),
        ..ends(import.expires_at)
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
        _ => mail
            .kept_until
            .into_iter()
            .chain([created.plus_days(KEPT_DAYS)])
            .min()
            .unwrap_or(created),
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
