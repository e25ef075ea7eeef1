//! Reading codes with `rxing`: only to know that a code is there and where. What it says is dropped at once.
//!
//! The one file that names `rxing`. It is a port of a large reader, is fed pixels that anybody may have made, and has
//! places that panic; so every call is caught, and a panic means that nothing was read there. That is no loss: what a
//! reader cannot read may still be a code, and [`super::bars`], [`super::blocks`] and [`super::finder`] do not ask it.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, MultiFormatReader, Reader,
    common::HybridBinarizer,
};

use super::plane::Plane;

/// More pixels are not given to the reader: its time grows with them, and small ones come in cuts.
const PIXELS_MAX: usize = 2_000_000;

/// Codes along a line, and stacked ones.
const STRIPED: &[BarcodeFormat] = &[
    BarcodeFormat::CODE_128,
    BarcodeFormat::CODE_39,
    BarcodeFormat::CODE_93,
    BarcodeFormat::EAN_13,
    BarcodeFormat::EAN_8,
    BarcodeFormat::UPC_A,
    BarcodeFormat::UPC_E,
    BarcodeFormat::ITF,
    BarcodeFormat::CODABAR,
    BarcodeFormat::PDF_417,
];

/// Codes of blocks, in a cut.
const BLOCKS: &[BarcodeFormat] = &[
    BarcodeFormat::QR_CODE,
    BarcodeFormat::MICRO_QR_CODE,
    BarcodeFormat::RECTANGULAR_MICRO_QR_CODE,
    BarcodeFormat::DATA_MATRIX,
    BarcodeFormat::AZTEC,
];

/// Codes that correct errors, so that they are not read where there are none, and that the reader finds anywhere.
const ANYWHERE: &[BarcodeFormat] =
    &[BarcodeFormat::QR_CODE, BarcodeFormat::DATA_MATRIX, BarcodeFormat::AZTEC, BarcodeFormat::PDF_417];

/// What may be in the pixels that are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One code whose stripes stand upright.
    Stripes,
    /// One code of blocks.
    Blocks,
    /// Something somewhere.
    Anywhere,
}

/// The characteristic places of the code that can be read in `plane`, in its pixels: corners, or the middles of the
/// corner marks, or the ends of the line that was read. `None` where nothing can be read.
pub(super) fn read(plane: &Plane, kind: Kind) -> Option<Vec<[f32; 2]>> {
    // Some of its searches assume a few pixels on each side.
    if plane.width < 12 || plane.height < 12 || plane.width * plane.height > PIXELS_MAX {
        return None;
    }
    let formats = match kind {
        Kind::Stripes => STRIPED,
        Kind::Blocks => BLOCKS,
        Kind::Anywhere => ANYWHERE,
    };
    let hints = DecodeHints {
        PossibleFormats: Some(formats.iter().copied().collect()),
        // Stripes are upright and fill their cut: a few lines through the middle are enough.
        TryHarder: Some(kind != Kind::Stripes),
        AlsoInverted: Some(kind != Kind::Anywhere),
        ..DecodeHints::default()
    };
    quietly(|| {
        let source = Luma8LuminanceSource::new(plane.luma.clone(), plane.width as u32, plane.height as u32);
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let result = MultiFormatReader::default().decode_with_hints(&mut bitmap, &hints).ok()?;
        // Without check digits a few signs are read out of any fence.
        let unchecked = [BarcodeFormat::ITF, BarcodeFormat::CODABAR, BarcodeFormat::CODE_39, BarcodeFormat::UPC_E];
        let least = if unchecked.contains(result.getBarcodeFormat()) { 6 } else { 1 };
        (kind != Kind::Stripes || result.getText().len() >= least)
            .then(|| result.getPoints().iter().map(|p| [p.x, p.y]).collect())
    })
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`; a panic in it is nothing read.
fn quietly<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    static HOOK: Once = Once::new();
    // A panic's message may quote what was read, and the default hook prints it. The hook that was there is asked as
    // before about every other panic.
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                previous(info);
            }
        }));
    });
    QUIET.set(true);
    // Nothing that was touched inside is used afterwards.
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    QUIET.set(false);
    read.ok().flatten()
}

#[cfg(test)]
pub(super) mod print;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_panic_inside_is_nothing_read_and_one_outside_still_is_one() {
        assert_eq!(quietly(|| -> Option<u8> { panic!("secret") }), None);
        assert_eq!(quietly(|| Some(3)), Some(3));
        assert!(panic::catch_unwind(|| panic!("heard")).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn no_pixels_make_it_fail(width in 1usize..150, luma in prop::collection::vec(any::<u8>(), 1..6000), hard: bool) {
            let height = luma.len().div_ceil(width);
            let mut luma = luma;
            luma.resize(width * height, 255);
            if hard {
                luma.iter_mut().for_each(|v| *v = if *v < 128 { 0 } else { 255 });
            }
            let plane = Plane { width, height, luma };
            for kind in [Kind::Stripes, Kind::Blocks, Kind::Anywhere] {
                read(&plane, kind);
            }
        }
    }
}
