//! Rate limits: atomic counters in fixed windows, keyed by what was presented (RULES B9,
//! SECURITY S12, S16).
//!
//! | route | by | most | in |
//! |---|---|---|---|
//! | `accounts::sign_up` | network | 300 | an hour |
//! | `accounts::sign_in` | address and network | 20 | ten minutes |
//! | `accounts::sign_in` | network | 3,000 | ten minutes |
//! | `accounts::resend_verification` | sign-up | 1 | ten minutes |
//! | `accounts::resend_verification` | network | 300 | an hour |
//! | `accounts::refresh` | session | 60 | ten minutes |
//! | `accounts::verify_email` | sign-up | 20 | an hour |
//! | `accounts::set_password` | account | 20 | an hour |
//! | `advisor_requests::submit` | account | 30 | an hour |
//! | `dossiers::submit`, `dossiers::publish_on` | account | 10 | an hour |
//! | `notes::add` | account | 120 | an hour |
//! | `invitations::invite`, `dossiers::invite` and what mails again | account | 300 | an hour |
//! | `invitations::invite`, `dossiers::invite`, `correct_address` | account, address and portal | 5 | a day |
//! | `dossiers::invite`, by whoever is not staff | account | 20 | a day |
//! | `dossiers::offer_referent` | account | 10 | a day |
//! | `imports::upload` | account and portal | 30 | an hour |
//! | `imports::dry_run` | account and portal | 20 | a day |
//! | `imports::start` | account and portal | 5 | a day |
//! | the invitation's pages, POST | invitation | 20 | an hour |
//! | moderators told at once | requester and portal | 3 | a day |
//! | moderators told at once of dossiers | requester and portal | 10 | a day |
//! | mails that strangers cause | purpose and address | 1 | ten minutes |
//! | mails that strangers cause | address | 5 | a day |

use std::collections::HashMap;
use std::net::IpAddr;

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue};
use guichet_domain::changes::Changes;

use crate::app::App;
use crate::items::{self, number};
use crate::keys;
use crate::meter;
use crate::problem::{Error, Problem, TOO_MANY_REQUESTS};
use crate::store::{Origin, StoreError, aws};

/// A limit: so many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    name: &'static str,
    most: u64,
    seconds: i64,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident = $most:literal in $seconds:literal;)*) => {
        $($(#[$doc])*
        pub const $name: Limit =
            Limit { name: stringify!($name), most: $most, seconds: $seconds };)*
    };
}

limits! {
    /// Sign-ups from a network.
    SIGN_UP_NETWORK = 300 in 3600;
    /// Sign-ins for an address from a network.
    SIGN_IN_ADDRESS = 20 in 600;
    /// Sign-ins from a network, sized for a ministry behind one address.
    SIGN_IN_NETWORK = 3000 in 600;
    /// New verification mails for a sign-up.
    RESEND_SIGN_UP = 1 in 600;
    /// New verification mails asked from a network.
    RESEND_NETWORK = 300 in 3600;
    /// Refreshes of a session.
    REFRESH_SESSION = 60 in 600;
    /// Attempts to verify a sign-up.
    VERIFY_SIGN_UP = 20 in 3600;
    /// Attempts to set an account's password.
    SET_PASSWORD = 20 in 3600;
    /// Adviser requests of an account, all portals together.
    SUBMIT_ACCOUNT = 30 in 3600;
    /// Dossiers that an account submits, all portals together.
    SUBMIT_DOSSIER = 10 in 3600;
    /// Notes that an account writes on dossiers, all portals together.
    WRITE_NOTE = 120 in 3600;
    /// Invitations that an account makes or mails again, all portals together.
    INVITE_ACCOUNT = 300 in 3600;
    /// Invitations of a portal to one address, by one account.
    INVITE_ADDRESS = 5 in 86400;
    /// Invitations to dossiers by somebody who is not staff, all portals together (SECURITY S11).
    INVITE_TO_DOSSIER = 20 in 86400;
    /// Offers of an account to speak for dossiers, all portals together.
    OFFER_REFERENT = 10 in 86400;
    /// Spreadsheets that an account uploads to a portal.
    UPLOAD_FILE = 30 in 3600;
    /// Imports that an account has looked at on a portal, each of 5,000 addresses at most.
    CHECK_IMPORT = 20 in 86400;
    /// Imports that an account starts on a portal: as often as it may invite one address there.
    START_IMPORT = 5 in 86400;
    /// Attempts to answer an invitation.
    ANSWER_INVITATION = 20 in 3600;
    /// How often the moderators of a portal are told at once of one person's requests.
    TELL_MODERATORS = 3 in 86400;
    /// How often the moderators of a portal are told at once of one person's dossiers.
    TELL_OF_DOSSIERS = 10 in 86400;
    /// Mails of one purpose that strangers cause to an address.
    MAIL_PURPOSE = 1 in 600;
    /// Mails that strangers cause to an address.
    MAIL_ADDRESS = 5 in 86400;
}

/// A window that a transaction counts in.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) key: keys::Key,
    pub(crate) most: u64,
    /// Seconds since 1970.
    pub(crate) ttl: i64,
}

