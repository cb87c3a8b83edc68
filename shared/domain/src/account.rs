//! Accounts, and the sign-ups they come from (RULES B, SECURITY S1 and S13).

use serde::{Deserialize, Serialize};

use crate::changes::{Changes, Guard, Place, Record};
use crate::ids::{AccountId, InvitationId, PortalId, SessionId, SignUpId};
use crate::instant::Instant;
use crate::journal::{Act, Event, Object};
use crate::level::Language;
use crate::permissions::Permit;
use crate::person::Profile;
use crate::text::{Email, Label, Name, Phone, Username, WebAddress};

/// How long a sign-up waits to be verified (SECURITY S1).
pub const SIGN_UP_LIFETIME_HOURS: i64 = 48;

/// How long somebody invited to levels 5 or 6 has to open the fresh link (SECURITY S6).
pub const STAFF_SIGN_UP_LIFETIME_HOURS: i64 = 1;

/// How many days the first link of an account made by others is valid (RULES B7).
pub const FIRST_PASSWORD_LINK_DAYS: u32 = 7;

/// A password's hash in the PHC string format, which says how it was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// What somebody asks for with an adviser request (RULES C1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Demand {
    /// Where.
    pub territory: crate::territory::Territory,
    /// The context of the request.
    pub context: crate::text::Statement,
    /// What they intend to do there.
    pub intention: crate::text::Statement,
    /// Their organisation.
    pub organisation: Label,
    /// Their position in it.
    pub job_title: Label,
}

/// A request that a sign-up carries until the address is verified (RULES C2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CarriedRequest {
    /// The portal.
    pub portal: PortalId,
    /// What is asked for.
    pub demand: Demand,
}

/// The invitation whose fresh link a sign-up is (SECURITY S6). Once the invitation was mailed anew
/// or its address corrected, the fresh link gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CarriedInvitation {
    /// The invitation.
    pub id: InvitationId,
    /// Which of its links began the sign-up.
    pub generation: u32,
}

/// Somebody who began to sign up: not an account, and without a claim on the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SignUp {
    /// Its identifier.
    pub id: SignUpId,
    /// How often it was written.
    pub version: u64,
    /// The address to be proved.
    pub email: Email,
    /// First name.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// Telephone.
    pub phone: Option<Phone>,
    /// The language of the form.
    pub language: Language,
    /// The password chosen, needed again to verify.
    pub password: PasswordHash,
    /// A request to be submitted when the address is proved.
    pub request: Option<CarriedRequest>,
    /// An invitation to levels 5 or 6 to be accepted when the address is proved anew (SECURITY S6).
    #[serde(default)]
    pub invitation: Option<CarriedInvitation>,
    /// How often a new link was asked for; older links are dead.
    pub generation: u32,
    /// When it was begun.
    pub created_at: Instant,
    /// When it can no longer be verified.
    pub expires_at: Instant,
}

