//! Words that people write and others are mailed: no web address stands in them (SECURITY S11).
//! What is stored is read as it is, so that a new top-level domain makes nothing unreadable.

use guichet_domain::text::{Invalid, Reason, Title, holds_link};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// What holds words.
pub(crate) trait Words {
    /// Whether a part of them is a web address.
    fn hold_link(&self) -> bool;
}

impl Words for Reason {
    fn hold_link(&self) -> bool {
        holds_link(self.as_str())
    }
}

impl Words for Title {
    fn hold_link(&self) -> bool {
        holds_link(self.as_str())
    }
}

impl<W: Words> Words for Option<W> {
    fn hold_link(&self) -> bool {
        self.iter().any(W::hold_link)
    }
}

impl<W: Words> Words for Vec<W> {
    fn hold_link(&self) -> bool {
        self.iter().any(W::hold_link)
    }
}

/// Reads words of a request, and refuses those with a web address.
///
/// # Errors
/// They can't be read, or hold one.
pub(crate) fn unlinked<'de, D, W>(deserializer: D) -> Result<W, D::Error>
where
    D: Deserializer<'de>,
    W: Words + Deserialize<'de>,
{
    let words = W::deserialize(deserializer)?;
    if words.hold_link() { Err(D::Error::custom(Invalid::NoLinks)) } else { Ok(words) }
}
