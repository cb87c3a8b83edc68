//! Texts that people write, checked once, when they come in.
//!
//! A value of one of these types is valid; there is no other way to build it. What is personal
//! prints redacted (SECURITY S19).

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Why a text or a list is refused. It displays as the stable code that the API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    /// Nothing but white space.
    #[error("invalid.empty")]
    Empty,
    /// Longer than allowed.
    #[error("invalid.too_long")]
    TooLong,
    /// Control or direction characters, or line breaks where there may be none.
    #[error("invalid.characters")]
    Characters,
    /// Not an e-mail address that we can write to.
    #[error("invalid.email")]
    Email,
    /// Not made of 3 to 64 small letters, digits, dots, hyphens or underscores.
    #[error("invalid.username")]
    Username,
    /// Holds a web address, which would stand in a mail in the portal's name (SECURITY S11).
    #[error("invalid.no_links")]
    NoLinks,
    /// Not an `https` address.
    #[error("invalid.web_address")]
    WebAddress,
    /// Not a telephone number.
    #[error("invalid.phone")]
    Phone,
    /// Outside its bounds.
    #[error("invalid.number")]
    Number,
    /// The password is too short (SECURITY, NIST SP 800-63B-4).
    #[error("invalid.password_short")]
    PasswordShort,
    /// The whole country and departments at once contradict each other (RULES C5).
    #[error("invalid.national_with_departments")]
    NationalWithDepartments,
    /// An empty list is an error, never the whole country (RULES C5, J1).
    #[error("invalid.no_department")]
    NoDepartment,
    /// Too many departments: one asks for the whole country (RULES C5).
    #[error("invalid.too_many_departments")]
    TooManyDepartments,
    /// Not in the official list, or not offered by the portal (RULES C5, C19).
    #[error("invalid.unknown_department")]
    UnknownDepartment,
    /// Not the code of a commune of the official list.
    #[error("invalid.unknown_commune")]
    UnknownCommune,
    /// A commune of a collectivity that the portal does not offer (RULES C19).
    #[error("invalid.commune_not_offered")]
    CommuneNotOffered,
    /// A dossier that is not the portal's, or takes nobody in.
    #[error("invalid.unknown_dossier")]
    UnknownDossier,
    /// More tags than a dossier may have.
    #[error("invalid.too_many_tags")]
    TooManyTags,
    /// Not the name of a role in a dossier.
    #[error("invalid.unknown_role")]
    UnknownRole,
    /// A portal that is not there, or where one may not submit dossiers.
    #[error("invalid.unknown_portal")]
    UnknownPortal,
    /// Somebody who takes no part in the dossier.
    #[error("invalid.takes_no_part")]
    TakesNoPart,
    /// A message, before the dossier is accepted (SECURITY S11).
    #[error("invalid.message_too_early")]
    MessageTooEarly,
    /// A territory and no access at once contradict each other.
    #[error("invalid.revoke_with_territory")]
    RevokeWithTerritory,
    /// Not a domain, like `exemple.fr`.
    #[error("invalid.domain")]
    Domain,
    /// The portal invites no addresses of this domain (RULES A1).
    #[error("invalid.domain_not_invited")]
    DomainNotInvited,
    /// Not one of the portal's user types (RULES A1).
    #[error("invalid.unknown_user_type")]
    UnknownUserType,
    /// Not the name of a level (RULES A2).
    #[error("invalid.unknown_level")]
    UnknownLevel,
    /// An instant that should be to come.
    #[error("invalid.past")]
    Past,
}

/// Trims and normalises; refuses what is empty or longer than `most` characters.
fn bounded(text: &str, most: usize) -> Result<String, Invalid> {
    // The raw length is looked at first, so that a huge text is not normalised for nothing.
    if text.len() > most * 16 {
        return Err(Invalid::TooLong);
    }
    let normal: String = text.trim().nfc().collect();
    match normal.chars().count() {
        0 => Err(Invalid::Empty),
        count if count > most => Err(Invalid::TooLong),
        _ => Ok(normal),
    }
}