impl Record for SignUp {
    fn place(&self) -> Place {
        Place::SignUp(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// Why a sign-up can't become an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignUpError {
    /// It has expired.
    #[error("expired")]
    Expired,
    /// A newer link was mailed.
    #[error("replaced")]
    Replaced,
}

impl SignUp {
    /// Begins a sign-up: nothing is looked up, whatever the address (SECURITY S1).
    pub fn begin(self, permit: Permit) -> Changes {
        let event = Event::new(Act::SignUpStarted, None, Object::SignUp(self.id), 1);
        Changes::new(permit).create(self).journal(event)
    }

    /// Asks for a new mail, with a link that replaces the older one.
    ///
    /// # Errors
    /// The sign-up has expired.
    pub fn ask_again(self, permit: Permit, now: Instant) -> Result<Changes, SignUpError> {
        if now >= self.expires_at {
            return Err(SignUpError::Expired);
        }
        let (version, generation) = (self.version + 1, self.generation + 1);
        let next = Self { version, generation, ..self };
        let event = Event::new(Act::SignUpMailAsked, None, Object::SignUp(next.id), version);
        Ok(Changes::new(permit).update(next, Guard::NotExpired).journal(event))
    }

    /// Deletes a sign-up that the owner of the address did not make.
    pub fn disown(self, permit: Permit) -> Changes {
        let event = Event::new(Act::SignUpDisowned, None, Object::SignUp(self.id), self.version);
        Changes::new(permit).delete(self, Guard::Version).journal(event)
    }

    /// Makes the account, its claims and its credential; the sign-up ends with it. A request that
    /// it carries is submitted in the same transaction by the caller (RULES C2).
    ///
    /// # Errors
    /// The sign-up has expired, or another link is the valid one.
    pub fn verify(
        self,
        permit: Permit,
        generation: u32,
        id: AccountId,
        username: Username,
        now: Instant,
    ) -> Result<(Account, Changes), SignUpError> {
        if now >= self.expires_at {
            return Err(SignUpError::Expired);
        }
        if generation != self.generation {
            return Err(SignUpError::Replaced);
        }
        let account = Account {
            id,
            version: 1,
            username: username.clone(),
            email: self.email.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            phone: self.phone.clone(),
            organisation: self.request.as_ref().map(|carried| carried.demand.organisation.clone()),
            job_title: self.request.as_ref().map(|carried| carried.demand.job_title.clone()),
            web_site: None,
            language: Some(self.language),
            session_epoch: 1,
            link_generation: 1,
            created_at: now,
        };
        let credential = account.credential(self.password.clone(), now);
        let changes = account.clone().create(permit).create(credential);
        Ok((account, changes.delete(self, Guard::NotExpired)))
    }
}

/// One person, on all portals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// How often it was written.
    pub version: u64,
    /// The identifier chosen at creation, which never changes.
    pub username: Username,
    /// The proven address, or the one to be proved by the first link.
    pub email: Email,
    /// First name.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// Telephone.
    pub phone: Option<Phone>,
    /// Organisation.
    pub organisation: Option<Label>,
    /// Position in it.
    pub job_title: Option<Label>,
    /// Web site.
    pub web_site: Option<WebAddress>,
    /// The preferred language.
    pub language: Option<Language>,
    /// Raised to end all sessions (SECURITY S13).
    pub session_epoch: u32,
    /// Raised to end all mailed links (SECURITY S7).
    pub link_generation: u32,
    /// When it was made.
    pub created_at: Instant,
}

impl Record for Account {
    fn place(&self) -> Place {
        Place::Account(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Account {
    /// The account with the claims on its address and its identifier.
    pub fn create(self, permit: Permit) -> Changes {
        let event =
            Event::new(Act::AccountCreated, None, Object::Account(self.id), 1).touching(self.id);
        Changes::new(permit)
            .create(EmailClaim { email: self.email.clone(), account: self.id })
            .create(UsernameClaim { username: self.username.clone(), account: self.id })
            .create(self)
            .journal(event)
    }

    /// The first credential of the account.
    pub fn credential(&self, password: PasswordHash, now: Instant) -> Credential {
        Credential { account: self.id, version: 1, password, changed_at: now }
    }

    /// What a portal copies when the account becomes one of its people.
    pub fn profile(&self) -> Profile {
        Profile {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            organisation: self.organisation.clone(),
            job_title: self.job_title.clone(),
            phone: self.phone.clone(),
            user_type: None,
            email: Some(self.email.clone()),
        }
    }

    /// Sets the password by a mailed link: the link, older ones and all sessions end.
    pub fn set_password(
        self,
        permit: Permit,
        current: Option<Credential>,
        password: PasswordHash,
        now: Instant,
    ) -> Changes {
        let next = Self {
            version: self.version + 1,
            session_epoch: self.session_epoch + 1,
            link_generation: self.link_generation + 1,
            ..self
        };
        let event = Event::new(Act::PasswordSet, None, Object::Account(next.id), next.version)
            .touching(next.id);
        let account = next.id;
        let changes = Changes::new(permit).update(next, Guard::Version).journal(event);
        match current {
            None => changes.create(Credential { account, version: 1, password, changed_at: now }),
            Some(old) => {
                let version = old.version + 1;
                let credential = Credential { account, version, password, changed_at: now };
                changes.update(credential, Guard::Version)
            }
        }
    }
}

/// The claim of an account on an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EmailClaim {
    /// The address.
    pub email: Email,
    /// Whose it is.
    pub account: AccountId,
}

impl Record for EmailClaim {
    fn place(&self) -> Place {
        Place::EmailClaim(self.email.clone())
    }
}

/// The claim of an account on an identifier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UsernameClaim {
    /// The identifier.
    pub username: Username,
    /// Whose it is.
    pub account: AccountId,
}

impl Record for UsernameClaim {
    fn place(&self) -> Place {
        Place::UsernameClaim(self.username.clone())
    }
}

/// The password of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Credential {
    /// The account.
    pub account: AccountId,
    /// How often it was written.
    pub version: u64,
    /// The hash.
    pub password: PasswordHash,
    /// When it was set.
    pub changed_at: Instant,
}

impl Record for Credential {
    fn place(&self) -> Place {
        Place::Credential(self.account)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// How long a session lives (SECURITY S13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLifetime {
    /// Seconds since the last refresh after which it ends.
    pub idle_seconds: i64,
    /// Seconds since it began after which it ends.
    pub total_seconds: i64,
}

impl SessionLifetime {
    /// On portals where the level is 1 to 4.
    pub const ORDINARY: Self = Self { idle_seconds: 30 * 86_400, total_seconds: 90 * 86_400 };
    /// On portals where the level is 5 or 6.
    pub const STAFF: Self = Self { idle_seconds: 12 * 3_600, total_seconds: 7 * 86_400 };
}

/// How long the predecessor of a refresh token may be presented again (SECURITY S14).
pub const REFRESH_GRACE_SECONDS: i64 = 30;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// The account.
    pub account: AccountId,
    /// How often it was written.
    pub version: u64,
    /// The account's epoch at sign-in; another one ends the session.
    pub epoch: u32,
    /// How often it was refreshed.
    pub counter: u64,
    /// The keyed hash of the present refresh token, in hexadecimal.
    pub token_hash: String,
    /// What the client says it is, for its holder to recognise it.
    pub client: Option<Label>,
    /// When it began.
    pub created_at: Instant,
    /// When it was last refreshed.
    pub refreshed_at: Instant,
    /// When it ends unless refreshed.
    pub expires_at: Instant,
    /// Until when it may be used where one is staff: it is shorter, and once it is over a refresh
    /// does not bring it back (SECURITY S13).
    pub staff_ends_at: Instant,
}

/// How sessions are looked at on a portal: where one is staff they live shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Levels 1 to 4, or no portal.
    Ordinary,
    /// Levels 5 and 6.
    Staff,
}

