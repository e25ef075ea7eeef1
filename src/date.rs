//! Days and moments as people write them. Separate because it is arithmetic on calendars and nothing else.

use std::{fmt, str::FromStr, time::SystemTime};

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, in UTC; written `2026-03-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day that it is, by the system's clock. Authorizations end with their last day in UTC.
    pub fn today() -> Self {
        let seconds = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs());
        Self::of_unix(seconds / 86_400)
    }

    /// Days since 1970-01-01, negative before it: the inverse of [`Day::of_unix`], by Howard Hinnant's `days_from_civil`.
    pub fn unix_days(self) -> i64 {
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The day that is so many days after 1970-01-01; the last one of the year 9999 for all that come later.
    pub fn of_unix(days: u64) -> Self {
        match civil(days.into()) {
            (year, month, day) if year <= 9999 => Self { year: year as u16, month, day },
            _ => Self { year: 9999, month: 12, day: 31 },
        }
    }
}

/// `2026-03-01 13:05:09 UTC` for so many seconds since 1970 UTC, or before it.
pub fn utc(unix_s: impl Into<i128>) -> String {
    let unix_s = unix_s.into();
    let (year, month, day) = civil(unix_s.div_euclid(86_400));
    let second = unix_s.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// Year, month and day of the day that is so many days after 1970-01-01, by Howard Hinnant's `civil_from_days`
/// ("chrono-Compatible Low-Level Date Algorithms"), in which years begin in March, so that the leap day is the last.
fn civil(days: i128) -> (i128, u8, u8) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i128::from(month <= 2), month as u8, day as u8)
}

/// The text is no day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day must be written as year, month, day: 2026-03-01")]
pub struct NoDay;

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let mut parts = text.split('-');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|p| p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|p| p.parse::<u16>().ok()).ok_or(NoDay)
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u16::from(leap),
            1..=12 => 31,
            _ => 0,
        };
        if parts.next().is_some() || day == 0 || day > days {
            return Err(NoDay);
        }
        Ok(Self { year, month: month as u8, day: day as u8 })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Day {
    type Error = NoDay;

    fn try_from(text: String) -> Result<Self, NoDay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_another_calendar() {
        // date -u -d @SECONDS '+%F'
        let days = [(0, "1970-01-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"), (20_088, "2024-12-31")];
        for (days, text) in days.into_iter().chain([(47_541, "2100-03-01")]) {
            assert_eq!(Day::of_unix(days).to_string(), text);
            assert_eq!(text.parse(), Ok(Day::of_unix(days)));
            assert_eq!(Day::of_unix(days).unix_days(), days as i64);
        }
        assert!(Day::today() > "2024-12-31".parse().unwrap());
    }

    #[test]
    fn moments_are_those_of_another_calendar() {
        // date -u -d @SECONDS '+%F %T UTC'
        let moments = [
            (0i64, "1970-01-01 00:00:00 UTC"),
            (-2_082_844_800, "1904-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_868_799, "2000-02-29 23:59:59 UTC"),
            (951_868_800, "2000-03-01 00:00:00 UTC"),
            (1_735_689_599, "2024-12-31 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ];
        for (seconds, text) in moments {
            assert_eq!(utc(seconds), text);
        }
    }

    #[test]
    fn no_number_is_too_large_or_too_small() {
        assert_eq!(Day::of_unix(u64::MAX).to_string(), "9999-12-31");
        assert!(utc(u64::MAX).ends_with(" UTC") && utc(i64::MIN).starts_with('-'));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let wrong =
            ["", "2026-2-3", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-04-01", "2026-04-01-"];
        for text in wrong.into_iter().chain(["2026/04/01", "01-04-2026", "2026-+4-01"]) {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
    }

    #[test]
    fn later_days_are_greater() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert!(day("2026-12-31") < day("2027-01-01") && day("2026-02-28") < day("2026-03-01"));
    }
}