/// Control characters, and the marks that turn the direction of what follows or hide in it.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(character, '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(character, '\u{E0000}'..='\u{E007F}')
}

fn line(text: &str, most: usize) -> Result<String, Invalid> {
    let text = bounded(text, most)?;
    if text.chars().any(is_hidden) { Err(Invalid::Characters) } else { Ok(text) }
}

fn paragraphs(text: &str, most: usize) -> Result<String, Invalid> {
    let text = bounded(&text.replace("\r\n", "\n"), most)?;
    let hidden = |character| character != '\n' && is_hidden(character);
    if text.chars().any(hidden) { Err(Invalid::Characters) } else { Ok(text) }
}

/// Whether mail programs would make a link to the web of a part of this text: what has a scheme,
/// and what looks like a host of a known top-level domain (SECURITY S11). Whoever writes words that
/// others are mailed is refused them; what is stored is read as it is, whatever domains come.
pub fn holds_link(text: &str) -> bool {
    let lower = text.to_lowercase();
    if lower.contains("://") || lower.contains("www.") {
        return true;
    }
    // What is neither a letter nor ASCII ends a host, as a no-break space does; and a host of other
    // letters has an ASCII form, too.
    let is_part = |character: char| character.is_ascii() || character.is_alphanumeric();
    let plain: String = lower.chars().map(|one| if is_part(one) { one } else { ' ' }).collect();
    let words = plain.split_whitespace().map(|word| {
        let word = word.trim_matches(|one: char| !one.is_alphanumeric());
        idna::domain_to_ascii(word).unwrap_or_else(|_| word.to_owned())
    });
    let ascii = words.collect::<Vec<_>>().join(" ");
    let mut finder = linkify::LinkFinder::new();
    finder.kinds(&[linkify::LinkKind::Url]).url_must_have_scheme(false);
    finder.links(&ascii).any(|link| {
        let host = link.as_str().split(['/', '?', '#', ':']).next().unwrap_or_default();
        let top = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        tld::exist(top)
    })
}

fn name(text: &str) -> Result<String, Invalid> {
    let text = line(text, 50)?;
    let allowed = |character: char| {
        character.is_alphabetic()
            || is_combining_mark(character)
            || matches!(character, ' ' | '\u{A0}' | '\u{202F}' | '-' | '\u{2010}' | '\'' | '’')
    };
    let has_letter = text.chars().any(char::is_alphabetic);
    if has_letter && text.chars().all(allowed) { Ok(text) } else { Err(Invalid::Characters) }
}

fn email(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.len() > 1024 {
        return Err(Invalid::TooLong);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(Invalid::Email)?;
    // SES can send to no other local part (SECURITY S20); a quoted one only serves to confuse.
    if !local.is_ascii() || local.contains('"') {
        return Err(Invalid::Email);
    }
    let domain = idna::domain_to_ascii_strict(domain).map_err(|_| Invalid::Email)?;
    let address = format!("{}@{domain}", local.to_ascii_lowercase());
    let is_address = email_address::EmailAddress::is_valid(&address);
    let names_a_host = domain.contains('.') && !domain.starts_with('[');
    if is_address && names_a_host && address.len() <= 254 {
        Ok(address)
    } else {
        Err(Invalid::Email)
    }
}

fn domain(text: &str) -> Result<String, Invalid> {
    let address = Email::new(&format!("a@{}", text.trim())).map_err(|_| Invalid::Domain)?;
    Ok(address.domain().to_owned())
}

fn username(text: &str) -> Result<String, Invalid> {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
    };
    if (3..=64).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::Username)
    }
}

fn phone(text: &str) -> Result<String, Invalid> {
    let text = line(text, 30)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = |character: char| {
        character.is_ascii_digit()
            || matches!(character, ' ' | '.' | '-' | '+' | '(' | ')' | '\u{A0}')
    };
    if (4..=20).contains(&digits) && text.chars().all(allowed) {
        Ok(text)
    } else {
        Err(Invalid::Phone)
    }
}

