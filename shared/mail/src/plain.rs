//! The plain text of a mail, which comes first.

use crate::blocks::{Block, Letter, Words};
use crate::composed::{DECLINE_LINK, LINK};

/// Lines are at most this long, links and longer words excepted.
const COLUMNS: usize = 72;

/// The letter as plain text.
pub(crate) fn render(letter: &Letter) -> String {
    let mut parts = vec![wrapped(&letter.greeting, "")];
    parts.extend(letter.blocks.iter().map(|block| rendered(block, letter.words)));
    parts.push(wrapped(&letter.signature, ""));
    parts.push("--".to_owned());
    parts.extend(letter.footer.iter().map(|text| wrapped(text, "")));
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

fn rendered(block: &Block, words: Words) -> String {
    match block {
        Block::Paragraph(text) => wrapped(text, ""),
        Block::Quote { attribution, text } => {
            let lines: Vec<String> = text.split('\n').map(|line| wrapped(line, "> ")).collect();
            format!("{}\n\n{}", wrapped(attribution, ""), lines.join("\n"))
        }
        Block::Link { label } => link(label, LINK, words),
        Block::DeclineLink { label } => link(label, DECLINE_LINK, words),
        Block::Facts(facts) => {
            let lines = facts.iter().map(|(label, value)| fact(label, value, words));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

fn link(label: &str, slot: &str, words: Words) -> String {
    format!("{}\n{slot}", wrapped(&format!("{label}{}", words.colon), ""))
}

fn fact(label: &str, value: &str, words: Words) -> String {
    let lines = wrapped(&format!("{label}{} {value}", words.colon), "  ");
    format!("- {}", lines.trim_start_matches(' '))
}

/// The text on lines that all begin with the prefix, broken at ordinary spaces only.
fn wrapped(text: &str, prefix: &str) -> String {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            if width(prefix) + width(&line) + 1 + width(word) > COLUMNS {
                lines.push(std::mem::take(&mut line));
            } else {
                line.push(' ');
            }
        }
        line.push_str(word);
    }
    lines.push(line);
    let whole = lines.iter().map(|line| format!("{prefix}{line}").trim_end_matches(' ').to_owned());
    whole.collect::<Vec<_>>().join("\n")
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_ordinary_spaces_only() {
        let text = "mot ".repeat(40);
        assert!(wrapped(&text, "> ").lines().all(|line| width(line) <= COLUMNS));
        assert!(wrapped(&text, "> ").lines().all(|line| line.starts_with("> mot")));
        let joined = ["mot"; 40].join("\u{A0}");
        assert_eq!(wrapped(&joined, ""), joined);
        assert_eq!(wrapped("", "> "), ">");
    }
}
