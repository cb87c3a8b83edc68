//! Ask for a new verification mail; the older link is dead.
//!
//! `POST /v1/sign-ups/{sign_up}/resend`

use guichet_domain::account::SignUp;
use guichet_domain::changes::Place;
use guichet_domain::ids::SignUpId;
use guichet_domain::permissions::{Action, Actor, check};
use guichet_platform::app::App;
use guichet_platform::limits::{
    MAIL_ADDRESS, MAIL_PURPOSE, RESEND_NETWORK, RESEND_SIGN_UP, network,
};
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The sign-up of the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct SignUpPath {
    sign_up: SignUpId,
}

/// The same answer for every sign-up, known or not.
#[derive(Debug, Serialize, ToSchema)]
struct Output {
    sign_up: SignUpId,
}

/// Ask for a new verification mail.
///
/// Where a mail of this kind went to the address a moment ago, the answer is the same, no mail
/// goes out, and the earlier link stays valid (SECURITY S12).
///
/// # Errors
/// Too many were asked for from this network.
#[utoipa::path(
    post,
    path = "/v1/sign-ups/{sign_up}/resend",
    params(SignUpPath),
    responses((status = 202, body = Output))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let path: SignUpPath = request.path()?;
    let id = path.sign_up.to_string();
    let client = network(&request.source);
    let (by_network, place) = ([client.as_str()], Place::SignUp(path.sign_up));
    let (counted, found) = tokio::join!(
        app.within_one(request.attempt, RESEND_NETWORK, &by_network),
        app.read_one::<SignUp>(&place),
    );
    counted?;
    if let Some(sign_up) = found? {
        let email = sign_up.email.as_str().to_owned();
        let (by_sign_up, by_purpose, by_address) =
            ([id.as_str()], ["verify", email.as_str()], [email.as_str()]);
        // Counted with the write: of two who ask at once, one is counted and mailed.
        let limits = [
            (RESEND_SIGN_UP, &by_sign_up[..]),
            (MAIL_PURPOSE, &by_purpose[..]),
            (MAIL_ADDRESS, &by_address[..]),
        ];
        let permit = check(&Actor::Public, Action::SignUp)?;
        if let Ok(changes) = sign_up.ask_again(permit, app.now()) {
            let origin = Origin::of(request);
            app.commit_within(&origin, changes, &limits).await?;
        }
    }
    Reply::accepted(&Output { sign_up: path.sign_up })
}
