//! Dossiers: what advice is asked for, how each portal deals with it, and who takes part
//! (RULES F).

mod idle;
mod moderation;
mod news;
mod note;
mod positions;
mod publishing;
mod referent;
mod rewriting;
mod taking_over;

use serde::{Deserialize, Serialize};

use crate::advisor_request::Moderator;
use crate::changes::{Changes, Entity, Guard, Place, Record, Write};
use crate::ids::{AccountId, DossierId, PortalId, PublicationId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::permissions::Permit;
use crate::person::{Named, Person, Profile};
use crate::portal::Portal;
use crate::territory::{Commune, DepartmentCode, Territory};
use crate::text::{Invalid, Label, Reason, Statement, Title};
pub use idle::{Activity, Tending};
pub use moderation::{DossierTaking, Joining, PreviousDossier, Ruling};
pub use news::NewsOfDay;
pub use note::{Note, Space};
pub(crate) use positions::TakenIn;
pub use positions::{
    AdvisingRole, InvitedRole, MOST_APPLICANTS, MOST_ON_A_SIDE, OwnDossier, Position,
    REMOVAL_KEPT_DAYS, Removal, Role, Side,
};
pub use publishing::{MOST_PORTALS, Republication};
pub use referent::{OFFER_LIFETIME_DAYS, OnPortal, Referent};
pub use taking_over::Left;

/// How many tags a dossier has at most.
pub const MOST_TAGS: usize = 10;

/// Where a dossier is about, copied from the official list: the department decides which advisers
/// it is for (RULES F1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Locality {
    /// The INSEE code of the commune.
    pub commune: String,
    /// The commune's name.
    pub name: String,
    /// Its department.
    pub department: DepartmentCode,
}

impl Locality {
    /// The commune with this INSEE code.
    ///
    /// # Errors
    /// [`Invalid::UnknownCommune`] when the official list has none.
    pub fn of(code: &str) -> Result<Self, Invalid> {
        let commune = Commune::find(code).ok_or(Invalid::UnknownCommune)?;
        let department = commune.department().ok_or(Invalid::UnknownCommune)?;
        let (commune, name) = (commune.code.to_owned(), commune.name.to_owned());
        Ok(Self { commune, name, department })
    }
}

/// What a dossier says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its title.
    pub title: Title,
    /// What advice is asked for.
    pub description: Statement,
    /// For which organisation.
    pub organisation: Label,
    /// Where.
    pub locality: Locality,
    /// At most [`MOST_TAGS`].
    #[serde(default)]
    pub tags: Vec<Label>,
}

impl Sheet {
    /// Whether a portal takes dossiers of this place and with so many tags.
    ///
    /// # Errors
    /// Too many tags, or a collectivity that the portal does not offer.
    fn fits(&self, portal: &Portal, before: Option<&Self>) -> Result<(), DossierError> {
        if self.tags.len() > MOST_TAGS {
            return Err(DossierError::Invalid("tags", Invalid::TooManyTags));
        }
        // A place that the portal no longer offers may stay.
        let stays = before.is_some_and(|before| before.locality == self.locality);
        let department = self.locality.department.department();
        if stays || department.is_offered(portal.settings.collectivities) {
            Ok(())
        } else {
            Err(DossierError::Invalid("commune", Invalid::CommuneNotOffered))
        }
    }
}

/// A dossier: what is common to all portals where it is published (RULES F13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its identifier.
    pub id: DossierId,
    /// How often it was written.
    pub version: u64,
    /// What it says.
    pub sheet: Sheet,
    /// Who submitted it.
    pub submitted_by: AccountId,
    /// When.
    pub created_at: Instant,
}

impl Record for Dossier {
    fn place(&self) -> Place {
        Place::Dossier(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Where a dossier stands on one portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DossierState {
    /// Waits for the moderators; only those who ask and staff see it.
    Submitted,
    /// Refused; likewise.
    Refused,
    /// Accepted: advisers see it.
    Open,
    /// Accepted, and resting.
    Paused,
}

impl DossierState {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Refused => "refused",
            Self::Open => "open",
            Self::Paused => "paused",
        }
    }

    /// Whether it passed moderation, so that advisers see it (RULES F5).
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Open | Self::Paused)
    }
}

/// Since when and why a dossier rests (RULES F11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when.
    pub at: Instant,
    /// Why.
    pub reason: Option<Reason>,
}

