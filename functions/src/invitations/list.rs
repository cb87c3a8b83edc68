//! List the invitations of a portal: those that nobody has answered, or those that have ended.
//!
//! `GET /v1/portals/{portal}/invitations?list=open`

use guichet_domain::invitation::Scope;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::invitation_lists::ListQuery;
use crate::invitation_views::{InvitationView, Reader};
use crate::views::PortalPath;

/// List the invitations of a portal, the newest first.
///
/// # Errors
/// 403 below reviewer.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/invitations",
    params(PortalPath, ListQuery),
    responses((status = 200, body = List<InvitationView>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::SeeInvitations(desk.portal()?.id))?;
    let query: ListQuery = request.query()?;
    let now = app.now();
    let page = query.page(app, Scope::Portal { portal: path.portal }, now, true, |_| true).await?;
    let reader = Reader::of(&desk.actor, path.portal);
    let items = page.rows.into_iter().map(|row| InvitationView::new(row, now).shown_to(reader));
    let items = items.collect();
    Reply::ok(&List::<InvitationView> { items, cursor: page.cursor })
}
