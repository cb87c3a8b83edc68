//! The public parts of the signing keys (SECURITY S7, S15).

use serde::{Deserialize, Serialize};

use crate::changes::{Place, Record};
use crate::instant::Instant;

/// What a key signs; a key of one family is worth nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFamily {
    /// Access tokens of sessions.
    Access,
    /// Mailed links about accounts and sign-ups.
    Account,
    /// Mailed links about invitations.
    Invitation,
    /// The seals of journals, and their exports.
    Seal,
}

impl KeyFamily {
    /// All families.
    pub const ALL: [Self; 4] = [Self::Access, Self::Account, Self::Invitation, Self::Seal];

    /// The stable code, used in the name of its secret.
    pub fn code(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Account => "account",
            Self::Invitation => "invitation",
            Self::Seal => "seal",
        }
    }
}

/// How long a key is published before it is used, except the first of a family.
pub const PUBLISHED_BEFORE_USE_HOURS: i64 = 24;

/// After how many days a key has a successor.
pub const ROTATED_AFTER_DAYS: u32 = 30;

/// How long a public key outlives its successor's first use: the longest mailed link.
pub const KEPT_AFTER_USE_DAYS: u32 = 65;

/// The public part of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its identifier, which stands in the header of what it signs.
    pub kid: String,
    /// What it signs.
    pub family: KeyFamily,
    /// The Ed25519 point, in base64url.
    pub point: String,
    /// From when on it may be used.
    pub usable_from: Instant,
    /// From when on nothing that it signed is accepted.
    pub expires_at: Instant,
    /// The same, signed with the key before it: so one key that somebody noted proves all that
    /// follow. Only keys of seals have one, and of them all but the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

impl Record for PublicKey {
    fn place(&self) -> Place {
        Place::PublicKey(self.kid.clone())
    }
}
