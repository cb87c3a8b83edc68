//! Make the account of a sign-up, by its mailed link and its password; a request that it carries
//! is submitted in the same transaction.
//!
//! `POST /verify-email`

use guichet_domain::account::{EmailClaim, SignUp, UsernameClaim};
use guichet_domain::advisor_request::Submission;
use guichet_domain::changes::{Changes, Place};
use guichet_domain::ids::{AccountId, OpeningId};
use guichet_domain::permissions::{Action, Actor, Holding, check};
use guichet_domain::portal::Portal;
use guichet_domain::text::{Invalid, Username};
use guichet_platform::app::App;
use guichet_platform::limits::VERIFY_SIGN_UP;
use guichet_platform::passwords::Password;
use guichet_platform::problem::{self, Error, LINK_EXPIRED, USERNAME_TAKEN};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use http::StatusCode;
use serde::Deserialize;

use crate::accounts::show_verify_email::page;
use crate::admission::still_invited;
use crate::links::{self, HeldSignUp};
use crate::pages::words;
use crate::views::{Reader, request_problem};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
    username: String,
    password: Password,
}

/// Make the account of a sign-up.
///
/// # Errors
/// The link is not ours, was replaced or has expired, or the form came from another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let held = links::sign_up(app, &input.token).await?;
    let id = held.sign_up.id.to_string();
    app.within_one(request.attempt, VERIFY_SIGN_UP, &[&id]).await?;
    let language = request.accepted.unwrap_or(held.sign_up.language);
    let again = |words: String| {
        let problem = Some((words, input.username.as_str()));
        page(request, &held, &input.token, problem).reply(StatusCode::UNPROCESSABLE_ENTITY)
    };
    if !app.verify_password(&input.password, Some(&held.sign_up.password)) {
        let wrong = words(
            language,
            "Ce mot de passe n’est pas celui de la demande. Si vous n’avez rien demandé, \
             choisissez « Ce n’était pas moi ».",
            "This is not the password of the request. If you asked for nothing, choose “This was \
             not me”.",
        );
        return again(wrong.to_owned());
    }
    let Ok(username) = Username::new(&input.username) else {
        let body = problem::Problem::new(&problem::INVALID).field("username", Invalid::Username);
        let body = body.body(language);
        let words = body.pointer("/errors/0/detail").and_then(|words| words.as_str());
        return again(words.unwrap_or_default().to_owned());
    };
    match create(app, request, &held, username).await? {
        Created::Account => Ok(Reply::see_other("/done/account-created".to_owned())),
        Created::AccountWithRequest => Ok(Reply::see_other("/done/request-submitted".to_owned())),
        Created::AccountWithInvitation => {
            Ok(Reply::see_other("/done/invitation-accepted".to_owned()))
        }
        Created::AddressClaimed => Ok(Reply::see_other("/done/address-has-account".to_owned())),
        Created::UsernameTaken => again(USERNAME_TAKEN.detail[language as usize].to_owned()),
    }
}

/// What came of it.
enum Created {
    Account,
    AccountWithRequest,
    AccountWithInvitation,
    AddressClaimed,
    UsernameTaken,
}

async fn create(
    app: &App,
    request: &Request,
    held: &HeldSignUp,
    username: Username,
) -> Result<Created, Error> {
    let sign_up = held.sign_up.clone();
    let email_claim = Place::EmailClaim(sign_up.email.clone());
    let username_claim = Place::UsernameClaim(username.clone());
    let sign_up_place = Place::SignUp(sign_up.id);
    let mut places = vec![email_claim.clone(), username_claim.clone(), sign_up_place.clone()];
    places.extend(sign_up.request.as_ref().map(|carried| Place::Portal(carried.portal)));
    let items = app.read(&places).await?;
    // Pressed twice: the other press has made the account, and the link is used up.
    if items.find::<SignUp>(&sign_up_place)?.is_none() {
        return Err((&LINK_EXPIRED).into());
    }
    if items.find::<EmailClaim>(&email_claim)?.is_some() {
        return Ok(Created::AddressClaimed);
    }
    if items.find::<UsernameClaim>(&username_claim)?.is_some() {
        return Ok(Created::UsernameTaken);
    }
    let portal = match &sign_up.request {
        None => None,
        Some(carried) => items.find::<Portal>(&Place::Portal(carried.portal))?,
    };
    let now = app.now();
    let holder = Actor::Holder(Holding::SignUp(sign_up.id));
    let permit = check(&holder, Action::VerifySignUp(&sign_up))?;
    let invited = still_invited(app, &sign_up).await?;
    let permit = match &invited {
        None => permit,
        Some(invited) => permit.and(invited.permit.clone()),
    };
    let account = AccountId::new(app.fresh_ulid(now));
    let (account, changes) = sign_up
        .clone()
        .verify(permit, held.token.generation, account, username, now)
        .map_err(|_| Error::from(&LINK_EXPIRED))?;
    let (created, changes) = match (invited, sign_up.request, portal) {
        (Some(invited), _, _) => {
            let accepted = invited.grounds.accept(app, invited.invitation, &account, changes)?;
            (Created::AccountWithInvitation, accepted.1)
        }
        (None, Some(carried), Some(portal)) => {
            let submission = Submission {
                portal: &portal,
                account: account.id,
                person: None,
                profile: account.profile(),
                current: None,
                opening: OpeningId::new(app.fresh_ulid(now)),
                now,
            };
            submit(&holder, submission, changes, carried.demand)?
        }
        _ => (Created::Account, changes),
    };
    let origin = Origin::of(request);
    app.commit(&origin, changes).await?;
    Ok(created)
}

/// Submits the carried request where the portal still takes it. The account is made in any case:
/// whoever proved an address and a password has earned it.
fn submit(
    holder: &Actor,
    submission: Submission<'_>,
    changes: Changes,
    demand: guichet_domain::account::Demand,
) -> Result<(Created, Changes), Error> {
    let still_taken = check(holder, Action::SubmitRequest(submission.portal)).is_ok();
    let offered = demand.territory.clone().offered_by(submission.portal.settings.collectivities);
    if !still_taken || offered.is_err() {
        return Ok((Created::Account, changes));
    }
    let now = submission.now;
    let (_, changes) = submission
        .submit(changes, demand)
        .map_err(|error| request_problem(error, None, Reader::Requester, now))?;
    Ok((Created::AccountWithRequest, changes))
}
