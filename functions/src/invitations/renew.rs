//! Ask for a new link to an invitation that has expired, to the same address.
//!
//! `POST /invitation/renew`

use guichet_domain::invitation::Line;
use guichet_domain::permissions::{Action, Actor, Holding, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::Deserialize;

use crate::admission::line;
use crate::invitation_views::invitation_problem;
use crate::inviting::other;
use crate::links;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
}

/// Ask for a new link to an invitation that has expired.
///
/// # Errors
/// The link is not ours or was replaced, the invitation is open or ended, it was asked already
/// within a day, who invited no longer may, or the form came from another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let held = links::invitation_to_answer(app, request, &input.token).await?;
    let (invitation, line) = (held.invitation, line(app, held.inviter).await?);
    let holder = Actor::Holder(Holding::Invitation(invitation.id));
    let permit = check(&holder, Action::AcceptInvitation(&invitation, Line(&line), None))?;
    let now = app.now();
    let standing = other(app, &invitation).await?;
    let (_, changes) = invitation
        .clone()
        .renew(permit, standing, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    let origin = Origin::of(request);
    app.commit(&origin, changes).await?;
    Ok(Reply::see_other("/done/invitation-renewed".to_owned()))
}
