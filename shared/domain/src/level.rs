//! The six cumulative levels of a portal, and the two languages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What somebody may do on a portal (RULES A2); each level has everything of the one before.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// *Utilisateur*: their own file.
    #[default]
    User,
    /// *Vérificateur*: also sees the people of the portal and their accesses.
    Reviewer,
    /// *Gestionnaire*: also sees everything about the dossiers they take part in.
    Manager,
    /// *Administrateur*: also changes the dossiers they take part in.
    Administrator,
    /// *Administrateur global*: the portal's staff.
    GlobalAdministrator,
    /// *Super administrateur*: the portal's admins.
    SuperAdministrator,
}

impl Level {
    /// All levels, the lowest first.
    pub const ALL: [Self; 6] = [
        Self::User,
        Self::Reviewer,
        Self::Manager,
        Self::Administrator,
        Self::GlobalAdministrator,
        Self::SuperAdministrator,
    ];

    /// Whether this level is the portal's staff: levels 5 and 6.
    pub fn is_staff(self) -> bool {
        self >= Self::GlobalAdministrator
    }

    /// Whether this level gives and takes `other` (RULES A3): 5 the levels 1 to 4, 6 all.
    pub fn governs(self, other: Self) -> bool {
        match self {
            Self::SuperAdministrator => true,
            Self::GlobalAdministrator => other <= Self::Administrator,
            _ => false,
        }
    }
}

/// The language in which somebody is written to and answered.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French, the first.
    #[default]
    Fr,
    /// English.
    En,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fr => "fr",
            Self::En => "en",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_administrators_govern_four_levels_and_super_administrators_six() {
        let governed =
            |level: Level| Level::ALL.into_iter().filter(|other| level.governs(*other)).count();
        assert_eq!(Level::ALL.map(governed), [0, 0, 0, 0, 4, 6]);
        assert!(Level::ALL.is_sorted());
    }
}
