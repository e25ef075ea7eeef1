//! The tests of the items of HEIF, apart because of the file that they build.

use super::*;

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

fn infe(id: u8, flags: u8, kind: &[u8; 4], rest: &[u8]) -> Vec<u8> {
    boxed(b"infe", &[&[2, 0, 0, flags, 0, id, 0, 0][..], kind, rest].concat())
}

fn reference(kind: &[u8; 4], from: u8, to: u8) -> Vec<u8> {
    boxed(kind, &[0, from, 0, 1, 0, to])
}

/// Primary 1 (a grid of tile 2), thumbnail 3, gain map 4, hidden picture 5, Exif 6 in `idat`.
fn file() -> Vec<u8> {
    let exif = [&[0; 4][..], &exif::tests::block()].concat();
    let infes = [
        infe(1, 0, b"grid", b"\0"),
        infe(2, 1, b"hvc1", b"\0"),
        infe(3, 0, b"hvc1", b"\0"),
        infe(4, 1, b"hvc1", b"\0"),
        infe(5, 1, b"hvc1", b"Jane\0"),
        infe(6, 1, b"Exif", b"\0"),
    ]
    .concat();
    let irefs =
        [reference(b"dimg", 1, 2), reference(b"thmb", 3, 1), reference(b"auxl", 4, 1), reference(b"cdsc", 6, 1)]
            .concat();
    let ipco = [
        boxed(b"ispe", &[0, 0, 0, 0, 0, 0, 0, 160, 0, 0, 0, 120]),
        boxed(b"auxC", b"\0\0\0\0urn:com:apple:photo:2020:aux:hdrgainmap\0"),
        boxed(b"irot", &[3]),
    ]
    .concat();
    let ipma = [0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 1, 1, 0, 4, 2, 1, 0x82];
    let iloc =
        [&[1, 0, 0, 0, 0x44, 0, 0, 1, 0, 6, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0][..], &(exif.len() as u32).to_be_bytes()];
    let meta = [
        vec![0; 4],
        boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
        boxed(b"iinf", &[&[0, 0, 0, 0, 0, 6][..], &infes].concat()),
        boxed(b"iref", &[&[0; 4][..], &irefs].concat()),
        boxed(b"iprp", &[boxed(b"ipco", &ipco), boxed(b"ipma", &ipma)].concat()),
        boxed(b"iloc", &iloc.concat()),
        boxed(b"idat", &exif),
    ]
    .concat();
    [boxed(b"ftyp", b"heic\0\0\0\0"), boxed(b"meta", &meta), boxed(b"uuid", &[7; 20])].concat()
}

#[test]
fn every_item_that_is_not_the_picture_is_listed() {
    let mut notes = Notes::default();
    list(&file(), &mut notes);
    let entries = notes.into_entries();
    let value = |place: &str| {
        let entry =
            entries.iter().find(|e| e.place == place).unwrap_or_else(|| panic!("{place} not in {entries:?}"));
        entry.value.as_ref().map(|v| v.expose().clone()).unwrap_or_default()
    };
    assert_eq!(value("HEIF thumbnail"), "160 x 120 pixels");
    assert_eq!(value("HEIF gain map"), "160 x 120 pixels");
    assert_eq!(
        value("HEIF Exif GPS position"),
        "51.5074° N, 0.1278° W, to less than a metre, in or near London, England (GB)"
    );
    assert_eq!(value("HEIF item name"), "Jane");
    value("HEIF hidden picture");
    value("HEIF uuid box");
    value("HEIF turn");
    assert_eq!(
        entries.iter().filter(|e| e.place.ends_with("picture")).count(),
        1,
        "a tile was taken for a picture"
    );
}

#[test]
fn a_file_cut_anywhere_is_still_listed() {
    let file = file();
    for end in 8..file.len() {
        let mut notes = Notes::default();
        list(&file[..end], &mut notes);
        assert!(!notes.into_entries().is_empty() || end == 16);
    }
}
