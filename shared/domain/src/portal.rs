//! Portals: the tenants (RULES A1), and the count that keeps the last super administrator.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Entity, Guard, Place, Record};
use crate::ids::{DossierId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Language;
use crate::permissions::Permit;
use crate::territory::Collectivities;
use crate::text::{Domain, Email, Invalid, Label, WebAddress};

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
    /// How long the link of an invitation works, 30 days at most (RULES D5).
    #[serde(default = "seven_days")]
    pub invitations_expire_in_days: Days,
    /// How long before its end an invitation is reminded (RULES D14).
    #[serde(default = "two_days")]
    pub reminded_before_in_days: Days,
    /// How long a closed invitation is kept (RULES D17).
    #[serde(default = "a_year")]
    pub invitations_kept_in_days: Days,
    /// After how many days without activity, and then how often, the contact of a dossier is asked
    /// for news (RULES F12).
    #[serde(default = "six_weeks")]
    pub dossiers_reminded_every_in_days: Days,
    /// After how many days without activity a dossier rests (RULES F11).
    #[serde(default = "half_a_year")]
    pub dossiers_pause_after_in_days: Days,
    /// How many days before that its contact is warned.
    #[serde(default = "two_weeks")]
    pub dossiers_warned_before_in_days: Days,
    /// The domains whose addresses may be invited; all, if there are none.
    #[serde(default)]
    pub invited_domains: Vec<Domain>,
    /// The user types that people of the portal may have.
    #[serde(default)]
    pub user_types: Vec<Label>,
    /// The dossier that forms propose as the first one of whoever is invited (RULES A1, D1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_dossier: Option<DossierId>,
}

fn seven_days() -> Days {
    Days(7)
}

fn two_days() -> Days {
    Days(2)
}

fn two_weeks() -> Days {
    Days(14)
}

fn six_weeks() -> Days {
    Days(42)
}

fn half_a_year() -> Days {
    Days(180)
}

fn a_year() -> Days {
    Days(365)
}

/// How long the link of an invitation works at most (RULES D5).
pub const MOST_INVITATION_DAYS: u32 = 30;

/// How many reasons, domains and user types a portal may keep, of each.
pub const MOST_LISTED: usize = 20;

impl Settings {
    /// Whether these settings may stand.
    ///
    /// # Errors
    /// The name of the first field that may not, and why.
    fn check(&self) -> Result<(), (&'static str, Invalid)> {
        let is_long = self.invitations_expire_in_days.get() > MOST_INVITATION_DAYS;
        let checks = [
            ("refusal_reasons", self.refusal_reasons.len() > MOST_LISTED),
            ("invited_domains", self.invited_domains.len() > MOST_LISTED),
            ("user_types", self.user_types.len() > MOST_LISTED),
            ("invitations_expire_in_days", is_long),
        ];
        match checks.into_iter().find(|(_, is_wrong)| *is_wrong) {
            Some((name, _)) => Err((name, Invalid::Number)),
            None => Ok(()),
        }
    }

    /// Whether the portal invites this address.
    ///
    /// # Errors
    /// Its domain is not one that the portal invites (RULES A1).
    pub fn invites(&self, email: &Email) -> Result<(), Invalid> {
        let is_any = self.invited_domains.is_empty();
        let is_listed = || self.invited_domains.iter().any(|one| one.as_str() == email.domain());
        if is_any || is_listed() { Ok(()) } else { Err(Invalid::DomainNotInvited) }
    }

    /// Whether the portal knows this user type.
    ///
    /// # Errors
    /// It is not one that the portal has set.
    pub fn knows(&self, user_type: Option<&Label>) -> Result<(), Invalid> {
        match user_type {
            Some(user_type) if !self.user_types.contains(user_type) => {
                Err(Invalid::UnknownUserType)
            }
            _ => Ok(()),
        }
    }
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Portal {
    /// Its identifier.
    pub id: PortalId,
    /// How often it was written.
    pub version: u64,
    /// What its admins set. It is stored as one text: every command reads the portal, and pays for
    /// each attribute.
    #[serde(with = "one_text")]
    pub settings: Settings,
    /// The name that mails are sent under: the operator's to approve (SECURITY S11).
    pub sender_name: Label,
    /// When it was made.
    pub created_at: Instant,
}

/// Settings as one text of JSON, and as the map that they were before.
mod one_text {
    use serde::de::{self, Deserialize as _, value::MapAccessDeserializer};
    use serde::ser::Error as _;
    use serde::{Deserializer, Serializer};

    use super::Settings;

    pub(super) fn serialize<S: Serializer>(
        settings: &Settings,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(settings).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Settings, D::Error> {
        deserializer.deserialize_any(TextOrMap)
    }

    struct TextOrMap;

    impl<'de> de::Visitor<'de> for TextOrMap {
        type Value = Settings;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("settings")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Settings, E> {
            serde_json::from_str(text).map_err(E::custom)
        }

        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Settings, A::Error> {
            Settings::deserialize(MapAccessDeserializer::new(map))
        }
    }
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
            invitations_expire_in_days: seven_days(),
            reminded_before_in_days: two_days(),
            invitations_kept_in_days: a_year(),
            dossiers_reminded_every_in_days: six_weeks(),
            dossiers_pause_after_in_days: half_a_year(),
            dossiers_warned_before_in_days: two_weeks(),
            invited_domains: Vec::new(),
            user_types: Vec::new(),
            default_dossier: None,
        };
        Self { id, version: 1, settings, sender_name: name, created_at: now }
    }

    /// Changes the settings; says nothing when nothing changes.
    ///
    /// # Errors
    /// The name of a field that is outside its bounds, and why.
    pub fn update(
        self,
        permit: Permit,
        settings: Settings,
    ) -> Result<(Self, Changes), (&'static str, Invalid)> {
        settings.check()?;
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

/// The names of the settings that differ.
fn changed(before: &Settings, after: &Settings) -> Vec<String> {
    let fields = |settings| match serde_json::to_value(settings) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
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
