//! Where somebody's level, adviser access and positions come from (RULES E6): the journal knows.

use guichet_domain::dossier::Role;
use guichet_domain::ids::{AccountId, DossierId, InvitationId};
use guichet_domain::instant::Instant;
use guichet_domain::journal::{Act, Author, Entry, Object};
use guichet_domain::level::Level;
use guichet_domain::permissions::Rule;
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::keys::Listing;
use guichet_platform::store::{Order, PageQuery, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PersonPath;

/// How many of the newest entries that touch somebody are looked through.
const MOST_READ: u16 = 300;

/// Where what somebody has comes from, as far as the newest entries that touch them tell.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Origins {
    /// Their level; absent for a user who never had another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Origin>,
    /// Their adviser access, with its territory.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Origin>,
}

/// The act that gave something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Origin {
    act: Act,
    at: Instant,
    /// Who did it; the portal's team, for those who do not read the journal.
    author: Author,
    rule: Rule,
}

/// The newest entries that gave somebody a level, an adviser access or a position. They are read
/// beside who asks, and shown to nobody before that is known.
///
/// # Errors
/// The table did not answer.
pub(crate) async fn gifts(app: &App, path: PersonPath) -> Result<Vec<Entry>, StoreError> {
    let touched = Listing::Touched(path.account, path.portal);
    let query = PageQuery::first(MOST_READ, Order::Descending);
    let is_gift =
        |entry: &Entry| gives_level(entry) || gives_access(entry) || gives_position(entry);
    Ok(app.page_where(&touched, &query, MOST_READ, is_gift).await?.rows)
}

fn gives_level(entry: &Entry) -> bool {
    let changes = entry.before.level != entry.after.level;
    matches!(entry.act, Act::LevelChanged | Act::InvitationAccepted) && changes
        || entry.act == Act::PortalCreated
}

fn gives_access(entry: &Entry) -> bool {
    let gives = [
        Act::RequestAccepted,
        Act::AdvisorPromoted,
        Act::TerritoryChanged,
        Act::InvitationAccepted,
    ];
    gives.contains(&entry.act) && entry.after.territory.is_some()
}

fn gives_position(entry: &Entry) -> bool {
    let gives =
        [Act::DossierSubmitted, Act::PositionTaken, Act::PositionSwitched, Act::ReferentChanged];
    gives.contains(&entry.act)
}

/// Where somebody's position on a dossier comes from; nothing where no entry of the portal gave
/// them this very role: they asked on another portal of it, or spoke for it before.
pub(crate) fn of_position(
    person: &Person,
    (dossier, role): (DossierId, Role),
    gifts: &[Entry],
    reads_journal: bool,
) -> Option<Origin> {
    let gives_role = |entry: &&Entry| match entry.act {
        Act::DossierSubmitted | Act::ReferentChanged => role == Role::Referent,
        _ => entry.after.codes.iter().any(|code| code == role.code()),
    };
    let is_it = |entry: &&Entry| gives_position(entry) && entry.object == Object::Dossier(dossier);
    gifts
        .iter()
        .find(is_it)
        .filter(gives_role)
        .map(|entry| Origin::of(entry, person, reads_journal))
}

/// The invitation by which somebody last came or rose.
pub(crate) fn invitation(gifts: &[Entry]) -> Option<InvitationId> {
    gifts.iter().find_map(|entry| match (entry.act, &entry.object) {
        (Act::InvitationAccepted, Object::Invitation(id)) => Some(*id),
        _ => None,
    })
}

impl Origin {
    fn of(entry: &Entry, person: &Person, reads_journal: bool) -> Self {
        Self {
            act: entry.act,
            at: entry.at,
            author: shown(entry.author, person.account, reads_journal),
            rule: entry.rule,
        }
    }
}

impl Origins {
    /// Those of what somebody has now, for a reader who sees who did it, or does not.
    pub(crate) fn of(person: &Person, gifts: &[Entry], reads_journal: bool, now: Instant) -> Self {
        let gave_level = |entry: &&Entry| match entry.act {
            Act::PortalCreated => person.level == Level::SuperAdministrator,
            _ => gives_level(entry) && entry.after.level == Some(person.level),
        };
        let access = person.access_at(now);
        let gave_access = |entry: &&Entry| {
            let territory = access.map(|access| &access.territory);
            gives_access(entry) && entry.after.territory.as_ref() == territory
        };
        let origin = |entry: &Entry| Origin::of(entry, person, reads_journal);
        Self {
            level: gifts.iter().find(gave_level).map(origin),
            access: gifts.iter().find(gave_access).map(origin),
        }
    }
}

/// Moderators are named to those who read the journal (SECURITY S18).
fn shown(author: Author, own: AccountId, reads_journal: bool) -> Author {
    match author {
        Author::Account(account) if account != own && !reads_journal => Author::Team,
        author => author,
    }
}
