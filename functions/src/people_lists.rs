//! The rows of the lists of people, and the search among them (RULES E1).

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use guichet_domain::changes::Place;
use guichet_domain::ids::{AccountId, InvitationId, PortalId};
use guichet_domain::instant::Instant;
use guichet_domain::invitation::InvitationState;
use guichet_domain::level::Level;
use guichet_domain::person::{AdvisorAccess, Person, Profile, SearchWord};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Email, Label, Name};
use guichet_platform::app::App;
use guichet_platform::keys::{Listing, PeopleList};
use guichet_platform::problem::Error;
use guichet_platform::store::{Order, Page, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invitation_views::InvitationRow;
use crate::person_positions::own_dossiers;
use crate::search::Search;
use crate::views::{CountView, PersonPath};

/// Which of the three lists (RULES E1).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Which {
    #[default]
    Active,
    Invited,
    Inactive,
}

impl Which {
    /// The stable code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Inactive => "inactive",
        }
    }

    /// The list of people; those who are invited are none yet.
    pub(crate) fn people(self) -> Option<PeopleList> {
        match self {
            Self::Active => Some(PeopleList::Active),
            Self::Invited => None,
            Self::Inactive => Some(PeopleList::Inactive),
        }
    }
}

/// A person, as the list's index holds them.
#[derive(Debug, Deserialize)]
pub(crate) struct PersonRow {
    account: AccountId,
    pub(crate) level: Level,
    pub(crate) profile: Profile,
    #[serde(default)]
    access: Option<AdvisorAccess>,
    #[serde(default)]
    rights_version: u64,
    #[serde(default)]
    pub(crate) joined_at: Option<Instant>,
    #[serde(default)]
    pub(crate) archived_at: Option<Instant>,
    /// The last day on which they did something here.
    #[serde(default)]
    pub(crate) active_on: Option<String>,
}

impl PersonRow {
    /// Where they are an adviser at this instant.
    pub(crate) fn territory_at(&self, now: Instant) -> Option<Territory> {
        let access = self.access.as_ref().filter(|access| access.holds_at(now));
        access.map(|access| access.territory.clone())
    }
}

impl From<Person> for PersonRow {
    fn from(person: Person) -> Self {
        Self {
            account: person.account,
            level: person.level,
            profile: person.profile,
            access: person.access,
            rights_version: person.rights_version,
            joined_at: Some(person.joined_at),
            archived_at: person.archived_at,
            active_on: person.active_on,
        }
    }
}

/// As many dossiers of somebody are read as tell 99 from more.
const MOST_COUNTED: u16 = 100;

/// A person in a list, or somebody invited.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedPerson {
    /// The account of a person; somebody invited may have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    /// The invitation of somebody invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<InvitationId>,
    /// How that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<InvitationState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<Label>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_type: Option<Label>,
    level: Level,
    /// The adviser access, while it holds; or the one to be given to somebody invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    territory: Option<Territory>,
    /// When they joined, or were invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<Instant>,
    /// In how many dossiers of this portal they take part.
    #[serde(skip_serializing_if = "Option::is_none")]
    positions: Option<CountView>,
    /// The last day, in UTC, on which they changed something on this portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    active_on: Option<String>,
    /// What If-Match wants for changes.
    etag: String,
}

impl ListedPerson {
    /// The people of a page, with the number of their dossiers, which are counted at once.
    ///
    /// # Errors
    /// The table did not answer.
    pub(crate) async fn of_people(
        app: &App,
        portal: PortalId,
        rows: Vec<PersonRow>,
    ) -> Result<Vec<Self>, Error> {
        let now = app.now();
        let counted = rows.into_iter().map(async |row| {
            let query = PageQuery::first(MOST_COUNTED, Order::Descending);
            let path = PersonPath { portal, account: row.account };
            let count = own_dossiers(app, path, &query).await?.rows.len();
            Ok::<_, Error>(Self::of_person(row, CountView::up_to_99(count), now))
        });
        try_join_all(counted).await
    }

