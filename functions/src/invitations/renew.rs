//! Ask for a new link to an invitation that has expired, to the same address.
//!
//! `POST /invitation/renew`

use guichet_domain::permissions::{Actor, Holding};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::Deserialize;

use crate::admission::Grounds;
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
    let (grounds, standing) =
        tokio::join!(Grounds::of_link(app, &held, None), other(app, &held.invitation));
    let invitation = held.invitation;
    let holder = Actor::Holder(Holding::Invitation(invitation.id));
    let grounds = grounds?;
    let permit = grounds.permit(&holder, &invitation, None)?;
    grounds.must_be_of_use(&invitation)?;
    let (now, standing) = (app.now(), standing?);
    let (_, changes) = invitation
        .clone()
        .renew(permit, standing, now)
        .map_err(|error| invitation_problem(error, &invitation, now))?;
    let origin = Origin::of(request);
    app.commit(&origin, changes).await?;
    Ok(Reply::see_other("/done/invitation-renewed".to_owned()))
}
