//! Age, and what is left when it is reached.

use super::*;
use crate::audit::names::{NameRow, Names};

const DAY: u64 = 86_400;
/// 2019-12-31, six years and a day before [`NOW`].
const OLD: u64 = NOW - 2193 * DAY;

/// Runs of two inputs each, begun at these times, with names.
fn aged(times: &[u64]) -> Place {
    let place = Place::new();
    let mut trail = Trail::open(&place.path(), TOOL, OLD - DAY, &mut |_, _| {}).unwrap();
    let mut names = Names::open(&names_file(&place.path())).unwrap();
    for time in times {
        trail.append(*time, run()).unwrap();
        for n in 0..2 {
            let (row, key) = (trail.next(), trail.key().clone());
            let input_name = format!("{row}.jpg");
            names
                .append(&NameRow { trail: trail.id().to_owned(), row, input: input_name, outputs: Vec::new() })
                .unwrap();
            trail.append(*time + n, input(&key, n)).unwrap();
        }
    }
    place
}

fn purged(place: &Place, years: u32, dry: bool) -> Result<Purged, AuditError> {
    super::super::purge(&place.path(), TOOL, years, NOW, Some("A. Clerk"), dry)
}

#[test]
fn six_years_is_the_least_and_what_is_younger_stays() {
    let place = aged(&[NOW - 2190 * DAY, NOW]);
    let before = place.bytes();
    for years in [0, 1, 5] {
        assert!(matches!(purged(&place, years, false), Err(AuditError::TooYoung)), "{years}");
    }
    assert!(matches!(purged(&place, 6, false), Err(AuditError::NothingOld { years: 6 })));
    let old = aged(&[OLD, NOW]);
    assert!(matches!(purged(&old, 7, false), Err(AuditError::NothingOld { years: 7 })));
    assert_eq!(place.bytes(), before);
}

#[test]
fn what_is_left_of_a_purge_holds_and_says_what_went() {
    let place = aged(&[OLD, OLD + 60, NOW]);
    let before = place.lines();
    let dry = purged(&place, 6, true).unwrap();
    assert_eq!(place.lines(), before, "a dry purge removes nothing");
    let done = purged(&place, 6, false).unwrap();
    assert_eq!((dry.rows, done.rows, done.youngest_unix_s), (6, 6, OLD + 61));
    let after = place.lines();
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1..4], before[7..]);
    let chain = place.chain();
    assert_eq!((chain.broken, chain.rows, chain.purged, chain.head), (None, 5, 6, done.head));
    let rows = place.rows();
    let What::Purge(purge) = &rows[4].what else { panic!("the last row") };
    assert_eq!(purge.bytes_sha256, sha256_hex(&before[1..7].concat()));
    assert_eq!(purge.last_sha256, sha256_hex(before[6].strip_suffix(b"\n").unwrap()));
    assert_eq!((purge.to, purge.years, purge.operator.as_deref()), (6, 6, Some("A. Clerk")));
    let names = std::fs::read_to_string(names_file(&place.path())).unwrap();
    assert!(!names.contains("\"2.jpg\"") && names.contains("\"8.jpg\"") && names.lines().count() == 2, "{names}");
    place.open().append(NOW, run()).unwrap();
    assert_eq!(place.broken(), None, "the trail goes on");
}

#[test]
fn a_run_is_never_purged_in_part() {
    let place = aged(&[OLD, NOW - 2192 * DAY - 1, NOW]);
    // Its row and first input are older than six years, its second is not.
    assert_eq!(purged(&place, 6, false).unwrap().rows, 3);
    assert_eq!(place.broken(), None);
}

#[test]
fn all_rows_may_go_and_a_purge_may_follow_a_purge() {
    let place = aged(&[OLD]);
    assert_eq!(purged(&place, 6, false).unwrap().rows, 3);
    assert_eq!(place.rows().len(), 2);
    assert_eq!(place.broken(), None);
    place.open().append(NOW, run()).unwrap();
    let later = NOW + 2193 * DAY;
    let again = super::super::purge(&place.path(), TOOL, 6, later, None, false).unwrap();
    assert_eq!(again.rows, 2, "the row of the first purge and a run");
    let chain = place.chain();
    assert_eq!((chain.broken, chain.rows, chain.purged), (None, 2, 5));
}

#[test]
fn rows_that_are_removed_without_a_purge_are_missed() {
    let place = aged(&[OLD, OLD + 60, NOW]);
    let lines = place.lines();
    place.put(&[&lines[..1], &lines[4..]].concat().concat());
    assert_eq!(place.broken(), Some((2, Why::Missing)));
    place.put(&lines.concat());
    purged(&place, 6, false).unwrap();
    let lines = place.lines();
    place.put(&[&lines[..1], &lines[2..]].concat().concat());
    assert_eq!(place.broken(), Some((2, Why::Missing)), "one more than the purge says");
    place.put(&lines[..4].concat());
    assert_eq!(place.broken(), Some((2, Why::Missing)), "the purge's own row is gone");
}

#[test]
fn a_purge_waits_for_no_run_and_begins_no_trail() {
    let place = aged(&[OLD]);
    let running = place.open();
    assert!(matches!(purged(&place, 6, false), Err(AuditError::Locked { .. })));
    drop(running);
    std::fs::remove_file(place.path()).unwrap();
    assert!(matches!(purged(&place, 6, false), Err(AuditError::Io { .. })));
    assert!(!place.path().exists());
}