    fn of_person(row: PersonRow, positions: CountView, now: Instant) -> Self {
        let territory = row.territory_at(now);
        Self {
            account: Some(row.account),
            invitation: None,
            state: None,
            first_name: Some(row.profile.first_name),
            last_name: Some(row.profile.last_name),
            email: row.profile.email,
            organisation: row.profile.organisation,
            user_type: row.profile.user_type,
            level: row.level,
            territory,
            since: row.joined_at,
            archived_at: row.archived_at,
            positions: Some(positions),
            active_on: row.active_on,
            etag: row.rights_version.to_string(),
        }
    }

    pub(crate) fn of_invitation(row: InvitationRow, now: Instant) -> Self {
        Self {
            account: None,
            invitation: Some(row.id),
            state: Some(row.state_at(now)),
            etag: row.etag(),
            first_name: row.first_name,
            last_name: row.last_name,
            email: Some(row.email),
            organisation: None,
            user_type: None,
            level: row.level,
            territory: row.territory,
            since: Some(row.created_at),
            archived_at: None,
            positions: None,
            active_on: None,
        }
    }
}

/// A search among the people of a list: by the longest word through the table, by the others in
/// what that finds.
pub(crate) struct Found<'a> {
    pub(crate) portal: PortalId,
    pub(crate) list: PeopleList,
    pub(crate) word: &'a str,
    pub(crate) search: &'a Search,
    pub(crate) narrowed: Narrowed,
}

/// Which people of a list are wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Narrowed {
    /// Only those of this level.
    pub(crate) level: Option<Level>,
    /// Only those who are advisers, or only those who are not.
    pub(crate) adviser: Option<bool>,
}

impl Narrowed {
    /// Whether people may be left out.
    pub(crate) fn narrows(self) -> bool {
        self.level.is_some() || self.adviser.is_some()
    }

    /// Whether somebody of this level, with or without an adviser access, is wanted.
    pub(crate) fn wants(self, level: Level, territory: Option<&Territory>) -> bool {
        self.level.is_none_or(|wanted| level == wanted)
            && self.adviser.is_none_or(|wanted| territory.is_some() == wanted)
    }

    /// Whether a person is wanted as they are at this instant.
    pub(crate) fn wants_person(self, row: &PersonRow, now: Instant) -> bool {
        self.wants(row.level, row.territory_at(now).as_ref())
    }

    /// Whether somebody invited is wanted.
    pub(crate) fn wants_invitee(self, row: &InvitationRow) -> bool {
        self.wants(row.level, row.territory.as_ref())
    }
}

impl Found<'_> {
    /// A page of the words that begin so, with whom they find.
    ///
    /// # Errors
    /// The table did not answer, or the cursor is none of this search.
    pub(crate) async fn words(
        app: &App,
        portal: PortalId,
        word: &str,
        page: &PageQuery,
    ) -> Result<Page<SearchWord>, Error> {
        Ok(app.page(&Listing::FoundBy(portal, word.to_owned()), page).await?)
    }

    /// Those of a page of words whom the search finds.
    ///
    /// # Errors
    /// The table did not answer.
    pub(crate) async fn people(
        &self,
        app: &App,
        words: Page<SearchWord>,
    ) -> Result<Page<PersonRow>, Error> {
        let accounts: BTreeSet<AccountId> = words.rows.iter().map(|row| row.account).collect();
        let place = |account: &AccountId| Place::Person(*account, self.portal);
        let places: Vec<Place> = accounts.iter().map(place).collect();
        let (people, now) = (app.read(&places).await?, app.now());
        let mut rows = Vec::new();
        for found in &words.rows {
            let person: Option<Person> = people.find(&place(&found.account))?;
            let found = person.filter(|person| self.wants(person, found)).map(PersonRow::from);
            rows.extend(found.filter(|row| self.narrowed.wants_person(row, now)));
        }
        Ok(Page { rows, cursor: words.cursor })
    }

    /// Whether this row is the one by which the person is shown: who is found by several words is
    /// shown at the first of them.
    fn wants(&self, person: &Person, found: &SearchWord) -> bool {
        let list = match person.archived_at {
            Some(_) => PeopleList::Inactive,
            None => PeopleList::Active,
        };
        let words = person.profile.words();
        let first = words.iter().find(|word| word.starts_with(self.word));
        list == self.list && first == Some(&found.word) && self.search.finds(&words)
    }
}
