//! What a crash, a full disk or an earlier version left.

use super::*;

/// The trail cut off `short` bytes before its end, as a crash in the middle of the last row leaves it.
fn cut(place: &Place, short: usize) -> Vec<u8> {
    let whole = place.bytes();
    let cut = whole[..whole.len() - short].to_vec();
    place.put(&cut);
    cut
}

#[test]
fn a_row_cut_off_anywhere_is_sealed_by_the_next_run_and_is_no_tampering() {
    let place = Place::with(2);
    let whole = place.bytes();
    let length = place.lines().last().unwrap().len();
    for short in (2..length).step_by(7) {
        place.put(&whole);
        let torn = cut(&place, short);
        let chain = place.chain();
        assert_eq!((chain.broken, chain.rows, chain.torn), (None, 3, 0), "{short} bytes short");
        assert!(matches!(chain.tail, Tail::Torn { ended: false, .. }), "{short} bytes short");
        let mut trail = place.open();
        trail.append(NOW, run()).unwrap();
        let chain = place.chain();
        assert_eq!((chain.broken, chain.rows, chain.torn), (None, 5, 1), "{short} bytes short");
        assert!(place.bytes().starts_with(&torn), "nothing that was there was changed");
    }
}

#[test]
fn a_sealed_torn_line_can_not_be_changed_or_removed_either() {
    let place = Place::with(2);
    cut(&place, 30);
    drop(place.open());
    let lines = place.lines();
    assert_eq!(place.broken(), None);
    let put = |lines: &[Vec<u8>]| place.put(&lines.concat());
    for at in 0..lines[3].len() - 1 {
        let mut changed = lines.clone();
        changed[3][at] ^= 1;
        put(&changed);
        assert!(place.broken().is_some(), "byte {at}");
    }
    let mut removed = lines.clone();
    removed.remove(3);
    put(&removed);
    assert_eq!(place.broken(), Some((4, Why::Torn)));
    let mut doubled = lines.clone();
    doubled.insert(3, lines[3].clone());
    put(&doubled);
    assert_eq!(place.broken(), Some((6, Why::Torn)));
}

#[test]
fn a_row_that_lacks_only_the_end_of_its_line_counts() {
    let place = Place::with(2);
    let whole = place.bytes();
    cut(&place, 1);
    let chain = place.chain();
    assert_eq!((chain.broken, chain.rows, chain.tail), (None, 4, Tail::NotEnded));
    drop(place.open());
    assert_eq!(place.bytes(), whole);
}

#[test]
fn a_run_that_is_cut_off_while_it_seals_is_sealed_by_the_one_after() {
    let place = Place::with(2);
    cut(&place, 30);
    let torn = place.bytes();
    drop(place.open());
    let sealed = place.bytes();
    for length in (torn.len() + 1..sealed.len() - 1).step_by(11) {
        place.put(&sealed[..length]);
        drop(place.open());
        let chain = place.chain();
        assert_eq!((chain.broken, chain.rows), (None, 4), "{length} bytes");
        // The second line of the two is there only once a byte of it is.
        assert_eq!(chain.torn, if length == torn.len() + 1 { 1 } else { 2 }, "{length} bytes");
    }
}

#[test]
fn zeros_where_a_power_cut_left_them_are_torn_too() {
    let place = Place::with(2);
    let mut bytes = cut(&place, 40);
    bytes.extend([0; 25]);
    place.put(&bytes);
    assert!(matches!(place.chain().tail, Tail::Torn { ended: false, .. }));
    drop(place.open());
    let chain = place.chain();
    assert_eq!((chain.broken, chain.rows, chain.torn), (None, 4, 1));
}

#[test]
fn a_trail_that_was_cut_off_in_its_first_row_is_begun_anew_and_other_files_are_not() {
    let place = Place::with(0);
    let first = place.lines()[0].clone();
    for length in [1, 10, 17, 60, first.len() - 2] {
        place.put(&first[..length]);
        drop(place.open());
        let chain = place.chain();
        assert_eq!((chain.broken, chain.rows), (None, 1), "{length} bytes");
    }
    for text in ["{", "{\"a\": [", "notes\n", "{\"v\":3}\n", "[1]\n", "\n"] {
        place.put(text.as_bytes());
        let refused = matches!(place.try_open(), Err(AuditError::Broken { .. }));
        assert!(refused || text == "{", "{text}");
        assert!(place.bytes() == text.as_bytes() || text == "{", "{text}");
    }
}

#[test]
fn a_file_of_version_1_is_moved_aside_unchanged_and_named_by_its_hash() {
    let place = Place::new();
    let old = b"{\"v\":1,\"tool\":\"t\",\"outcome\":\"clean\"}\n{\"v\":1,\"to\n{\"v\":1,\"tool\":\"u\"}\n";
    place.put(old);
    let trail = place.open();
    let aside = earlier_file(&place.path());
    assert_eq!(std::fs::read(&aside).unwrap(), old);
    let rows = rows_of_version_1(trail.path()).unwrap();
    assert_eq!(rows.iter().map(|row| row["tool"].as_str().unwrap()).collect::<Vec<_>>(), ["t", "u"]);
    drop(trail);
    let What::Genesis(first) = &place.rows()[0].what else { panic!("the first row") };
    assert_eq!(first.earlier, Some(Earlier { sha256: sha256_hex(old), bytes: old.len() as u64 }));
    place.put(old);
    assert!(matches!(place.try_open(), Err(AuditError::TwoEarlier { .. })), "the older one is not replaced");
    assert_eq!(std::fs::read(&aside).unwrap(), old);
}

#[test]
fn a_torn_name_spoils_only_itself() {
    let place = Place::new();
    let path = names_file(&place.path());
    std::fs::write(&path, "{\"trail\":\"t\",\"ro").unwrap();
    let row = names::NameRow { trail: "t".to_owned(), row: 3, input: "a.jpg".to_owned(), outputs: Vec::new() };
    names::Names::open(&path).unwrap().append(&row).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(serde_json::from_str::<names::NameRow>(text.lines().last().unwrap()).unwrap(), row);
    assert_eq!(number_of(&path), 2);
}
