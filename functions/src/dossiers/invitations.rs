//! List the invitations to a dossier: those that nobody has answered, or those that have ended.
//!
//! `GET /v1/portals/{portal}/dossiers/{dossier}/invitations?list=open`

use guichet_domain::invitation::Scope;
use guichet_domain::permissions::Action;
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::dossier_desk::{DossierDesk, DossierPath};
use crate::invitation_lists::{InvitedToDossier, ListQuery, is_managed};

/// List the invitations to a dossier, the newest first; those that have ended, for those who may
/// manage them or see everything of the dossier.
///
/// # Errors
/// 404 for a dossier that is not theirs to see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/dossiers/{dossier}/invitations",
    params(DossierPath, ListQuery),
    responses((status = 200, body = List<InvitedToDossier>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: DossierPath = request.path()?;
    let at = DossierDesk::open(app, request, path, &[]).await?;
    let _sight = at.check(Action::SeeDossier(at.viewed()))?;
    let query: ListQuery = request.query()?;
    let DossierPath { portal, dossier } = path;
    let scope = Scope::Dossier { portal, dossier };
    let sees_closed = at.sees_everything();
    let page = query.page(app, scope, at.now, sees_closed, |row| is_managed(&at, row)).await?;
    let items = page.rows.into_iter().map(|row| InvitedToDossier::new(&at, row)).collect();
    Reply::ok(&List::<InvitedToDossier> { items, cursor: page.cursor })
}
