//! Hostile bytes against every walker: arbitrary ones, and clean files with random damage. Nothing may panic or hang,
//! and no file with bytes more or fewer may be proved.

use proptest::prelude::*;

use super::{Form, mutations::clean, prove, prove_any};

fn form() -> impl Strategy<Value = Form> {
    prop::sample::select(Form::ALL)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_are_refused_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), form in form()) {
        prop_assert!(prove(&bytes, form).is_err());
        prop_assert!(prove_any(&bytes).is_err());
    }

    #[test]
    fn damage_anywhere_never_panics(
        form in form(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = clean(form);
        for (index, byte) in edits {
            let at = index.index(file.len());
            file[at] = byte;
        }
        let _ = prove(&file, form);
    }

    #[test]
    fn a_file_cut_anywhere_is_refused(form in form(), index in any::<prop::sample::Index>()) {
        let file = clean(form);
        prop_assert!(prove(&file[..index.index(file.len())], form).is_err());
    }

    #[test]
    fn bytes_inserted_before_the_coded_picture_are_refused(
        form in form(),
        index in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut file = clean(form);
        // A byte more inside Huffman-coded data can make another whole picture; comparing pixels is not done here.
        let end = match form {
            Form::Jpeg => file.windows(2).position(|w| w == [0xFF, 0xDA]).expect("a scan"),
            Form::Png | Form::Apng | Form::Gif | Form::WebP => file.len(),
        };
        let at = index.index(end);
        file.splice(at..at, bytes);
        prop_assert!(prove(&file, form).is_err());
    }
}
