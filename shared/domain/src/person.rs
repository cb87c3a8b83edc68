//! People: an account on one portal, with every right it has there (RULES A3, A6, C14 to C17, E).

mod access;
mod leaving;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Guard, Place, Record, Write};
use crate::ids::{AccountId, PortalId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Facts, Object};
use crate::level::Level;
use crate::moderation::{MailChoice, MailRhythm};
use crate::permissions::Permit;
use crate::portal::SuperAdministrators;
use crate::territory::{DepartmentCode, Territory};
use crate::text::{Email, Label, Name, Phone, folded};
pub use access::AdvisorAccess;
pub use leaving::Leaving;

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
    /// One of the user types that the portal has set (RULES A1).
    #[serde(default)]
    pub user_type: Option<Label>,
    /// The address, by which the portal finds them. Whoever became a person of the portal before
    /// addresses were copied has none.
    #[serde(default)]
    pub email: Option<Email>,
}

/// Somebody who did something, by account and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Named {
    /// The account.
    pub account: AccountId,
    /// The name, as it was on the portal then.
    pub name: String,
}

impl Named {
    /// Who this person is.
    pub fn of(person: &Person) -> Self {
        Self { account: person.account, name: person.profile.full_name() }
    }
}

/// How many words of a name a person is found by.
const MOST_WORDS: usize = 12;

impl Profile {
    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name.as_str(), self.last_name.as_str())
    }

    /// The words that a person is found by: those of the name, and the whole address (RULES E1).
    pub fn words(&self) -> BTreeSet<String> {
        let name = folded(&self.full_name());
        let words = name.split(' ').take(MOST_WORDS).map(str::to_owned);
        words.chain(self.email.as_ref().map(|email| email.as_str().to_owned())).collect()
    }
}

/// A word that a person of a portal is found by; follows from the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchWord {
    /// The portal.
    pub portal: PortalId,
    /// The word, folded.
    pub word: String,
    /// Who is found by it.
    pub account: AccountId,
}

