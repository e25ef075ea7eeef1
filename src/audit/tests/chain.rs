//! Interference that the chain or the seals show, and what they cannot.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_file_of_any_kind_is_taken_for_a_trail_or_upsets_the_walk(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        from in 0usize..2000,
        to in 0usize..2000,
    ) {
        static WHOLE: std::sync::LazyLock<(Vec<u8>, Key)> = std::sync::LazyLock::new(|| {
            let place = Place::with(1);
            (place.bytes(), place.key())
        });
        let (whole, key) = &*WHOLE;
        let walked = |bytes: &[u8]| crate::audit::chain::walk(bytes, Some(key), &mut |_, _| {}).unwrap();
        prop_assert_eq!(walked(&bytes).rows, 0);
        // A piece of a trail replaced by other bytes never has all of its rows.
        let (from, to) = (from.min(to).min(whole.len() - 1), from.max(to).min(whole.len() - 1));
        let spliced = [&whole[..from], &bytes, &whole[to..]].concat();
        prop_assume!(spliced != *whole);
        prop_assert!(walked(&spliced).rows < 3);
    }
}

#[test]
fn rows_come_back_as_written() {
    let place = Place::with(3);
    let key = place.key();
    let rows = place.rows();
    assert!(matches!(&rows[0].what, What::Genesis(first) if first.key_id == key.id() && first.trail.len() == 32));
    assert_eq!(rows[1].what, run());
    for n in 0..3 {
        assert_eq!(rows[2 + n as usize].what, input(&key, n));
    }
    let chain = place.chain();
    assert_eq!((chain.rows, chain.next, chain.broken), (5, 5, None));
    assert_eq!(chain.head, place.open().head());
}

#[test]
fn every_change_of_a_byte_is_found() {
    let place = Place::with(2);
    let whole = place.bytes();
    let key = place.key();
    let last_row_from = whole.len() - place.lines().last().unwrap().len();
    for at in 0..whole.len() {
        for byte in [whole[at] ^ 1, b' ', b'\n', b'"'] {
            if byte == whole[at] {
                continue;
            }
            let mut changed = whole.clone();
            changed[at] = byte;
            place.put(&changed);
            let found = |key| verify(&place.path(), key, None).unwrap().0.broken.is_some();
            assert!(found(Some(&key)), "byte {at} as {byte:#x}, with the key");
            if at < last_row_from {
                assert!(found(None), "byte {at} as {byte:#x}, without the key");
            }
        }
    }
}

#[test]
fn without_the_key_only_a_hash_kept_elsewhere_shows_that_the_last_row_was_changed() {
    let place = Place::with(2);
    let head = place.chain().head;
    let changed = String::from_utf8(place.bytes()).unwrap();
    let at = changed.rfind("\"face\":1").unwrap();
    place.put(format!("{}\"face\":0{}", &changed[..at], &changed[at + 8..]).as_bytes());
    assert_eq!(verify(&place.path(), None, None).unwrap().0.broken, None);
    assert!(!verify(&place.path(), None, Some(&head)).unwrap().1);
    assert_eq!(place.broken(), Some((4, Why::Seal)));
}

#[test]
fn rows_that_are_removed_moved_doubled_or_foreign_are_found() {
    let place = Place::with(3);
    let lines = place.lines();
    let foreign = Place::with(3).lines();
    let last = lines.len() - 1;
    let put = |lines: Vec<Vec<u8>>| {
        place.put(&lines.concat());
        let without = verify(&place.path(), None, None).unwrap().0.broken.map(|b| b.line);
        (place.broken(), without)
    };
    for at in 0..last {
        let mut removed = lines.clone();
        removed.remove(at);
        let (with, without) = put(removed);
        assert!(with.is_some() && without.is_some(), "row {at} removed");
        let mut moved = lines.clone();
        moved.swap(at, at + 1);
        // A row that is missing after the first could have been purged, so it is the one after that tells.
        let line = if at == 1 { 3 } else { at as u64 + 1 };
        assert_eq!(put(moved).0.map(|b| b.0), Some(line), "rows {at} and {} swapped", at + 1);
    }
    for at in 0..=last {
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at].clone());
        assert_eq!(put(doubled).0.map(|b| b.0), Some(at as u64 + 2), "row {at} doubled");
        let mut swapped = lines.clone();
        swapped[at] = foreign[at].clone();
        let (with, without) = put(swapped);
        assert_eq!(with.map(|b| b.0), Some(at as u64 + 1), "row {at} from another trail");
        assert!(without.is_some(), "row {at} from another trail, without the key");
    }
}

#[test]
fn rows_cut_off_at_the_end_are_shown_only_by_a_hash_kept_elsewhere() {
    let place = Place::with(3);
    let lines = place.lines();
    let head = place.chain().head;
    for left in 1..lines.len() {
        place.put(&lines[..left].concat());
        assert_eq!(place.broken(), None, "{left} rows left");
        let (chain, met) = verify(&place.path(), Some(&place.key()), Some(&head)).unwrap();
        assert!(!met, "{left} rows left");
        assert_eq!(chain.rows, left as u64);
    }
    place.put(b"");
    assert_eq!(place.broken(), Some((1, Why::Genesis)));
    place.put(&lines.concat());
    place.open().append(NOW, run()).unwrap();
    assert!(verify(&place.path(), None, Some(&head)).unwrap().1, "the trail may have gone on since");
}

#[test]
fn nothing_is_added_to_a_broken_trail_or_with_a_wrong_key() {
    let place = Place::with(2);
    let whole = place.bytes();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    place.put(&changed);
    assert!(matches!(place.try_open(), Err(AuditError::Broken { .. })));
    assert_eq!(place.bytes(), changed);
    place.put(&whole);
    let key = key_file(&place.path());
    let right = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(place.try_open(), Err(AuditError::NoKey { .. })));
    assert!(!key.exists(), "no key is made for rows that have one");
    std::fs::write(&key, "5".repeat(64)).unwrap();
    assert!(
        place.try_open().is_err_and(|error| error.to_string().contains("changed, or not written with this key"))
    );
    std::fs::write(&key, right).unwrap();
    assert!(place.try_open().is_ok());
}

#[test]
fn a_second_run_is_refused_while_the_first_lives() {
    let place = Place::new();
    let first = place.open();
    assert!(matches!(place.try_open(), Err(AuditError::Locked { .. })));
    drop(first);
    assert!(place.try_open().is_ok());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_trail_and_its_names() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(0);
    let _ = names::Names::open(&names_file(&place.path())).unwrap();
    for path in [place.path(), key_file(&place.path()), names_file(&place.path())] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn an_input_stands_under_another_hash_with_every_key() {
    let (one, other) = (Place::with(0), Place::with(0));
    let sha256 = sha256_hex(b"photo");
    let hashes = [one.key().input(&sha256), other.key().input(&sha256), sha256];
    assert!(hashes[0] != hashes[1] && hashes[0] != hashes[2] && hashes[1] != hashes[2]);
}
