//! Videos that give things away: every place has a row, and each must be listed with its class and with what it says.
//! Hostile bytes must give a list, never a panic.

mod rows;

use std::io::Cursor;

use proptest::prelude::*;

use super::{
    Listing,
    Reveals::{self, Device, Person, Place, SecondPicture},
    list_video,
};
use crate::metadata::plant::fixture;

/// What is planted, the file, and what must be listed: where, of which class, and a part of what it says.
type Row = (&'static str, Vec<u8>, &'static str, Reveals, &'static str);

const CLEAN: [&str; 18] = [
    "h264.mp4",
    "hevc.mp4",
    "vp9.mp4",
    "odd.mp4",
    "odd-hevc.mp4",
    "aac.mp4",
    "fragments.mp4",
    "fragments-aac.mp4",
    "h264.mkv",
    "hevc.mkv",
    "odd.mkv",
    "aac-pipe.mkv",
    "vp9.webm",
    "opus.webm",
    "opus-pipe.webm",
    "h264.ts",
    "hevc.ts",
    "aac.ts",
];
const TELLING: [&str; 7] =
    ["tells.mp4", "tells.3gp", "keys.mov", "trimmed.mp4", "tells.mkv", "tells.avi", "tells.ts"];

fn listed(bytes: &[u8]) -> Listing {
    list_video(&mut Cursor::new(bytes))
}

#[test]
fn every_planted_thing_is_listed_with_its_class_and_what_it_says() {
    let rows = rows::rows();
    let mut missed = Vec::new();
    for (planted, file, place, class, said) in &rows {
        let listing = listed(file);
        let found = listing.entries.iter().any(|e| {
            let value = e.value.as_ref().map_or("", |v| v.expose().as_str());
            e.place == *place && e.class == *class && value.contains(said)
        });
        if !found {
            let all: Vec<_> =
                listing.entries.iter().map(|e| (&e.place, e.class, e.value.as_ref().map(|v| v.expose()))).collect();
            missed.push(format!("{planted}: no {place:?} ({class:?}, {said:?}) in {all:?}"));
        }
    }
    assert!(missed.is_empty(), "{} of {} not listed:\n{}", missed.len(), rows.len(), missed.join("\n"));
}

#[test]
fn a_clean_video_gives_nothing_away_but_its_sound() {
    for name in CLEAN {
        let listing = listed(&fixture(name));
        assert!(listing.format.is_some(), "{name}");
        let sound = name.starts_with("aac") || name.starts_with("opus") || name.ends_with("aac.mp4");
        let places: Vec<_> = listing.entries.iter().map(|e| e.place.as_str()).collect();
        assert_eq!(places.len(), usize::from(sound), "{name}: {places:?}");
        assert!(places.iter().all(|p| p.contains("sound")), "{name}: {places:?}");
    }
}

#[test]
fn the_worst_things_are_of_the_worst_classes() {
    let has = |name: &str, class| listed(&fixture(name)).of(class).count();
    assert!(has("tells.mp4", Place) > 0 && has("tells.mp4", Person) > 0 && has("tells.mp4", Device) > 0);
    assert_eq!((has("trimmed.mp4", SecondPicture), has("trimmed.mp4", Place)), (1, 0));
    let listing = listed(&fixture("tells.mp4"));
    let json = serde_json::to_string(&listing).expect("serialises");
    assert!(!json.contains("CANARY") && !format!("{listing:?}").contains("CANARY"));
}

#[test]
fn a_file_that_is_no_video_has_no_format() {
    for bytes in [&b""[..], b"%PDF-1.7", b"\0\0\0\x18ftypheic\0\0\0\0", b"\xFF\xD8\xFF\xE0", b"RIFF\0\0\0\0WAVE"] {
        assert_eq!((listed(bytes).format, listed(bytes).entries.len()), (None, 1), "{bytes:?}");
    }
}

#[test]
fn a_video_cut_anywhere_is_listed_without_a_panic() {
    for name in CLEAN.iter().chain(&TELLING) {
        let file = fixture(name);
        for end in (0..file.len()).step_by(if file.len() > 4000 { 7 } else { 1 }) {
            listed(&file[..end]);
        }
    }
}

#[test]
fn tables_that_lie_about_their_length_are_listed_quickly() {
    let begun = std::time::Instant::now();
    for (_, file, ..) in rows::lies() {
        listed(&file);
    }
    assert!(begun.elapsed().as_secs() < 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damage_anywhere_is_listed_without_a_panic(
        which in 0..CLEAN.len() + TELLING.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        let name = CLEAN.iter().chain(&TELLING).nth(which).expect("a name");
        let mut file = fixture(name);
        for (index, byte) in edits {
            let at = index.index(file.len());
            file[at] = byte;
        }
        listed(&file);
    }

    #[test]
    fn arbitrary_bytes_behind_a_beginning_are_listed_without_a_panic(
        which in 0..CLEAN.len() + TELLING.len(),
        keep in 0usize..300,
        bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(255), any::<u8>()], 0..600),
    ) {
        let name = CLEAN.iter().chain(&TELLING).nth(which).expect("a name");
        let file = fixture(name);
        listed(&[&file[..keep.min(file.len())], &bytes].concat());
    }
}
