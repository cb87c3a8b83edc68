//! A mail as a list of blocks: the one source of its plain text and of its HTML.

use guichet_domain::level::Language;

/// A mail before it is rendered.
pub(crate) struct Letter {
    pub(crate) language: Language,
    pub(crate) subject: String,
    pub(crate) greeting: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) signature: String,
    /// Why it was received, and whom to write to.
    pub(crate) footer: Vec<String>,
    pub(crate) words: Words,
}

/// What the renderers themselves say.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    /// What stands between a label and its value.
    pub(crate) colon: &'static str,
    /// For those whose mail program shows no button.
    pub(crate) or_copy: &'static str,
}

/// A piece of a mail.
pub(crate) enum Block {
    Paragraph(String),
    /// Words written by a person: plain, quoted, attributed (SECURITY S11).
    Quote {
        attribution: String,
        text: String,
    },
    /// The link: a label, and the slot for the address.
    Link {
        label: String,
    },
    /// The second link of an invitation: a label, and the slot for the address.
    DeclineLink {
        label: String,
    },
    /// Labels and values.
    Facts(Vec<(String, String)>),
}

/// A paragraph.
pub(crate) fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph(text.into())
}

/// The link.
pub(crate) fn link(label: &str) -> Block {
    Block::Link { label: label.to_owned() }
}

/// The second link of an invitation.
pub(crate) fn decline_link(label: &str) -> Block {
    Block::DeclineLink { label: label.to_owned() }
}

/// Labels and values.
pub(crate) fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> Block {
    Block::Facts(facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect())
}

impl Letter {
    /// The same with every text of ours changed, and what people wrote left as it is.
    #[must_use]
    pub(crate) fn with_own_texts(self, change: fn(&str) -> String) -> Self {
        let block = |block: Block| match block {
            Block::Paragraph(text) => Block::Paragraph(change(&text)),
            Block::Quote { attribution, text } => {
                Block::Quote { attribution: change(&attribution), text }
            }
            Block::Link { label } => Block::Link { label: change(&label) },
            Block::DeclineLink { label } => Block::DeclineLink { label: change(&label) },
            Block::Facts(facts) => Block::Facts(
                facts.iter().map(|(label, value)| (change(label), change(value))).collect(),
            ),
        };
        Self {
            subject: change(&self.subject),
            greeting: change(&self.greeting),
            blocks: self.blocks.into_iter().map(block).collect(),
            signature: change(&self.signature),
            footer: self.footer.iter().map(|text| change(text)).collect(),
            ..self
        }
    }

    /// The same with nothing in any text that could break a line, hide, or be taken for the slot
    /// of the link, whoever wrote it.
    #[must_use]
    pub(crate) fn inert(self) -> Self {
        let mut letter = self.with_own_texts(|text| without_slot(&on_one_line(text)));
        for block in &mut letter.blocks {
            if let Block::Quote { text, .. } = block {
                *text = without_slot(&on_plain_lines(text));
            }
        }
        letter
    }
}

/// Every line break becomes `\n`; other control and direction characters go.
fn on_plain_lines(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                plain.push('\n');
            }
            '\t' => plain.push(' '),
            hidden if is_hidden(hidden) => {}
            visible => plain.push(visible),
        }
    }
    plain.trim().to_owned()
}

/// The text on one line, whatever it holds: a header can't be broken by it.
pub(crate) fn on_one_line(text: &str) -> String {
    on_plain_lines(text).split('\n').filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(character, '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// A word joiner, which nobody sees, follows each brace: two never stand side by side, so that
/// nothing in the text is the slot of the link.
fn without_slot(text: &str) -> String {
    text.replace('{', "{\u{2060}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LINK;

    #[test]
    fn no_text_is_taken_for_the_slot() {
        for text in [LINK, "{{{link}}}", "{{{{link}}}}", "{\u{200B}{link}}", "{\r{link}}"] {
            let inert = without_slot(&on_one_line(text));
            assert!(!inert.contains("{{"), "{inert}");
            assert!(inert.contains("link"), "{inert}");
        }
    }

    #[test]
    fn every_line_break_is_a_line_break() {
        assert_eq!(on_plain_lines("a\r\nb\rc\u{2028}d\u{85}e"), "a\nb\nc\nd\ne");
        assert_eq!(on_one_line("\u{202E}a\r\n\r\nBcc: b\u{0}"), "a Bcc: b");
    }
}
