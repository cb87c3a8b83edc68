//! Accept an invitation with the account of the invited address, by the mailed link and the
//! account's password. Nobody is signed in by it.
//!
//! `POST /invitation/accept`

use guichet_domain::changes::Changes;
use guichet_domain::permissions::{Actor, Holding};
use guichet_platform::app::App;
use guichet_platform::passwords::Password;
use guichet_platform::problem::{Error, WRONG_CREDENTIALS};
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use guichet_platform::store::Origin;
use serde::Deserialize;

use crate::admission::{Grounds, assigned_places};
use crate::invitation_page::{Shown, Typed, Wrong};
use crate::links;
use crate::pages::words;
use crate::proof::{self, Beside};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    token: String,
    password: Password,
}

/// Accept an invitation with one's account.
///
/// # Errors
/// The link is not ours or was replaced, the invitation ended or expired, who invited no longer
/// may, or the form came from another site.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let input: Input = request.form(&app.config.origin)?;
    let held = links::invitation_to_answer(app, request, &input.token).await?;
    let shown = Shown::of(request, held, &input.token);
    shown.must_be_open(app.now())?;
    let invitation = shown.held.invitation.clone();
    let beside = Beside {
        portal: Some(invitation.scope.portal()),
        places: &|account| assigned_places(&invitation, Some(account)),
    };
    let email = &invitation.email;
    let proved = match proof::by_password(app, request, email, &input.password, beside).await {
        Err(Error::Problem(problem)) if problem.kind().code == WRONG_CREDENTIALS.code => {
            let wrong = words(
                shown.language,
                "Ce mot de passe n’est pas celui d’un compte qui utilise l’adresse invitée.",
                "This is not the password of an account that uses the invited address.",
            );
            let problem = wrong.to_owned();
            let wrong = Wrong { form: "account", field: "password".to_owned(), problem };
            return shown.again(wrong, &Typed::default());
        }
        proved => proved?,
    };
    let grounds = Grounds::of_link(app, &shown.held, Some(&proved)).await?;
    let holder = Actor::Holder(Holding::Invitation(invitation.id));
    let permit = grounds.permit(&holder, &invitation, None)?;
    let (_, changes) = grounds.accept(app, invitation, &proved.account, Changes::new(permit))?;
    let origin = Origin::of(request);
    app.commit(&origin, changes).await?;
    Ok(Reply::see_other("/done/invitation-accepted".to_owned()))
}
