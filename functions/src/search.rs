//! Searching means the beginning of a word, whatever its accents and capitals (DESIGN §5).

use std::collections::BTreeSet;

use guichet_domain::text::folded;

/// How many rows are looked through for one filtered page (DESIGN §5).
pub(crate) const MOST_READ: u16 = 1000;

/// What somebody looks for.
#[derive(Debug, Default)]
pub(crate) struct Search {
    words: Vec<String>,
}

impl Search {
    /// The words of a text. An address is one word.
    pub(crate) fn new(text: &str) -> Self {
        let word = |word: &str| match word.contains('@') {
            true => vec![word.to_lowercase()],
            false => folded(word).split(' ').map(str::to_owned).collect(),
        };
        let words = text.split_whitespace().flat_map(word).filter(|word| !word.is_empty());
        Self { words: words.collect() }
    }

    /// The longest word, which finds the fewest; `None` where nothing is looked for.
    pub(crate) fn longest(&self) -> Option<&str> {
        self.words.iter().map(String::as_str).max_by_key(|word| word.len())
    }

    /// Whether each word looked for begins one of these.
    pub(crate) fn finds(&self, words: &BTreeSet<String>) -> bool {
        let begins = |wanted: &String| words.iter().any(|word| word.starts_with(wanted.as_str()));
        self.words.iter().all(begins)
    }
}
