//! The ledger: all that the table holds, with what differs from run to run made alike, so that two
//! runs can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

/// The words that the starting state holds: only what is fresh is made alike.
#[derive(Debug, Default)]
pub struct Known(BTreeSet<String>);

/// A length from which a word is an identifier, a hash or a secret.
const LONG: usize = 26;

impl Known {
    /// The words of these items.
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut words = BTreeSet::new();
        for item in items {
            let text = item.to_string();
            words.extend(text.split(is_gap).filter(|word| word.len() >= LONG).map(str::to_owned));
        }
        Self(words)
    }

    /// A text with fresh identifiers, hashes and secrets made alike, and instants cut to the
    /// minute: on the stage, only seconds pass.
    pub fn alike(&self, text: &str) -> String {
        let mut alike = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| !is_gap(c)) {
            alike.push_str(&rest[..start]);
            rest = &rest[start..];
            let end = rest.find(is_gap).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            // `2026-11-21T12` is a word, `:00:59.000Z` follows.
            if is_hour(word) && after.len() >= 11 && after.starts_with(':') {
                alike.push_str(word);
                alike.push_str(&after[..3]);
                rest = &after[after.find('Z').map_or(0, |end| end + 1)..];
                continue;
            }
            alike.push_str(self.word(word));
            rest = after;
        }
        alike.push_str(rest);
        alike
    }

    fn word<'a>(&self, word: &'a str) -> &'a str {
        match word {
            word if word.len() < LONG || self.0.contains(word) => {
                if word.starts_with("request-") {
                    "<request>"
                } else {
                    word
                }
            }
            _ => "<fresh>",
        }
    }
}

/// A text of the ledger with its instants, which end at the minute, made alike.
fn without_instants(text: &str) -> String {
    const LENGTH: usize = "2026-11-21T12:00".len();
    let (mut alike, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(character) = rest.chars().next() {
        let is_instant = rest.is_char_boundary(13)
            && rest.len() >= LENGTH
            && is_hour(&rest[..13])
            && rest[13..].starts_with(':');
        let length = if is_instant { LENGTH } else { character.len_utf8() };
        alike.push_str(if is_instant { "<instant>" } else { &rest[..length] });
        rest = &rest[length..];
    }
    alike
}

fn is_gap(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn is_hour(word: &str) -> bool {
    let shape = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        _ => byte.is_ascii_digit(),
    };
    word.len() == 13 && word.bytes().enumerate().all(shape)
}

/// What the table holds otherwise than at the start, item by item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ledger(Vec<Rc<str>>);

impl Ledger {
    /// Of these lines.
    pub fn new(lines: impl IntoIterator<Item = Rc<str>>) -> Self {
        let mut lines: Vec<Rc<str>> = lines.into_iter().collect();
        lines.sort();
        Self(lines)
    }

    /// What one ledger holds and the other does not; of an item that both hold, what differs.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let (mut mine, mut others) = (self.without(other), other.without(self));
        let mut differences = Vec::new();
        mine.retain(|item| {
            let same_place = |other: &Value| other["PK"] == item["PK"] && other["SK"] == item["SK"];
            let Some(index) = others.iter().position(same_place) else { return true };
            let other = others.remove(index);
            let names = item.as_object().into_iter().chain(other.as_object()).flatten();
            let names: BTreeSet<&String> = names.map(|(name, _)| name).collect();
            let differs = |name: &&String| item[name.as_str()] != other[name.as_str()];
            let told = names.into_iter().filter(differs).map(|name| {
                format!("{name} is {}, not {}", item[name.as_str()], other[name.as_str()])
            });
            let told: Vec<String> = told.collect();
            differences.push(format!(
                "{}|{}: {}",
                text(item, "PK"),
                text(item, "SK"),
                told.join(", ")
            ));
            false
        });
        differences.extend(mine.iter().map(|item| format!("more: {item}")));
        differences.extend(others.iter().map(|item| format!("less: {item}")));
        differences
    }

    /// The same without instants, and without how often imports were written: what was left in the
    /// middle is gone on with later.
    pub fn timeless(&self) -> Self {
        let timeless = |line: &Rc<str>| {
            let mut item: Value = serde_json::from_str(line).unwrap_or_default();
            if text(&item, "PK").starts_with("IMPORT#") {
                item.as_object_mut().and_then(|item| item.remove("version"));
            }
            if text(&item["object"], "kind") == "import" {
                item.as_object_mut().and_then(|item| item.remove("version"));
            }
            // A mail says when what it offers ends.
            if text(&item, "PK").starts_with("MAIL#") {
                item.as_object_mut().and_then(|item| item.remove("text"));
            }
            Rc::from(without_instants(&item.to_string()))
        };
        Self::new(self.0.iter().map(timeless))
    }

    /// The items of which the other ledger holds fewer.
    fn without(&self, other: &Self) -> Vec<Value> {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &other.0 {
            *left.entry(line.as_ref()).or_default() += 1;
        }
        let mut found = Vec::new();
        for line in &self.0 {
            match left.get_mut(line.as_ref()) {
                Some(count) if *count > 0 => *count -= 1,
                _ => found.push(serde_json::from_str(line).unwrap_or_default()),
            }
        }
        found
    }
}

