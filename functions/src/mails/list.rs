//! List the mails of a portal and month: to whom, what, and what became of them.
//!
//! `GET /v1/portals/{portal}/mails?month=2026-11`

use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::outcomes::{MailRow, MailView};
use crate::views::{PageLimit, PortalPath, month_or_present};

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The month in UTC; the present one if nothing is said.
    #[param(example = "2026-11")]
    month: Option<String>,
    #[serde(default)]
    limit: PageLimit,
    cursor: Option<String>,
}

/// List the mails of a portal and month, the newest first.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/mails",
    params(PortalPath, Query),
    responses((status = 200, body = List<MailView>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::ReadMails(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let month = month_or_present(query.month, app.now())?;
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let page = app.page::<MailRow>(&Listing::Mails(path.portal, month), &page).await?;
    let (now, language) = (app.now(), request.language());
    let items = page.rows.into_iter().map(|row| row.into_view(now, language)).collect();
    Reply::ok(&List::<MailView> { items, cursor: page.cursor })
}
