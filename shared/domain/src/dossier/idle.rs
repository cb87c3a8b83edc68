//! Dossiers that nobody writes on: their référent is asked for news, and in the end they rest
//! (RULES F11, F12).

use serde::{Deserialize, Serialize};

use super::{DossierError, DossierState, Pause, Publication, Published};
use crate::changes::{Changes, Guard, Place, Record, Write};
use crate::ids::{DossierId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Facts};
use crate::permissions::Permit;
use crate::portal::Settings;

/// When the last note was written on a dossier of a portal. Notes write it one after the other, so
/// that none is overlooked by what follows from there being none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// The dossier.
    pub dossier: DossierId,
    /// The portal.
    pub portal: PortalId,
    /// How often it was written.
    pub version: u64,
    /// When.
    pub at: Instant,
}

impl Record for Activity {
    fn place(&self) -> Place {
        Place::Activity(self.dossier, self.portal)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Activity {
    /// The write that says that something was written now.
    pub(super) fn noted(before: Option<Self>, publication: &Publication, at: Instant) -> Write {
        let Publication { dossier, portal, .. } = *publication;
        match before {
            None => Write::Create(Self { dossier, portal, version: 1, at }.into()),
            Some(before) => {
                let next = Self { version: before.version + 1, at, ..before };
                Write::Update(next.into(), Guard::Version)
            }
        }
    }
}

/// What a schedule has done for an open dossier, and when it must look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tending {
    /// When it must look again. Activity does not move it: the schedule finds out.
    pub looks_at: Instant,
    /// When the référent was last asked for news.
    pub reminded_at: Option<Instant>,
    /// That the référent was warned.
    pub warning: Option<Warning>,
}

/// That the référent was told when the dossier will rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// When they were told.
    pub at: Instant,
    /// The instant that they were told: it never rests before.
    pub pauses_at: Instant,
}

/// How often the schedule looks at least: settings of the portal that changed hold within a week.
const MOST_DAYS_BETWEEN_LOOKS: u32 = 7;

impl Tending {
    /// Of a dossier that was accepted or resumed. The first look is no later than the shortest
    /// delay that a portal can set.
    pub(super) fn first(now: Instant) -> Self {
        Self { looks_at: now.plus_days(1), reminded_at: None, warning: None }
    }

    /// What is due, by these settings, after the last activity.
    fn due(self, active_at: Instant, settings: &Settings) -> Due {
        let idle = settings.dossiers_pause_after_in_days.get();
        let notice = settings.dossiers_warned_before_in_days.get();
        let every = settings.dossiers_reminded_every_in_days.get();
        let since = |at: Option<Instant>| at.filter(|at| *at > active_at);
        let rests_at = active_at.plus_days(idle);
        let warning = self.warning.filter(|warning| warning.at > active_at);
        // What was announced holds, whatever the portal sets meanwhile.
        let pauses_at = warning.map(|warning| rests_at.max(warning.pauses_at));
        let warns_at = active_at.plus_days(idle.saturating_sub(notice));
        let reminded_at = since(self.reminded_at).unwrap_or(active_at);
        Due {
            pauses_at,
            warns_at: warning.is_none().then_some(warns_at),
            reminds_at: reminded_at.plus_days(every),
        }
    }
}

/// When what follows from idleness is due.
struct Due {
    pauses_at: Option<Instant>,
    warns_at: Option<Instant>,
    reminds_at: Instant,
}

impl Due {
    fn earliest(&self) -> Instant {
        let others = [self.pauses_at, self.warns_at].into_iter().flatten();
        others.fold(self.reminds_at, Instant::min)
    }
}

