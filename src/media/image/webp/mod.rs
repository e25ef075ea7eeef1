//! WebP in: lossy, lossless, and animated with each composited frame.

mod chunks;

use std::{io::Cursor, time::Duration};

use image::RgbImage;
use image_webp::{DecodingError, LoopCount, WebPDecoder};

use self::chunks::Survey;
use super::{
    caps,
    colour::Profile,
    orientation::Orientation,
    samples::{Channels, Depth, Samples},
    still::Still,
};
use crate::{
    error::MediaError,
    frame::{Frame, Raw, TimedFrame},
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

type WebP = WebPDecoder<Cursor<Vec<u8>>>;

/// The decoder holds planes or RGBA beside what it gives: four bytes each.
const BYTES_PER_PX: u64 = 8;

/// Opens a WebP: reads its chunks and metadata, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let survey = chunks::survey(&bytes)?;
    if let Some(canvas) = survey.canvas {
        caps::check_picture("WebP", canvas, BYTES_PER_PX, limits)?;
    }
    let orientation = survey.exif.clone().map_or(Orientation::UPRIGHT, |e| Orientation::from_exif(&bytes[e]));
    let behind = bytes.len() - survey.end;
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(decoder_error)?;
    decoder.set_memory_limit(usize::try_from(limits.max_decode_bytes).unwrap_or(usize::MAX));
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    caps::check_picture("WebP", size, BYTES_PER_PX, limits)?;
    if survey.animated {
        caps::check_frames(survey.frames.into(), u64::from(survey.frames).saturating_mul(size.pixels()), limits)?;
        // Without a colour to clear to, the decoder would leave disposed frames standing.
        let clear = if decoder.has_alpha() { [0; 4] } else { [255; 4] };
        decoder.set_background_color(clear).map_err(decoder_error)?;
        if survey.frames != decoder.num_frames() {
            return Err(damaged("frames are missing from the animation"));
        }
    }
    // A profile that cannot be read counts as none, as everywhere.
    let profile = Profile::from(decoder.icc_profile().ok().flatten());
    let info = info(&survey, &decoder, if orientation.transposes() { size.transposed() } else { size }, behind);
    Ok(if survey.animated {
        Box::new(Animated { info, decoder, size, profile, orientation, given: 0, frames: survey.frames })
    } else {
        Box::new(Still::new(info, move || {
            let mut data = buffer(&decoder)?;
            decoder.read_image(&mut data).map_err(decoder_error)?;
            upright(data, decoder.has_alpha(), size, &profile, orientation)
        }))
    })
}

fn info(survey: &Survey, decoder: &WebP, size: Size, behind: usize) -> SourceInfo {
    let mut dropped = Vec::new();
    if behind > 0 {
        dropped.push(format!("{behind} bytes after the end of the picture"));
    }
    if survey.unknown > 0 {
        dropped.push(format!("{} unknown chunks", survey.unknown));
    }
    let loops = match decoder.loop_count() {
        LoopCount::Times(_) if !survey.animated => None,
        LoopCount::Forever => None,
        LoopCount::Times(n) => Some(u32::from(n.get())),
    };
    SourceInfo {
        format: Format::WebP,
        kind: if survey.animated { Kind::Animation } else { Kind::Still },
        size,
        frames: Some(if survey.animated { survey.frames } else { 1 }),
        lossless: !survey.lossy,
        loops,
        dropped,
    }
}

fn buffer(decoder: &WebP) -> Result<Vec<u8>, MediaError> {
    let bytes = decoder.output_buffer_size().ok_or_else(|| damaged("the picture is impossibly large"))?;
    Ok(vec![0; bytes])
}

fn upright(
    data: Vec<u8>,
    has_alpha: bool,
    size: Size,
    profile: &Profile,
    orientation: Orientation,
) -> Result<RgbImage, MediaError> {
    let channels = if has_alpha { Channels::Rgba } else { Channels::Rgb };
    Ok(orientation.apply(Samples { data, size, channels, depth: Depth::Eight }.into_rgb("WebP", profile)?))
}

/// An animated WebP: one composited frame in memory at a time.
struct Animated {
    info: SourceInfo,
    decoder: WebP,
    size: Size,
    profile: Profile,
    orientation: Orientation,
    given: u32,
    frames: u32,
}

impl Source for Animated {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        if self.given == self.frames {
            return Ok(None);
        }
        let mut data = buffer(&self.decoder)?;
        let millis = self.decoder.read_frame(&mut data).map_err(decoder_error)?;
        self.given += 1;
        let picture = upright(data, self.decoder.has_alpha(), self.size, &self.profile, self.orientation)?;
        Ok(Some(TimedFrame { frame: Frame::new(picture), duration: Duration::from_millis(millis.into()) }))
    }
}

fn damaged(detail: &str) -> MediaError {
    MediaError::Damaged { format: "WebP", detail: detail.to_owned() }
}

fn decoder_error(error: DecodingError) -> MediaError {
    MediaError::Damaged { format: "WebP", detail: error.to_string() }
}
