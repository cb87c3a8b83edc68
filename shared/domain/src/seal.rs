//! The seals of a journal: which entries one covers, and how it follows the one before (RULES I3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::changes::{Place, Record};
use crate::ids::{EntryId, InvalidId, PortalId, Ulid};
use crate::instant::Instant;
use crate::text::Invalid;

/// How many entries a seal covers at most, so that sealing and exporting need little memory,
/// however much happened.
pub const MOST_ENTRIES: usize = 1_024;

/// How old an entry must be to be sealed: no later one can come before it any more, since a commit
/// gives up after 60 seconds (DESIGN §6).
pub const SETTLED_SECONDS: i64 = 15 * 60;

/// After how many hours without an entry that nothing happened is sealed too: so every half day has
/// its seal, and none can be left out unseen.
pub const EMPTY_SEAL_HOURS: i64 = 12;

/// How long after the end of the one before a seal comes at the latest. One that comes later may
/// cover what was changed meanwhile: whoever verifies must know why.
pub const LATEST_SEAL_DAYS: u32 = 2;

/// How many journals hold the acts on accounts alone.
pub const ACCOUNT_JOURNALS: u8 = 8;

/// A journal, which is sealed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Journal {
    /// What happened on a portal.
    Portal(PortalId),
    /// One of the eight of acts on accounts alone.
    Accounts(u8),
}

const ACCOUNTS: &str = "accounts-";

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Portal(portal) => portal.fmt(f),
            Self::Accounts(number) => write!(f, "{ACCOUNTS}{number}"),
        }
    }
}

impl FromStr for Journal {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.strip_prefix(ACCOUNTS) {
            None => text.parse().map(Self::Portal),
            Some(number) => {
                let known = (0..ACCOUNT_JOURNALS).find(|known| number == known.to_string());
                known.map(Self::Accounts).ok_or(InvalidId)
            }
        }
    }
}

impl TryFrom<String> for Journal {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Journal> for String {
    fn from(journal: Journal) -> Self {
        journal.to_string()
    }
}

/// The number of a seal, as somebody asks for it; the first one if they do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "u64")]
#[schema(value_type = u64, minimum = 1, maximum = 999_999_999_999_u64)]
pub struct SealNumber(u64);

impl SealNumber {
    /// The greatest number that a seal can have.
    pub const MOST: Self = Self(999_999_999_999);

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl Default for SealNumber {
    fn default() -> Self {
        Self(1)
    }
}

impl TryFrom<u64> for SealNumber {
    type Error = Invalid;

    fn try_from(number: u64) -> Result<Self, Invalid> {
        if (1..=Self::MOST.0).contains(&number) { Ok(Self(number)) } else { Err(Invalid::Number) }
    }
}

/// The last identifier that an entry written before this instant can have.
pub fn last_before(instant: Instant) -> EntryId {
    let milliseconds = instant.milliseconds().unsigned_abs().saturating_sub(1);
    EntryId::new(Ulid::from_parts(milliseconds, u128::MAX))
}

/// Before any entry of a portal, whichever of two clocks made its identifier.
pub fn begins_before(portal: PortalId) -> EntryId {
    last_before(written_at(EntryId::new(portal.ulid())).plus_seconds(-SETTLED_SECONDS))
}

/// When an entry was written, by its identifier.
pub fn written_at(id: EntryId) -> Instant {
    Instant::from_milliseconds(i64::try_from(id.ulid().timestamp_ms()).unwrap_or(i64::MAX))
}

/// The entries after one identifier and up to another, of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Entries after this one; there need not be such an entry.
    pub after: EntryId,
    /// Entries up to this one; there need not be such an entry.
    pub through: EntryId,
    ends_month: bool,
}

impl Window {
    /// What follows: to the end of its month, or to what is settled. `None` where nothing is.
    pub fn next(after: EntryId, now: Instant) -> Option<Self> {
        let settled = last_before(now.plus_seconds(-SETTLED_SECONDS));
        let first = EntryId::new(Ulid(after.ulid().0.checked_add(1)?));
        let month = last_before(written_at(first).next_month());
        let (through, ends_month) = if month <= settled { (month, true) } else { (settled, false) };
        (after < through).then_some(Self { after, through, ends_month })
    }

