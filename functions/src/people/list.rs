//! List the people of a portal: the active by name, the invited, or the inactive.
//!
//! `GET /v1/portals/{portal}/people?list=active`

use guichet_domain::ids::PortalId;
use guichet_domain::invitation::Scope;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::SearchWord;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::{Listing, PeopleList};
use guichet_platform::problem::{Error, UNAUTHORISED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, Page, PageQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::invitation_views::{FoundBy, InvitationRow};
use crate::people_lists::{Found, ListedPerson, Narrowed, PersonRow, Which};
use crate::search::{MOST_READ, Search};
use crate::views::{PageLimit, PortalPath};

/// Which people, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    #[param(inline)]
    list: Which,
    /// Only those in whose name or address each of these words begins a word.
    search: Option<String>,
    /// Only those of this level.
    level: Option<Level>,
    /// Only those who are advisers, or are invited as such; or only the others.
    adviser: Option<bool>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

impl Query {
    fn page(&self, order: Order) -> PageQuery {
        PageQuery { limit: self.limit.0, cursor: self.cursor.clone(), order }
    }

    fn narrowed(&self) -> Narrowed {
        Narrowed { level: self.level, adviser: self.adviser }
    }
}

/// List the people of a portal.
///
/// Active and inactive people are sorted by name, people found by a search by the word that found
/// them, and invited people by the date of their invitation, the newest first.
///
/// # Errors
/// 403 below reviewer.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/people",
    params(PortalPath, Query),
    responses((status = 200, body = List<ListedPerson>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let asked: Result<Query, Error> = request.query();
    let search = asked.as_ref().ok().and_then(|query| query.search.as_deref());
    let search = Search::new(search.unwrap_or_default());
    // Nobody without a token of ours makes us search.
    app.bearer(request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?).await?;
    let (desk, found) = tokio::join!(
        app.desk(request, Some(path.portal), &[]),
        beside(app, path.portal, asked.as_ref().ok(), &search),
    );
    let desk = desk?;
    let _permit = check(&desk.actor, Action::SeePeople(desk.portal()?.id))?;
    let (query, portal) = (asked?, path.portal);
    let page = match found? {
        Beside::Nothing => {
            let page = invited(app, portal, &query, &search).await?;
            let now = app.now();
            let shown = page.rows.into_iter().map(|row| ListedPerson::of_invitation(row, now));
            let items = shown.collect();
            return Reply::ok(&List::<ListedPerson> { items, cursor: page.cursor });
        }
        Beside::People(page) => page,
        Beside::Words(list, words) => {
            let narrowed = query.narrowed();
            let word = search.longest().unwrap_or_default();
            Found { portal, list, word, search: &search, narrowed }.people(app, words).await?
        }
    };
    let items = ListedPerson::of_people(app, portal, page.rows).await?;
    Reply::ok(&List::<ListedPerson> { items, cursor: page.cursor })
}

/// What is read beside who asks, and shown to nobody before that is known.
enum Beside {
    /// The words by which people of a list are found.
    Words(PeopleList, Page<SearchWord>),
    /// The people of a list.
    People(Page<PersonRow>),
    /// Invitations are read afterwards.
    Nothing,
}

async fn beside(
    app: &App,
    portal: PortalId,
    query: Option<&Query>,
    search: &Search,
) -> Result<Beside, Error> {
    let Some((query, list)) = query.and_then(|query| Some((query, query.list.people()?))) else {
        return Ok(Beside::Nothing);
    };
    let page = query.page(Order::Ascending);
    if let Some(word) = search.longest() {
        let words = Found::words(app, portal, word, &page).await?;
        return Ok(Beside::Words(list, words));
    }
    let (narrowed, now) = (query.narrowed(), app.now());
    let most = if narrowed.narrows() { MOST_READ } else { page.limit };
    let is_wanted = |row: &PersonRow| narrowed.wants_person(row, now);
    let listing = Listing::People(portal, list);
    Ok(Beside::People(app.page_where(&listing, &page, most, is_wanted).await?))
}

async fn invited(
    app: &App,
    portal: PortalId,
    query: &Query,
    search: &Search,
) -> Result<Page<InvitationRow>, Error> {
    let narrowed = query.narrowed();
    let narrows = narrowed.narrows() || search.longest().is_some();
    let most = if narrows { MOST_READ } else { query.limit.0 };
    let page = query.page(Order::Descending);
    let is_wanted = |row: &InvitationRow| {
        narrowed.wants_invitee(row) && row.is_found_by(search, FoundBy::Everything)
    };
    let open = Listing::OpenInvitations(Scope::Portal { portal });
    Ok(app.page_where(&open, &page, most, is_wanted).await?)
}
