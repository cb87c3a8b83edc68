//! The pages that mailed links open: plain HTML, French and English, without JavaScript.

use std::future::Future;

use askama::Template;
use guichet_domain::level::Language;
use guichet_platform::page::STYLE;
use guichet_platform::problem::Error;
use guichet_platform::reply::Reply;
use guichet_platform::request::Request;
use http::StatusCode;

/// A fact shown on a page, with its label.
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) value: String,
}

/// A field of a form.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) value: String,
    pub(crate) autocomplete: &'static str,
}

/// A form, with the token of its link, that posts to a path of ours.
pub(crate) struct Form {
    pub(crate) action: &'static str,
    pub(crate) token: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) button: &'static str,
    /// Whether the button is the one that most people want.
    pub(crate) weight: Weight,
}

/// How a button looks.
#[derive(PartialEq, Eq)]
pub(crate) enum Weight {
    Main,
    Other,
}

/// A page: a title, words, facts and forms.
#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct Page {
    pub(crate) language: Language,
    pub(crate) title: String,
    pub(crate) problem: Option<String>,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) forms: Vec<Form>,
    style: &'static str,
}

impl Page {
    /// A page with this title and these words.
    pub(crate) fn new(language: Language, title: &str, paragraphs: &[&str]) -> Self {
        let paragraphs = paragraphs.iter().map(|words| (*words).to_owned()).collect();
        let title = title.to_owned();
        let (facts, forms) = (Vec::new(), Vec::new());
        Self { language, title, problem: None, paragraphs, facts, forms, style: STYLE }
    }

    /// The answer that shows it.
    pub(crate) fn reply(&self, status: StatusCode) -> Result<Reply, Error> {
        let html = self.render().map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Reply::page(status, html, self.language))
    }
}

/// One of two texts, French or English.
pub(crate) fn words(
    language: Language,
    french: &'static str,
    english: &'static str,
) -> &'static str {
    match language {
        Language::Fr => french,
        Language::En => english,
    }
}

/// Shows a refusal as a page, to people who opened a link.
pub(crate) async fn shown(
    request: &Request,
    page: impl Future<Output = Result<Reply, Error>>,
) -> Result<Reply, Error> {
    let problem = match page.await {
        Err(Error::Problem(problem)) => problem,
        other => return other,
    };
    let language = request.language();
    let body = problem.body(language);
    let text = |name: &str| body.get(name).and_then(|text| text.as_str()).unwrap_or_default();
    let first_error = body.pointer("/errors/0/detail").and_then(|text| text.as_str());
    let detail = first_error.unwrap_or_else(|| text("detail"));
    let back = words(
        language,
        "Revenez à la page précédente pour corriger, ou rouvrez le lien reçu par courriel.",
        "Go back to the page before to correct it, or open the mailed link again.",
    );
    let mut paragraphs = vec![detail];
    if problem.kind().status == 422 {
        paragraphs.push(back);
    }
    let status = StatusCode::from_u16(problem.kind().status);
    let page = Page::new(language, text("title"), &paragraphs);
    let reply = page.reply(status.unwrap_or(StatusCode::BAD_REQUEST))?;
    Ok(match problem.retry_after_seconds() {
        Some(seconds) => reply.header(http::header::RETRY_AFTER, seconds.to_string()),
        None => reply,
    })
}
