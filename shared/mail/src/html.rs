//! The HTML of a mail, which says what the plain text says.

use askama::Template;

use crate::blocks::{Block, Letter, Words};
use crate::composed::{DECLINE_LINK, LINK};

/// `templates/mail.html`. Everything in it is escaped.
#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    language: String,
    letter: &'a Letter,
    words: Words,
    slot: &'static str,
    decline_slot: &'static str,
}

/// The letter as HTML.
pub(crate) fn render(letter: &Letter) -> String {
    let language = letter.language.to_string();
    let page =
        Page { language, letter, words: letter.words, slot: LINK, decline_slot: DECLINE_LINK };
    // Writing to a string can't fail. If it ever did, the plain text would still be there.
    page.render().unwrap_or_default()
}
