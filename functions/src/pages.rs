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
    /// What was wrong with it the last time.
    pub(crate) problem: Option<String>,
}

/// A form, with the token of its link, that posts to a path of ours.
pub(crate) struct Form {
    /// Keeps the identifiers of its fields apart from those of other forms of the page.
    pub(crate) name: &'static str,
    /// What it is for, where a page has several; empty where its button says it all.
    pub(crate) title: &'static str,
    pub(crate) action: &'static str,
    pub(crate) token: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) button: &'static str,
    /// Whether the button is the one that most people want.
    pub(crate) weight: Weight,
}

impl Form {
    /// Says what was wrong with a field, or with the first one where it is none of the form's.
    pub(crate) fn wrong(&mut self, name: &str, problem: String) {
        let index = self.fields.iter().position(|field| field.name == name).unwrap_or_default();
        if let Some(field) = self.fields.get_mut(index) {
            field.problem = Some(problem);
        }
    }
}

impl Field {
    /// The elements that say more of the field.
    fn described_by(&self, form: &str) -> String {
        let part =
            |is_there: bool, part: &str| is_there.then(|| format!("{form}-{}-{part}", self.name));
        let hint = part(!self.hint.is_empty(), "hint");
        let problem = part(self.problem.is_some(), "problem");
        problem.into_iter().chain(hint).collect::<Vec<_>>().join(" ")
    }
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

    /// Whether something was wrong the last time.
    fn is_wrong(&self) -> bool {
        let fields = self.forms.iter().flat_map(|form| &form.fields);
        self.problem.is_some() || fields.into_iter().any(|field| field.problem.is_some())
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
