//! Delete a sign-up that the owner of the address did not make.
//!
//! `POST /verify-email/disown`

use guichet_domain::permissions::{Action, Actor, Holding, check};
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::Deserialize;

use crate::links;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
}

/// Delete a sign-up that the owner of the address did not make.
///
/// # Errors
/// The link is not ours, was replaced or has expired, or the form came from another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let sign_up = links::sign_up(app, &input.token).await?.sign_up;
    let holder = Actor::Holder(Holding::SignUp(sign_up.id));
    let permit = check(&holder, Action::VerifySignUp(&sign_up))?;
    let origin = Origin::of(request);
    app.commit(&origin, sign_up.disown(permit)).await?;
    Ok(Reply::see_other("/done/not-me".to_owned()))
}
