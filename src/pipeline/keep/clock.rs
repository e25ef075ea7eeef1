//! The latest day on which a list of authorizations was used, kept beside it (`consent.day` for `consent.toml`). Separate from
//! the list, which people write: a clock that is set back must not bring an authorization back that is over.
//!
//! Whoever can write beside the list can take the day away, as they can write an authorization. This is against a clock that
//! is wrong, by mistake or by a setting that anybody may change, not against the owner of the list.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{date::Day, error::ConsentError, private};

/// How many days the clock may go back: somebody who travels crosses a day, a wrong year does not pass.
const DAYS_BACK: i64 = 1;

/// The file with the latest day that belongs to the list `consent`.
pub fn file(consent: &Path) -> PathBuf {
    consent.with_extension("day")
}

/// Whether a clock that says `today` may be believed when `latest` was seen before.
pub fn is_credible(today: Day, latest: Day) -> bool {
    latest.unix_days() - today.unix_days() <= DAYS_BACK
}

/// Holds `today` against the latest day on which the list was used.
///
/// # Errors
/// [`ConsentError::ClockBack`] when it is more than a day earlier; and when that day cannot be read.
pub fn check(consent: &Path, today: Day) -> Result<(), ConsentError> {
    latest(consent, today).map(drop)
}

/// The same, and keeps `today` if it is the latest.
///
/// # Errors
/// As [`check`]; and when the day cannot be written.
pub fn remember(consent: &Path, today: Day) -> Result<(), ConsentError> {
    if latest(consent, today)?.is_some_and(|latest| latest >= today) {
        return Ok(());
    }
    let path = file(consent);
    private::replace(&path, format!("{today}\n").as_bytes()).map_err(|source| ConsentError::Io {
        doing: "writing",
        path,
        source,
    })
}

fn latest(consent: &Path, today: Day) -> Result<Option<Day>, ConsentError> {
    let path = file(consent);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ConsentError::Io { doing: "reading", path, source }),
        Ok(text) => text,
    };
    match text.trim_end().parse() {
        Ok(latest) if is_credible(today, latest) => Ok(Some(latest)),
        Ok(latest) => Err(ConsentError::ClockBack { today, latest, path }),
        Err(_) => Err(ConsentError::NoDay { path }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_is_set_back_by_more_than_a_day_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("consent.toml");
        check(&list, day("2026-03-01")).unwrap();
        assert!(!file(&list).exists(), "a check writes nothing");
        remember(&list, day("2026-03-01")).unwrap();
        remember(&list, day("2026-02-28")).unwrap();
        assert_eq!(fs::read_to_string(file(&list)).unwrap(), "2026-03-01\n", "the latest stays");
        for back in ["2026-02-27", "2025-12-31"] {
            let error = remember(&list, day(back)).unwrap_err().to_string();
            assert!(error.contains(back) && error.contains("2026-03-01"), "{error}");
            assert!(check(&list, day(back)).is_err());
        }
        remember(&list, day("2027-01-01")).unwrap();
        assert!(check(&list, day("2026-03-01")).is_err());
    }

    #[test]
    fn a_file_that_holds_no_day_is_no_permission() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("consent.toml");
        for text in ["", "yesterday", "2026-13-01"] {
            fs::write(file(&list), text).unwrap();
            assert!(matches!(check(&list, day("2026-03-01")), Err(ConsentError::NoDay { .. })), "{text}");
        }
    }
}
