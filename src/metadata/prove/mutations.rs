//! The proof of the prover: from a clean file of every form, one forbidden thing at a time is planted, one row each,
//! and every row must be caught, for the reason that the row gives.

mod rows;

use image::{
    ColorType, ExtendedColorType, ImageEncoder, RgbImage,
    codecs::{png::PngEncoder, webp::WebPEncoder},
};

use super::{Fault, Form, Proof, prove, prove_any};
use crate::{geom::Size, metadata::sum};

const SIZE: Size = Size::new(33, 20);

/// A picture with some detail, so that no part of the coded data is trivial.
pub(super) fn picture(seed: u32) -> RgbImage {
    RgbImage::from_fn(SIZE.width, SIZE.height, |x, y| {
        let v = (x * 7 + y * 13 + seed * 31) ^ (x * y);
        image::Rgb([v as u8, (v >> 1) as u8, (x * 8) as u8])
    })
}

fn jpeg(set: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 85);
    set(&mut encoder);
    encoder
        .encode(&picture(0), SIZE.width as u16, SIZE.height as u16, jpeg_encoder::ColorType::Rgb)
        .expect("encodes");
    out
}

fn png(seed: u32) -> Vec<u8> {
    let mut out = Vec::new();
    PngEncoder::new(&mut out)
        .write_image(&picture(seed), SIZE.width, SIZE.height, ColorType::Rgb8.into())
        .expect("encodes");
    out
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_be_bytes();
    [&length[..], kind, data, &sum::crc32(&[kind, data]).to_be_bytes()].concat()
}

/// The compressed data of a PNG with one IDAT.
fn idat(png: &[u8]) -> &[u8] {
    &png[41..png.len() - 16]
}

/// A PNG with that header and those chunks.
fn png_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png(0)[..33], &chunks.concat(), &chunk(b"IEND", &[])].concat()
}

fn fctl(sequence: u32, width: u32, x: u32, delay: u16, ops: [u8; 2]) -> Vec<u8> {
    let numbers = [sequence, width, SIZE.height, x, 0].map(u32::to_be_bytes).concat();
    chunk(b"fcTL", &[&numbers[..], &delay.to_be_bytes(), &100u16.to_be_bytes(), &ops].concat())
}

fn actl(frames: u32) -> Vec<u8> {
    chunk(b"acTL", &[frames.to_be_bytes(), [0; 4]].concat())
}

fn fdat(sequence: u32, data: &[u8]) -> Vec<u8> {
    chunk(b"fdAT", &[&sequence.to_be_bytes(), data].concat())
}

fn apng_with(second: Vec<u8>) -> Vec<u8> {
    let (a, b) = (png(0), png(1));
    png_of(&[actl(2), fctl(0, SIZE.width, 0, 10, [0, 0]), chunk(b"IDAT", idat(&a)), second, fdat(2, idat(&b))])
}

fn gif(frames: u32, delay_ms: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = gif::Encoder::new(&mut out, SIZE.width as u16, SIZE.height as u16, &[]).expect("encodes");
    encoder.set_repeat(gif::Repeat::Infinite).expect("sets");
    for seed in 0..frames {
        let indices: Vec<u8> = picture(seed).pixels().map(|p| p.0[0]).collect();
        // What no pixel uses is black, and the table is full, so that every index is a colour.
        let colour = |i: u8| if indices.contains(&i) { [i, i / 2, 255 - i] } else { [0; 3] };
        let palette: Vec<u8> = (0..=255).flat_map(colour).collect();
        let mut frame = gif::Frame { palette: Some(palette), buffer: indices.into(), ..gif::Frame::default() };
        (frame.width, frame.height, frame.delay) = (SIZE.width as u16, SIZE.height as u16, (delay_ms / 10) as u16);
        encoder.write_frame(&frame).expect("encodes");
    }
    drop(encoder);
    out
}

fn webp() -> Vec<u8> {
    let mut out = Vec::new();
    WebPEncoder::new_lossless(&mut out)
        .encode(&picture(0), SIZE.width, SIZE.height, ExtendedColorType::Rgb8)
        .expect("encodes");
    out
}

/// The clean file of a form, as the encoders here write it.
pub(super) fn clean(form: Form) -> Vec<u8> {
    match form {
        Form::Jpeg => jpeg(|_| ()),
        Form::Png => png(0),
        Form::Apng => apng_with(fctl(1, SIZE.width, 0, 10, [0, 0])),
        Form::Gif => gif(3, 100),
        Form::WebP => webp(),
    }
}

