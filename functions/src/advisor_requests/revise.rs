//! Revise one's own open request; moderators are not mailed again.
//!
//! `PATCH /v1/portals/{portal}/advisor-requests/{account}`

use guichet_domain::account::Demand;
use guichet_domain::advisor_request::AdvisorRequest;
use guichet_domain::permissions::{Action, check};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Label, Statement};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PersonPath, Reader, RequestView, request_problem};

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    territory: Option<Territory>,
    context: Option<Statement>,
    intention: Option<Statement>,
    organisation: Option<Label>,
    job_title: Option<Label>,
}

impl Input {
    fn over(self, demand: Demand) -> Demand {
        Demand {
            territory: self.territory.unwrap_or(demand.territory),
            context: self.context.unwrap_or(demand.context),
            intention: self.intention.unwrap_or(demand.intention),
            organisation: self.organisation.unwrap_or(demand.organisation),
            job_title: self.job_title.unwrap_or(demand.job_title),
        }
    }
}

/// Revise one's own open request.
///
/// # Errors
/// 409 when it was decided, 412 when it changed.
#[utoipa::path(
    patch,
    path = "/v1/portals/{portal}/advisor-requests/{account}",
    params(PersonPath, ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 200, body = RequestView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PersonPath = request.path()?;
    let desk = app.desk(request, Some(path.portal), &[path.request()]).await?;
    let current: AdvisorRequest = desk.require(&path.request())?;
    let now = app.now();
    let permit = check(&desk.actor, Action::ReviseRequest(&current))?;
    if desk.replay == Replay::Done {
        return RequestView::new(&current, Reader::Requester, now).reply();
    }
    let etag = request.if_match()?;
    let input: Input = request.json()?;
    let demand = input.over(current.demand.clone());
    let portal = desk.portal()?;
    let (next, changes) = current
        .clone()
        .revise(permit, &etag, demand, portal, now)
        .map_err(|error| request_problem(error, Some(&current), Reader::Requester, now))?;
    app.commit_at(&desk, changes).await?;
    RequestView::new(&next, Reader::Requester, now).reply()
}
