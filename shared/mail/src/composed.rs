//! A composed mail, and the slots for its links.

use std::fmt;

/// The slot that [`Composed::with_link`] fills.
pub const LINK: &str = "{{link}}";

/// The slot of an invitation's second link, that [`Composed::with_decline_link`] fills.
pub const DECLINE_LINK: &str = "{{decline}}";

/// A composed mail. When it has a link, the text holds [`LINK`] once, and the HTML where the link
/// goes and where it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Composed {
    /// The subject, on one line; it never holds the slot.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

/// Prints the subject only: the rest holds names, reasons and perhaps a token (SECURITY S19).
impl fmt::Debug for Composed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Composed").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Composed {
    /// Whether a slot is there and still to be filled.
    pub fn needs_link(&self) -> bool {
        [LINK, DECLINE_LINK].iter().any(|slot| self.text.contains(slot) || self.html.contains(slot))
    }

    /// The mail with this link in the slot.
    #[must_use]
    pub fn with_link(&self, link: &str) -> Self {
        self.filled(LINK, link)
    }

    /// The mail with this link in the slot of an invitation's second one.
    #[must_use]
    pub fn with_decline_link(&self, link: &str) -> Self {
        self.filled(DECLINE_LINK, link)
    }

    fn filled(&self, slot: &str, link: &str) -> Self {
        Self {
            subject: self.subject.clone(),
            text: self.text.replace(slot, link),
            html: self.html.replace(slot, &escaped(link)),
        }
    }

    /// The mail as it may be shown after it was sent (SECURITY S8).
    #[must_use]
    pub fn with_link_hidden(&self) -> Self {
        self.with_link("[link]").with_decline_link("[link]")
    }
}

/// A link as it stands in an attribute or in the text of HTML.
fn escaped(link: &str) -> String {
    let mut out = String::with_capacity(link.len());
    for character in link.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