    /// The same, up to the last entry that a full seal holds.
    #[must_use]
    pub fn up_to(self, last: EntryId) -> Self {
        Self { through: last, ends_month: false, ..self }
    }

    /// Whether it is to be sealed with so many entries. Without any it is so after half a day, and
    /// at the end of a month.
    pub fn is_to_be_sealed(&self, entries: usize) -> bool {
        let lasts_seconds = written_at(self.through).seconds_since(written_at(self.after));
        entries > 0 || self.ends_month || lasts_seconds >= EMPTY_SEAL_HOURS * 3_600
    }

    /// The same, from the first entry of all on.
    #[must_use]
    pub fn from(self, first: EntryId) -> Self {
        Self { after: EntryId::new(Ulid(first.ulid().0.saturating_sub(1))), ..self }
    }

    /// Whether what comes next may be another month.
    pub fn ends_month(&self) -> bool {
        self.ends_month
    }
}

/// What a seal says: these entries of this journal, in this order, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Whose entries.
    pub journal: Journal,
    /// Which of the journal's seals, from 1 on.
    pub number: u64,
    /// The entries after this one, where the seal before ended.
    pub after: EntryId,
    /// The entries up to this one.
    pub through: EntryId,
    /// How many entries.
    pub entries: u64,
    /// How many entries in this seal and all before.
    pub total: u64,
    /// The root of the Merkle tree (RFC 6962) of the entries' hashes, in base64url.
    pub root: String,
    /// SHA-256 of the seal before, in hexadecimal.
    pub previous: Option<String>,
    /// When it was made.
    pub sealed_at: Instant,
}

impl Seal {
    /// The seal of a window, which follows another one and its hash.
    pub fn new(
        journal: Journal,
        previous: Option<(&Self, String)>,
        window: Window,
        entries: u64,
        root: String,
        now: Instant,
    ) -> Self {
        let (number, total) =
            previous.as_ref().map_or((0, 0), |(seal, _)| (seal.number, seal.total));
        Self {
            journal,
            number: number + 1,
            after: window.after,
            through: window.through,
            entries,
            total: total + entries,
            root,
            previous: previous.map(|(_, hash)| hash),
            sealed_at: now,
        }
    }

    /// How many seconds after it could have come it came: without a seal before, this long could
    /// anything have been changed.
    pub fn late_seconds(&self) -> i64 {
        self.sealed_at.plus_seconds(-SETTLED_SECONDS).seconds_since(written_at(self.after))
    }

    /// Whether it came later than so many days after it could have.
    pub fn is_later_than(&self, days: u32) -> bool {
        self.late_seconds() > i64::from(days) * 86_400
    }

    /// Whether it may stand where it stands: first, or after the other one with its hash.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self, previous: Option<(&Self, &str)>) -> Result<(), &'static str> {
        if self.entries > MOST_ENTRIES as u64 {
            return Err("the seal covers more entries than a seal may");
        }
        let (number, total) = previous.map_or((0, 0), |(seal, _)| (seal.number, seal.total));
        if self.number != number + 1 {
            return Err("a seal is missing or stands in another place");
        }
        if self.previous.as_deref() != previous.map(|(_, hash)| hash) {
            return Err("the seal does not follow the one before");
        }
        if previous.is_some_and(|(seal, _)| seal.journal != self.journal) {
            return Err("the seal is of another journal");
        }
        if previous.is_some_and(|(seal, _)| seal.through != self.after) {
            return Err("between the seal and the one before, entries are not sealed");
        }
        if self.through <= self.after || Some(self.total) != total.checked_add(self.entries) {
            return Err("the seal contradicts itself");
        }
        if self.through > last_before(self.sealed_at.plus_seconds(-SETTLED_SECONDS)) {
            return Err("the seal covers what was not settled when it was made");
        }
        Ok(())
    }
}

/// A seal as the table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedSeal {
    /// Whose entries.
    pub journal: Journal,
    /// Which of the journal's seals.
    pub number: u64,
    /// What it says, signed: a JSON Web Signature.
    pub token: String,
    /// The hashes of the entries, in base64url: not signed, but their tree's root is. With them an
    /// export tells which entry was changed, and not only that one was.
    pub hashes: String,
}