fn web_address(text: &str) -> Result<String, Invalid> {
    let text = line(text, 300)?;
    let rest = text.strip_prefix("https://").ok_or(Invalid::WebAddress)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = text.is_ascii() && !text.contains([' ', '"', '<', '>', '\\', '\'']);
    let names_a_host = host.contains('.') && !host.contains('@');
    if plain && names_a_host { Ok(text) } else { Err(Invalid::WebAddress) }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $check:expr, $debug:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(String);

        impl $name {
            /// Checks and normalises the text.
            ///
            /// # Errors
            /// [`Invalid`] says what is wrong with it.
            pub fn new(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> Result<String, Invalid> = $check;
                check(text).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                text!(@$debug self, f)
            }
        }
    };
    (@personal $self:ident, $f:ident) => { $f.write_str("<redacted>") };
    (@public $self:ident, $f:ident) => { fmt::Debug::fmt(&$self.0, $f) };
}

text!(
    /// A first or last name: letters, marks, spaces, hyphens and apostrophes, at most 50
    /// characters (SECURITY S11).
    Name,
    name,
    personal
);
text!(
    /// An e-mail address: ASCII local part in lower case, domain as A-labels (SECURITY S20).
    Email,
    email,
    personal
);
text!(
    /// The domain of e-mail addresses, as A-labels.
    Domain,
    domain,
    public
);
text!(
    /// The identifier chosen for an account, which never changes (RULES B1, SECURITY S20).
    Username,
    username,
    personal
);
text!(
    /// A telephone number as people write it.
    Phone,
    phone,
    personal
);
text!(
    /// An organisation, a job title, the name of a portal: one line of at most 120 characters.
    Label,
    |text| line(text, 120),
    public
);
text!(
    /// The title of a dossier, which mails to others carry: one line of at most 120 characters.
    /// None is written with a web address (SECURITY S11): [`holds_link`].
    Title,
    |text| line(text, 120),
    public
);
text!(
    /// A reason or a message: at most 500 characters on several lines. None is written with a web
    /// address (SECURITY S11): [`holds_link`].
    Reason,
    |text| paragraphs(text, 500),
    personal
);
text!(
    /// The context of a request, what a dossier asks for, a note: at most 2,000 characters.
    Statement,
    |text| paragraphs(text, 2000),
    personal
);
text!(
    /// An `https` address, of the terms of service for instance.
    WebAddress,
    web_address,
    public
);

impl Email {
    /// The address with most of its local part hidden, for a page that anybody may open: `a…@b.fr`.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first = local.chars().next().unwrap_or('…');
        format!("{first}…@{domain}")
    }

    /// The domain, as A-labels.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