impl Record for Session {
    fn place(&self) -> Place {
        Place::Session(self.account, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// What a presented refresh token means (SECURITY S14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// The present one: the session goes on with its successor.
    Current,
    /// The one just replaced, within the grace: the same successor again.
    JustReplaced,
    /// An older one: somebody else holds a copy, and the session ends.
    Reused,
}

impl Session {
    /// A session that begins now.
    pub fn new(
        id: SessionId,
        account: &Account,
        token_hash: String,
        client: Option<Label>,
        now: Instant,
    ) -> Self {
        Self {
            id,
            account: account.id,
            version: 1,
            epoch: account.session_epoch,
            counter: 0,
            token_hash,
            client,
            created_at: now,
            refreshed_at: now,
            expires_at: now.plus_seconds(SessionLifetime::ORDINARY.idle_seconds),
            staff_ends_at: now.plus_seconds(SessionLifetime::STAFF.idle_seconds),
        }
    }

    /// Whether it can be used by somebody of this standing.
    pub fn lives(&self, epoch: u32, standing: Standing, now: Instant) -> bool {
        let in_time = match standing {
            Standing::Ordinary => now < self.expires_at,
            Standing::Staff => now < self.expires_at && now < self.staff_ends_at,
        };
        self.epoch == epoch && in_time
    }

    /// Begins it.
    pub fn begin(self, permit: Permit) -> Changes {
        let event = Event::new(Act::SessionStarted, None, Object::Session(self.id), 1)
            .touching(self.account);
        Changes::new(permit).create(self).journal(event)
    }

    /// What the refresh token with this counter means now.
    pub fn presented(&self, counter: u64, now: Instant) -> Presented {
        let in_grace = now < self.refreshed_at.plus_seconds(REFRESH_GRACE_SECONDS);
        if counter == self.counter {
            Presented::Current
        } else if counter + 1 == self.counter && in_grace {
            Presented::JustReplaced
        } else {
            Presented::Reused
        }
    }

    /// Goes on with a new refresh token. A refresh changes nobody's rights and is not journaled.
    pub fn refresh(self, permit: Permit, token_hash: String, now: Instant) -> (Self, Changes) {
        let end = |lifetime: SessionLifetime| {
            let idle_end = now.plus_seconds(lifetime.idle_seconds);
            idle_end.min(self.created_at.plus_seconds(lifetime.total_seconds))
        };
        let was_staff = now < self.staff_ends_at;
        let staff_ends_at =
            if was_staff { end(SessionLifetime::STAFF) } else { self.staff_ends_at };
        let next = Self {
            version: self.version + 1,
            counter: self.counter + 1,
            token_hash,
            refreshed_at: now,
            expires_at: end(SessionLifetime::ORDINARY),
            staff_ends_at,
            ..self
        };
        let changes = Changes::new(permit).update(next.clone(), Guard::NotExpired);
        (next, changes)
    }

    /// Ends it.
    pub fn end(self, permit: Permit, act: Act) -> Changes {
        let event =
            Event::new(act, None, Object::Session(self.id), self.version).touching(self.account);
        Changes::new(permit).delete(self, Guard::Version).journal(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    fn session(counter: u64) -> Session {
        let at = Instant::from_milliseconds(1_795_000_000_000);
        Session {
            id: SessionId::new(Ulid::nil()),
            account: AccountId::new(Ulid::nil()),
            version: 1,
            epoch: 1,
            counter,
            token_hash: String::new(),
            client: None,
            created_at: at,
            refreshed_at: at,
            expires_at: at.plus_days(30),
            staff_ends_at: at.plus_seconds(12 * 3_600),
        }
    }

    #[test]
    fn only_the_immediate_predecessor_comes_back_within_thirty_seconds() {
        let session = session(5);
        let after = |seconds| session.refreshed_at.plus_seconds(seconds);
        assert_eq!(session.presented(5, after(0)), Presented::Current);
        assert_eq!(session.presented(5, after(9_999)), Presented::Current);
        assert_eq!(session.presented(4, after(29)), Presented::JustReplaced);
        assert_eq!(session.presented(4, after(30)), Presented::Reused);
        assert_eq!(session.presented(3, after(0)), Presented::Reused);
    }

    #[test]
    fn a_session_ends_by_idleness_age_and_epoch_and_sooner_where_one_is_staff() {
        let session = session(0);
        let after = |seconds| session.created_at.plus_seconds(seconds);
        let lives = |standing, seconds| session.lives(1, standing, after(seconds));
        assert!(lives(Standing::Staff, 12 * 3_600 - 1));
        assert!(!lives(Standing::Staff, 12 * 3_600));
        assert!(lives(Standing::Ordinary, 30 * 86_400 - 1));
        assert!(!lives(Standing::Ordinary, 30 * 86_400));
        assert!(!session.lives(2, Standing::Ordinary, after(1)));
    }
}
