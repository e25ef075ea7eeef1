//! Hostile bytes against every listing walker: arbitrary ones behind each signature, and honest files with damage.
//! Nothing may panic, hang, or grow without bound.

use proptest::prelude::*;

use super::{exif, icc, list};

const STARTS: &[&[u8]] = &[
    b"\xFF\xD8",
    b"\xFF\xD8\xFF\xE1\x00\xF0Exif\0\0MM\0*\0\0\0\x08",
    b"\xFF\xD8\xFF\xE2\x00\xF0MPF\0II*\0\x08\0\0\0",
    b"\xFF\xD8\xFF\xED\x00\xF0Photoshop 3.0\08BIM\x04\x04",
    b"\x89PNG\r\n\x1A\n",
    b"\x89PNG\r\n\x1A\n\0\0\0\x40iTXt",
    b"RIFF\xFF\0\0\0WEBP",
    b"GIF89a",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"BM",
    b"\0\0\0\x0CJXL \r\n\x87\n",
    b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\xF0meta\0\0\0\0\0\0\0\x70iloc",
    b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\xF0meta\0\0\0\0\0\0\0\x70iinf",
];

fn honest() -> Vec<Vec<u8>> {
    let exif = exif::tests::block();
    let segment = |marker: u8, name: &[u8], body: &[u8]| {
        let length = (name.len() + body.len() + 2) as u16;
        [&[0xFF, marker][..], &length.to_be_bytes(), name, body].concat()
    };
    let profile = icc::tests::profile("a display");
    let jpeg = [
        vec![0xFF, 0xD8],
        segment(0xE1, b"Exif\0\0", &exif),
        segment(0xE2, b"ICC_PROFILE\0\x01\x01", &profile),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0", b"<x dc:creator='Ann'/>"),
        vec![0xFF, 0xD9],
    ]
    .concat();
    vec![jpeg, exif]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn arbitrary_bytes_are_listed_without_a_panic(
        start in prop::sample::select(STARTS),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        list(&bytes);
        list(&[start, &bytes].concat());
    }

    #[test]
    fn small_numbers_which_look_like_lengths_are_listed_without_a_panic(
        start in prop::sample::select(STARTS),
        bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(8), Just(255), 0u8..40], 0..600),
    ) {
        list(&[start, &bytes].concat());
    }

    #[test]
    fn honest_files_with_damage_are_listed_without_a_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        for mut file in honest() {
            for (index, byte) in &edits {
                let at = index.index(file.len());
                file[at] = *byte;
            }
            list(&file);
            list(&file[..cut.index(file.len())]);
        }
    }
}

#[test]
fn directories_that_overlap_to_look_endless_are_refused_quickly() {
    // Every directory of 65,535 entries points to 64 more, each two bytes further on.
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    for i in 0..200_000u32 {
        file.extend([&[0xFF, 0xFF, 0x4A, 0x01][..], &[4, 0, 64, 0], &i.to_le_bytes()].concat());
    }
    let begun = std::time::Instant::now();
    assert!(list(&file).entries.iter().any(|e| e.place.ends_with("(unreadable)")));
    assert!(begun.elapsed().as_secs() < 5);
}
