//! The dossiers that a portal accepted in a day, for those who are told once a day (RULES F3).

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Guard, Place, Record};
use crate::ids::{DossierId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::permissions::Permit;

/// How many dossiers of a day are kept, as an item of the table takes: ten times what the largest
/// portals accept. Those beyond are in the lists alone.
const MOST_KEPT: usize = 5000;

/// At how many seconds past midnight (UTC) the news of the day before go out.
const SENT_AT_SECONDS: i64 = 5 * 3_600;

/// The dossiers that a portal accepted in a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsOfDay {
    /// The portal.
    pub portal: PortalId,
    /// The day, as `2026-11-28`.
    pub day: String,
    /// How often it was written.
    pub version: u64,
    /// The dossiers, in the order of their acceptance.
    pub dossiers: Vec<DossierId>,
    /// When they go out; nothing once they have.
    pub due_at: Option<Instant>,
    /// When they are forgotten.
    pub expires_at: Instant,
}

impl Record for NewsOfDay {
    fn place(&self) -> Place {
        Place::NewsOfDay(self.portal, self.day.clone())
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl NewsOfDay {
    /// The first dossier of a day.
    pub fn first(portal: PortalId, dossier: DossierId, now: Instant) -> Self {
        let due_at = now.next_day().plus_seconds(SENT_AT_SECONDS);
        Self {
            portal,
            day: now.day(),
            version: 1,
            dossiers: vec![dossier],
            due_at: Some(due_at),
            expires_at: due_at.plus_days(30),
        }
    }

    /// With one more dossier.
    #[must_use]
    pub fn with(self, dossier: DossierId) -> Self {
        let mut next = Self { version: self.version + 1, ..self };
        if next.dossiers.len() < MOST_KEPT {
            next.dossiers.push(dossier);
        }
        next
    }

    /// Lets them go out, once.
    pub fn send(self, permit: Permit, now: Instant) -> Option<Changes> {
        self.due_at.filter(|due_at| *due_at <= now)?;
        let next = Self { version: self.version + 1, due_at: None, ..self };
        let after = Facts { codes: vec![next.day.clone()], ..Facts::none() };
        let object = Object::Portal(next.portal);
        let event = Event::new(Act::DossierNewsDue, Some(next.portal), object, next.version)
            .changing(Facts::none(), after);
        Some(Changes::new(permit).update(next, Guard::Version).journal(event))
    }
}
