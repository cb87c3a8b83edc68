//! The rows of an import: what stands in them, and what they come to.

use serde::{Deserialize, Serialize};

use super::CommonValues;
use super::columns::Field;
use crate::dossier::InvitedRole;
use crate::ids::DossierId;
use crate::invitation::{Assignment, Invitee};
use crate::level::Level;
use crate::portal::Settings;
use crate::territory::Territory;
use crate::text::{Email, Invalid, Label, Name, folded};

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
    /// The dossier to begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier: Option<String>,
    /// The role in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// The cells of a row, as far as they can be read without the portal.
pub(super) struct Read {
    first_name: Name,
    last_name: Name,
    email: Email,
    job_title: Option<Label>,
    level: Option<Level>,
    territory: Option<Territory>,
    dossier: Option<DossierId>,
    role: Option<InvitedRole>,
}

impl Cells {
    pub(super) fn read(&self) -> Result<Read, Verdict> {
        let (job_title, level) = (self.job_title.as_deref(), self.level.as_deref());
        let (territory, role) = (self.territory.as_deref(), self.role.as_deref());
        let dossier = self.dossier.as_deref();
        Ok(Read {
            first_name: Name::new(&self.first_name).map_err(at(Field::FirstName))?,
            last_name: Name::new(&self.last_name).map_err(at(Field::LastName))?,
            email: address(&self.email).map_err(at(Field::Email))?,
            job_title: job_title.map(Label::new).transpose().map_err(at(Field::JobTitle))?,
            level: level.map(known_level).transpose().map_err(at(Field::Level))?,
            territory: territory.map(Territory::named).transpose().map_err(at(Field::Territory))?,
            dossier: dossier.map(known_dossier).transpose().map_err(at(Field::Dossier))?,
            role: role.map(known_role).transpose().map_err(at(Field::Role))?,
        })
    }
}

fn known_level(text: &str) -> Result<Level, Invalid> {
    Level::named(text).ok_or(Invalid::UnknownLevel)
}

fn known_dossier(text: &str) -> Result<DossierId, Invalid> {
    text.parse().map_err(|_| Invalid::UnknownDossier)
}

fn known_role(text: &str) -> Result<InvitedRole, Invalid> {
    InvitedRole::named(text).ok_or(Invalid::UnknownRole)
}

impl std::fmt::Debug for Cells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cells(<redacted>)")
    }
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
    /// A cell names something that does not exist: a level, a user type, a department, a dossier, a
    /// role.
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

    /// The verdict on a row whose dossier is not the portal's, or takes nobody in.
    pub fn unknown_dossier() -> Self {
        at(Field::Dossier)(Invalid::UnknownDossier)
    }

    /// Whether an invitation was made.
    pub fn is_made(self) -> bool {
        matches!(self, Self::Invited | Self::Preloaded)
    }
}

/// The verdict on a row whose cell in this column is wrong.
fn at(field: Field) -> impl Fn(Invalid) -> Verdict {
    move |why| match why {
        Invalid::UnknownLevel
        | Invalid::UnknownUserType
        | Invalid::UnknownDepartment
        | Invalid::UnknownDossier
        | Invalid::UnknownRole => Verdict::UnknownValue { field, why },
        _ => Verdict::Invalid { field, why },
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
        let Cells { user_type, .. } = &self.cells;
        let read = self.cells.read()?;
        let invitee = Invitee {
            first_name: Some(read.first_name),
            last_name: Some(read.last_name),
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
            assignment: assignment(read.dossier, read.role, common)?,
            message: common.message.clone(),
        };
        settings.invites(&invitee.email).map_err(at(Field::Email))?;
        match self.same_as {
            Some(row) => Err(Verdict::Duplicate { row }),
            None => Ok(invitee),
        }
    }
}

/// The dossier of a row, or else of all rows, with its role; its title is the portal's to know.
fn assignment(
    dossier: Option<DossierId>,
    role: Option<InvitedRole>,
    common: &CommonValues,
) -> Result<Option<Assignment>, Verdict> {
    let (of_all, as_all) =
        common.assignment.as_ref().map(|common| (common.dossier, common.role)).unzip();
    match (dossier.or(of_all), role.or(as_all)) {
        (None, None) => Ok(None),
        (Some(dossier), Some(role)) => Ok(Some(Assignment { dossier, role, title: None })),
        (Some(_), None) => Err(at(Field::Role)(Invalid::Empty)),
        (None, Some(_)) => Err(at(Field::Dossier)(Invalid::Empty)),
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
