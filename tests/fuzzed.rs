//! The whole way of a picture, from bytes to a proved output, over small files that are damaged, the same ones every
//! time: the short form of the fuzzer's target `clean_picture`. Only formats whose decoders are written in Rust: the
//! others are for workers, who may crash.

#[path = "support/damage.rs"]
mod damage;
#[path = "../fuzz/src/whole.rs"]
mod whole;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use damage::{Dice, damage, mend_png};
use whole::{End, clean};

/// Small, and of every kind of coding. All are made by `tests/fixtures/generate.py`.
const FILES: &[&str] = &[
    "orientation-6.jpg",
    "progressive.jpg",
    "restarts.jpg",
    "chroma-420.jpg",
    "cmyk-adobe.jpg",
    "grey.jpg",
    "palette-transparent.png",
    "interlaced.png",
    "grey-16.png",
    "animated.png",
    "animated-hidden-default.png",
    "lossless-alpha.webp",
    "animated.webp",
    "metadata-everywhere.webp",
    "disposals.gif",
    "hidden-frame.gif",
    "one-bit.tiff",
    "metadata-orientation-6.tiff",
    "plain.bmp",
    "lossless.jxl",
];

/// Damaged copies of each.
const COPIES: usize = 400;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

#[test]
fn a_damaged_picture_is_refused_or_becomes_a_proved_output_without_the_face() {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let (mut slowest, mut clean_ones) = ((Duration::ZERO, String::new()), BTreeMap::new());
    for name in FILES {
        let whole = fs::read(fixtures().join(name)).unwrap();
        assert_eq!(clean(&whole), End::Clean, "{name}");
        for kind in 0..COPIES {
            let mut bytes = damage(&whole, kind, &mut dice);
            // Twice, or three times: what one fault makes impossible, two may not.
            for _ in 0..kind % 3 {
                bytes = if bytes.is_empty() { bytes } else { damage(&bytes, 1, &mut dice) };
            }
            if name.ends_with(".png") {
                mend_png(&mut bytes);
            }
            let begun = Instant::now();
            let end = clean(&bytes);
            let took = begun.elapsed();
            *clean_ones.entry(end == End::Clean).or_insert(0) += 1;
            if took > slowest.0 {
                slowest = (took, format!("{name}, damage {kind}"));
            }
        }
    }
    println!("clean or not: {clean_ones:?}, slowest {slowest:?}");
    assert!(clean_ones.len() == 2, "some are refused and some are clean: {clean_ones:?}");
    assert!(slowest.0 < Duration::from_secs(5), "{slowest:?}");
}

/// A JPEG XL header of 36 bytes whose colours make jxl-render 0.12.4 panic; found by the fuzzer.
#[test]
fn a_picture_that_makes_its_decoder_panic_is_refused() {
    let mut bytes = b"\xFF\x0AMM\x0C+\x0AIIM\0\0\0MZ\0\0\0@\0\0\0\0 \0.\0\0\0\0\0".to_vec();
    bytes.extend(b"\xFF\x0A\xFF\x0A\0");
    assert_eq!(clean(&bytes), End::Refused);
}

#[test]
#[ignore = "writes fuzz/corpus, from which the fuzzer starts"]
fn seeds_for_the_fuzzer() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/clean_picture");
    fs::create_dir_all(&corpus).unwrap();
    for name in FILES {
        fs::copy(fixtures().join(name), corpus.join(name)).unwrap();
    }
}
