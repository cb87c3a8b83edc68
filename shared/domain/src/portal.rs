//! Portals: the tenants (RULES A1), and the count that keeps the last super administrator.

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Entity, Guard, Place, Record};
use crate::ids::PortalId;
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Language;
use crate::permissions::Permit;
use crate::territory::Collectivities;
use crate::text::{Email, Invalid, Label, WebAddress};

/// Who may ask for an adviser access (RULES A1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenTo {
    /// Anybody with an account.
    #[default]
    Everybody,
    /// Only people of the portal.
    People,
}

/// A number of days between 1 and 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 365)]
pub struct Days(u32);

impl Days {
    /// So many days.
    ///
    /// # Errors
    /// [`Invalid::Number`] for zero or more than 365.
    pub fn new(days: u32) -> Result<Self, Invalid> {
        if (1..=365).contains(&days) { Ok(Self(days)) } else { Err(Invalid::Number) }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Days {
    type Error = Invalid;

    fn try_from(days: u32) -> Result<Self, Invalid> {
        Self::new(days)
    }
}

impl From<Days> for u32 {
    fn from(days: Days) -> Self {
        days.0
    }
}

/// What a portal's admins set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Settings {
    /// The portal's name.
    pub name: Label,
    /// The portal's own site, where mails send people who need no token.
    pub address: WebAddress,
    /// Where people write to reach the portal's team.
    pub contact_address: Email,
    /// The language of those who have no preference.
    pub language: Language,
    /// The terms of service.
    pub terms_address: Option<WebAddress>,
    /// Who may ask for an adviser access.
    pub requests_open_to: OpenTo,
    /// How long somebody refused waits before asking again (RULES C9).
    pub cool_down_in_days: Days,
    /// How long a request may wait undecided (RULES C13).
    pub lapses_in_days: Days,
    /// Whether the overseas collectivities are offered (RULES C19).
    pub collectivities: Collectivities,
    /// Reasons that moderators may choose from when they refuse (RULES C9).
    pub refusal_reasons: Vec<crate::text::Reason>,
}

/// How many reasons a portal may keep.
pub const MOST_REFUSAL_REASONS: usize = 20;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Portal {
    /// Its identifier.
    pub id: PortalId,
    /// How often it was written.
    pub version: u64,
    /// What its admins set.
    pub settings: Settings,
    /// The name that mails are sent under: the operator's to approve (SECURITY S11).
    pub sender_name: Label,
    /// When it was made.
    pub created_at: Instant,
}

impl Record for Portal {
    fn place(&self) -> Place {
        Place::Portal(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Portal {
    /// A new portal with the settings of the rules.
    pub fn new(
        id: PortalId,
        name: Label,
        address: WebAddress,
        contact_address: Email,
        now: Instant,
    ) -> Self {
        let settings = Settings {
            name: name.clone(),
            address,
            contact_address,
            language: Language::Fr,
            terms_address: None,
            requests_open_to: OpenTo::Everybody,
            cool_down_in_days: Days(30),
            lapses_in_days: Days(60),
            collectivities: Collectivities::Hidden,
            refusal_reasons: Vec::new(),
        };
        Self { id, version: 1, settings, sender_name: name, created_at: now }
    }

    /// Changes the settings; says nothing when nothing changes.
    ///
    /// # Errors
    /// [`Invalid::Number`] when there are more reasons than [`MOST_REFUSAL_REASONS`].
    pub fn update(self, permit: Permit, settings: Settings) -> Result<(Self, Changes), Invalid> {
        if settings.refusal_reasons.len() > MOST_REFUSAL_REASONS {
            return Err(Invalid::Number);
        }
        let codes = changed(&self.settings, &settings);
        if codes.is_empty() {
            return Ok((self, Changes::new(permit)));
        }
        let next = Self { version: self.version + 1, settings, ..self };
        let event =
            Event::new(Act::PortalUpdated, Some(next.id), Object::Portal(next.id), next.version)
                .changing(Facts::none(), Facts { codes, ..Facts::none() });
        let changes =
            Changes::new(permit).update(Entity::from(next.clone()), Guard::Version).journal(event);
        Ok((next, changes))
    }
}

fn changed(before: &Settings, after: &Settings) -> Vec<String> {
    let compared = [
        ("name", before.name != after.name),
        ("address", before.address != after.address),
        ("contact_address", before.contact_address != after.contact_address),
        ("language", before.language != after.language),
        ("terms_address", before.terms_address != after.terms_address),
        ("requests_open_to", before.requests_open_to != after.requests_open_to),
        ("cool_down_in_days", before.cool_down_in_days != after.cool_down_in_days),
        ("lapses_in_days", before.lapses_in_days != after.lapses_in_days),
        ("collectivities", before.collectivities != after.collectivities),
        ("refusal_reasons", before.refusal_reasons != after.refusal_reasons),
    ];
    let codes = compared.into_iter().filter(|(_, differs)| *differs);
    codes.map(|(code, _)| code.to_owned()).collect()
}

/// The number of active super administrators, written only when it changes (DESIGN §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SuperAdministrators {
    /// The portal.
    pub portal: PortalId,
    /// How often it was written.
    pub version: u64,
    /// How many there are; never zero.
    pub count: u32,
}

impl Record for SuperAdministrators {
    fn place(&self) -> Place {
        Place::SuperAdministrators(self.portal)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl SuperAdministrators {
    /// One more.
    #[must_use]
    pub fn one_more(self) -> Self {
        Self { version: self.version + 1, count: self.count + 1, ..self }
    }

    /// One fewer, unless it is the last one (RULES A3).
    pub fn one_fewer(self) -> Option<Self> {
        let left = self.count.checked_sub(1).filter(|left| *left > 0)?;
        Some(Self { version: self.version + 1, count: left, ..self })
    }
}
