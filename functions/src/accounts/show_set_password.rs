//! Show the form that sets a password, to whoever reads the address's mail. Changes nothing.
//!
//! `GET /set-password?token=…`

use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;

use crate::links;
use crate::pages::{Fact, Field, Form, Page, Weight, words};

/// Show the form that sets a password.
///
/// # Errors
/// The link is not ours, was used or replaced, or has expired.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let token = request.query_text("token").unwrap_or_default();
    let account = links::account(app, token).await?;
    page(request, &account, token, None).reply(StatusCode::OK)
}

/// The page, with what was wrong the last time.
pub(super) fn page(
    request: &Request,
    account: &guichet_domain::account::Account,
    token: &str,
    problem: Option<String>,
) -> Page {
    let language = request.accepted.or(account.language).unwrap_or_default();
    let title = words(language, "Choisissez votre mot de passe", "Choose your password");
    let ends = words(
        language,
        "Les sessions ouvertes avec ce compte prendront fin.",
        "Sessions that are open with this account will end.",
    );
    let mut page = Page::new(language, title, &[ends]);
    page.facts = vec![Fact {
        label: words(language, "Adresse électronique", "E-mail address"),
        value: account.email.as_str().to_owned(),
    }];
    page.problem = problem;
    let password = Field {
        name: "password",
        kind: "password",
        label: words(language, "Nouveau mot de passe", "New password"),
        hint: words(
            language,
            "Au moins 15 caractères ; une phrase convient très bien.",
            "At least 15 characters; a sentence does very well.",
        ),
        value: String::new(),
        autocomplete: "new-password",
        problem: None,
    };
    page.forms = vec![Form {
        name: "password",
        title: "",
        action: "/set-password",
        token: token.to_owned(),
        fields: vec![password],
        button: words(language, "Enregistrer", "Save"),
        weight: Weight::Main,
    }];
    page
}
