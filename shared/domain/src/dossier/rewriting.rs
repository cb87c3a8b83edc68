//! Saying something else in a dossier, on every portal where it is published (RULES F2, F13).

use super::{
    Doer, Dossier, DossierError, LocalPublication, Position, Publication, Published, Sheet,
};
use crate::changes::{Changes, Guard, Record as _, Write};
use crate::instant::Instant;
use crate::journal::{Act, Event};
use crate::permissions::Permit;
use crate::portal::Portal;

impl Published {
    /// Says something else before the moderators have decided (RULES F2).
    ///
    /// # Errors
    /// It was decided or changed since it was read, or the portal does not take what it says.
    pub fn revise(
        self,
        permit: Permit,
        etag: &str,
        sheet: Sheet,
        portal: &Portal,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        self.must_wait()?;
        if self.referent.elsewhere(portal.id).next().is_some() {
            return Err(DossierError::PublishedElsewhere);
        }
        self.must_be(etag)?;
        let next = self.publication.next(now);
        self.rewritten(
            permit,
            sheet,
            portal,
            Act::DossierRevised,
            (next, None),
            (Vec::new(), Doer::Other),
        )
    }

    /// Says something else once it was accepted. Another place is for other advisers; and when
    /// those who ask do it, a resting dossier goes on (RULES F11). `others` are its publications on
    /// other portals, which say the same (RULES F13).
    ///
    /// # Errors
    /// It was not accepted, changed since it was read, or the portal does not take what it says.
    pub fn update(
        self,
        permit: Permit,
        etag: &str,
        sheet: Sheet,
        portal: &Portal,
        (held, others): (Option<&Position>, Vec<Publication>),
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        self.publication.must_be_accepted()?;
        self.must_be(etag)?;
        let by = Doer::of(held);
        let (next, resumed) = self.clone().stirred(by, now);
        let next = (next.publication, resumed);
        self.rewritten(permit, sheet, portal, Act::DossierUpdated, next, (others, by))
    }

    /// Says something else in the next version of the publication, which may have its own event;
    /// and on other portals, where it goes on if those who ask do it.
    fn rewritten(
        self,
        permit: Permit,
        sheet: Sheet,
        portal: &Portal,
        act: Act,
        (next, event): (Publication, Option<Event>),
        (others, by): (Vec<Publication>, Doer),
    ) -> Result<(Self, Changes), DossierError> {
        sheet.fits(portal, Some(&self.dossier.sheet))?;
        if sheet == self.dossier.sheet {
            return Ok((self, Changes::new(permit)));
        }
        let (before, now) = (self.publication.facts(), next.changed_at);
        let codes = changed(&self.dossier.sheet, &sheet);
        let version = self.dossier.version + 1;
        let mut changes = Changes::new(permit);
        for other in others {
            // Those who ask have it go on wherever it rests.
            let (next, resumed) = other.stirred(by, now);
            let (says, writes) = other.saying(next, &sheet, version);
            let mut event = says.event(act, other.facts(), says.facts());
            event.after.codes.clone_from(&codes);
            changes = changes.write(writes);
            for event in std::iter::once(event).chain(resumed) {
                changes = changes.journal(event.touching(self.referent.account).by_others());
            }
        }
        let (publication, writes) = self.publication.saying(next, &sheet, version);
        let dossier = Dossier { version, sheet, ..self.dossier };
        // It is on no other portals when this is written.
        let portals = Write::Check(self.referent.place(), Some(self.referent.version));
        let changes =
            changes.update(dossier.clone(), Guard::Version).write(writes).write([portals]);
        let next = Self { dossier, publication, ..self };
        let mut rewritten = next.event(act, before);
        rewritten.after.codes = codes;
        let changes = changes.journal(rewritten);
        Ok((next, event.into_iter().fold(changes, Changes::journal)))
    }
}

impl Publication {
    /// This next version of it, saying what the dossier says from now on; another department is for
    /// other advisers.
    fn saying(&self, next: Self, sheet: &Sheet, dossier_version: u64) -> (Self, Vec<Write>) {
        let moves = self.locality.department != sheet.locality.department;
        let publication = Self {
            rights_version: next.rights_version + u64::from(moves),
            dossier_version,
            title: sheet.title.clone(),
            organisation: sheet.organisation.clone(),
            locality: sheet.locality.clone(),
            ..next
        };
        let gone = Write::Remove(LocalPublication::of(self).place());
        let is_gone = moves && self.state.is_accepted();
        let writes = publication.written().into_iter().chain(is_gone.then_some(gone)).collect();
        (publication, writes)
    }
}

fn changed(before: &Sheet, after: &Sheet) -> Vec<String> {
    let compared = [
        ("title", before.title != after.title),
        ("description", before.description != after.description),
        ("organisation", before.organisation != after.organisation),
        ("commune", before.locality != after.locality),
        ("tags", before.tags != after.tags),
    ];
    let codes = compared.into_iter().filter(|(_, differs)| *differs);
    codes.map(|(code, _)| code.to_owned()).collect()
}
