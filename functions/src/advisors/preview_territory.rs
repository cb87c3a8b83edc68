//! Say what another territory would change for an adviser, before it is done.
//!
//! `GET /v1/portals/{portal}/advisors/{account}/preview-territory?departments=33,64`

use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_domain::territory::{DepartmentCode, Territory, WrittenTerritory};
use guichet_platform::app::App;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::views::{CountView, PersonPath, offered};

/// The territory to be previewed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Whether it is the whole country.
    #[serde(default)]
    national: bool,
    /// Codes of departments, with commas between them.
    #[serde(default)]
    departments: String,
}

/// What would change. No position on a dossier is ever lost by a change of territory.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    before: Option<Territory>,
    after: Territory,
    departments_gained: Vec<DepartmentCode>,
    departments_lost: Vec<DepartmentCode>,
    dossiers_gained: CountView,
    dossiers_kept: CountView,
    dossiers_lost: CountView,
    positions_lost: CountView,
    /// What If-Match wants to do it.
    etag: String,
}

/// Say what another territory would change for an adviser.
///
/// # Errors
/// 403 below staff or for oneself, 422 for a territory that can't be.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/advisors/{account}/preview-territory",
    params(PersonPath, Query),
    responses((status = 200, body = Output)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.person()]).await?;
    let person: Person = desk.require(&path.person())?;
    let _permit = check(&desk.actor, Action::GiveAccess(&person))?;
    let query: Query = request.query()?;
    let codes = query.departments.split(',').map(str::trim).filter(|code| !code.is_empty());
    let departments = codes.map(str::to_owned).collect();
    let after = Territory::try_from(WrittenTerritory { national: query.national, departments })
        .map_err(|invalid| problem::invalid("departments", invalid))?;
    let after = offered(after, desk.portal()?)?;
    let before = person.access_at(app.now()).map(|access| access.territory.clone());
    let collectivities = desk.portal()?.settings.collectivities;
    let had: Vec<_> = before.iter().flat_map(|before| before.covered(collectivities)).collect();
    let has = after.covered(collectivities);
    let gained = has.iter().copied().filter(|code| !had.contains(code)).collect();
    let lost = had.iter().copied().filter(|code| !has.contains(code)).collect();
    // There are no dossiers yet; the shape is final (RULES C15).
    let none = CountView::up_to_99(0);
    let etag = person.etag();
    let output = Output {
        before,
        after,
        departments_gained: gained,
        departments_lost: lost,
        dossiers_gained: none,
        dossiers_kept: none,
        dossiers_lost: none,
        positions_lost: none,
        etag: etag.clone(),
    };
    Ok(Reply::ok(&output)?.etag(&etag))
}
