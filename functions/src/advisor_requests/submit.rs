//! Ask for an adviser access on a portal.
//!
//! `POST /v1/portals/{portal}/advisor-requests`

use guichet_domain::account::Demand;
use guichet_domain::advisor_request::{AdvisorRequest, Submission};
use guichet_domain::changes::{Changes, Place};
use guichet_domain::ids::OpeningId;
use guichet_domain::permissions::{Action, check};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Label, Statement};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::limits::SUBMIT_ACCOUNT;
use guichet_platform::problem::{Error, UNAUTHORISED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::views::{PortalPath, Reader, RequestView, request_problem};

/// What is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    territory: Territory,
    /// The context of the request.
    context: Statement,
    /// What one intends to do there.
    intention: Statement,
    organisation: Label,
    job_title: Label,
}

/// Ask for an adviser access on a portal.
///
/// # Errors
/// 409 when a request is open, the cool-down lasts, or one has exactly this access.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/advisor-requests",
    params(PortalPath, ("Idempotency-Key" = Option<String>, Header)),
    request_body = Input,
    responses((status = 201, body = RequestView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: PortalPath = request.path()?;
    let token = request.bearer_token().ok_or_else(|| Error::from(&UNAUTHORISED))?;
    let account = app.bearer(token).await?.account;
    let place = Place::AdvisorRequest(account, path.portal);
    let account_text = account.to_string();
    let by_account = [account_text.as_str()];
    let (counted, desk) = tokio::join!(
        app.within_one(request.attempt, SUBMIT_ACCOUNT, &by_account),
        app.desk(request, Some(path.portal), std::slice::from_ref(&place)),
    );
    let desk = desk?;
    counted?;
    let portal = desk.portal()?;
    let permit = check(&desk.actor, Action::SubmitRequest(portal))?;
    let now = app.now();
    let current: Option<AdvisorRequest> = desk.find(&place)?;
    if let (Replay::Done, Some(current)) = (desk.replay, &current) {
        return created(&RequestView::new(current, Reader::Requester, now), current);
    }
    let input: Input = request.json()?;
    let demand = Demand {
        territory: input.territory,
        context: input.context,
        intention: input.intention,
        organisation: input.organisation,
        job_title: input.job_title,
    };
    let profile = match &desk.person {
        Some(person) => person.profile.clone(),
        None => desk.account.profile(),
    };
    let submission = Submission {
        portal,
        account,
        person: desk.person.clone(),
        profile,
        current: current.clone(),
        opening: OpeningId::new(app.fresh_ulid(now)),
        now,
    };
    let (opened, changes) = submission
        .submit(Changes::new(permit), demand)
        .map_err(|error| request_problem(error, current.as_ref(), Reader::Requester, now))?;
    app.commit_at(&desk, changes).await?;
    created(&RequestView::new(&opened, Reader::Requester, now), &opened)
}

fn created(view: &RequestView, request: &AdvisorRequest) -> Result<Reply, Error> {
    Ok(Reply::created(view)?.etag(&request.etag()))
}
