//! How moderators are told of what waits for them (RULES C6, C13).

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Entity, Guard, Place, Record};
use crate::ids::PortalId;
use crate::instant::Instant;
use crate::journal::{Act, Event, Object};
use crate::permissions::Permit;

/// How somebody wants to be told of what comes in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MailRhythm {
    /// By a mail for each.
    #[default]
    AtOnce,
    /// By at most one mail a day.
    Daily,
    /// Not by mail.
    Never,
}

impl MailRhythm {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Daily => "daily",
            Self::Never => "never",
        }
    }
}

/// How somebody is told of new dossiers, and how they were before: what came in until they chose
/// again is told as they wanted it then, so that nobody is told twice, or not at all (RULES F3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailChoice {
    /// What was chosen last.
    pub rhythm: MailRhythm,
    /// What held before, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<EarlierChoice>,
}

/// What held until somebody chose again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EarlierChoice {
    rhythm: MailRhythm,
    until: Instant,
}

/// For how long earlier choices are remembered, in seconds: a week, longer than any digest is late.
const REMEMBERED_IN_SECONDS: i64 = 7 * 86_400;

/// How many earlier choices are remembered, since lists hold them; of more in a week, the oldest
/// are forgotten.
const MOST_REMEMBERED: usize = 4;

impl Default for MailChoice {
    /// Whoever chose nothing is told daily.
    fn default() -> Self {
        Self::of(MailRhythm::Daily)
    }
}

impl MailChoice {
    /// A choice that always held.
    pub fn of(rhythm: MailRhythm) -> Self {
        Self { rhythm, earlier: Vec::new() }
    }

    /// Another choice, from now on.
    #[must_use]
    pub fn then(mut self, rhythm: MailRhythm, now: Instant) -> Self {
        self.earlier.retain(|earlier| earlier.until > now.plus_seconds(-REMEMBERED_IN_SECONDS));
        self.earlier.push(EarlierChoice { rhythm: self.rhythm, until: now });
        let forgotten = self.earlier.len().saturating_sub(MOST_REMEMBERED);
        self.earlier.drain(..forgotten);
        Self { rhythm, ..self }
    }

    /// What holds for what came in at this instant.
    pub fn at(&self, instant: Instant) -> MailRhythm {
        let earlier = self.earlier.iter().find(|earlier| instant < earlier.until);
        earlier.map_or(self.rhythm, |earlier| earlier.rhythm)
    }
}

/// The moderators' digest of a portal: when it is due next, while something is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Digest {
    /// The portal.
    pub portal: PortalId,
    /// How often it was written.
    pub version: u64,
    /// When the last one was due.
    pub last_at: Option<Instant>,
    /// When the next one is due; nothing while nothing is open.
    pub due_at: Option<Instant>,
}

impl Record for Digest {
    fn place(&self) -> Place {
        Place::Digest(self.portal)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Digest {
    /// The first digest of a portal, due a day after something came in.
    pub fn first(portal: PortalId, now: Instant) -> Self {
        Self { portal, version: 1, last_at: None, due_at: Some(now.plus_days(1)) }
    }

    /// The digest armed for a day from now; `None` if it is armed already.
    pub fn armed(&self, now: Instant) -> Option<Self> {
        if self.due_at.is_some() {
            return None;
        }
        Some(Self { version: self.version + 1, due_at: Some(now.plus_days(1)), ..self.clone() })
    }

    /// What is due is sent, and the next one is armed while something is still open.
    pub fn send(self, permit: Permit, open: StillOpen, now: Instant) -> Changes {
        let due_at = match open {
            StillOpen::Something => Some(now.plus_days(1)),
            StillOpen::Nothing => None,
        };
        let (portal, last_at) = (self.portal, self.last_at);
        let next = Self { version: self.version + 1, last_at: Some(now), due_at, ..self };
        let mut event =
            Event::new(Act::DigestDue, Some(portal), Object::Portal(portal), next.version);
        event.before.until = last_at;
        let changes = Changes::new(permit).update(Entity::from(next), Guard::Version);
        match open {
            StillOpen::Something => changes.journal(event),
            StillOpen::Nothing => changes,
        }
    }
}

/// Whether anything waits for the moderators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StillOpen {
    /// At least one request is open.
    Something,
    /// Nothing is open.
    Nothing,
}

/// After how many days an undecided request is brought up again, and then how often (RULES C13).
pub const REMINDER_AFTER_DAYS: i64 = 7;

/// Whether a request of this age is to be brought up in a digest that covers `since` to `now`:
/// it grew another whole week old in that time.
pub fn is_reminded(submitted_at: Instant, since: Instant, now: Instant) -> bool {
    let weeks =
        |at: Instant| at.seconds_since(submitted_at).max(0) / (REMINDER_AFTER_DAYS * 86_400);
    weeks(now) > weeks(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_brought_up_once_a_week() {
        let submitted = Instant::from_milliseconds(1_795_000_000_000);
        let day = |days: u32| submitted.plus_days(days).plus_seconds(60);
        let reminded: Vec<u32> =
            (1..30).filter(|days| is_reminded(submitted, day(days - 1), day(*days))).collect();
        assert_eq!(reminded, [7, 14, 21, 28]);
    }
}
