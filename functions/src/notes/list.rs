//! List the notes on a dossier, the newest first: the public ones, or those of the advisers' space.
//!
//! `GET /v1/portals/{portal}/dossiers/{dossier}/notes?space=public`

use guichet_domain::dossier::{Note, Space};
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::note_views::NoteView;
use crate::views::PageLimit;

/// Which notes, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[serde(default)]
    #[param(inline)]
    space: Space,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// List the notes on a dossier.
///
/// # Errors
/// 404 for those who ask in the advisers' space, and for a dossier that is not theirs to see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/dossiers/{dossier}/notes",
    params(DossierPath, Query),
    responses((status = 200, body = List<NoteView>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let query: Result<Query, Error> = request.query();
    let space = query.as_ref().map(|query| query.space).unwrap_or_default();
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let _permit = at.check(Action::SeeNotes(at.viewed(), space))?;
    let query = query?;
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let listing = Listing::Notes(path.dossier, path.portal, space);
    let page = app.page::<Note>(&listing, &page).await?;
    let items = page.rows.iter().map(|note| NoteView::new(note, &at)).collect();
    Reply::ok(&List::<NoteView> { items, cursor: page.cursor })
}
