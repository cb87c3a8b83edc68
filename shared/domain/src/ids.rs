//! Identifiers: a prefix that says what it names, then a ULID.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
pub use ulid::Ulid;
use utoipa::ToSchema;

/// The text is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
        )]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String)]
        pub struct $name(Ulid);

        impl $name {
            /// What the text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The identifier with this fresh ULID.
            pub const fn new(ulid: Ulid) -> Self {
                Self(ulid)
            }

            /// The ULID inside.
            pub const fn ulid(self) -> Ulid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let ulid = text.strip_prefix($prefix).ok_or(InvalidId)?;
                // One thing has one name: other spellings of the same ULID are refused.
                let parsed = Ulid::from_string(ulid).map_err(|_| InvalidId)?;
                if parsed.to_string() == ulid { Ok(Self(parsed)) } else { Err(InvalidId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id!(
    /// A portal.
    PortalId,
    "por_"
);
id!(
    /// An account: one person on all portals.
    AccountId,
    "acc_"
);
id!(
    /// A session of an account.
    SessionId,
    "ses_"
);
id!(
    /// A sign-up that is not an account yet (SECURITY S1).
    SignUpId,
    "sgn_"
);
id!(
    /// One opening of an adviser request: it is decided once (RULES C10).
    OpeningId,
    "opn_"
);
id!(
    /// An invitation.
    InvitationId,
    "inv_"
);
id!(
    /// An import of many invitations from a spreadsheet.
    ImportId,
    "imp_"
);
id!(
    /// A dossier.
    DossierId,
    "dos_"
);
id!(
    /// A dossier on one portal: its ULID sorts the portal's lists.
    PublicationId,
    "pub_"
);
id!(
    /// A note on a dossier.
    NoteId,
    "not_"
);
id!(
    /// An entry of the journal.
    EntryId,
    "jrn_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_exactly_one_spelling() {
        let id = PortalId::new(Ulid::from_parts(1_800_000_000_000, 42));
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.to_lowercase().parse::<PortalId>(), Err(InvalidId));
        assert_eq!(text.replacen("por_", "acc_", 1).parse::<PortalId>(), Err(InvalidId));
        assert_eq!("por_".parse::<PortalId>(), Err(InvalidId));
    }
}
