//! Ask whoever declines an invitation to confirm it. Changes nothing.
//!
//! `GET /invitation/decline?token=…`

use guichet_domain::invitation::InvitationState;
use guichet_platform::app::App;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;

use crate::invitation_page::Shown;
use crate::links;
use crate::pages::{Form, Page, Weight, words};

/// Ask whoever declines an invitation to confirm it.
///
/// # Errors
/// The link is not ours, or was replaced.
pub async fn handle(app: &App, request: &Request) -> Result<Reply, Error> {
    let token = request.query_text("token").unwrap_or_default();
    let shown = Shown::of(request, links::invitation(app, token).await?, token);
    let language = shown.language;
    if shown.held.invitation.state_at(app.now()) != InvitationState::Pending {
        return shown.page(app).reply(StatusCode::OK);
    }
    let title = words(language, "Refuser une invitation", "Decline an invitation");
    let what = words(
        language,
        "Si vous confirmez, l’invitation est close et la personne qui en est à l’origine \
         est prévenue. Aucun compte n’est créé.",
        "If you confirm, the invitation is closed and the person who invited you is told. No \
         account is created.",
    );
    let mut page = Page::new(language, title, &[what]);
    page.facts = shown.facts();
    page.forms = vec![Form {
        name: "decline",
        title: "",
        action: "/invitation/decline",
        token: token.to_owned(),
        fields: Vec::new(),
        button: words(language, "Refuser l’invitation", "Decline the invitation"),
        weight: Weight::Main,
    }];
    page.reply(StatusCode::OK)
}
