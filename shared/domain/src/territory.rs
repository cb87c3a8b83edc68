//! Territories: the whole country, or a non-empty set of departments (RULES C5, C19).

mod communes;
mod departments;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, folded};
pub use communes::Commune;
use departments::DEPARTMENTS;
pub use departments::EDITION;

/// How many departments one territory may hold; beyond, one asks for the whole country (RULES C5).
pub const MOST_DEPARTMENTS: usize = 30;

/// Where a department lies, which decides whether a portal offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Metropolitan France.
    Metropolitan,
    /// The five overseas departments.
    Overseas,
    /// The overseas collectivities, 975 to 989, which a portal may switch on.
    Collectivity,
}

/// A department of the official list, or an overseas collectivity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Department {
    /// The INSEE code: `33`, `2A`, `971`.
    pub code: &'static str,
    /// The official name.
    pub name: &'static str,
    /// The INSEE code of its region.
    pub region_code: &'static str,
    /// The name of its region.
    pub region_name: &'static str,
    /// Where it lies.
    pub zone: Zone,
}

impl Department {
    /// The department with this code, written exactly as INSEE writes it.
    pub fn find(code: &str) -> Option<&'static Self> {
        DepartmentCode::find(code).map(DepartmentCode::department)
    }

    /// The departments that a portal offers: 101, and the collectivities when it wants them.
    pub fn offered(collectivities: Collectivities) -> impl Iterator<Item = &'static Self> {
        DEPARTMENTS.iter().filter(move |department| department.is_offered(collectivities))
    }

    /// Whether a portal with this setting offers the department.
    pub fn is_offered(&self, collectivities: Collectivities) -> bool {
        self.zone != Zone::Collectivity || collectivities == Collectivities::Offered
    }
}

/// Whether a portal offers the overseas collectivities beside the 101 departments (RULES C19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Collectivities {
    /// Only the 101 departments.
    #[default]
    Hidden,
    /// The collectivities too.
    Offered,
}

/// The code of a department of the official list, kept as its place there.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "33")]
pub struct DepartmentCode(u8);

impl DepartmentCode {
    /// The department it names.
    pub fn department(self) -> &'static Department {
        &DEPARTMENTS[usize::from(self.0)]
    }

    /// The code's text.
    pub fn as_str(self) -> &'static str {
        self.department().code
    }

    /// The department of a code or a name, as people write them: `1`, `2a`, `gironde`,
    /// `Gironde (33)`.
    fn named(text: &str) -> Option<Self> {
        let inner = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let text = inner.map_or(text, |(inner, _)| inner).trim();
        let code = text.to_uppercase();
        // Spreadsheets make a number of `01`.
        let code = if code.len() == 1 { format!("0{code}") } else { code };
        Self::find(&code).or_else(|| {
            let wanted = folded(text);
            let found = DEPARTMENTS.iter().find(|department| folded(department.name) == wanted);
            found.and_then(|department| Self::find(department.code))
        })
    }

    fn find(code: &str) -> Option<Self> {
        let found = DEPARTMENTS.binary_search_by(|department| department.code.cmp(code)).ok()?;
        u8::try_from(found).ok().map(Self)
    }
}

impl fmt::Debug for DepartmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for DepartmentCode {
    type Error = Invalid;

    fn try_from(code: String) -> Result<Self, Invalid> {
        Self::find(&code).ok_or(Invalid::UnknownDepartment)
    }
}

impl From<DepartmentCode> for String {
    fn from(code: DepartmentCode) -> Self {
        code.as_str().to_owned()
    }
}

/// The whole country, or a non-empty set of departments.
///
/// An empty set can't be built, in any way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WrittenTerritory", into = "WrittenTerritory")]
pub enum Territory {
    /// The whole country.
    National,
    /// These departments.
    Departments(Departments),
}

/// A non-empty set of at most [`MOST_DEPARTMENTS`] departments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Departments(BTreeSet<DepartmentCode>);

impl Departments {
    /// The codes, in order.
    pub fn codes(&self) -> impl Iterator<Item = DepartmentCode> {
        self.0.iter().copied()
    }
}

/// A territory as the API and the table write it: one of two shapes, never both.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenTerritory {
    /// Whether it is the whole country.
    #[serde(default)]
    pub national: bool,
    /// The codes of the departments.
    #[serde(default)]
    pub departments: Vec<String>,
}

impl utoipa::PartialSchema for Territory {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        WrittenTerritory::schema()
    }
}

impl utoipa::ToSchema for Territory {}

impl TryFrom<WrittenTerritory> for Territory {
    type Error = Invalid;

    fn try_from(written: WrittenTerritory) -> Result<Self, Invalid> {
        match (written.national, written.departments) {
            (true, departments) if departments.is_empty() => Ok(Self::National),
            (true, _) => Err(Invalid::NationalWithDepartments),
            (false, departments) => Self::departments(departments),
        }
    }
}

impl From<Territory> for WrittenTerritory {
    fn from(territory: Territory) -> Self {
        let departments = territory.codes().map(|code| code.into()).collect();
        Self { national: territory == Territory::National, departments }
    }
}

impl Territory {
    /// The territory of one department.
    pub fn of_department(department: DepartmentCode) -> Self {
        Self::Departments(Departments(BTreeSet::from([department])))
    }

    /// Every department and collectivity of the official list.
    pub fn every_department() -> impl Iterator<Item = DepartmentCode> {
        DEPARTMENTS.iter().filter_map(|department| DepartmentCode::find(department.code))
    }

    /// Whether it covers a department.
    pub fn covers(&self, department: DepartmentCode) -> bool {
        match self {
            Self::National => true,
            Self::Departments(departments) => departments.0.contains(&department),
        }
    }

