//! List the mails of a portal and month: to whom, what, and what became of them.
//!
//! `GET /v1/portals/{portal}/mails?month=2026-11`

use guichet_domain::ids::EntryId;
use guichet_domain::instant::Instant;
use guichet_domain::mail::{MailId, MailState, Recipient};
use guichet_domain::permissions::{Action, check};
use guichet_platform::app::App;
use guichet_platform::desk::List;
use guichet_platform::keys::Listing;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::{Order, PageQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// A mail, without its text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Output {
    #[schema(value_type = String)]
    id: MailId,
    /// Which automation made it.
    automation: String,
    #[schema(value_type = Object)]
    recipient: Recipient,
    subject: String,
    state: MailState,
    /// The journal entry that caused it.
    entry: EntryId,
    created_at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent_at: Option<Instant>,
}

/// List the mails of a portal and month, the newest first.
///
/// # Errors
/// 403 below staff.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/mails",
    params(PortalPath, Query),
    responses((status = 200, body = Vec<Output>)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[]).await?;
    let _permit = check(&desk.actor, Action::ReadMails(desk.portal()?.id))?;
    let query: Query = request.query()?;
    let month = month_or_present(query.month, app.now())?;
    let page = PageQuery { limit: query.limit.0, cursor: query.cursor, order: Order::Descending };
    let page = app.page::<Output>(&Listing::Mails(path.portal, month), &page).await?;
    Reply::ok(&List { items: page.rows, cursor: page.cursor })
}
