//! Count what waits for the moderators of a portal.
//!
//! `GET /v1/portals/{portal}/moderation`

use guichet_domain::instant::Instant;
use guichet_domain::moderation::MailRhythm;
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::keys::{DossierList, Listing, Window};
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::views::{CountView, PortalPath};

/// What waits; a client shows nothing when both are zero.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    advisor_requests: CountView,
    dossiers: CountView,
    /// How the moderator who asks is told of new ones.
    mails: MailRhythm,
}

#[derive(Deserialize)]
struct Row {
    lapses_at: Instant,
}

/// Count what waits for the moderators of a portal.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/moderation",
    params(PortalPath),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::SeeQueue(desk.portal()?.id))?;
    let now = app.now();
    let open = Listing::OpenRequests(path.portal);
    let query = PageQuery::first(100, Order::Descending);
    let submitted = Listing::Dossiers(path.portal, DossierList::Submitted, Window::ALL);
    let (requests, dossiers) = tokio::try_join!(
        app.page_where::<Row>(&open, &query, 100, |row| now < row.lapses_at),
        app.page::<IgnoredAny>(&submitted, &query),
    )?;
    let mails = desk.person.as_ref().map(|person| person.moderation_mails).unwrap_or_default();
    Reply::ok(&Output {
        advisor_requests: CountView::up_to_99(requests.rows.len()),
        dossiers: CountView::up_to_99(dossiers.rows.len()),
        mails,
    })
}
