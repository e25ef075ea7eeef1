//! Tests of the writers: what they write is read back by the readers, and holds nothing but what its profile allows.
//! Separate only for its length.

use std::time::Duration;

use image::{Rgb, RgbImage};

use super::super::fixtures::{difference, picture, read, read_still, write};
use super::{OutputFormat, OutputOptions};
use crate::{
    frame::{Frame, TimedFrame},
    geom::Size,
    media::{Format, Kind, SourceInfo},
};

fn still(format: OutputFormat, picture: &RgbImage) -> Vec<u8> {
    write(format, OutputOptions::default(), &[(picture.clone(), Duration::ZERO)])
}

/// Names of a PNG's chunks, repeats folded.
fn chunks(file: &[u8]) -> Vec<String> {
    let (mut names, mut at) = (Vec::<String>::new(), 8);
    while at < file.len() {
        let length = u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
        let name = String::from_utf8(file[at + 4..at + 8].to_vec()).unwrap();
        if names.last() != Some(&name) {
            names.push(name);
        }
        at += length + 12;
    }
    names
}

/// Markers of a JPEG up to its coded data.
fn markers(file: &[u8]) -> Vec<u8> {
    let (mut found, mut at) = (Vec::new(), 2);
    while found.last() != Some(&0xDA) {
        found.push(file[at + 1]);
        at += 2 + (usize::from(file[at + 2]) << 8 | usize::from(file[at + 3]));
    }
    found
}

#[test]
fn a_jpeg_holds_one_baseline_picture_and_a_bare_jfif_header() {
    let picture = picture(61, 47, 3);
    let file = still(OutputFormat::Jpeg, &picture);
    assert_eq!(markers(&file), [0xE0, 0xC0, 0xDB, 0xDB, 0xC4, 0xC4, 0xC4, 0xC4, 0xDA]);
    // APP0: length 16, version 1.2, no density unit, 1 by 1, no thumbnail.
    assert_eq!(file[2..20], *b"\xFF\xE0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    let frame_header = file.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    // 4:2:0: the first plane sampled 2 by 2, the others 1 by 1.
    assert_eq!([file[frame_header + 11], file[frame_header + 14], file[frame_header + 17]], [0x22, 0x11, 0x11]);
    assert_eq!(file[file.len() - 2..], [0xFF, 0xD9]);
    assert!(difference(&read_still(&file), &picture) < 3.0);
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    for format in [OutputFormat::Jpeg, OutputFormat::Png, OutputFormat::Gif, OutputFormat::Apng] {
        assert_eq!(still(format, &picture(33, 21, 9)), still(format, &picture(33, 21, 9)), "{format:?}");
    }
}

#[test]
fn a_lower_quality_makes_a_smaller_jpeg() {
    let frames = [(picture(200, 150, 0), Duration::ZERO)];
    let sizes: Vec<usize> = [30, 60, 90]
        .iter()
        .map(|&quality| write(OutputFormat::Jpeg, OutputOptions { quality, loops: None }, &frames).len())
        .collect();
    assert!(sizes.is_sorted_by(|a, b| a < b), "{sizes:?}");
}

#[test]
fn a_png_holds_three_kinds_of_chunk_and_every_pixel() {
    let picture = picture(61, 47, 3);
    let file = still(OutputFormat::Png, &picture);
    assert_eq!(chunks(&file), ["IHDR", "IDAT", "IEND"]);
    assert_eq!(read_still(&file), picture);
}

#[test]
fn an_animated_png_keeps_every_pixel_duration_and_the_number_of_plays() {
    let frames: Vec<_> =
        (0..4).map(|i| (picture(20, 16, i * 40), Duration::from_millis(u64::from(i) * 33))).collect();
    let file = write(OutputFormat::Apng, OutputOptions { loops: Some(3), ..OutputOptions::default() }, &frames);
    let (info, got) = read(&file).unwrap();
    assert_eq!((info.kind, info.frames, info.loops), (Kind::Animation, Some(4), Some(3)));
    assert!(info.dropped.is_empty());
    assert_eq!(got, frames);
    let names = chunks(&file);
    assert!(
        names.iter().all(|n| ["IHDR", "acTL", "fcTL", "IDAT", "fdAT", "IEND"].contains(&n.as_str())),
        "{names:?}"
    );
}

#[test]
fn an_animated_gif_keeps_durations_plays_and_up_to_256_colours() {
    let flat = |v: u8| RgbImage::from_fn(20, 16, |x, _| Rgb([v, (x * 12) as u8, 7]));
    let frames: Vec<_> = (0..3).map(|i| (flat(i * 90), Duration::from_millis(u64::from(i) * 50))).collect();
    for loops in [None, Some(1), Some(5)] {
        let file = write(OutputFormat::Gif, OutputOptions { loops, ..OutputOptions::default() }, &frames);
        let (info, got) = read(&file).unwrap();
        assert_eq!((info.kind, info.loops), (Kind::Animation, loops));
        assert_eq!(got, frames);
    }
}

#[test]
fn frames_of_another_size_and_second_stills_are_refused() {
    let frame = |w| TimedFrame { frame: Frame::new(picture(w, 8, 0)).into_redacted(), duration: Duration::ZERO };
    for format in [OutputFormat::Gif, OutputFormat::Apng] {
        let mut sink = format.sink(OutputOptions::default());
        sink.push(frame(8)).unwrap();
        assert!(sink.push(frame(9)).is_err());
    }
    for format in [OutputFormat::Jpeg, OutputFormat::Png] {
        let mut sink = format.sink(OutputOptions::default());
        sink.push(frame(8)).unwrap();
        assert!(sink.push(frame(8)).is_err());
        assert!(format.sink(OutputOptions::default()).finish().is_err());
    }
}

#[test]
fn a_picture_too_wide_for_jpeg_is_refused() {
    let mut sink = OutputFormat::Jpeg.sink(OutputOptions::default());
    let wide = Frame::new(RgbImage::new(65_536, 1)).into_redacted();
    assert!(sink.push(TimedFrame { frame: wide, duration: Duration::ZERO }).is_err());
}

#[test]
fn the_output_format_follows_how_the_input_was_coded() {
    let info = |format, kind, lossless| SourceInfo {
        format,
        kind,
        size: Size::new(1, 1),
        frames: None,
        lossless,
        loops: None,
        dropped: Vec::new(),
    };
    for (format, kind, lossless, want) in [
        (Format::Jpeg, Kind::Still, false, OutputFormat::Jpeg),
        (Format::Heif, Kind::Still, false, OutputFormat::Jpeg),
        (Format::Png, Kind::Still, true, OutputFormat::Png),
        (Format::Tiff, Kind::Pages, true, OutputFormat::Png),
        (Format::Tiff, Kind::Pages, false, OutputFormat::Jpeg),
        (Format::Gif, Kind::Still, true, OutputFormat::Png),
        (Format::Gif, Kind::Animation, true, OutputFormat::Gif),
        (Format::WebP, Kind::Animation, false, OutputFormat::Apng),
        (Format::Png, Kind::Animation, true, OutputFormat::Apng),
    ] {
        let chosen = OutputFormat::choose(&info(format, kind, lossless));
        assert_eq!(chosen, want);
        assert!(!chosen.extension().is_empty());
    }
}
