//! People: an account on one portal, with every right it has there (RULES A3, A6, C14 to C17).

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Entity, Guard, Place, Record, Write};
use crate::ids::{AccountId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Level;
use crate::moderation::ModerationMails;
use crate::permissions::Permit;
use crate::portal::SuperAdministrators;
use crate::territory::{DepartmentCode, Territory};
use crate::text::{Label, Name, Phone, Reason};

/// An adviser access (*accès conseiller*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisorAccess {
    /// Where.
    pub territory: Territory,
    /// Since when.
    pub since: Instant,
    /// Until when, if it ends by itself (RULES C17).
    pub ends_at: Option<Instant>,
}

/// The portal's copy of what is known of somebody (SECURITY S2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// First name.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// Organisation.
    pub organisation: Option<Label>,
    /// Position in the organisation.
    pub job_title: Option<Label>,
    /// Telephone.
    pub phone: Option<Phone>,
}

impl Profile {
    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name.as_str(), self.last_name.as_str())
    }
}

/// An account on one portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The portal.
    pub portal: PortalId,
    /// How often it was written.
    pub version: u64,
    /// How often its rights changed: what permits rest on, and the ETag of an access.
    pub rights_version: u64,
    /// Its level.
    pub level: Level,
    /// Its adviser access.
    pub access: Option<AdvisorAccess>,
    /// The portal's copy of names and organisation.
    pub profile: Profile,
    /// How it is told of what waits for moderators.
    pub moderation_mails: ModerationMails,
    /// When it became a person of the portal.
    pub joined_at: Instant,
    /// When it was archived.
    pub archived_at: Option<Instant>,
}

impl Record for Person {
    fn place(&self) -> Place {
        Place::Person(self.account, self.portal)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// A row of the advisers' list, which follows from the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisorRow {
    /// The account.
    pub account: AccountId,
    /// The portal.
    pub portal: PortalId,
    /// First name.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// Organisation.
    pub organisation: Option<Label>,
    /// Where.
    pub territory: Territory,
    /// Until when.
    pub ends_at: Option<Instant>,
    /// The ETag of the access.
    pub rights_version: u64,
}

impl Record for AdvisorRow {
    fn place(&self) -> Place {
        Place::AdvisorRow(self.account, self.portal)
    }
}

/// That an adviser covers a department, or the whole country; follows from the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The department, or `None` for the whole country.
    pub department: Option<DepartmentCode>,
    /// The adviser.
    #[serde(flatten)]
    pub advisor: AdvisorRow,
}

impl Record for Coverage {
    fn place(&self) -> Place {
        Place::Coverage(self.advisor.portal, self.department, self.advisor.account)
    }
}

/// Why somebody's rights can't be changed as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// The rights changed since they were read.
    #[error("stale")]
    Stale,
    /// The person is archived.
    #[error("archived")]
    Archived,
    /// The portal would be left without a super administrator (RULES A3).
    #[error("last super administrator")]
    LastSuperAdministrator,
    /// The person has exactly this already (RULES C4).
    #[error("already has it")]
    AlreadyHasIt,
    /// The person has no adviser access.
    #[error("no access")]
    NoAccess,
}

impl Person {
    /// A new person of a portal, as User (RULES A6).
    pub fn newcomer(account: AccountId, portal: PortalId, profile: Profile, now: Instant) -> Self {
        Self {
            account,
            portal,
            version: 1,
            rights_version: 1,
            level: Level::User,
            access: None,
            profile,
            moderation_mails: ModerationMails::AtOnce,
            joined_at: now,
            archived_at: None,
        }
    }

    /// The adviser access that holds at this instant: one past its end gives nothing.
    pub fn access_at(&self, now: Instant) -> Option<&AdvisorAccess> {
        let holds = |access: &&AdvisorAccess| access.ends_at.is_none_or(|end| now < end);
        self.access.as_ref().filter(holds).filter(|_| self.archived_at.is_none())
    }

    /// The ETag of the person's rights.
    pub fn etag(&self) -> String {
        self.rights_version.to_string()
    }

    fn must_be_active(&self) -> Result<(), PersonError> {
        if self.archived_at.is_some() { Err(PersonError::Archived) } else { Ok(()) }
    }

    fn must_be(&self, etag: &str) -> Result<(), PersonError> {
        if self.etag() == etag { Ok(()) } else { Err(PersonError::Stale) }
    }

    /// The person with this access and no other: it replaces, it is never a union (RULES C8).
    pub(crate) fn with_access(&self, access: Option<AdvisorAccess>) -> (Self, Vec<Write>) {
        let next = Self {
            version: self.version + 1,
            rights_version: self.rights_version + 1,
            access,
            ..self.clone()
        };
        let mut writes = vec![Write::Update(Entity::from(next.clone()), Guard::Version)];
        let (old, new) = (self.coverage(), next.coverage());
        let gone = old.iter().filter(|old| new.iter().all(|new| new.place() != old.place()));
        writes.extend(gone.map(|coverage| Write::Remove(coverage.place())));
        if next.access.is_none() {
            writes.push(Write::Remove(Place::AdvisorRow(self.account, self.portal)));
        }
        writes.extend(next.rows());
        (next, writes)
    }

    /// The rows of the advisers' lists, which follow from the person.
    fn rows(&self) -> Vec<Write> {
        let coverage = self.coverage().into_iter().map(|coverage| Write::Put(coverage.into()));
        coverage.chain(self.advisor_row().map(|row| Write::Put(row.into()))).collect()
    }