/// A dossier on one portal: its state, advisers and moderation are the portal's own (RULES F13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The dossier.
    pub dossier: DossierId,
    /// The portal.
    pub portal: PortalId,
    /// Its identifier, whose ULID sorts the portal's lists.
    pub id: PublicationId,
    /// How often it was written.
    pub version: u64,
    /// How often it changed who may do what: what permits rest on.
    pub rights_version: u64,
    /// Where it stands.
    pub state: DossierState,
    /// How often what is common to all portals was written: what is read beside it must be that.
    pub dossier_version: u64,
    /// The dossier's title, for lists.
    pub title: Title,
    /// The dossier's organisation, for lists.
    pub organisation: Label,
    /// The dossier's place, which decides whose territory covers it.
    pub locality: Locality,
    /// Who submitted it.
    pub submitted_by: Named,
    /// Who first submitted the dossier, if that was on another portal.
    #[serde(default)]
    pub originally_by: Option<AccountId>,
    /// When it was submitted to this portal.
    pub submitted_at: Instant,
    /// What the same person submitted to the portal before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousDossier>,
    /// Who takes care of it. Written apart from the rest, since it changes no version.
    #[serde(default, skip_serializing)]
    pub taking: Option<DossierTaking>,
    /// How many advisers follow it.
    pub advisors: u32,
    /// How many observers read it; they are not counted as following it (RULES F6).
    pub observers: u32,
    /// How it was decided.
    pub ruling: Option<Ruling>,
    /// Why it rests, while it does.
    pub pause: Option<Pause>,
    /// When anything of it last changed but what follows from time alone; notes are apart.
    pub changed_at: Instant,
    /// When a schedule must look at it next, while it is open.
    pub tending: Option<Tending>,
}

impl Record for Publication {
    fn place(&self) -> Place {
        Place::Publication(self.dossier, self.portal)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// A publication in the list of its department; follows from the publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalPublication {
    /// The publication.
    #[serde(flatten)]
    pub publication: Publication,
}

impl LocalPublication {
    /// The copy of a publication, without what people wrote to each other and what only moderators
    /// see.
    pub fn of(publication: &Publication) -> Self {
        let (ruling, pause, tending) = (None, None, None);
        let bare = Publication { previous: None, ruling, pause, tending, ..publication.clone() };
        Self { publication: bare }
    }
}

impl Record for LocalPublication {
    fn place(&self) -> Place {
        let Publication { dossier, portal, locality, .. } = &self.publication;
        Place::LocalPublication(*dossier, *portal, locality.department)
    }
}

/// Why a dossier can't be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DossierError {
    /// It was accepted or refused: the first one won (RULES F2).
    #[error("decided")]
    Decided(Box<Ruling>),
    /// It waits for the moderators.
    #[error("not accepted")]
    NotAccepted,
    /// It was refused: nothing can be done with it any more.
    #[error("refused")]
    Refused,
    /// It changed since it was read.
    #[error("stale")]
    Stale,
    /// They have this position already.
    #[error("already has it")]
    AlreadyHasIt,
    /// They take part on the side of those who ask.
    #[error("other side")]
    OtherSide,
    /// They have no such position.
    #[error("no position")]
    NoPosition,
    /// There is always a référent: another one comes first (RULES F9, F10).
    #[error("referent")]
    IsReferent,
    /// It is published there already.
    #[error("already published")]
    AlreadyPublished,
    /// It is published on as many portals as may be.
    #[error("too many portals")]
    TooManyPortals,
    /// Another portal has it, too: what it says changes where it was accepted.
    #[error("published elsewhere")]
    PublishedElsewhere,
    /// It is published on several portals: whoever speaks for it does so on all of them.
    #[error("on several portals")]
    OnSeveralPortals,
    /// They were removed from it since it was left to them.
    #[error("removed since")]
    RemovedSince,
    /// Only members can be asked to speak for it.
    #[error("not a member")]
    NotAMember,
    /// Nobody offers them to speak for it, or no longer.
    #[error("not offered")]
    NotOffered,
    /// As many take part as may.
    #[error("full")]
    Full,
    /// It rests already.
    #[error("paused")]
    Paused,
    /// It does not rest.
    #[error("not paused")]
    NotPaused,
    /// No schedule must look at it yet.
    #[error("nothing due")]
    NothingDue,
    /// A field that the portal does not take.
    #[error("invalid {0}")]
    Invalid(&'static str, Invalid),
}

/// A dossier as one portal knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What is common to all portals.
    pub dossier: Dossier,
    /// What is this portal's own.
    pub publication: Publication,
    /// Who speaks for it.
    pub referent: Referent,
}

