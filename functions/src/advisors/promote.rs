//! Give an adviser access by hand; an open request of the person is closed by this act.
//!
//! `POST /v1/portals/{portal}/advisors/{account}/promote`

use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::instant::Instant;
use guichet_domain::permissions::{Action, check};
use guichet_domain::person::Person;
use guichet_domain::territory::Territory;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, PersonView, offered, person_problem};

/// The access to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    territory: Territory,
    /// When it ends by itself, if ever.
    ends_at: Option<Instant>,
}

/// Give an adviser access by hand.
///
/// # Errors
/// 403 below staff or for oneself, 409 when they have one, 412 when the rights changed.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/advisors/{account}/promote",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = PersonView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.person(), path.request()]).await?;
    let person: Person = desk.require(&path.person())?;
    let now = app.now();
    let permit = check(&desk.actor, Action::GiveAccess(&person))?;
    if desk.replay == Replay::Done {
        return PersonView::new(&person, now).reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let territory = offered(input.territory, desk.portal()?)?;
    let current: Option<AdvisorRequest> = desk.find(&path.request())?;
    let promoted = person
        .promote(&etag, territory, input.ends_at, now)
        .map_err(|error| person_problem(error, &person, now))?;
    let by = desk.named()?;
    let (next, changes) = AdvisorRequest::promote(current, permit, promoted, by, now);
    app.commit_at(&desk, changes).await?;
    PersonView::new(&next, now).reply()
}
