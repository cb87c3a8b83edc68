//! The rows of an import: what stands in them, and what they come to.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::CommonValues;
use crate::invitation::Invitee;
use crate::level::{Language, Level};
use crate::portal::Settings;
use crate::territory::Territory;
use crate::text::{Email, Invalid, Label, Name, folded};

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
}

impl Field {
    /// All columns, in the order of the template.
    pub const ALL: [Self; 7] = [
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::JobTitle,
        Self::UserType,
        Self::Level,
        Self::Territory,
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

/// What stands in a row, as it was written.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cells {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Job title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// User type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_type: Option<String>,
    /// Level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
}

/// The cells of a row, as far as they can be read without the portal.
struct Read {
    first_name: Name,
    last_name: Name,
    email: Email,
    job_title: Option<Label>,
    level: Option<Level>,
    territory: Option<Territory>,
}

impl Cells {
    fn read(&self) -> Result<Read, Verdict> {
        let at = |field| move |why| Verdict::from(Fault { field, why });
        Ok(Read {
            first_name: Name::new(&self.first_name).map_err(at(Field::FirstName))?,
            last_name: Name::new(&self.last_name).map_err(at(Field::LastName))?,
            email: address(&self.email).map_err(at(Field::Email))?,
            job_title: optional(self.job_title.as_deref(), Label::new)
                .map_err(at(Field::JobTitle))?,
            level: optional(self.level.as_deref(), known_level).map_err(at(Field::Level))?,
            territory: optional(self.territory.as_deref(), Territory::named)
                .map_err(at(Field::Territory))?,
        })
    }
}

fn known_level(text: &str) -> Result<Level, Invalid> {
    Level::named(text).ok_or(Invalid::UnknownLevel)
}

fn optional<T>(
    text: Option<&str>,
    read: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, Invalid> {
    text.map(read).transpose()
}

impl std::fmt::Debug for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cells(<redacted>)")
    }
}

/// What is wrong in a row, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// In which column.
    pub field: Field,
    /// Why.
    pub why: Invalid,
}

/// What a row comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Verdict {
    /// New to the portal: it will be invited.
    New,
    /// It was invited, and mailed.
    Invited,
    /// It was invited, to be mailed later.
    Preloaded,
    /// The address is an active person's of the portal (RULES D10).
    AlreadyAPerson,
    /// The address has an open invitation to the portal (RULES D9).
    AlreadyInvited,
    /// An earlier row has the same address.
    Duplicate {
        /// Which row, as a spreadsheet program numbers it.
        row: u32,
    },
    /// A cell can't be read as what its column holds.
    Invalid {
        /// In which column.
        field: Field,
        /// Why.
        #[schema(value_type = String)]
        why: Invalid,
    },
    /// A cell names something that does not exist: a level, a user type, a department.
    UnknownValue {
        /// In which column.
        field: Field,
        /// Why.
        #[schema(value_type = String)]
        why: Invalid,
    },
    /// It failed whenever it was tried, and was left out so that the others go on.
    Failed,
    /// Who has it done may not give the level, or bring the person back (RULES A3, SECURITY S5).
    RightMissing,
}

impl Verdict {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Invited => "invited",
            Self::Preloaded => "preloaded",
            Self::AlreadyAPerson => "already_a_person",
            Self::AlreadyInvited => "already_invited",
            Self::Duplicate { .. } => "duplicate",
            Self::Invalid { .. } => "invalid",
            Self::UnknownValue { .. } => "unknown_value",
            Self::Failed => "failed",
            Self::RightMissing => "right_missing",
        }
    }

    /// Whether an invitation was made.
    pub fn is_made(self) -> bool {
        matches!(self, Self::Invited | Self::Preloaded)
    }
}

impl From<Fault> for Verdict {
    fn from(Fault { field, why }: Fault) -> Self {
        match why {
            Invalid::UnknownLevel | Invalid::UnknownUserType | Invalid::UnknownDepartment => {
                Self::UnknownValue { field, why }
            }
            _ => Self::Invalid { field, why },
        }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Row {
    /// Its number, as a spreadsheet program shows it.
    pub number: u32,
    /// What stands in it.
    pub cells: Cells,
    /// The earlier row with the same address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<u32>,
    /// What it came to in the last round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

impl Row {
    /// Who is to be invited, or what keeps the row from it by itself: a cell that is wrong, or an
    /// earlier row with the same address.
    ///
    /// # Errors
    /// The verdict on the row.
    pub fn invitee(&self, common: &CommonValues, settings: &Settings) -> Result<Invitee, Verdict> {
        let at = |field| move |why| Verdict::from(Fault { field, why });
        let Cells { user_type, .. } = &self.cells;
        let read = self.cells.read()?;
        let invitee = Invitee {
            first_name: read.first_name,
            last_name: read.last_name,
            email: read.email,
            job_title: read.job_title,
            user_type: match user_type.as_deref() {
                Some(text) => Some(known_user_type(text, settings).map_err(at(Field::UserType))?),
                None => {
                    let known = settings.knows(common.user_type.as_ref());
                    known.map_err(at(Field::UserType))?;
                    common.user_type.clone()
                }
            },
            level: read.level.unwrap_or(common.level),
            territory: match read.territory {
                Some(territory) => {
                    let offered = territory.offered_by(settings.collectivities);
                    Some(offered.map_err(at(Field::Territory))?)
                }
                None => common.territory.clone(),
            },
            message: common.message.clone(),
        };
        settings.invites(&invitee.email).map_err(at(Field::Email))?;
        match self.same_as {
            Some(row) => Err(Verdict::Duplicate { row }),
            None => Ok(invitee),
        }
    }
}

/// The address of a cell, which may be empty.
fn address(text: &str) -> Result<Email, Invalid> {
    if text.is_empty() { Err(Invalid::Empty) } else { Email::new(text) }
}

/// The portal's user type of this name, whatever its accents and capitals.
fn known_user_type(text: &str, settings: &Settings) -> Result<Label, Invalid> {
    let wanted = folded(text);
    let known = settings.user_types.iter().find(|known| folded(known.as_str()) == wanted);
    known.cloned().ok_or(Invalid::UnknownUserType)
}
