//! Say what a form did, on a page without a token.
//!
//! `GET /done/{what}`

use guichet_domain::level::Language;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;
use serde::Deserialize;

use crate::pages::{Page, words};

#[derive(Debug, Deserialize)]
struct Path {
    what: What,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    AccountCreated,
    RequestSubmitted,
    AddressHasAccount,
    NotMe,
    PasswordSet,
    InvitationAccepted,
    InvitationToConfirm,
    InvitationDeclined,
    InvitationRenewed,
}

/// Say what a form did.
///
/// # Errors
/// 404 for anything else.
pub async fn handle(_: &App, request: &Request) -> Result<Reply, Error> {
    let path: Path = request.path()?;
    let language = request.language();
    let sign_in = words(
        language,
        "Vous pouvez fermer cette page et vous connecter sur votre portail.",
        "You can close this page and sign in on your portal.",
    );
    let (title, detail) = match path.what {
        What::AccountCreated => {
            (words(language, "Votre compte est créé", "Your account is created"), sign_in)
        }
        What::RequestSubmitted => (
            words(
                language,
                "Votre compte est créé et votre demande est transmise",
                "Your account is created and your request is submitted",
            ),
            words(
                language,
                "L’équipe du portail va l’examiner ; vous recevrez sa décision par courriel.",
                "The portal’s team will look at it; its decision will reach you by e-mail.",
            ),
        ),
        What::AddressHasAccount => (
            words(
                language,
                "Cette adresse a déjà un compte",
                "This address already has an account",
            ),
            words(
                language,
                "Connectez-vous avec ce compte ; une nouvelle demande peut être faite une fois \
                 la connexion établie.",
                "Sign in with this account; a new request can be made once you are signed in.",
            ),
        ),
        What::NotMe => (
            words(language, "La demande est effacée", "The request is erased"),
            words(
                language,
                "Aucun compte n’a été créé avec votre adresse. Vous n’avez rien d’autre à faire.",
                "No account was created with your address. There is nothing else to do.",
            ),
        ),
        What::PasswordSet => {
            (words(language, "Votre mot de passe est enregistré", "Your password is set"), sign_in)
        }
        answer => of_invitation(&answer, language, sign_in),
    };
    Page::new(language, title, &[detail]).reply(StatusCode::OK)
}

/// What answering an invitation did: the title, and what follows.
fn of_invitation(
    what: &What,
    language: Language,
    sign_in: &'static str,
) -> (&'static str, &'static str) {
    match what {
        What::InvitationAccepted => {
            (words(language, "L’invitation est acceptée", "The invitation is accepted"), sign_in)
        }
        What::InvitationToConfirm => (
            words(language, "Confirmez votre adresse", "Confirm your address"),
            words(
                language,
                "Le niveau proposé demande une confirmation de plus. Ouvrez dans l’heure le lien \
                 que nous venons de vous envoyer par courriel, et saisissez le mot de passe que \
                 vous avez choisi.",
                "The level offered needs one more confirmation. Within the hour, open the link \
                 that we have just mailed to you, and enter the password that you chose.",
            ),
        ),
        What::InvitationDeclined => (
            words(language, "L’invitation est refusée", "The invitation is declined"),
            words(
                language,
                "La personne à l’origine de l’invitation est prévenue. Vous n’avez rien d’autre à \
                 faire.",
                "The person who invited you is told. There is nothing else to do.",
            ),
        ),
        _ => (
            words(language, "Un nouveau lien est envoyé", "A new link is on its way"),
            words(
                language,
                "Il arrivera dans quelques minutes à l’adresse invitée. Le lien précédent ne \
                 fonctionne plus.",
                "It will reach the invited address in a few minutes. The earlier link no longer \
                 works.",
            ),
        ),
    }
}
