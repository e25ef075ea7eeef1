//! Pictures and files made in memory for the tests of this folder. Separate so that every format is tested with the
//! same picture and read through the same front door.

use std::time::Duration;

use image::{Rgb, RgbImage};

use super::{OutputFormat, OutputOptions, open};
use crate::{
    error::MediaError,
    frame::{Frame, TimedFrame},
    limits::Limits,
    media::SourceInfo,
};

/// A picture in which every corner and every row differ; `seed` shifts its colours.
pub(super) fn picture(width: u32, height: u32, seed: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x * 255 / width.max(2), y * 255 / height.max(2));
        Rgb([(x as u8).wrapping_add(seed), y as u8, ((x * y / 255) as u8) ^ seed])
    })
}

/// Pictures and how long each is shown, with what the container promised.
pub(super) type Decoded = (SourceInfo, Vec<(RgbImage, Duration)>);

/// Everything that the front door gives for a file.
pub(super) fn read(bytes: &[u8]) -> Result<Decoded, MediaError> {
    let mut source = open(bytes.to_vec(), &Limits::default())?;
    let mut frames = Vec::new();
    while let Some(frame) = source.next_frame()? {
        frames.push((frame.frame.pixels().clone(), frame.duration));
    }
    Ok((source.info().clone(), frames))
}

/// The one picture of a file.
pub(super) fn read_still(bytes: &[u8]) -> RgbImage {
    let (_, mut frames) = read(bytes).expect("the file is whole");
    assert_eq!(frames.len(), 1);
    frames.remove(0).0
}

/// Writes pictures through a sink.
pub(super) fn write(format: OutputFormat, options: OutputOptions, frames: &[(RgbImage, Duration)]) -> Vec<u8> {
    let mut sink = format.sink(options);
    for (picture, duration) in frames {
        let frame = Frame::new(picture.clone()).into_redacted();
        sink.push(TimedFrame { frame, duration: *duration }).expect("the frame fits");
    }
    sink.finish().expect("the file is whole")
}

/// Mean difference of two pictures of one size, in steps of 8 bits.
pub(super) fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_raw().len() as f64
}

/// Holds a reader to its promise: a file cut anywhere is an error, or shows exactly what the whole file shows.
pub(super) fn cut_anywhere(name: &str, whole: &[u8]) {
    let (_, want) = read(whole).expect("the whole file is read");
    for end in 0..whole.len() {
        if let Ok((_, got)) = read(&whole[..end]) {
            assert!(got == want, "{name}: cut at {end} of {} it shows something else", whole.len());
        }
    }
}
