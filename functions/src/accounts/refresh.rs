//! Go on with a session: a refresh token is exchanged, once, for the next pair.
//!
//! `POST /v1/sessions/refresh`

use guichet_domain::account::{Account, Presented, Session, Standing};
use guichet_domain::changes::Place;
use guichet_domain::journal::Act;
use guichet_domain::permissions::{Action, Actor, check};
use guichet_platform::app::App;
use guichet_platform::limits::REFRESH_SESSION;
use guichet_platform::problem::{Error, UNAUTHORISED};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use guichet_platform::tokens::RefreshToken;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::accounts::sign_in::Tokens;

/// The refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    refresh_token: String,
}

/// Go on with a session.
///
/// The token just replaced gives the same successor again for 30 seconds, since answers get lost;
/// any older one ends the session, since somebody else holds a copy (SECURITY S14).
///
/// # Errors
/// 401 for a token that is not the session's present one.
#[utoipa::path(
    post,
    path = "/v1/sessions/refresh",
    request_body = Input,
    responses((status = 200, body = Tokens))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let unauthorised = || Error::from(&UNAUTHORISED);
    let input: Input = request.json()?;
    let token = RefreshToken::parse(&input.refresh_token).ok_or_else(unauthorised)?;
    if !app.is_ours(&token).await? {
        return Err(unauthorised());
    }
    let (account_place, session_place) =
        (Place::Account(token.account), Place::Session(token.account, token.session));
    let session_text = token.session.to_string();
    let by_session = [session_text.as_str()];
    let places = [account_place.clone(), session_place.clone()];
    let (counted, items) = tokio::join!(
        app.within_one(request.attempt, REFRESH_SESSION, &by_session),
        app.read(&places),
    );
    counted?;
    let items = items?;
    let account: Account = items.find(&account_place)?.ok_or_else(unauthorised)?;
    let session: Session = items.find(&session_place)?.ok_or_else(unauthorised)?;
    let now = app.now();
    if !session.lives(account.session_epoch, Standing::Ordinary, now) {
        return Err(unauthorised());
    }
    let permit = check(&Actor::Public, Action::RenewSession(account.id, session.id))?;
    let origin = Origin::of(request);
    match session.presented(token.counter, now) {
        Presented::JustReplaced => Reply::ok(&Tokens::of(app, &session).await?),
        Presented::Current => {
            let (_, hash) = app.refresh_token(account.id, session.id, session.counter + 1).await?;
            let (next, changes) = session.refresh(permit, hash, now);
            app.commit(&origin, changes).await?;
            Reply::ok(&Tokens::of(app, &next).await?)
        }
        Presented::Reused => {
            app.commit(&origin, session.end(permit, Act::SessionReuseEnded)).await?;
            Err(unauthorised())
        }
    }
}
