//! Say why one may, or may not, do a thing: the answer of the code that decides.
//!
//! `GET /v1/portals/{portal}/permissions?action=moderate_request&account=acc_…`

use guichet_domain::permissions::{Action, Rule, Sight, check};
use guichet_platform::app::App;
use guichet_platform::problem::{Error, NOT_FOUND};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dossier_desk::bearer;
use crate::explained::{Query, Things};
use crate::views::PortalPath;

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    allowed: bool,
    rule: Rule,
    /// The rule in one sentence.
    sentence: &'static str,
}

/// Say why one may, or may not, do a thing.
///
/// # Errors
/// 404 for what one may not see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/permissions",
    params(PortalPath, Query),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let query: Query = request.query()?;
    let me = bearer(app, request).await?;
    let places = query.places(path.portal, me);
    let desk = app.desk(request, Some(path.portal), &places).await?;
    let portal = desk.portal()?;
    // Somebody outside of a closed portal learns nothing, not even what is missing.
    let _sight = check(&desk.actor, Action::SeePortal(portal))?;
    // What is missing is said before anything is looked for, so that it tells nothing of it.
    query.must_be_whole()?;
    let things = Things::found(&desk, &places, me, app.now())?;
    let action = things.action(&query, portal).ok_or_else(|| Error::from(&NOT_FOUND))?;
    let (allowed, rule) = match check(&desk.actor, action) {
        Ok(permit) => (true, permit.rule()),
        Err(refusal) if refusal.sight == Sight::Hidden => return Err((&NOT_FOUND).into()),
        Err(refusal) => (false, refusal.rule),
    };
    Reply::ok(&Output { allowed, rule, sentence: rule.sentence(request.language()) })
}