/// What submitting a dossier needs to know beside what it says.
#[derive(Debug)]
pub struct Submission<'a> {
    /// The portal.
    pub portal: &'a Portal,
    /// Who submits it, and becomes its référent.
    pub account: AccountId,
    /// Their record on the portal, if they have one.
    pub person: Option<&'a Person>,
    /// What the portal copies of them if they have none.
    pub profile: Profile,
    /// What they submitted before.
    pub previous: Option<&'a Publication>,
    /// The new dossier.
    pub dossier: DossierId,
    /// Its publication on the portal.
    pub publication: PublicationId,
    /// Now.
    pub now: Instant,
}

impl Submission<'_> {
    /// Submits a dossier, which then waits for moderation (RULES F2).
    ///
    /// # Errors
    /// The portal does not take what it says.
    pub fn submit(
        self,
        permit: Permit,
        sheet: Sheet,
    ) -> Result<(Published, Changes), DossierError> {
        let Self { portal, account, now, .. } = self;
        sheet.fits(portal, None)?;
        let publication = Publication {
            dossier: self.dossier,
            portal: portal.id,
            id: self.publication,
            version: 1,
            rights_version: 1,
            state: DossierState::Submitted,
            dossier_version: 1,
            title: sheet.title.clone(),
            organisation: sheet.organisation.clone(),
            locality: sheet.locality.clone(),
            submitted_by: Named { account, name: self.profile.full_name() },
            originally_by: None,
            submitted_at: now,
            previous: self.previous.map(PreviousDossier::from),
            taking: None,
            advisors: 0,
            observers: 0,
            ruling: None,
            pause: None,
            changed_at: now,
            tending: None,
        };
        let dossier =
            Dossier { id: self.dossier, version: 1, sheet, submitted_by: account, created_at: now };
        let referent = Referent {
            dossier: self.dossier,
            account,
            applicants: 1,
            version: 1,
            offered_to: None,
            expires_at: None,
            portals: Vec::new(),
        };
        let position = Position::of_referent(self.dossier, account, now);
        let mut changes = Changes::new(permit)
            .create(dossier.clone())
            .create(publication.clone())
            .create(referent.clone())
            .create(position)
            .write([Write::Put(OwnDossier::of(&publication, account).into())]);
        if self.person.is_none() {
            let person = Person::newcomer(account, portal.id, self.profile, now);
            changes = changes.write(person.join());
        }
        let published = Published { dossier, publication, referent };
        let event = published.event(Act::DossierSubmitted, Facts::none()).touching(account);
        Ok((published, changes.journal(event)))
    }
}

impl Publication {
    fn facts(&self) -> Facts {
        Facts {
            status: Some(self.state.code().to_owned()),
            territory: Some(Territory::of_department(self.locality.department)),
            ..Facts::none()
        }
    }

    fn event(&self, act: Act, before: Facts, after: Facts) -> Event {
        Event::new(act, Some(self.portal), Object::Dossier(self.dossier), self.version)
            .changing(before, after)
    }

    /// The next version, and its copy in the list of its department while advisers see it.
    fn written(&self) -> Vec<Write> {
        let local = self.state.is_accepted().then(|| LocalPublication::of(self));
        let update = Write::Update(Entity::from(self.clone()), Guard::Version);
        std::iter::once(update).chain(local.map(|local| Write::Put(local.into()))).collect()
    }

    /// The next version.
    fn next(&self, now: Instant) -> Self {
        Self { version: self.version + 1, changed_at: now, ..self.clone() }
    }

    /// The next version in another state, which changes who may do what.
    fn turned(&self, state: DossierState, now: Instant) -> Self {
        let tending = (state == DossierState::Open).then(|| Tending::first(now));
        let rights_version = self.rights_version + 1;
        Self { rights_version, state, tending, ..self.next(now) }
    }

    fn must_be_accepted(&self) -> Result<(), DossierError> {
        match self.state {
            DossierState::Open | DossierState::Paused => Ok(()),
            DossierState::Submitted => Err(DossierError::NotAccepted),
            DossierState::Refused => Err(DossierError::Refused),
        }
    }
}

