//! Have every row of an import looked at; nothing is sent.
//!
//! `POST /v1/portals/{portal}/imports/{import}/dry-run`

use guichet_domain::import::CommonValues;
use guichet_domain::invitation::Sending;
use guichet_domain::level::Level;
use guichet_domain::permissions::{Action, check};
use guichet_domain::territory::Territory;
use guichet_domain::text::{Label, Reason};
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::limits::CHECK_IMPORT;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dossier_desk::bearer;
use crate::first_assignment::FirstAssignment;
use crate::import_views::{ImportPath, WholeImportView, import_problem};
use crate::inviting::limited_desk;
use crate::views::offered;
use crate::words::unlinked;

/// What is the same for all rows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The level of rows that name none: at most one that one gives.
    #[serde(default)]
    level: Level,
    /// The user type of rows that name none, one of the portal's.
    user_type: Option<Label>,
    /// The adviser access of rows that name no territory.
    territory: Option<Territory>,
    /// The dossier with which rows begin that name none.
    assignment: Option<FirstAssignment>,
    /// Some words in every invitation, without a web address.
    #[serde(default, deserialize_with = "unlinked")]
    message: Option<Reason>,
    /// Whether the invitations are mailed at once, or later by hand.
    #[serde(default)]
    send: Sending,
}

/// Have every row of an import looked at, with what is the same for all of them. Nothing is sent.
///
/// `GET` shows how far it is and what the rows came to; the report says it of each row.
///
/// # Errors
/// 403 below staff and for a level that one does not give, 409 for an import that is under way or
/// over, 412 when it changed, 422 for an unknown user type or dossier, 429 beyond the daily quota.
#[utoipa::path(
    post,
    path = "/v1/portals/{portal}/imports/{import}/dry-run",
    params(
        ImportPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Input,
    responses((status = 202, body = WholeImportView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: ImportPath = request.path()?;
    let places = [path.place()];
    let input: Result<Input, Error> = request.json();
    let account = bearer(app, request).await?;
    let assigned = input.as_ref().ok().and_then(|input| input.assignment);
    let mut places = places.to_vec();
    places.extend(assigned.into_iter().flat_map(|one| one.places(path.portal, account)));
    let (desk, counted) = limited_desk(app, request, path.portal, CHECK_IMPORT, &places).await?;
    let permit = check(&desk.actor, Action::ManageImports(desk.portal()?.id))?;
    let import = path.found(app, &desk)?;
    counted?;
    if desk.replay == Replay::Done {
        return WholeImportView::new(&import).accepted();
    }
    let input = input?;
    let permit = permit.and(check(&desk.actor, Action::Invite(path.portal, input.level))?);
    let known = desk.portal()?.settings.knows(input.user_type.as_ref());
    known.map_err(|invalid| problem::invalid("user_type", invalid))?;
    let (permit, assignment) = match input.assignment {
        None => (permit, None),
        Some(one) => {
            let (permit, assignment) = one.allowed(&desk, permit, app.now())?;
            one.must_take_in(&desk)?;
            (permit, assignment)
        }
    };
    let Input { level, user_type, territory, message, send, .. } = input;
    let territory = territory.map(|territory| offered(territory, desk.portal()?)).transpose()?;
    let common = CommonValues { level, user_type, territory, assignment, message, send };
    let etag = request.if_match()?;
    let (next, changes) = import
        .check(permit, &etag, common, desk.named()?, app.now())
        .map_err(|error| import_problem(error, &import))?;
    app.commit_at(&desk, changes).await?;
    WholeImportView::new(&next).accepted()
}
