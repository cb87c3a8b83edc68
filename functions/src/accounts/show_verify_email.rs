//! Show what was asked with a sign-up, to whoever reads the address's mail. Changes nothing.
//!
//! `GET /verify-email?token=…`

use guichet_domain::text::suggested_username;
use guichet_mail::written_territory;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;

use crate::links::{self, HeldSignUp};
use crate::pages::{Fact, Field, Form, Page, Weight, words};

/// Show what was asked with a sign-up.
///
/// # Errors
/// The link is not ours, was replaced, or has expired.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let token = request.query_text("token").unwrap_or_default();
    let held = links::sign_up(app, token).await?;
    page(request, &held, token, None).reply(StatusCode::OK)
}

/// The page, with what was wrong the last time.
pub(super) fn page(
    request: &Request,
    held: &HeldSignUp,
    token: &str,
    problem: Option<(String, &str)>,
) -> Page {
    let language = held.sign_up.language;
    let language = request.accepted.unwrap_or(language);
    let sign_up = &held.sign_up;
    let title = words(language, "Vérifiez votre adresse", "Verify your address");
    let asked = words(
        language,
        "Un compte a été demandé avec cette adresse. Saisissez le mot de passe choisi lors de la \
         demande pour créer le compte.",
        "An account was asked for with this address. Enter the password chosen then to create it.",
    );
    let mut page = Page::new(language, title, &[asked]);
    let name = format!("{} {}", sign_up.first_name.as_str(), sign_up.last_name.as_str());
    page.facts = vec![
        Fact { label: words(language, "Nom", "Name"), value: name },
        Fact {
            label: words(language, "Adresse électronique", "E-mail address"),
            value: sign_up.email.as_str().to_owned(),
        },
    ];
    if let Some(carried) = &sign_up.request {
        page.facts.push(Fact {
            label: words(language, "Accès conseiller demandé", "Adviser access asked for"),
            value: written_territory(&carried.demand.territory, language),
        });
    }
    let username = match &problem {
        Some((_, typed)) => (*typed).to_owned(),
        None => suggested_username(&sign_up.first_name, &sign_up.last_name, 0),
    };
    page.problem = problem.map(|(words, _)| words);
    page.forms = vec![verify_form(language, token, username), disown_form(language, token)];
    page
}

fn verify_form(language: guichet_domain::level::Language, token: &str, username: String) -> Form {
    let identifier = Field {
        name: "username",
        kind: "text",
        label: words(language, "Identifiant", "Identifier"),
        hint: words(
            language,
            "De 3 à 64 lettres minuscules sans accent, chiffres, points ou tirets. Il ne changera \
             jamais.",
            "3 to 64 small letters without accents, digits, dots or hyphens. It never changes.",
        ),
        value: username,
        autocomplete: "username",
        problem: None,
    };
    let password = Field {
        name: "password",
        kind: "password",
        label: words(language, "Mot de passe", "Password"),
        hint: words(
            language,
            "Celui que vous avez choisi en demandant le compte.",
            "The one that you chose when you asked for the account.",
        ),
        value: String::new(),
        autocomplete: "current-password",
        problem: None,
    };
    Form {
        name: "verify",
        title: "",
        action: "/verify-email",
        token: token.to_owned(),
        fields: vec![identifier, password],
        button: words(language, "Créer mon compte", "Create my account"),
        weight: Weight::Main,
    }
}

fn disown_form(language: guichet_domain::level::Language, token: &str) -> Form {
    Form {
        name: "disown",
        title: "",
        action: "/verify-email/disown",
        token: token.to_owned(),
        fields: Vec::new(),
        button: words(language, "Ce n’était pas moi", "This was not me"),
        weight: Weight::Other,
    }
}
