//! Hostile bytes against every prover of videos: files cut at every byte, random damage, arbitrary bytes. Nothing may
//! panic or hang, and no file with bytes fewer may be proved.

use proptest::prelude::*;

use super::{CLEAN, VideoForm, clean, verdict};

#[test]
fn a_video_cut_at_any_byte_is_refused() {
    for &(name, form, ..) in CLEAN {
        let file = clean(name);
        for end in 0..file.len() {
            let cut = verdict(&file[..end], form, true);
            // Streams and pipes may end between two pictures; what is left is then a shorter clean video.
            let may_end = matches!(name, "h264.ts" | "hevc.ts" | "aac.ts" | "aac-pipe.mkv" | "opus-pipe.webm");
            let may_end = may_end || form == VideoForm::FragmentedMp4;
            assert!(cut.is_err() || may_end, "{name} cut at {end} of {}", file.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damage_anywhere_never_panics(
        which in 0..CLEAN.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let (name, form, ..) = CLEAN[which];
        let mut file = clean(name);
        for (index, byte) in edits {
            let at = index.index(file.len());
            file[at] = byte;
        }
        let _ = verdict(&file, form, true);
    }

    #[test]
    fn bytes_inserted_anywhere_never_panic(
        which in 0..CLEAN.len(),
        index in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let (name, form, ..) = CLEAN[which];
        let mut file = clean(name);
        let at = index.index(file.len());
        file.splice(at..at, bytes);
        prop_assert!(verdict(&file, form, true).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..600), which in 0..CLEAN.len()) {
        let (name, form, ..) = CLEAN[which];
        prop_assert!(verdict(&bytes, form, true).is_err());
        let head = &clean(name)[..40];
        prop_assert!(verdict(&[head, &bytes].concat(), form, true).is_err());
    }
}
