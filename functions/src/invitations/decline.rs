//! Decline an invitation, by its mailed link alone.
//!
//! `POST /invitation/decline`

use guichet_domain::permissions::{Action, Actor, Holding, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::Deserialize;

use crate::invitation_views::invitation_problem;
use crate::links;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
}

/// Decline an invitation.
///
/// # Errors
/// The link is not ours or was replaced, the invitation ended or expired, or the form came from
/// another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let invitation = links::invitation_to_answer(app, request, &input.token).await?.invitation;
    let holder = Actor::Holder(Holding::Invitation(invitation.id));
    let permit = check(&holder, Action::DeclineInvitation(&invitation, None))?;
    let now = app.now();
    let (_, changes) = invitation
        .clone()
        .decline(permit, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    let origin = Origin::of(request);
    app.commit(&origin, changes).await?;
    Ok(Reply::see_other("/done/invitation-declined".to_owned()))
}
