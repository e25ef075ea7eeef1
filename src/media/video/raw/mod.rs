//! Frames without a codec, one after the other, bare or as YUV4MPEG2 ("Y4M"): what capture programs and pipes between
//! programs carry. Separate because nothing here needs FFmpeg, and because such a stream has no times, no sound and no
//! end of its own: a frame that is cut is the only sign of damage.

mod rgb;
mod sink;
mod source;
#[cfg(test)]
mod tests;
mod y4m;

use std::io::{Read, Write};

use super::{VideoInfo, VideoSink, VideoSource};
use crate::{
    clip::{Span, TimeBase, VideoOptions},
    error::MediaError,
    frame::chroma_size,
    geom::Size,
    limits::Limits,
};

pub use self::y4m::{Y4mHeader, is_y4m};

/// How the samples of a raw frame lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pixels {
    /// 8-bit red, green, blue, pixel after pixel, full range, sRGB. Detectors see BT.709 planes made of it; pixels
    /// outside redacted areas are not changed. Both are held, which takes three times the memory.
    Rgb24,
    /// 8-bit luma, then blue difference, then red difference, each of these with half the columns and rows, rounded up.
    /// Samples outside redacted areas are not changed.
    Yuv420p,
    /// 8-bit luma only.
    Grey,
}

impl Pixels {
    /// Bytes of a frame of `size`.
    pub fn frame_bytes(self, size: Size) -> u64 {
        match self {
            Pixels::Rgb24 => size.pixels().saturating_mul(3),
            Pixels::Yuv420p => size.pixels().saturating_add(chroma_size(size).pixels().saturating_mul(2)),
            Pixels::Grey => size.pixels(),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Pixels::Rgb24 => "raw rgb24",
            Pixels::Yuv420p => "raw yuv420p",
            Pixels::Grey => "raw grey",
        }
    }
}

/// What has to be known about bare frames to read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawForm {
    /// Columns and rows.
    pub size: Size,
    /// How samples lie.
    pub pixels: Pixels,
    /// Frames a second, as a fraction; both at least 1.
    pub rate: (u32, u32),
}

/// Reads bare frames of `form`. The input ends between two frames.
///
/// # Errors
/// [`MediaError::TooLarge`] over a cap, [`MediaError::Damaged`] for a size or a rate of nothing.
pub fn open_raw(
    input: Box<dyn Read + Send>,
    form: RawForm,
    options: &VideoOptions,
    span: Span,
    limits: &Limits,
) -> Result<Box<dyn VideoSource>, MediaError> {
    Ok(Box::new(source::Frames::bare(input, form, options, span, limits)?))
}

/// Reads Y4M; the header is given too, because [`create_y4m`] writes one like it.
///
/// # Errors
/// [`MediaError::UnsupportedFeature`] for layouts other than 8-bit 4:2:0 or grey and for interlaced frames,
/// [`MediaError::Damaged`] for what is no header, [`MediaError::TooLarge`] over a cap.
pub fn open_y4m(
    input: Box<dyn Read + Send>,
    options: &VideoOptions,
    span: Span,
    limits: &Limits,
) -> Result<(Box<dyn VideoSource>, Y4mHeader), MediaError> {
    let (source, header) = source::Frames::y4m(input, options, span, limits)?;
    Ok((Box::new(source), header))
}

/// Writes bare frames, each at once. Such a stream cannot say that it is not whole: only the writer's exit code can.
///
/// # Errors
/// [`MediaError::Encode`] when `info` is of another size than `form`, which a reader could not know.
pub fn create_raw(
    output: Box<dyn Write + Send>,
    form: RawForm,
    info: &VideoInfo,
) -> Result<Box<dyn VideoSink>, MediaError> {
    if info.size != form.size {
        let detail = "bare frames cannot change their size; leave out the longest side".to_owned();
        return Err(MediaError::Encode { format: form.pixels.name(), detail });
    }
    Ok(Box::new(sink::FrameSink::bare(output, form)))
}

/// Writes Y4M like `header`, in the size of `info`, each frame at once. As with [`create_raw`], its end says nothing.
///
/// # Errors
/// [`MediaError::Io`] when the header cannot be written.
pub fn create_y4m(
    output: Box<dyn Write + Send>,
    header: &Y4mHeader,
    info: &VideoInfo,
) -> Result<Box<dyn VideoSink>, MediaError> {
    Ok(Box::new(sink::FrameSink::y4m(output, &Y4mHeader { size: info.size, ..header.clone() })?))
}

/// One tick a frame.
fn time_base((num, den): (u32, u32)) -> TimeBase {
    TimeBase { num: den, den: num }
}

fn damaged(format: &'static str, detail: impl Into<String>) -> MediaError {
    MediaError::Damaged { format, detail: detail.into() }
}
