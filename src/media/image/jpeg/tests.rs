//! Tests of the JPEG reader against files of an independent encoder. Separate only for its length.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::super::fixtures::{cut_anywhere, difference, picture, read, read_still};
use crate::error::MediaError;

fn encode(width: u32, height: u32, set: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    set(&mut encoder);
    let picture = picture(width, height, 0);
    encoder.encode(picture.as_raw(), width as u16, height as u16, ColorType::Rgb).unwrap();
    file
}

/// The kinds of JPEG that phones, cameras and web sites write.
fn kinds() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("4:2:0", encode(45, 37, |e| e.set_sampling_factor(SamplingFactor::R_4_2_0))),
        ("4:2:2", encode(45, 37, |e| e.set_sampling_factor(SamplingFactor::R_4_2_2))),
        ("4:4:4", encode(45, 37, |e| e.set_sampling_factor(SamplingFactor::R_4_4_4))),
        ("4:1:1", encode(45, 37, |e| e.set_sampling_factor(SamplingFactor::R_4_1_1))),
        ("own tables", encode(45, 37, |e| e.set_optimized_huffman_tables(true))),
        ("restarts", encode(45, 37, |e| e.set_restart_interval(2))),
        ("progressive", encode(45, 37, |e| e.set_progressive(true))),
        ("progressive with restarts", {
            encode(45, 37, |e| {
                e.set_progressive(true);
                e.set_restart_interval(3);
            })
        }),
    ]
}

fn inks(kind: ColorType) -> Vec<u8> {
    // Four stripes of pure ink, and bare paper.
    let row: Vec<u8> = [[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255], [0; 4]]
        .iter()
        .flat_map(|ink: &[u8; 4]| ink.repeat(16))
        .collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 98);
    encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    encoder.encode(&row.repeat(16), 80, 16, kind).unwrap();
    file
}

/// Offset of the first coded byte: behind the first SOS segment.
fn first_coded(file: &[u8]) -> usize {
    let sos = file.windows(2).position(|w| w == [0xFF, 0xDA]).unwrap();
    sos + 2 + usize::from(file[sos + 3])
}

#[test]
fn every_kind_shows_the_picture_it_was_made_from() {
    for (name, file) in kinds() {
        let got = difference(&read_still(&file), &picture(45, 37, 0));
        assert!(got < 4.0, "{name}: {got}");
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error_never_a_grey_picture() {
    for (name, file) in kinds() {
        cut_anywhere(name, &file);
        for end in 0..file.len() {
            assert!(read(&file[..end]).is_err(), "{name}: cut at {end} it is still read");
        }
    }
}

#[test]
fn coded_data_cut_short_before_a_proper_end_marker_is_an_error() {
    for (name, file) in kinds() {
        let start = first_coded(&file);
        for end in (start..file.len() - 3).step_by(7) {
            let mut cut = file[..end].to_vec();
            cut.extend([0xFF, 0xD9]);
            assert!(matches!(read(&cut), Err(MediaError::Damaged { .. })), "{name}: cut at {end}");
        }
    }
}

#[test]
fn a_hole_in_the_coded_data_is_an_error() {
    let file = encode(300, 200, |e| e.set_sampling_factor(SamplingFactor::R_4_2_0));
    let start = first_coded(&file);
    let third = (file.len() - start) / 3;
    let holed = [&file[..start + third], &file[start + 2 * third..]].concat();
    assert!(matches!(read(&holed), Err(MediaError::Damaged { .. })));
}

#[test]
fn flipped_bits_never_panic_and_never_change_the_size() {
    for (_, file) in kinds() {
        for bit in (16..file.len() * 8).step_by(53) {
            let mut rotten = file.clone();
            rotten[bit / 8] ^= 1 << (bit % 8);
            if let Ok((info, frames)) = read(&rotten) {
                let shown = &frames[0].0;
                assert_eq!((info.size.width, info.size.height), shown.dimensions());
            }
        }
    }
}

#[test]
fn ink_becomes_light_in_cmyk_and_ycck() {
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let shown = read_still(&inks(kind));
        let want = [[0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0], [255, 255, 255]];
        for (i, want) in want.iter().enumerate() {
            let got = shown.get_pixel(i as u32 * 16 + 8, 8).0;
            assert!(got.iter().zip(want).all(|(a, b)| a.abs_diff(*b) < 8), "{kind:?} stripe {i}: {got:?}");
        }
    }
}

#[test]
fn ink_files_cut_anywhere_are_errors() {
    cut_anywhere("CMYK", &inks(ColorType::Cmyk));
    cut_anywhere("YCCK", &inks(ColorType::CmykAsYcck));
}

#[test]
fn grey_stays_grey() {
    let mut file = Vec::new();
    let gray: Vec<u8> = (0..40 * 30).map(|i| (i % 200) as u8).collect();
    Encoder::new(&mut file, 100).encode(&gray, 40, 30, ColorType::Luma).unwrap();
    let shown = read_still(&file);
    assert!(shown.pixels().zip(&gray).all(|(p, &g)| p.0[0] == p.0[2] && p.0[0].abs_diff(g) < 6));
    cut_anywhere("grey", &file);
}

#[test]
fn what_follows_the_picture_is_reported() {
    let mut file = encode(16, 16, |_| {});
    file.extend(b"a motion photo");
    let (info, frames) = read(&file).unwrap();
    assert_eq!(info.dropped, ["14 bytes after the end of the picture"]);
    assert_eq!(frames.len(), 1);
}

#[test]
fn exif_turns_the_picture_once() {
    let upright = picture(48, 32, 0);
    // Stored as a camera held upright would: the scene's right column first (orientation 6).
    let stored = image::imageops::rotate270(&upright);
    let tag = [0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0];
    let exif = [b"II*\0\x08\0\0\0\x01\0".as_slice(), &tag, &[0; 4]].concat();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    encoder.add_exif_metadata(&exif).unwrap();
    encoder.encode(stored.as_raw(), 32, 48, ColorType::Rgb).unwrap();
    let (info, frames) = read(&file).unwrap();
    assert_eq!((info.size.width, info.size.height), (48, 32));
    assert!(difference(&frames[0].0, &upright) < 4.0);
}

#[test]
fn arithmetic_coding_is_refused_by_name() {
    let mut file = encode(16, 16, |_| {});
    let sof = file.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    file[sof + 1] = 0xC9;
    assert!(matches!(read(&file), Err(MediaError::UnsupportedFeature { .. })));
}

#[test]
fn a_header_that_promises_too_much_is_refused_at_once() {
    let mut file = encode(16, 16, |_| {});
    let sof = file.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    file[sof + 5..sof + 9].fill(0xFF);
    assert!(matches!(read(&file), Err(MediaError::TooLarge { option: "max_pixels", .. })));
}