    /// The territory of these departments, named by their codes; a repeated code counts once.
    ///
    /// # Errors
    /// No department, too many, or one that is not in the official list.
    pub fn departments<Code: Into<String>>(
        codes: impl IntoIterator<Item = Code>,
    ) -> Result<Self, Invalid> {
        let mut set = BTreeSet::new();
        for code in codes {
            set.insert(DepartmentCode::try_from(code.into())?);
            if set.len() > MOST_DEPARTMENTS {
                return Err(Invalid::TooManyDepartments);
            }
        }
        if set.is_empty() {
            return Err(Invalid::NoDepartment);
        }
        Ok(Self::Departments(Departments(set)))
    }

    /// The territory of a text, as people write it in one cell: codes or names of departments with
    /// commas, semicolons, slashes or line breaks between them, or the whole country.
    ///
    /// # Errors
    /// As for [`Territory::departments`].
    pub fn named(text: &str) -> Result<Self, Invalid> {
        const NATIONAL: [&str; 4] = ["national", "france entiere", "france", "whole country"];
        if NATIONAL.contains(&folded(text).as_str()) {
            return Ok(Self::National);
        }
        let parts = text.split([',', ';', '/', '\n']).map(str::trim);
        let code = |part| DepartmentCode::named(part).ok_or(Invalid::UnknownDepartment);
        let codes = parts.filter(|part| !part.is_empty()).map(code);
        Self::departments(codes.collect::<Result<Vec<_>, Invalid>>()?)
    }

    /// The same territory, if the portal offers all of it.
    ///
    /// # Errors
    /// [`Invalid::UnknownDepartment`] for a collectivity that the portal does not offer.
    pub fn offered_by(self, collectivities: Collectivities) -> Result<Self, Invalid> {
        if self.codes().all(|code| code.department().is_offered(collectivities)) {
            Ok(self)
        } else {
            Err(Invalid::UnknownDepartment)
        }
    }

    /// The departments that it covers on a portal: all of them, for the whole country.
    pub fn covered(&self, collectivities: Collectivities) -> Vec<DepartmentCode> {
        match self {
            Self::Departments(departments) => departments.codes().collect(),
            Self::National => Department::offered(collectivities)
                .filter_map(|department| DepartmentCode::find(department.code))
                .collect(),
        }
    }

    /// The departments' codes in order; none for the whole country.
    pub fn codes(&self) -> impl Iterator<Item = DepartmentCode> {
        let departments = match self {
            Self::National => None,
            Self::Departments(departments) => Some(departments.codes()),
        };
        departments.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_official_one() {
        assert_eq!(Department::offered(Collectivities::Hidden).count(), 101);
        assert_eq!(Department::offered(Collectivities::Offered).count(), 109);
        assert!(DEPARTMENTS.is_sorted_by(|a, b| a.code < b.code));
        for code in ["01", "2A", "2B", "971", "976"] {
            assert_eq!(Department::find(code).unwrap().code, code);
        }
        assert!(
            ["1", "20", "2a", "975 ", "96", ""].iter().all(|code| Department::find(code).is_none())
        );
    }

    #[test]
    fn a_territory_is_read_as_people_write_it() {
        let departments = |codes: &[&str]| Territory::departments(codes.iter().copied());
        for (text, codes) in [
            ("33", vec!["33"]),
            ("33, 64", vec!["33", "64"]),
            ("1;2a / 971", vec!["01", "2A", "971"]),
            ("gironde\nCOTE-D'OR", vec!["33", "21"]),
            ("Gironde (33), Côte-d’Or\u{A0}(21)", vec!["33", "21"]),
        ] {
            assert_eq!(Territory::named(text), departments(&codes), "{text}");
        }
        for text in ["National", "FRANCE ENTIÈRE", " France ", "whole country"] {
            assert_eq!(Territory::named(text), Ok(Territory::National), "{text}");
        }
        assert_eq!(Territory::named("33, 99"), Err(Invalid::UnknownDepartment));
        assert_eq!(Territory::named("33.5"), Err(Invalid::UnknownDepartment));
        assert_eq!(Territory::named(" ; "), Err(Invalid::NoDepartment));
        assert_eq!(Territory::named("france, 33"), Err(Invalid::UnknownDepartment));
        for department in Department::offered(Collectivities::Offered) {
            assert_eq!(Territory::named(department.name), departments(&[department.code]));
        }
    }

    #[test]
    fn contradictory_empty_unknown_and_endless_territories_are_refused() {
        let written = |national, departments: &[&str]| {
            let departments = departments.iter().map(|code| (*code).to_owned()).collect();
            Territory::try_from(WrittenTerritory { national, departments })
        };
        assert_eq!(written(true, &[]), Ok(Territory::National));
        assert_eq!(written(true, &["33"]), Err(Invalid::NationalWithDepartments));
        assert_eq!(written(false, &[]), Err(Invalid::NoDepartment));
        assert_eq!(written(false, &["99"]), Err(Invalid::UnknownDepartment));
        assert_eq!(written(false, &["33", "33"]), Territory::departments(["33"]));
        let codes: Vec<_> = DEPARTMENTS.iter().map(|department| department.code).collect();
        assert_eq!(written(false, &codes[..31]), Err(Invalid::TooManyDepartments));
        assert!(written(false, &codes[..30]).is_ok());
        let collectivity = Territory::departments(["988"]).unwrap();
        assert!(collectivity.clone().offered_by(Collectivities::Hidden).is_err());
        assert!(collectivity.offered_by(Collectivities::Offered).is_ok());
    }
}
