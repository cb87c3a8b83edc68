//! Show a person of the portal and their rights there.
//!
//! `GET /v1/portals/{portal}/people/{account}`

use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::views::{PersonPath, PersonView};

/// Show a person of the portal and their rights there.
///
/// # Errors
/// 404 for somebody whom one may not see.
#[utoipa::path(
    get,
    path = "/v1/portals/{portal}/people/{account}",
    params(PersonPath),
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.person()]).await?;
    let person: Person = desk.require(&path.person())?;
    let _permit = check(&desk.actor, Action::SeePerson(&person))?;
    PersonView::new(&person, app.now()).reply()
}
