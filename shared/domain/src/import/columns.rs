//! The columns of an import's file: what stands above them, and where.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::row::{Cells, Row};
use crate::level::Language;
use crate::text::{Email, folded};

/// A column that is read.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// E-mail address.
    Email,
    /// Position in the organisation.
    JobTitle,
    /// One of the portal's user types.
    UserType,
    /// The level to be given.
    Level,
    /// The adviser access to be given.
    Territory,
    /// The dossier to begin with, by its identifier.
    Dossier,
    /// As what they take part in it.
    Role,
}

impl Field {
    /// All columns, in the order of the template.
    pub const ALL: [Self; 9] = [
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::JobTitle,
        Self::UserType,
        Self::Level,
        Self::Territory,
        Self::Dossier,
        Self::Role,
    ];

    /// Whether each file must have it.
    pub fn is_required(self) -> bool {
        matches!(self, Self::FirstName | Self::LastName | Self::Email)
    }

    /// What stands above it.
    pub fn heading(self, language: Language) -> &'static str {
        let [french, english] = match self {
            Self::FirstName => ["Prénom", "First name"],
            Self::LastName => ["Nom", "Last name"],
            Self::Email => ["Adresse électronique", "E-mail address"],
            Self::JobTitle => ["Fonction", "Job title"],
            Self::UserType => ["Type d’utilisateur", "User type"],
            Self::Level => ["Niveau", "Level"],
            Self::Territory => ["Territoire", "Territory"],
            Self::Dossier => ["Dossier", "Dossier"],
            Self::Role => ["Rôle", "Role"],
        };
        match language {
            Language::Fr => french,
            Language::En => english,
        }
    }

    /// What people and programs write above it beside.
    fn other_headings(self) -> &'static [&'static str] {
        match self {
            Self::FirstName => &["prenoms", "first_name", "firstname", "given name"],
            Self::LastName => &["nom de famille", "last_name", "lastname", "surname"],
            Self::Email => &[
                "email",
                "e mail",
                "mail",
                "courriel",
                "adresse email",
                "adresse e mail",
                "adresse mail",
                "adresse courriel",
                "email address",
            ],
            Self::JobTitle => &["poste", "job_title", "position"],
            Self::UserType => &["type", "user_type"],
            Self::Level => &[],
            Self::Territory => &["departement", "departements", "departments"],
            Self::Dossier => &["affectation", "assignment", "identifiant du dossier"],
            Self::Role => &["participation", "role dans le dossier"],
        }
    }

    /// The column of a heading.
    fn of_heading(heading: &str) -> Option<Self> {
        let heading = folded(heading);
        Self::ALL.into_iter().find(|field| {
            let own = [Language::Fr, Language::En].map(|language| folded(field.heading(language)));
            own.contains(&heading) || field.other_headings().contains(&heading.as_str())
        })
    }
}

/// Why the headings of a file are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadingError {
    /// These columns are missing.
    #[error("missing")]
    Missing(Vec<Field>),
    /// This column stands there twice.
    #[error("twice")]
    Twice(Field),
}

/// Where the columns of a file stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headings {
    at: HashMap<Field, usize>,
    /// The headings of columns that nothing is read from.
    pub ignored: Vec<String>,
}

impl Headings {
    /// Finds the columns by their headings, in either language.
    ///
    /// # Errors
    /// A required column is missing, or a column stands there twice.
    pub fn new(cells: &[String]) -> Result<Self, HeadingError> {
        let mut headings = Self { at: HashMap::new(), ignored: Vec::new() };
        for (place, heading) in cells.iter().enumerate() {
            match Field::of_heading(heading) {
                None if heading.is_empty() => {}
                None => headings.ignored.push(heading.clone()),
                Some(field) => {
                    if headings.at.insert(field, place).is_some() {
                        return Err(HeadingError::Twice(field));
                    }
                }
            }
        }
        let is_missing = |field: &Field| field.is_required() && !headings.at.contains_key(field);
        let missing: Vec<Field> = Field::ALL.into_iter().filter(is_missing).collect();
        if missing.is_empty() { Ok(headings) } else { Err(HeadingError::Missing(missing)) }
    }

    fn cell<'a>(&self, field: Field, cells: &'a [String]) -> Option<&'a str> {
        let text = cells.get(*self.at.get(&field)?)?.as_str();
        (!text.is_empty()).then_some(text)
    }

    /// The rows of the lines below. The address of an earlier row makes a row its duplicate.
    pub fn rows(&self, lines: impl IntoIterator<Item = (u32, Vec<String>)>) -> Vec<Row> {
        let mut first_of: HashMap<Email, u32> = HashMap::new();
        let mut rows = Vec::new();
        for (number, cells) in lines {
            let text = |field| self.cell(field, &cells).unwrap_or_default().to_owned();
            let some = |field| self.cell(field, &cells).map(str::to_owned);
            let cells = Cells {
                first_name: text(Field::FirstName),
                last_name: text(Field::LastName),
                email: text(Field::Email),
                job_title: some(Field::JobTitle),
                user_type: some(Field::UserType),
                level: some(Field::Level),
                territory: some(Field::Territory),
                dossier: some(Field::Dossier),
                role: some(Field::Role),
            };
            if cells == Cells::default() {
                continue;
            }
            // A row that can't be read keeps no later one with its address from being invited.
            let read = cells.read();
            let email = Email::new(&cells.email).ok();
            let same_as = email.as_ref().and_then(|email| first_of.get(email)).copied();
            if let (Some(email), true) = (email, read.is_ok()) {
                first_of.entry(email).or_insert(number);
            }
            rows.push(Row { number, cells, same_as, verdict: None });
        }
        rows
    }
}