fn text<'a>(item: &'a Value, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

/// That an item of the start is no longer there.
pub fn gone(item: &Value) -> Option<Rc<str>> {
    is_kept(item).then(|| {
        let gone = serde_json::json!({ "PK": item["PK"], "SK": item["SK"], "is": "gone" });
        Rc::from(gone.to_string())
    })
}

/// Rows that nobody has gone over may be of an upload that was not made: they are written before it
/// (DESIGN §2, 3), and erased in time.
fn is_of_an_upload(item: &Value) -> bool {
    text(item, "SK").starts_with("ROWS#") && item["version"].as_f64() == Some(1.0)
}

/// Counters of rate limits count vain attempts too, and the gauge of bulk mails is near enough on
/// purpose: counted with the mark "sent", two senders would meet at it and mails go out twice.
fn is_kept(item: &Value) -> bool {
    let is_gauge = |gauge: &&str| text(item, "PK").starts_with(gauge);
    !["LIMIT#", "BULK#"].iter().any(is_gauge) && !is_of_an_upload(item)
}

/// An item as its line of the ledger; `None` for counters. What is only for tidying up, and where an
/// index keeps what is due, follow from the rest.
pub fn line(item: &Value, known: &Known) -> Option<Rc<str>> {
    if !is_kept(item) {
        return None;
    }
    let mut item = item.clone();
    let partition = text(&item, "PK").to_owned();
    let members = item.as_object_mut()?;
    for name in ["ttl", "due_partition", "due_sort", "row", "v"] {
        members.remove(name);
    }
    // Acts on accounts are spread over partitions by their fresh identifier.
    if let Some((month, _)) =
        partition.rsplit_once('#').filter(|_| partition.starts_with("JOURNAL#-#"))
    {
        members.insert("PK".to_owned(), Value::String(month.to_owned()));
    }
    for name in ["password", "salt"] {
        if members.contains_key(name) {
            members.insert(name.to_owned(), Value::String("<secret>".to_owned()));
        }
    }
    // When a mail was composed is its composer's affair, how often it was tried its sender's.
    if partition.starts_with("COMPOSED#") {
        members.remove("at");
    }
    if partition.starts_with("MAIL#") {
        let of_sender = ["version", "attempts", "sent_at", "due_at", "outcome_at"];
        let of_composer = ["created_at", "listing_sort", "subject_sort", "html"];
        for name in of_sender.into_iter().chain(of_composer) {
            members.remove(name);
        }
    }
    Some(Rc::from(known.alike(&item.to_string())))
}
