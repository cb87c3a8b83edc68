//! How mails and journal look in a browser.

use askama::Template;
use serde_json::Value;

use crate::aws::Caught;

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Mailbox {
    mails: Vec<Row>,
}

struct Row {
    number: usize,
    to: String,
    subject: String,
    date: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Mail {
    number: usize,
    subject: String,
    headers: String,
    pieces: Vec<Piece>,
}

/// A piece of a text: words, or a link that works.
struct Piece {
    text: String,
    is_link: bool,
}

#[derive(Template)]
#[template(path = "journal.html")]
struct Journal {
    entries: Vec<Entry>,
}

struct Entry {
    at: String,
    act: String,
    portal: String,
    object: String,
    author: String,
    rule: String,
    change: String,
}

fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| error.to_string())
}

fn parsed<T>(mail: &Caught, read: impl FnOnce(&mail_parser::Message<'_>) -> T) -> Option<T> {
    mail_parser::MessageParser::default().parse(&mail.raw).map(|message| read(&message))
}

/// The mails caught so far, the newest first.
pub(crate) fn mailbox(mails: &[Caught]) -> String {
    let row = |mail: &Caught| Row {
        number: mail.number,
        to: mail.recipients.join(", "),
        subject: parsed(mail, |message| message.subject().unwrap_or_default().to_owned())
            .unwrap_or_default(),
        date: parsed(mail, |message| message.date().map(|date| date.to_rfc3339()))
            .flatten()
            .unwrap_or_default(),
    };
    rendered(&Mailbox { mails: mails.iter().rev().map(row).collect() })
}

/// One mail: its headers, its text with links that work, and its HTML.
pub(crate) fn mail(mail: &Caught) -> String {
    let text = text_of(mail);
    let raw = String::from_utf8_lossy(&mail.raw).into_owned();
    let headers = raw.split("\r\n\r\n").next().unwrap_or_default().to_owned();
    let subject = parsed(mail, |message| message.subject().unwrap_or_default().to_owned());
    let mut pieces = Vec::new();
    for line in text.split_inclusive('\n') {
        for word in line.split_inclusive(char::is_whitespace) {
            let is_link = word.starts_with("http://") || word.starts_with("https://");
            pieces.push(Piece { text: word.to_owned(), is_link });
        }
    }
    rendered(&Mail { number: mail.number, subject: subject.unwrap_or_default(), headers, pieces })
}

/// The plain text of a mail.
pub(crate) fn text_of(mail: &Caught) -> String {
    let text = |message: &mail_parser::Message<'_>| {
        message.body_text(0).unwrap_or_default().replace("\r\n", "\n")
    };
    parsed(mail, text).unwrap_or_default()
}

/// The HTML of a mail.
pub(crate) fn html_of(mail: &Caught) -> String {
    parsed(mail, |message| message.body_html(0).unwrap_or_default().into_owned())
        .unwrap_or_default()
}

/// The journal, the newest entry first.
pub(crate) fn journal(entries: &[Value]) -> String {
    let text = |entry: &Value, path: &str| match entry.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let row = |entry: &Value| Entry {
        at: text(entry, "/at"),
        act: text(entry, "/act"),
        portal: text(entry, "/portal"),
        object: format!("{} {}", text(entry, "/object/kind"), text(entry, "/object/id")),
        author: format!("{} {}", text(entry, "/author/kind"), text(entry, "/author/id")),
        rule: text(entry, "/rule"),
        change: format!("{} → {}", text(entry, "/before"), text(entry, "/after")),
    };
    rendered(&Journal { entries: entries.iter().rev().map(row).collect() })
}
