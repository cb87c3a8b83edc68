//! Sign in by address and password.
//!
//! `POST /v1/sessions`

use guichet_domain::account::{Account, Session};
use guichet_domain::ids::{AccountId, SessionId};
use guichet_domain::permissions::{Action, Actor, check};
use guichet_domain::text::{Email, Label};
use guichet_platform::app::App;
use guichet_platform::passwords::Password;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use guichet_platform::tokens::{ACCESS_TOKEN_SECONDS, Bearer};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::proof::{self, Beside};

/// Address and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    #[schema(example = "anne.durand@exemple.fr")]
    email: Email,
    #[schema(value_type = String, example = "un cheval violet dans la brume")]
    password: Password,
}

/// The tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Tokens {
    /// To be sent as `Authorization: Bearer …`.
    pub(super) access_token: String,
    /// Always `Bearer`.
    pub(super) token_type: &'static str,
    /// How long the access token is valid.
    pub(super) expires_in_seconds: i64,
    /// To be exchanged for the next pair, once.
    pub(super) refresh_token: String,
    pub(super) account: AccountId,
    pub(super) session: SessionId,
}

impl Tokens {
    /// The tokens of this session as it stands.
    pub(super) async fn of(app: &App, session: &Session) -> Result<Self, Error> {
        let (refresh_token, _) =
            app.refresh_token(session.account, session.id, session.counter).await?;
        let bearer = Bearer { account: session.account, session: session.id };
        Ok(Self {
            access_token: app.access_token(bearer).await?,
            token_type: "Bearer",
            expires_in_seconds: ACCESS_TOKEN_SECONDS,
            refresh_token,
            account: session.account,
            session: session.id,
        })
    }
}

/// Sign in.
///
/// Known and unknown addresses are answered with the same bytes, after the same calls and the same
/// work on the password.
///
/// # Errors
/// 401 when address and password do not match, 429 after too many attempts.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    request_body = Input,
    responses((status = 200, body = Tokens))
)]
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.json()?;
    let proved =
        proof::by_password(app, request, &input.email, &input.password, Beside::NOTHING).await?;
    let account = proved.account;
    let session = begin(app, request, &account).await?;
    Reply::ok(&Tokens::of(app, &session).await?)
}

async fn begin(app: &App, request: &Request, account: &Account) -> Result<Session, Error> {
    let now = app.now();
    let permit = check(&Actor::Public, Action::SignIn(account))?;
    let id = SessionId::new(app.fresh_ulid(now));
    let (_, token_hash) = app.refresh_token(account.id, id, 0).await?;
    let client = request.header("user-agent").map(|agent| agent.chars().take(120).collect());
    let client = client.and_then(|agent: String| Label::new(&agent).ok());
    let session = Session::new(id, account, token_hash, client, now);
    let origin = Origin::of(request);
    app.commit(&origin, session.clone().begin(permit)).await?;
    Ok(session)
}
