//! Say what another territory would change for an adviser, before it is done.
//!
//! `GET /v1/portals/{portal}/advisors/{account}/preview-territory?departments=33,64`

use guichet_domain::permissions::{Action, check, reach, reach_with};
use guichet_domain::person::Person;
use guichet_domain::portal::Portal;
use guichet_domain::territory::{DepartmentCode, Territory, WrittenTerritory};
use guichet_domain::text::Invalid;
use guichet_platform::app::App;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dossier_counts::{MOST_COUNTED, difference};
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
    /// Whether the access would be taken back instead (RULES C16).
    #[serde(default)]
    revoke: bool,
}

impl Query {
    /// The territory, or `None` for no access.
    fn territory(&self, portal: &Portal) -> Result<Option<Territory>, Error> {
        let codes = self.departments.split(',').map(str::trim).filter(|code| !code.is_empty());
        let departments: Vec<String> = codes.map(str::to_owned).collect();
        if self.revoke && !self.national && departments.is_empty() {
            return Ok(None);
        }
        let written = WrittenTerritory { national: self.national, departments };
        let territory = Territory::try_from(written)
            .map_err(|invalid| problem::invalid("departments", invalid))?;
        if self.revoke {
            return Err(problem::invalid("revoke", Invalid::RevokeWithTerritory));
        }
        offered(territory, portal).map(Some)
    }
}

/// What would change. No position on a dossier is ever lost by a change of territory.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    before: Option<Territory>,
    after: Option<Territory>,
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
    let (now, portal) = (app.now(), desk.portal()?);
    let after = query.territory(portal)?;
    let before = person.access_at(now).map(|access| access.territory.clone());
    let covered = |territory: &Option<Territory>| -> Vec<DepartmentCode> {
        let collectivities = portal.settings.collectivities;
        territory.iter().flat_map(|territory| territory.covered(collectivities)).collect()
    };
    let (had, has) = (covered(&before), covered(&after));
    let gained = has.iter().copied().filter(|code| !had.contains(code)).collect();
    let lost = had.iter().copied().filter(|code| !has.contains(code)).collect();
    let reaches = [reach(&person, now), reach_with(&person, after.as_ref())];
    let difference = difference(app, path, reaches).await?;
    let etag = person.etag();
    let output = Output {
        departments_gained: gained,
        departments_lost: lost,
        dossiers_gained: difference.gained,
        dossiers_kept: difference.kept,
        dossiers_lost: difference.lost,
        positions_lost: CountView::up_to(0, MOST_COUNTED),
        etag: etag.clone(),
        before,
        after,
    };
    Ok(Reply::ok(&output)?.etag(&etag))
}
