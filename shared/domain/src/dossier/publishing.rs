//! Publishing a dossier on another portal, whose staff then decide on it as on a new one; those who
//! ask are common to all (RULES F13).

use super::{
    Doer, DossierError, DossierState, OnPortal, OwnDossier, Position, Publication, Published,
    Referent,
};
use crate::changes::{Changes, Guard, Record as _, Write};
use crate::ids::PublicationId;
use crate::instant::Instant;
use crate::journal::{Act, Facts};
use crate::permissions::Permit;
use crate::person::{Named, Person, Profile};
use crate::portal::Portal;

/// On how many portals a dossier may be published: each change of what it says is written on all of
/// them.
pub const MOST_PORTALS: usize = 5;

/// What publishing a dossier on another portal needs to know.
#[derive(Debug)]
pub struct Republication<'a> {
    /// The other portal.
    pub portal: &'a Portal,
    /// The new publication.
    pub publication: PublicationId,
    /// What the référent is there, if they are anybody.
    pub person: Option<&'a Person>,
    /// What that portal copies of them if not.
    pub profile: Profile,
    /// All who ask.
    pub applicants: &'a [Position],
    /// Now.
    pub now: Instant,
}

impl Published {
    /// The référent publishes it on another portal, where it waits for moderation.
    ///
    /// # Errors
    /// It was not accepted here, is published there or on as many portals as may be, or the other
    /// portal does not take what it says.
    pub fn publish_on(
        self,
        permit: Permit,
        to: Republication<'_>,
    ) -> Result<(Publication, Changes), DossierError> {
        self.publication.must_be_accepted()?;
        let Republication { portal, now, .. } = to;
        let file = self.clone();
        let here = OnPortal { portal: self.publication.portal, publication: self.publication.id };
        let there = OnPortal { portal: portal.id, publication: to.publication };
        let mut portals = self.referent.portals.clone();
        if portals.is_empty() {
            portals.push(here);
        }
        if portals.iter().any(|on| on.portal == portal.id) {
            return Err(DossierError::AlreadyPublished);
        }
        if portals.len() >= MOST_PORTALS {
            return Err(DossierError::TooManyPortals);
        }
        portals.push(there);
        self.dossier.sheet.fits(portal, None)?;
        let account = self.referent.account;
        let publication = Publication {
            portal: portal.id,
            id: to.publication,
            version: 1,
            rights_version: 1,
            state: DossierState::Submitted,
            submitted_by: Named { account, name: to.profile.full_name() },
            originally_by: Some(self.dossier.submitted_by),
            submitted_at: now,
            previous: None,
            taking: None,
            advisors: 0,
            observers: 0,
            ruling: None,
            pause: None,
            changed_at: now,
            tending: None,
            ..self.publication.clone()
        };
        let version = self.referent.version + 1;
        let referent = Referent { version, portals, ..self.referent };
        let own = to
            .applicants
            .iter()
            .map(|position| Write::Put(OwnDossier::of(&publication, position.account).into()));
        // It says what the dossier says when this is written.
        let says = Write::Check(self.dossier.place(), Some(self.dossier.version));
        let mut changes = Changes::new(permit)
            .create(publication.clone())
            .update(referent, Guard::Version)
            .write([says])
            .write(own.collect::<Vec<_>>());
        if to.person.is_none() {
            let person = Person::newcomer(account, portal.id, to.profile, now);
            changes = changes.write(person.join());
        }
        let event = publication
            .event(Act::DossierSubmitted, Facts::none(), publication.facts())
            .touching(account);
        let changes = changes.journal(event);
        Ok((publication, file.going_on_by(changes, Doer::Applicant, now)))
    }
}