fn at(bytes: &[u8], needle: &[u8]) -> usize {
    bytes.windows(needle.len()).position(|w| w == needle).expect("the clean file has it")
}

/// `clean` with `bytes` inserted at `offset`, counted from the end when negative.
fn insert(form: Form, offset: isize, bytes: &[u8]) -> Vec<u8> {
    let mut file = clean(form);
    let at = if offset < 0 { file.len() - offset.unsigned_abs() } else { offset as usize };
    file.splice(at..at, bytes.iter().copied());
    file
}

fn edit(form: Form, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut file = clean(form);
    change(&mut file);
    file
}

/// A JPEG segment after the JFIF one.
fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    insert(Form::Jpeg, 20, &[&[0xFF, marker], &length[..], body].concat())
}

/// A PNG chunk between header and picture.
fn with_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    insert(Form::Png, 33, &chunk(kind, data))
}

/// A WebP chunk after the picture, with the container's length put right.
fn with_riff(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    edit(Form::WebP, |f| {
        f.extend([&kind[..], &(body.len() as u32).to_le_bytes(), body].concat());
        let length = (f.len() as u32 - 8).to_le_bytes();
        f[4..8].copy_from_slice(&length);
    })
}

/// A zlib stream of stored blocks.
fn stored(rows: &[u8]) -> Vec<u8> {
    let mut sum = sum::Adler::new();
    sum.add(rows);
    let length = rows.len() as u16;
    [&[0x78, 1, 1][..], &length.to_le_bytes(), &(!length).to_le_bytes(), rows, &sum.value().to_be_bytes()].concat()
}

#[test]
fn every_clean_output_is_proved_with_its_size_and_frames() {
    let frames = |form| match form {
        Form::Jpeg | Form::Png | Form::WebP => 1,
        Form::Apng => 2,
        Form::Gif => 3,
    };
    for &form in Form::ALL {
        let expected = Ok(Proof { size: SIZE, frames: frames(form) });
        assert_eq!(prove(&clean(form), form), expected);
        assert_eq!(prove_any(&clean(form)), expected);
    }
    assert_eq!(prove(&gif(1, 0), Form::Gif), Ok(Proof { size: SIZE, frames: 1 }));
}

#[test]
fn every_jpeg_profile_of_the_encoder_is_proved() {
    use jpeg_encoder::SamplingFactor::{F_1_1, F_2_1, F_2_2, F_4_1, F_4_2};
    for sampling in [F_1_1, F_2_1, F_2_2, F_4_1, F_4_2] {
        for (optimized, restart) in [(false, 0), (true, 0), (false, 2), (false, 5)] {
            let file = jpeg(|e| {
                e.set_sampling_factor(sampling);
                e.set_optimized_huffman_tables(optimized);
                e.set_restart_interval(restart);
            });
            assert_eq!(
                prove(&file, Form::Jpeg),
                Ok(Proof { size: SIZE, frames: 1 }),
                "{sampling:?} {optimized} {restart}"
            );
        }
    }
}

#[test]
fn every_planted_thing_is_caught_for_the_right_reason() {
    let rows = rows::rows();
    let missed: Vec<_> = rows
        .iter()
        .filter_map(|(planted, form, file, expected)| {
            let verdict = prove(file, *form);
            let caught = matches!(verdict, Err(v) if v.fault == *expected);
            (!caught).then(|| format!("{}: {planted}: {verdict:?}, expected {expected:?}", form.name()))
        })
        .collect();
    assert!(missed.is_empty(), "{} of {} not caught as expected:\n{}", missed.len(), rows.len(), missed.join("\n"));
}

#[test]
fn a_file_of_any_other_form_is_refused() {
    for bytes in [&b""[..], b"%PDF-1.7", b"II*\0", b"\0\0\0\x18ftypheic", b"BM", b"\0"] {
        assert!(prove_any(bytes).is_err());
        assert!(Form::ALL.iter().all(|&form| prove(bytes, form).is_err()));
    }
    for &form in Form::ALL {
        for &other in Form::ALL.iter().filter(|&&other| other != form) {
            assert!(prove(&clean(form), other).is_err(), "{} passed as {}", form.name(), other.name());
        }
    }
}