/// The text folded for searching and sorting: no accents, no capitals, single spaces.
pub fn folded(text: &str) -> String {
    let plain: String = text.nfkd().filter(|character| !is_combining_mark(*character)).collect();
    let lower = plain.to_lowercase().replace(['-', '\'', '’'], " ");
    let lower = lower.replace('œ', "oe").replace('æ', "ae");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An identifier suggested from the names (RULES B2), to be tried before `taken + 1`.
pub fn suggested_username(first_name: &Name, last_name: &Name, tried: u32) -> String {
    let fold = |name: &Name| {
        let letters = folded(name.as_str());
        letters.chars().filter(char::is_ascii_alphanumeric).take(28).collect::<String>()
    };
    let (first, last) = (fold(first_name), fold(last_name));
    let base = match (first.is_empty(), last.is_empty()) {
        (false, false) => format!("{first}.{last}"),
        (true, true) => "compte".to_owned(),
        _ => format!("{first}{last}"),
    };
    let base = if base.len() < 3 { format!("{base}.compte") } else { base };
    if tried == 0 { base } else { format!("{base}.{}", tried + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_hold_what_names_hold() {
        for good in
            ["Zoé", "Jean-Pierre", "O’Neill", "d'Arc", "Nguyễn", "李", "Mc Donald", " Anne "]
        {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "a\r\nBcc: x@y.fr", "<b>", "http://x", "a\u{202E}b", "12", "-", "a@b"]
        {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
        assert_eq!(Name::new(&"é".repeat(50)).map(|name| name.as_str().len()), Ok(100));
        assert_eq!(Name::new(&"é".repeat(51)), Err(Invalid::TooLong));
    }

    #[test]
    fn addresses_are_normalised_and_strange_ones_refused() {
        assert_eq!(Email::new(" Anne.D@Exemple.FR ").unwrap().as_str(), "anne.d@exemple.fr");
        assert_eq!(Email::new("a@mairie-évry.fr").unwrap().as_str(), "a@xn--mairie-vry-h7a.fr");
        assert_eq!(Email::new("anne+tri@exemple.fr").unwrap().masked(), "a…@exemple.fr");
        for bad in
            ["a", "a@b", "é@exemple.fr", "a@b@c.fr", "\"a b\"@c.fr", "a@[127.0.0.1]", "a b@c.fr"]
        {
            assert_eq!(Email::new(bad), Err(Invalid::Email), "{bad}");
        }
        assert_eq!(Email::new("a@c.fr\r\nBcc: d@e.fr"), Err(Invalid::Email));
        assert!(Email::new(&format!("{}@exemple.fr", "a".repeat(65))).is_err());
    }

    #[test]
    fn what_mail_programs_make_a_link_of_is_no_message() {
        for bad in [
            "Voir https://exemple.fr",
            "ftp://exemple",
            "www.exemple",
            "impots-gouv.info/connexion",
            "Cliquez sur (Impots-Gouv.INFO), vite",
            "exemple.fr",
            "exemple.fr:8080/x",
            "mairie-évry.fr",
            "Voir impots-gouv.info\u{A0}!",
            "«\u{A0}impots-gouv.info\u{A0}»",
            "à impots-gouv.info\u{202F}: vite",
            "impots-gouv.info…",
            "(пример.рф)",
            "пример.xn--p1ai",
            "javascript://x",
        ] {
            assert!(holds_link(bad), "{bad}");
        }
        for good in [
            "C’est fini.Merci à M.Durand.",
            "Le 1.2.2027, à 10.30 h… S.A.R.L. « Untel », c.-à-d. nous",
            "Voir rapport.pdf et budget.xlsx",
            "Écrivez à anne@exemple.fr",
            "et/ou 3/4",
        ] {
            assert!(!holds_link(good), "{good}");
        }
    }

    #[test]
    fn what_is_personal_prints_redacted() {
        let printed = format!("{:?} {:?}", Email::new("a@b.fr"), Name::new("Anne"));
        assert_eq!(printed, "Ok(<redacted>) Ok(<redacted>)");
    }

    #[test]
    fn identifiers_are_suggested_from_the_names() {
        let suggest = |first, last, tried| {
            let suggested =
                suggested_username(&Name::new(first).unwrap(), &Name::new(last).unwrap(), tried);
            Username::new(&suggested).unwrap().as_str().to_owned()
        };
        assert_eq!(suggest("Zoé", "d’Arc", 0), "zoe.darc");
        assert_eq!(suggest("Zoé", "d’Arc", 1), "zoe.darc.2");
        assert_eq!(suggest("李", "明", 0), "compte");
        assert_eq!(suggest("A", "明", 0), "a.compte");
    }

    proptest! {
        #[test]
        fn a_checked_text_checks_again_to_itself(text in "\\PC{0,60}") {
            if let Ok(name) = Name::new(&text) {
                prop_assert_eq!(Name::new(name.as_str()), Ok(name.clone()));
            }
            if let Ok(email) = Email::new(&text) {
                prop_assert_eq!(Email::new(email.as_str()), Ok(email.clone()));
            }
        }

        #[test]
        fn no_text_carries_a_line_break(text in "[a-z\\r\\n\\u{2028}\\u{85} ]{0,40}") {
            if let Ok(label) = Label::new(&text) {
                let breaks = ['\r', '\n', '\u{2028}', '\u{85}'];
                prop_assert!(!label.as_str().contains(breaks));
            }
        }
    }
}