impl Publication {
    /// What If-Match wants for changes and decisions: joining and leaving do not change it.
    pub fn etag(&self) -> String {
        format!("{}.{}", self.dossier_version, self.rights_version)
    }
}

impl Published {
    /// What If-Match wants for changes and decisions.
    pub fn etag(&self) -> String {
        self.publication.etag()
    }

    fn must_be(&self, etag: &str) -> Result<(), DossierError> {
        if self.etag() == etag { Ok(()) } else { Err(DossierError::Stale) }
    }

    fn event(&self, act: Act, before: Facts) -> Event {
        self.publication
            .event(act, before, self.publication.facts())
            .touching(self.referent.account)
    }

    /// Lets it rest: no reminders are sent (RULES F11).
    ///
    /// # Errors
    /// It was not accepted, rests already, or changed since it was read.
    pub fn pause(
        self,
        permit: Permit,
        etag: &str,
        reason: Reason,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        self.publication.must_be_accepted()?;
        if self.publication.state == DossierState::Paused {
            return Err(DossierError::Paused);
        }
        self.must_be(etag)?;
        let before = self.publication.facts();
        let pause = Some(Pause { at: now, reason: Some(reason.clone()) });
        let publication =
            Publication { pause, ..self.publication.turned(DossierState::Paused, now) };
        let next = Self { publication, ..self };
        let concerned = next.referent.account;
        let event = next.event(Act::DossierPaused, before).because(concerned, Some(&reason));
        let changes = Changes::new(permit).write(next.publication.written()).journal(event);
        Ok((next, changes))
    }

    /// Goes on with it.
    ///
    /// # Errors
    /// It does not rest, or changed since it was read.
    pub fn resume(
        self,
        permit: Permit,
        etag: &str,
        now: Instant,
    ) -> Result<(Self, Changes), DossierError> {
        if self.publication.state != DossierState::Paused {
            return Err(DossierError::NotPaused);
        }
        self.must_be(etag)?;
        let (publication, event) = self.publication.resumed(now);
        let event = event.touching(self.referent.account);
        let changes = Changes::new(permit).write(publication.written()).journal(event);
        Ok((Self { publication, ..self }, changes))
    }
}

impl Publication {
    fn resumed(&self, now: Instant) -> (Self, Event) {
        let next = Self { pause: None, ..self.turned(DossierState::Open, now) };
        let event = next.event(Act::DossierResumed, self.facts(), next.facts());
        (next, event)
    }

    /// The next version. A resting dossier goes on when those who ask act: when they change it,
    /// write, invite, publish it elsewhere, offer that another one speaks for it, or begin to take
    /// part. Leaving it, ending what was begun and mailing an invitation again is no wish to go on
    /// (RULES F11).
    fn stirred(&self, by: Doer, now: Instant) -> (Self, Option<Event>) {
        match (self.state, by) {
            (DossierState::Paused, Doer::Applicant) => {
                let (next, event) = self.resumed(now);
                (next, Some(event))
            }
            _ => (self.next(now), None),
        }
    }
}

/// Whose act it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doer {
    /// Somebody who asks, or begins to.
    Applicant,
    /// An adviser, staff or the system.
    Other,
}

impl Doer {
    fn of(held: Option<&Position>) -> Self {
        if held.is_some_and(Position::asks) { Self::Applicant } else { Self::Other }
    }

    /// Whoever may do it for this very account, or somebody else.
    fn as_account(permit: &Permit, account: AccountId) -> Self {
        if permit.author().account() == Some(account) { Self::Applicant } else { Self::Other }
    }
}

impl Published {
    /// The same with the next version of the publication; the event touches who speaks for it.
    fn stirred(self, by: Doer, now: Instant) -> (Self, Option<Event>) {
        let (publication, event) = self.publication.stirred(by, now);
        let event = event.map(|event| event.touching(self.referent.account));
        (Self { publication, ..self }, event)
    }

    /// Beside the changes of an act of whoever holds this position: a resting dossier goes on when
    /// those who ask act (RULES F11).
    #[must_use]
    pub fn going_on(self, changes: Changes, held: Option<&Position>, now: Instant) -> Changes {
        self.going_on_by(changes, Doer::of(held), now)
    }

    fn going_on_by(self, changes: Changes, by: Doer, now: Instant) -> Changes {
        match self.stirred(by, now) {
            (next, Some(event)) => changes.write(next.publication.written()).journal(event),
            (_, None) => changes,
        }
    }
}
