//! Accept an invitation as a newcomer: the mailed link proves the address, and the account is made
//! in the same transaction. For levels 5 and 6, a fresh link is mailed first (SECURITY S6).
//!
//! `POST /invitation/create-account`

use guichet_domain::account::{EmailClaim, UsernameClaim};
use guichet_domain::changes::Place;
use guichet_domain::text::{Invalid, Name, Username};
use guichet_platform::app::App;
use guichet_platform::passwords::Password;
use guichet_platform::problem::{self, Error};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use serde::Deserialize;

use crate::accounts::sign_up::weak;
use crate::admission::Grounds;
use crate::invitation_page::{Shown, Typed, Wrong};
use crate::links;
use crate::newcomers::{Chosen, Newcomer};
use crate::pages::words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
    first_name: String,
    last_name: String,
    username: String,
    password: Password,
}

/// Accept an invitation as a newcomer.
///
/// # Errors
/// The link is not ours or was replaced, the invitation ended or expired, who invited no longer
/// may, or the form came from another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let held = links::invitation_to_answer(app, request, &input.token).await?;
    let shown = Shown::of(request, held, &input.token);
    shown.must_be_open(app.now())?;
    let typed = Typed {
        first_name: Some(&input.first_name),
        last_name: Some(&input.last_name),
        username: Some(&input.username),
    };
    let chosen = match chosen(&input, &shown) {
        Ok(chosen) => chosen,
        Err(Error::Problem(problem)) => {
            let body = problem.body(shown.language);
            let first = |name: &str| {
                let text = body.pointer(&format!("/errors/0/{name}"));
                text.and_then(|text| text.as_str()).unwrap_or_default().to_owned()
            };
            return shown.again(wrong(&first("field"), first("detail")), &typed);
        }
        Err(error) => return Err(error),
    };
    let email_claim = Place::EmailClaim(shown.held.invitation.email.clone());
    let username_claim = Place::UsernameClaim(chosen.username.clone());
    let places = [email_claim.clone(), username_claim.clone()];
    let (claims, grounds) =
        tokio::join!(app.read(&places), Grounds::of_link(app, &shown.held, None));
    let claims = claims?;
    let is_known = claims.find::<EmailClaim>(&email_claim)?.is_some();
    let is_taken = claims.find::<UsernameClaim>(&username_claim)?.is_some();
    if is_known || is_taken {
        // Perhaps by a press of the same button, since the invitation was read.
        let now = links::invitation(app, &input.token).await?;
        Shown::of(request, now, &input.token).must_be_open(app.now())?;
    }
    if is_known {
        let known = words(
            shown.language,
            "Cette adresse a déjà un compte : acceptez avec son mot de passe.",
            "This address already has an account: accept with its password.",
        );
        let wrong = Wrong { form: "account", ..wrong("password", known.to_owned()) };
        return shown.again(wrong, &typed);
    }
    if is_taken {
        let taken = problem::USERNAME_TAKEN.detail[shown.language as usize];
        return shown.again(wrong("username", taken.to_owned()), &typed);
    }
    let grounds = grounds?;
    let newcomer = Newcomer { chosen, shown: &shown, password: &input.password };
    let done = if shown.held.invitation.level.is_staff() {
        newcomer.sign_up(app, request, &grounds).await?
    } else {
        newcomer.accept(app, request, grounds).await?
    };
    Ok(Reply::see_other(format!("/done/{done}")))
}

fn wrong(field: &str, problem: String) -> Wrong {
    Wrong { form: "newcomer", field: field.to_owned(), problem }
}

fn chosen(input: &Input, shown: &Shown<'_>) -> Result<Chosen, Error> {
    let field = |name: &'static str| move |invalid: Invalid| problem::invalid(name, invalid);
    let chosen = Chosen {
        first_name: Name::new(&input.first_name).map_err(field("first_name"))?,
        last_name: Name::new(&input.last_name).map_err(field("last_name"))?,
        username: Username::new(&input.username).map_err(field("username"))?,
    };
    let about = [&input.first_name, &input.last_name, shown.held.invitation.email.as_str()];
    input.password.check(&about).map_err(weak)?;
    Ok(chosen)
}
