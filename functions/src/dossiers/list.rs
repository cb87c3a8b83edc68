//! List the dossiers of a portal that one may see: by territory, by position, or all for staff.
//!
//! `GET /v1/portals/{portal}/dossiers?department=33&state=open`

use guichet_domain::dossier::{DossierState, Locality, PreviousDossier};
use guichet_domain::ids::{AccountId, DossierId, Ulid};
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, Reach, check, reach};
use guichet_domain::territory::DepartmentCode;
use guichet_domain::text::{Label, Title};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Window;
use guichet_platform::problem::{self, Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dossier_desk::bearer;
use crate::dossier_lists::{DossierRow, Filter, OwnPart, lists, merged, parts};
use crate::search::Search;
use crate::views::{PageLimit, PortalPath, TakingView};

/// Which dossiers, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only those in this state: `submitted` is the moderators' queue.
    #[param(inline)]
    state: Option<DossierState>,
    /// Only those of this department.
    department: Option<String>,
    /// Only those in whose title, organisation or commune each of these words begins a word.
    search: Option<String>,
    /// Only those submitted at this instant or later.
    from: Option<Instant>,
    /// Only those submitted before this instant.
    until: Option<Instant>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

impl Query {
    /// From when to when, and below the page before; `None` where nothing can be.
    fn window(&self) -> Result<Option<Window>, Error> {
        let begin =
            |at: Instant| Ulid::from_parts(u64::try_from(at.milliseconds()).unwrap_or_default(), 0);
        let below = |end: Ulid| Ulid(end.0.saturating_sub(1));
        let cursor = self.cursor.as_deref().map(Ulid::from_string).transpose();
        let cursor = cursor.map_err(|_| Error::from(StoreError::Cursor))?;
        let ends = [self.until.map(begin), cursor];
        let last = ends.into_iter().flatten().min().map_or(Ulid(u128::MAX), below);
        let first = self.from.map_or(Ulid(0), begin);
        Ok((first <= last).then_some(Window { first, last }))
    }

    fn filter(&self) -> Result<Filter, Error> {
        let department = self.department.clone().map(DepartmentCode::try_from).transpose();
        Ok(Filter {
            state: self.state,
            department: department.map_err(|invalid| problem::invalid("department", invalid))?,
            search: Search::new(self.search.as_deref().unwrap_or_default()),
        })
    }
}

/// A dossier in a list.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    id: DossierId,
    state: DossierState,
    title: Title,
    organisation: Label,
    locality: Locality,
    submitted_at: Instant,
    submitted_by: AccountId,
    submitted_by_name: String,
    /// How many advisers follow it.
    advisors: u32,
    observers: u32,
    /// Which moderator takes care of it, for staff while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<TakingView>,
    /// What the same person submitted before, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<PreviousDossier>,
    /// What If-Match wants for changes and decisions.
    etag: String,
}

impl Output {
    fn new(row: DossierRow, is_staff: bool) -> Self {
        let waits = is_staff && row.state == DossierState::Submitted;
        let taking = row.taking.filter(|_| waits);
        Self {
            taken: taking.map(|taking| TakingView::new(&taking.by, taking.at)),
            previous: row.previous.filter(|_| is_staff),
            id: row.dossier,
            state: row.state,
            title: row.title,
            organisation: row.organisation,
            locality: row.locality,
            submitted_at: row.submitted_at,
            submitted_by: row.submitted_by.account,
            submitted_by_name: row.submitted_by.name,
            advisors: row.advisors,
            observers: row.observers,
            etag: format!("{}.{}", row.dossier_version, row.rights_version),
        }
    }
}

/// List the dossiers of a portal that one may see, the newest first.
///
/// # Errors
/// 404 for whoever is no active person of the portal.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/dossiers",
    params(PortalPath, Query),
    responses((status = 200, body = List<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let account = bearer(app, request).await?;
    let query: Result<Query, Error> = request.query();
    let asked = query
        .as_ref()
        .ok()
        .and_then(|query| Some((query.window().ok()??, query.filter().ok()?, query.limit.0)));
    let own = async {
        let Some((window, filter, limit)) = asked else { return Ok::<_, StoreError>(None) };
        OwnPart::read(app, account, path.portal, window, &filter, limit).await.map(Some)
    };
    let (desk, own) = tokio::join!(app.desk(request, Some(path.portal), &[]), own);
    let desk = desk?;
    let _permit = check(&desk.actor, Action::SeeDossiers(desk.portal()?.id))?;
    let query = query?;
    let (filter, limit) = (query.filter()?, query.limit.0);
    let Some(window) = query.window()? else {
        return Reply::ok(&List::<Output> { items: Vec::new(), cursor: None });
    };
    let person = desk.person.as_ref().ok_or_else(|| Error::from(&NOT_FOUND))?;
    let reach = reach(person, app.now());
    let lists = lists(&reach, &filter);
    // Whoever sees everything has their own dossiers among the others.
    let own = own?.filter(|_| reach != Reach::Everything);
    let own = async {
        match own {
            Some(own) => own.publications(app).await.map(Some),
            None => Ok(None),
        }
    };
    let (read, own) = tokio::join!(parts(app, path.portal, &lists, &filter, window, limit), own);
    let mut read = read?;
    read.extend(own?);
    let page = merged(read, &filter, limit);
    let is_staff = person.level.is_staff();
    let items = page.rows.into_iter().map(|row| Output::new(row, is_staff)).collect();
    let cursor = page.next.map(|next| next.to_string());
    Reply::ok(&List::<Output> { items, cursor })
}