impl Published {
    /// Does what is due for an open dossier, at most one thing, and says when to look again.
    ///
    /// # Errors
    /// It is not open, or nobody must look at it yet.
    pub fn tend(
        self,
        permit: Permit,
        settings: &Settings,
        activity: Option<&Activity>,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        let is_open = self.publication.state == DossierState::Open;
        let tending = self.publication.tending.filter(|tending| is_open && tending.looks_at <= now);
        let tending = tending.ok_or(DossierError::NothingDue)?;
        let noted_at = activity.map_or(self.publication.changed_at, |activity| activity.at);
        let active_at = self.publication.changed_at.max(noted_at);
        let due = tending.due(active_at, settings);
        let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        // Whoever writes at this instant is not overlooked.
        let place = Place::Activity(self.publication.dossier, self.publication.portal);
        let check = Write::Check(place, activity.map(|activity| activity.version));
        let changes = Changes::new(permit).write([check]);
        if is_due(due.pauses_at) {
            return Ok(self.rested(changes, now));
        }
        let (act, tending) = if is_due(due.warns_at) {
            // However late the warning comes, the notice is whole.
            let notice = now.plus_days(settings.dossiers_warned_before_in_days.get());
            let idle = settings.dossiers_pause_after_in_days.get();
            let pauses_at = active_at.plus_days(idle).max(notice);
            let warning = Some(Warning { at: now, pauses_at });
            (Some(Act::DossierPauseNear), Tending { reminded_at: Some(now), warning, ..tending })
        } else if due.reminds_at <= now {
            (Some(Act::DossierReminded), Tending { reminded_at: Some(now), ..tending })
        } else {
            (None, tending)
        };
        let next_due = tending.due(active_at, settings);
        let looks_at = next_due.earliest().min(now.plus_days(MOST_DAYS_BETWEEN_LOOKS));
        let tending = Some(Tending { looks_at, ..tending });
        let version = self.publication.version + 1;
        let publication = Publication { version, tending, ..self.publication };
        let next = Self { publication, ..self };
        let mut changes = changes.write(next.publication.written());
        if let Some(act) = act {
            let mut event = next.event(act, Facts::none());
            event.after.until = next_due.pauses_at.filter(|_| act == Act::DossierPauseNear);
            changes = changes.journal(event);
        }
        Ok((next, changes))
    }

    /// By itself, after the portal's idle period (RULES F11).
    fn rested(self, changes: Changes, now: Instant) -> (Self, Changes) {
        let before = self.publication.facts();
        let pause = Some(Pause { at: now, reason: None });
        let publication =
            Publication { pause, ..self.publication.turned(DossierState::Paused, now) };
        let next = Self { publication, ..self };
        let event = next.event(Act::DossierPaused, before);
        let changes = changes.write(next.publication.written()).journal(event);
        (next, changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::Portal;
    use crate::text::{Email, Label, WebAddress};

    #[test]
    fn what_is_due_follows_from_the_last_activity_and_a_late_warning_gives_its_whole_notice() {
        let day = |days: u32| Instant::from_milliseconds(1_795_000_000_000).plus_days(days);
        let (address, email) = ("https://portail.exemple.fr", "a@b.fr");
        let (address, email) = (WebAddress::new(address).unwrap(), Email::new(email).unwrap());
        let id = PortalId::new(crate::ids::Ulid(1));
        let settings =
            Portal::new(id, Label::new("Alpha").unwrap(), address, email, day(0)).settings;
        let tending = |reminded: Option<u32>, warned: Option<(u32, u32)>| Tending {
            looks_at: day(0),
            reminded_at: reminded.map(day),
            warning: warned.map(|(at, rests)| Warning { at: day(at), pauses_at: day(rests) }),
        };
        for (tended, active, reminds, warns, pauses) in [
            // Every 42 days, a warning 14 days before the 180th.
            (tending(None, None), 0, 42, Some(166), None),
            (tending(Some(42), None), 0, 84, Some(166), None),
            (tending(Some(166), Some((166, 180))), 0, 208, None, Some(180)),
            // Schedules were off for a year.
            (tending(Some(365), Some((365, 379))), 0, 407, None, Some(379)),
            // The portal had a longer notice when it warned: what was announced holds.
            (tending(Some(166), Some((166, 196))), 0, 208, None, Some(196)),
            // Somebody wrote after the warning: all begins anew.
            (tending(Some(166), Some((166, 180))), 170, 212, Some(336), None),
        ] {
            let due = tended.due(day(active), &settings);
            assert_eq!(due.reminds_at, day(reminds), "{tended:?}");
            assert_eq!((due.warns_at, due.pauses_at), (warns.map(day), pauses.map(day)));
        }
    }
}