impl Record for SearchWord {
    fn place(&self) -> Place {
        Place::SearchWord(self.portal, self.word.clone(), self.account)
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
    pub moderation_mails: MailRhythm,
    /// How it is told of new dossiers (RULES F3).
    #[serde(default)]
    pub dossier_mails: MailChoice,
    /// When it became a person of the portal.
    pub joined_at: Instant,
    /// When it was archived.
    pub archived_at: Option<Instant>,
    /// When somebody last gave it another level: an invitation from before does not undo that.
    #[serde(default)]
    pub level_given_at: Option<Instant>,
    /// Who inherits its open invitations while it is archived, and may take over its dossiers
    /// (RULES E3).
    #[serde(default)]
    pub successor: Option<AccountId>,
    /// How the successor was named. Without it, they inherit invitations alone, as successors did
    /// before they could take over dossiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<HandedOver>,
    /// The last day, in UTC, on which they did something here that the journal tells of. Written
    /// apart from the rest, since it changes no version.
    #[serde(default, skip_serializing)]
    pub active_on: Option<String>,
}

/// How somebody was named to take over from somebody archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// By whom.
    pub by: AccountId,
    /// When: whoever was removed from a dossier since then does not come back by it.
    pub at: Instant,
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
    /// How they are told of new dossiers.
    #[serde(default)]
    pub dossier_mails: MailChoice,
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
    /// The person is not archived.
    #[error("active")]
    Active,
    /// The successor is no active person of the portal, or the person themselves.
    #[error("no successor")]
    NoSuccessor,
    /// The end is not to come.
    #[error("past")]
    Past,
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
            moderation_mails: MailRhythm::AtOnce,
            dossier_mails: MailChoice::default(),
            joined_at: now,
            archived_at: None,
            level_given_at: None,
            successor: None,
            handed_over: None,
            active_on: None,
        }
    }

    /// The writes by which a newcomer becomes a person of the portal.
    pub fn join(self) -> Vec<Write> {
        let words = self.words_beyond(&BTreeSet::new());
        std::iter::once(Write::Create(self.into())).chain(words).collect()
    }

    /// The words by which the person is found and was not before.
    fn words_beyond(&self, before: &BTreeSet<String>) -> Vec<Write> {
        let words = self.profile.words();
        let new = words.difference(before).map(|word| {
            let (portal, account) = (self.portal, self.account);
            Write::Put(SearchWord { portal, word: word.clone(), account }.into())
        });
        new.collect()
    }

    /// The ETag of the portal's copy of what is known of the person.
    pub fn profile_etag(&self) -> String {
        format!("{}.{}", self.rights_version, self.version)
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
        now: Instant,
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
        let next = Self { version, rights_version, level, level_given_at: Some(now), ..self };
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

    /// Changes the portal's copy of what is known of somebody (RULES E2). The address stays: it is
    /// the account's.
    ///
    /// # Errors
    /// The person is archived, changed since it was read, or stays as it is.
    pub fn update(
        self,
        permit: Permit,
        etag: &str,
        profile: Profile,
    ) -> Result<(Self, Changes), PersonError> {
        self.must_be_active()?;
        let codes = changed(&self.profile, &profile);
        if codes.is_empty() {
            return Err(PersonError::AlreadyHasIt);
        }
        if self.profile_etag() != etag {
            return Err(PersonError::Stale);
        }
        let before = self.profile.words();
        let next = Self { version: self.version + 1, profile, ..self };
        let after = next.profile.words();
        let gone = before.difference(&after).cloned();
        let gone: Vec<Write> = gone
            .map(|word| Write::Remove(Place::SearchWord(next.portal, word, next.account)))
            .collect();
        let object = Object::Person(next.account);
        let event = Event::new(Act::PersonUpdated, Some(next.portal), object, next.version)
            .touching(next.account)
            .changing(Facts::none(), Facts { codes, ..Facts::none() });
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        let changes = changes.write(gone).write(next.words_beyond(&before)).write(next.rows());
        Ok((next, changes))
    }

    /// Chooses how to be told of what waits for moderators (RULES C6).
    pub fn choose_mails(self, permit: Permit, mails: MailRhythm) -> (Self, Changes) {
        if self.moderation_mails == mails {
            return (self, Changes::new(permit));
        }
        let next = Self { version: self.version + 1, moderation_mails: mails, ..self };
        let event = next.chosen(Act::MailsChosen, mails);
        let changes = Changes::new(permit).update(next.clone(), Guard::Version).journal(event);
        (next, changes)
    }

    /// Chooses how to be told of new dossiers (RULES F3); the advisers' lists show it.
    pub fn choose_dossier_mails(
        self,
        permit: Permit,
        mails: MailRhythm,
        now: Instant,
    ) -> (Self, Changes) {
        if self.dossier_mails.rhythm == mails {
            return (self, Changes::new(permit));
        }
        let dossier_mails = self.dossier_mails.clone().then(mails, now);
        let next = Self { version: self.version + 1, dossier_mails, ..self };
        let event = next.chosen(Act::DossierMailsChosen, mails);
        let changes = Changes::new(permit).update(next.clone(), Guard::Version);
        let changes = changes.write(next.rows()).journal(event);
        (next, changes)
    }

    fn chosen(&self, act: Act, mails: MailRhythm) -> Event {
        let after = Facts { codes: vec![mails.code().to_owned()], ..Facts::none() };
        Event::new(act, Some(self.portal), Object::Person(self.account), self.version)
            .touching(self.account)
            .changing(Facts::none(), after)
    }
}

fn changed(before: &Profile, after: &Profile) -> Vec<String> {
    let compared = [
        ("first_name", before.first_name != after.first_name),
        ("last_name", before.last_name != after.last_name),
        ("organisation", before.organisation != after.organisation),
        ("job_title", before.job_title != after.job_title),
        ("phone", before.phone != after.phone),
        ("user_type", before.user_type != after.user_type),
    ];
    let codes = compared.into_iter().filter(|(_, differs)| *differs);
    codes.map(|(code, _)| code.to_owned()).collect()
}
