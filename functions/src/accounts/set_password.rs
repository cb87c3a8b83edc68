//! Set an account's password by its mailed link; the link and all open sessions end.
//!
//! `POST /set-password`

use guichet_domain::account::Credential;
use guichet_domain::changes::Place;
use guichet_domain::permissions::{Action, Actor, Holding, check};
use guichet_platform::app::App;
use guichet_platform::limits::SET_PASSWORD;
use guichet_platform::passwords::Password;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use http::StatusCode;
use serde::Deserialize;

use crate::accounts::show_set_password::page;
use crate::accounts::sign_up::weak;
use crate::links;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
    password: Password,
}

/// Set an account's password.
///
/// # Errors
/// The link is not ours, was used or replaced or has expired, or the form came from another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let account = links::account(app, &input.token).await?;
    app.within_one(request.attempt, SET_PASSWORD, &[&account.id.to_string()]).await?;
    let names = [account.first_name.as_str(), account.last_name.as_str(), account.email.as_str()];
    if let Err(refused) = input.password.check(&names) {
        let Error::Problem(problem) = weak(refused) else { return Err(weak(refused)) };
        let language = request.accepted.or(account.language).unwrap_or_default();
        let body = problem.body(language);
        let detail = body.pointer("/errors/0/detail").and_then(|detail| detail.as_str());
        let page = page(request, &account, &input.token, detail.map(str::to_owned));
        return page.reply(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let current: Option<Credential> = app.read_one(&Place::Credential(account.id)).await?;
    let holder = Actor::Holder(Holding::Account(account.id));
    let permit = check(&holder, Action::SetPassword(&account))?;
    let hash = app.hash_password(&input.password);
    let origin = Origin::of(request);
    app.commit(&origin, account.set_password(permit, current, hash, app.now())).await?;
    Ok(Reply::see_other("/done/password-set".to_owned()))
}