    fn advisor_row(&self) -> Option<AdvisorRow> {
        let access = self.access.as_ref()?;
        Some(AdvisorRow {
            account: self.account,
            portal: self.portal,
            first_name: self.profile.first_name.clone(),
            last_name: self.profile.last_name.clone(),
            organisation: self.profile.organisation.clone(),
            territory: access.territory.clone(),
            ends_at: access.ends_at,
            rights_version: self.rights_version,
        })
    }

    fn coverage(&self) -> Vec<Coverage> {
        let Some(advisor) = self.advisor_row() else { return Vec::new() };
        let of = |department| Coverage { department, advisor: advisor.clone() };
        match &advisor.territory {
            Territory::National => vec![of(None)],
            Territory::Departments(codes) => codes.codes().map(|code| of(Some(code))).collect(),
        }
    }

    fn access_event(&self, act: Act, before: Option<&AdvisorAccess>) -> Event {
        let facts = |access: Option<&AdvisorAccess>| {
            access.map_or_else(Facts::none, |access| Facts {
                territory: Some(access.territory.clone()),
                until: access.ends_at,
                ..Facts::none()
            })
        };
        Event::new(act, Some(self.portal), Object::Person(self.account), self.version)
            .touching(self.account)
            .changing(facts(before), facts(self.access.as_ref()))
    }

    /// Gives an adviser access by hand (RULES C14). The event is the caller's to add: closing an
    /// open request by the same act leaves one entry, not two.
    ///
    /// # Errors
    /// The person is archived, changed since it was read, or already an adviser.
    pub fn promote(
        &self,
        etag: &str,
        territory: Territory,
        now: Instant,
    ) -> Result<(Self, Vec<Write>, Event), PersonError> {
        self.must_be_active()?;
        if self.access_at(now).is_some() {
            return Err(PersonError::AlreadyHasIt);
        }
        self.must_be(etag)?;
        let (next, writes) =
            self.with_access(Some(AdvisorAccess { territory, since: now, ends_at: None }));
        let event = next.access_event(Act::AdvisorPromoted, None);
        Ok((next, writes, event))
    }

    /// Changes the territory of an adviser (RULES C15).
    ///
    /// # Errors
    /// The person is archived, changed since it was read, no adviser, or has just this territory.
    pub fn set_territory(
        self,
        permit: Permit,
        etag: &str,
        territory: Territory,
        now: Instant,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let access = self.access_at(now).cloned().ok_or(PersonError::NoAccess)?;
        if access.territory == territory {
            return Err(PersonError::AlreadyHasIt);
        }
        self.must_be(etag)?;
        let (next, writes) = self.with_access(Some(AdvisorAccess { territory, ..access.clone() }));
        let event = next.access_event(Act::TerritoryChanged, Some(&access));
        Ok((next, Changes::new(permit).write(writes).journal(event)))
    }

    /// Takes the adviser access back (RULES C16).
    ///
    /// # Errors
    /// The person is archived, changed since it was read, or no adviser.
    pub fn revoke(
        self,
        permit: Permit,
        etag: &str,
        reason: Option<&Reason>,
        now: Instant,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let access = self.access_at(now).cloned().ok_or(PersonError::NoAccess)?;
        self.must_be(etag)?;
        let (next, writes) = self.with_access(None);
        let event =
            next.access_event(Act::AdvisorRevoked, Some(&access)).because(self.account, reason);
        Ok((next, Changes::new(permit).write(writes).journal(event)))
    }

    /// Gives another level (RULES A3). The permit says that the actor may; that a super
    /// administrator is left is decided here, with the portal's count.
    ///
    /// # Errors
    /// The person is archived, changed since it was read, has this level, or is the last super
    /// administrator.
    pub fn change_level(
        self,
        permit: Permit,
        etag: &str,
        level: Level,
        count: SuperAdministrators,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        if self.level == level {
            return Err(PersonError::AlreadyHasIt);
        }
        let top = Level::SuperAdministrator;
        let count = match (self.level == top, level == top) {
            (true, _) => Some(count.one_fewer().ok_or(PersonError::LastSuperAdministrator)?),
            (false, true) => Some(count.one_more()),
            (false, false) => None,
        };
        self.must_be(etag)?;
        let (version, rights_version) = (self.version + 1, self.rights_version + 1);
        let before = self.level;
        let next = Self { version, rights_version, level, ..self };
        let mut changes = Changes::new(permit).update(next.clone(), Guard::Version);
        // The advisers' lists show the version that changes of the access ask for.
        changes = changes.write(next.rows());
        if let Some(count) = count {
            changes = changes.update(count, Guard::Version);
        }
        let object = Object::Person(next.account);
        let event = Event::new(Act::LevelChanged, Some(next.portal), object, next.version)
            .touching(next.account)
            .changing(Facts::level(before), Facts::level(level));
        Ok((next, changes.journal(event)))
    }

    /// Chooses how to be told of what waits for moderators (RULES C6).
    pub fn choose_mails(self, permit: Permit, mails: ModerationMails) -> (Self, Changes) {
        if self.moderation_mails == mails {
            return (self, Changes::new(permit));
        }
        let next = Self { version: self.version + 1, moderation_mails: mails, ..self };
        let object = Object::Person(next.account);
        let code = match mails {
            ModerationMails::AtOnce => "at_once",
            ModerationMails::Daily => "daily",
            ModerationMails::Never => "never",
        };
        let event = Event::new(Act::MailsChosen, Some(next.portal), object, next.version)
            .touching(next.account)
            .changing(Facts::none(), Facts { codes: vec![code.to_owned()], ..Facts::none() });
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        (next, changes)
    }
}
