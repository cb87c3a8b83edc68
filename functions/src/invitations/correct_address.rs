//! Correct the address of an invitation; one that was mailed is mailed to the new address at once.
//!
//! `PUT /v1/portals/{portal}/invitations/{invitation}/address`

use guichet_domain::invitation::Scope;
use guichet_domain::text::Email;
use guichet_platform::app::App;
use guichet_platform::desk::Replay;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::invitation_views::{InvitationPath, WholeInvitationView, invitation_problem};
use crate::inviting::{
    at_the_desk, in_sight_to_mail, must_be_free, people_with, standing, standing_at,
};

/// The right address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    #[schema(example = "zoe.blanc@exemple.fr")]
    email: Email,
}

/// Correct the address of an invitation.
///
/// # Errors
/// 403 for a level that one does not give, 409 for one that was answered or when the new address
/// has one or is an active person's, 412 when it changed, 422 for a domain that the portal does not
/// invite.
#[utoipa::path(
    put,
    path = "/v1/portals/{portal}/invitations/{invitation}/address",
    params(
        InvitationPath,
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Input,
    responses((status = 200, body = WholeInvitationView)),
    security(("session" = []))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: InvitationPath = request.path()?;
    let scope = Scope::Portal { portal: path.portal };
    let input: Result<Input, Error> = request.json();
    let email = input.as_ref().map(|input| input.email.clone()).ok();
    let place = [path.place()];
    let (desk, people) = tokio::join!(
        at_the_desk(app, request, scope, email.as_ref(), &place),
        people_with(app, path.portal, email.as_ref()),
    );
    let (desk, counted) = desk?;
    let found = in_sight_to_mail(app, request, &desk, path).await?;
    let permit = found.permit(&desk.actor)?;
    counted?;
    let now = app.now();
    if desk.replay == Replay::Done {
        return WholeInvitationView::new(&found.invitation, now).reply();
    }
    found.must_be_of_use()?;
    let invitation = found.invitation;
    let etag = request.if_match()?;
    let email = input?.email;
    let invites = desk.portal()?.settings.invites(&email);
    invites.map_err(|invalid| problem::invalid("email", invalid))?;
    must_be_free(app, &desk, &invitation, people?).await?;
    let standing = match invitation.scope {
        Scope::Portal { .. } => standing(app, &desk, scope, &email).await?,
        Scope::Dossier { .. } => standing_at(app, invitation.scope, &email).await?,
    };
    let (next, changes) = invitation
        .clone()
        .correct_address(permit, &etag, email, standing, desk.named()?, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    app.commit_at(&desk, changes).await?;
    WholeInvitationView::new(&next, now).reply()
}