impl Record for SignedSeal {
    fn place(&self) -> Place {
        Place::Seal(self.journal, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn portal() -> Journal {
        Journal::Portal(PortalId::new(Ulid::from_parts(1_795_000_000_000, 7)))
    }

    #[test]
    fn a_journal_has_exactly_one_name() {
        for journal in [portal(), Journal::Accounts(0), Journal::Accounts(7)] {
            assert_eq!(journal.to_string().parse(), Ok(journal));
        }
        for wrong in ["accounts-8", "accounts-07", "accounts-", "accounts-+1", "por_", ""] {
            assert_eq!(wrong.parse::<Journal>(), Err(InvalidId), "{wrong}");
        }
    }

    #[test]
    fn windows_touch_each_other_end_with_months_and_stop_at_what_is_settled() {
        let now = at("2027-01-01T00:30:00.000Z");
        let mut after = last_before(at("2026-11-21T19:09:00.000Z"));
        let mut ends = Vec::new();
        while let Some(window) = Window::next(after, now) {
            assert_eq!(window.after, after);
            assert!(window.through > after);
            ends.push((written_at(window.through).to_string(), window.ends_month()));
            after = window.through;
        }
        let expected = [
            ("2026-11-30T23:59:59.999Z", true),
            ("2026-12-31T23:59:59.999Z", true),
            ("2027-01-01T00:14:59.999Z", false),
        ];
        assert_eq!(ends, expected.map(|(end, month)| (end.to_owned(), month)));
    }

    #[test]
    fn the_first_instant_of_a_month_is_of_that_month() {
        let midnight = at("2026-12-01T00:00:00.000Z");
        let window = Window::next(last_before(midnight), at("2026-12-01T00:15:00.001Z")).unwrap();
        assert_eq!(written_at(window.through), midnight);
        assert!(!window.ends_month());
        assert_eq!(Window::next(last_before(midnight), at("2026-12-01T00:15:00.000Z")), None);
    }

    #[test]
    fn an_empty_window_is_sealed_after_half_a_day_and_with_its_month() {
        let after = last_before(at("2026-11-21T00:00:00.000Z"));
        let young = Window::next(after, at("2026-11-21T12:14:00.000Z")).unwrap();
        assert!(!young.is_to_be_sealed(0));
        assert!(young.is_to_be_sealed(1));
        let half_a_day = Window::next(after, at("2026-11-21T12:15:00.000Z")).unwrap();
        assert!(half_a_day.is_to_be_sealed(0));
        let over = Window::next(after, at("2026-12-22T00:00:00.000Z")).unwrap();
        assert!(over.is_to_be_sealed(0));
        assert!(!over.up_to(last_before(at("2026-11-21T01:00:00.000Z"))).is_to_be_sealed(0));
    }

    #[test]
    fn a_seal_follows_exactly_one_other() {
        let now = at("2026-11-22T00:00:00.000Z");
        let window = Window::next(last_before(at("2026-11-21T00:00:00.000Z")), now).unwrap();
        let first = Seal::new(portal(), None, window, 3, "root".to_owned(), now);
        let later = at("2026-11-23T00:00:00.000Z");
        let window = Window::next(window.through, later).unwrap();
        let previous = Some((&first, "hash".to_owned()));
        let second = Seal::new(portal(), previous, window, 2, "root".to_owned(), later);
        assert_eq!((second.number, second.total), (2, 5));
        assert_eq!(first.check(None), Ok(()));
        assert_eq!(second.check(Some((&first, "hash"))), Ok(()));
        let wrong: [(&str, Seal); 9] = [
            ("another number", Seal { number: 3, ..second.clone() }),
            ("another hash", Seal { previous: Some("other".to_owned()), ..second.clone() }),
            ("another journal", Seal { journal: Journal::Accounts(1), ..second.clone() }),
            ("a gap", Seal { after: second.through, ..second.clone() }),
            ("another sum", Seal { total: 6, ..second.clone() }),
            ("a sum without end", Seal { total: u64::MAX, ..second.clone() }),
            ("too many", Seal { entries: 1_025, total: 1_028, ..second.clone() }),
            ("nothing", Seal { through: second.after, ..second.clone() }),
            ("the future", Seal { sealed_at: written_at(second.through), ..second.clone() }),
        ];
        for (what, seal) in wrong {
            assert!(seal.check(Some((&first, "hash"))).is_err(), "{what}");
        }
        assert!(second.check(None).is_err());
        assert!(first.check(Some((&first, "hash"))).is_err());
    }
}
