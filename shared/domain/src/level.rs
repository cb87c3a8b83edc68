//! The six cumulative levels of a portal, and the two languages.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::folded;

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

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Reviewer => "reviewer",
            Self::Manager => "manager",
            Self::Administrator => "administrator",
            Self::GlobalAdministrator => "global_administrator",
            Self::SuperAdministrator => "super_administrator",
        }
    }

    /// Its name, as people see it.
    pub fn name(self, language: Language) -> &'static str {
        let [french, english] = match self {
            Self::User => ["Utilisateur", "User"],
            Self::Reviewer => ["Vérificateur", "Reviewer"],
            Self::Manager => ["Gestionnaire", "Manager"],
            Self::Administrator => ["Administrateur", "Administrator"],
            Self::GlobalAdministrator => ["Administrateur global", "Global administrator"],
            Self::SuperAdministrator => ["Super administrateur", "Super administrator"],
        };
        match language {
            Language::Fr => french,
            Language::En => english,
        }
    }

    /// The level of a name in either language, whatever its accents and capitals, or of its code;
    /// the feminine form is the same level.
    pub fn named(text: &str) -> Option<Self> {
        let wanted = folded(text);
        let masculine = wanted.replace("trice", "teur").replace("globale", "global");
        Self::ALL.into_iter().find(|level| {
            let names = [Language::Fr, Language::En].map(|language| folded(level.name(language)));
            names.contains(&wanted) || names.contains(&masculine) || level.code() == wanted
        })
    }

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
    fn a_level_is_known_by_its_names_and_its_code() {
        for level in Level::ALL {
            for language in [Language::Fr, Language::En] {
                assert_eq!(Level::named(level.name(language)), Some(level));
                assert_eq!(Level::named(&level.name(language).to_uppercase()), Some(level));
            }
            assert_eq!(serde_json::to_value(level).unwrap(), level.code());
            assert_eq!(Level::named(level.code()), Some(level));
        }
        assert_eq!(Level::named(" verificatrice "), Some(Level::Reviewer));
        assert_eq!(Level::named("Super-administratrice"), Some(Level::SuperAdministrator));
        assert_eq!(Level::named("Administratrice globale"), Some(Level::GlobalAdministrator));
        assert_eq!(Level::named("chef"), None);
        assert_eq!(Level::named(""), None);
    }

    #[test]
    fn global_administrators_govern_four_levels_and_super_administrators_six() {
        let governed =
            |level: Level| Level::ALL.into_iter().filter(|other| level.governs(*other)).count();
        assert_eq!(Level::ALL.map(governed), [0, 0, 0, 0, 4, 6]);
        assert!(Level::ALL.is_sorted());
    }
}
