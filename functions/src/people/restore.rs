//! Bring somebody back, exactly as they were when they were archived.
//!
//! `POST /v1/portals/{portal}/people/{account}/restore`

use guichet_domain::changes::Place;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;

use crate::views::{PersonPath, PersonView, person_problem};

/// Bring somebody back.
///
/// # Errors
/// 403 for somebody whose level one does not govern, 409 for somebody active, 412 when the rights
/// changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/people/{account}/restore",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let count_place = Place::SuperAdministrators(path.portal);
    let places = [path.person(), count_place.clone()];
    let desk = app.desk(request, Some(path.portal), &places).await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    let permit = check(&desk.actor, Action::RestorePerson(&person))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    let (next, changes) = person
        .clone()
        .restore(permit, &etag, desk.require(&count_place)?)
        .map_err(|error| person_problem(error, &person, now))?;
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
