//! Instants in UTC, to the millisecond.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An instant in UTC, to the millisecond.
///
/// Its text form, `2026-11-21T19:09:00.000Z`, always has the same length, so that the order of the
/// texts in a sort key or in a condition is the order of the instants.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T19:09:00.000Z")]
pub struct Instant(Timestamp);

/// The text is not an RFC 3339 instant between the years 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 instant")]
pub struct InvalidInstant;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
const LATEST_MILLISECOND: i64 = 253_402_207_200_000;

impl Instant {
    /// The instant this many milliseconds after 1970, bounded to what the text form can hold.
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        let bounded = milliseconds.clamp(0, LATEST_MILLISECOND);
        Self(Timestamp::from_millisecond(bounded).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Milliseconds since 1970.
    pub fn milliseconds(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Seconds since 1970, rounded down: the unit of DynamoDB's time to live and of tokens.
    pub fn seconds(self) -> i64 {
        self.milliseconds().div_euclid(1000)
    }

    /// The instant this many seconds later, or earlier when negative.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let added = seconds.saturating_mul(1000);
        Self::from_milliseconds(self.milliseconds().saturating_add(added))
    }

    /// The instant this many times 24 hours later.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        self.plus_seconds(i64::from(days) * SECONDS_PER_DAY)
    }

    /// Seconds from `earlier` to this instant, negative when it is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.milliseconds() - earlier.milliseconds()).div_euclid(1000)
    }

    /// The month in UTC, as `2026-11`: the journal has one partition for each.
    pub fn month(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// The day in UTC, as `2026-11-21`.
    pub fn day(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }

    /// The next midnight in UTC.
    #[must_use]
    pub fn next_day(self) -> Self {
        let day = self.seconds().div_euclid(SECONDS_PER_DAY) + 1;
        Self::from_milliseconds(day * SECONDS_PER_DAY * 1000)
    }

    /// The first midnight in UTC of the month after.
    #[must_use]
    pub fn next_month(self) -> Self {
        let first = self.0.to_zoned(TimeZone::UTC).date().first_of_month();
        let next = first.saturating_add(Span::new().months(1)).to_zoned(TimeZone::UTC);
        next.map_or(self, |next| Self::from_milliseconds(next.timestamp().as_millisecond()))
    }

    /// The calendar's own type, for those who write dates for people.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = InvalidInstant;

    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        let timestamp: Timestamp = text.parse().map_err(|_| InvalidInstant)?;
        let instant = Self::from_milliseconds(timestamp.as_millisecond());
        if instant.milliseconds() == timestamp.as_millisecond() {
            Ok(instant)
        } else {
            Err(InvalidInstant)
        }
    }
}

impl TryFrom<String> for Instant {
    type Error = InvalidInstant;

    fn try_from(text: String) -> Result<Self, InvalidInstant> {
        text.parse()
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_texts_is_the_order_of_the_instants() {
        let instants = [0, 1, 999, 1000, 1_795_288_140_000, LATEST_MILLISECOND];
        let texts = instants.map(|instant| Instant::from_milliseconds(instant).to_string());
        assert!(texts.is_sorted(), "{texts:?}");
        assert_eq!(texts[0], "1970-01-01T00:00:00.000Z");
        for (instant, text) in instants.iter().zip(&texts) {
            assert_eq!(text.len(), 24);
            assert_eq!(text.parse::<Instant>().unwrap().milliseconds(), *instant);
        }
    }

    #[test]
    fn nothing_overflows() {
        let last = Instant::from_milliseconds(i64::MAX);
        assert_eq!(last.plus_days(u32::MAX), last);
        assert_eq!(Instant::from_milliseconds(i64::MIN).milliseconds(), 0);
        assert_eq!("-000001-01-01T00:00:00Z".parse::<Instant>(), Err(InvalidInstant));
    }
}