/// Whether something still fits into a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It fits.
    Within,
    /// It does not, for so many seconds.
    Beyond(i64),
}

/// A client's network: an IPv4 address, or the first 56 bits of an IPv6 one (SECURITY S16).
pub fn network(source: &str) -> String {
    match source.parse() {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => {
                let bits = u128::from(address) & !(u128::MAX >> 56);
                std::net::Ipv6Addr::from(bits).to_string()
            }
        },
        Err(_) => String::new(),
    }
}

impl App {
    /// Counts one attempt and tells whether it fits.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn take(&self, limit: Limit, presented: &[&str]) -> Result<Taken, Error> {
        let now = self.now().seconds();
        let (key, ends) = self.window(limit, presented, now).await?;
        let answer = self
            .dynamodb()
            .update_item()
            .table_name(self.table())
            .set_key(Some(items::key_attributes(&key)))
            .update_expression("ADD taken :one SET #ttl = :ttl")
            .set_expression_attribute_names(Some(HashMap::from([(
                "#ttl".to_owned(),
                "ttl".to_owned(),
            )])))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":ttl", number(ends + 86_400))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| aws(&error))?;
        meter::add(answer.consumed_capacity());
        let taken = answer.attributes.and_then(|item| item.get("taken")?.as_n().ok()?.parse().ok());
        let taken: u64 = taken.ok_or_else(|| StoreError::Aws("no counter".to_owned()))?;
        Ok(if taken <= limit.most { Taken::Within } else { Taken::Beyond(ends - now) })
    }

    /// Makes a mail that strangers cause, if it still fits into the limits: the mail and what it
    /// counts for are one transaction, so that a composition that is repeated counts nothing
    /// twice and loses nothing (SECURITY S12).
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn put_within(
        &self,
        mail: guichet_domain::mail::Mail,
        limits: &[(Limit, &[&str])],
    ) -> Result<(), Error> {
        Ok(self.put_counted(mail, &self.windows(limits).await?).await?)
    }

    /// Writes what a decision changes, if it still fits into the limits; nothing otherwise, or
    /// when somebody was faster. Whoever dies before the write has used up nothing.
    ///
    /// # Errors
    /// The table did not answer.
    pub async fn commit_within(
        &self,
        origin: &Origin,
        changes: Changes,
        limits: &[(Limit, &[&str])],
    ) -> Result<(), Error> {
        Ok(self.commit_counted(origin, changes, &self.windows(limits).await?).await?)
    }

    async fn windows(&self, limits: &[(Limit, &[&str])]) -> Result<Vec<Counted>, Error> {
        let now = self.now().seconds();
        let mut counted = Vec::new();
        for (limit, presented) in limits {
            let (key, ends) = self.window(*limit, presented, now).await?;
            counted.push(Counted { key, most: limit.most, ttl: ends + 86_400 });
        }
        Ok(counted)
    }

    /// The key of a limit's present window, and when the window ends.
    async fn window(
        &self,
        limit: Limit,
        presented: &[&str],
        now: i64,
    ) -> Result<(keys::Key, i64), Error> {
        let window = now.div_euclid(limit.seconds);
        let window_text = window.to_string();
        let mut parts: Vec<&[u8]> = vec![limit.name.as_bytes()];
        parts.extend(presented.iter().map(|part| part.as_bytes()));
        parts.push(window_text.as_bytes());
        let hash = self.keyed_hash("limit", &parts).await?;
        Ok((keys::of_limit(&hash), (window + 1) * limit.seconds))
    }

    /// Counts one attempt in each limit, all at once; refuses when one is full. Decisions taken
    /// again because somebody was faster are not counted again.
    ///
    /// # Errors
    /// [`TOO_MANY_REQUESTS`] with the time to wait.
    pub async fn within(&self, attempt: u32, limits: [(Limit, &[&str]); 2]) -> Result<(), Error> {
        if attempt > 0 {
            return Ok(());
        }
        let [(first, by), (second, and_by)] = limits;
        let (first, second) = tokio::join!(self.take(first, by), self.take(second, and_by));
        for taken in [first?, second?] {
            if let Taken::Beyond(seconds) = taken {
                return Err(Problem::new(&TOO_MANY_REQUESTS).retry_after(seconds).into());
            }
        }
        Ok(())
    }

    /// Counts one attempt in one limit; refuses when it is full.
    ///
    /// # Errors
    /// [`TOO_MANY_REQUESTS`] with the time to wait.
    pub async fn within_one(&self, attempt: u32, limit: Limit, by: &[&str]) -> Result<(), Error> {
        if attempt > 0 {
            return Ok(());
        }
        match self.take(limit, by).await? {
            Taken::Within => Ok(()),
            Taken::Beyond(seconds) => {
                Err(Problem::new(&TOO_MANY_REQUESTS).retry_after(seconds).into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn networks_are_addresses_and_prefixes() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2ff:3::4"), "2001:db8:1:200::");
        assert_eq!(network("2001:db8:1:2aa::1"), network("2001:db8:1:200::9"));
        assert_ne!(network("2001:db8:1:300::"), network("2001:db8:1:200::"));
        assert_eq!(network("not an address"), "");
    }
}
