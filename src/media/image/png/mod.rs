//! PNG in: every colour type and depth, interlaced, and animated (APNG) with each composited frame.
//!
//! An animation whose still picture is not one of its frames shows that picture only in viewers that do not animate;
//! it is left behind and reported.

mod chunks;

use std::{io::Cursor, time::Duration};

use image::RgbImage;
use png::{BitDepth, Transformations};
use png::{BlendOp, ColorType, DecodeOptions, Decoder, DecodingError, DisposeOp, Limits as PngLimits, Reader};

use self::chunks::{Animation, Survey};
use super::{
    canvas::{Canvas, Disposal, Place},
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

type PngReader = Reader<Cursor<Vec<u8>>>;

/// Opens a PNG: reads its chunk headers and metadata, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let survey = chunks::survey(&bytes)?;
    // RGBA of the declared depth; an animation holds the canvas, a saved part, a frame and the picture handed out.
    let sample_bytes = if survey.bits == 16 { 2 } else { 1 };
    let cost = if survey.animation.is_some() { 4 * 4 * sample_bytes } else { 4 * sample_bytes };
    caps::check_picture("PNG", survey.size, cost, limits)?;
    if let Some(animation) = &survey.animation {
        let composited = u64::from(animation.frames).saturating_mul(survey.size.pixels());
        caps::check_frames(animation.frames.into(), composited.max(animation.frame_pixels), limits)?;
    }
    let orientation = survey.exif.clone().map_or(Orientation::UPRIGHT, |e| Orientation::from_exif(&bytes[e]));
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    // Checksums are checked by default, of ancillary chunks too, and a wrong one is an error.
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(PngLimits { bytes: usize::try_from(limits.max_decode_bytes).unwrap_or(usize::MAX) });
    // EXPAND turns palettes and small depths into 8 bits, and tRNS into alpha.
    decoder.set_transformations(Transformations::EXPAND);
    let reader = decoder.read_info().map_err(decoder_error)?;
    let profile = Profile::from(reader.info().icc_profile.as_ref().map(|p| p.to_vec()));
    let info = info(&survey, orientation);
    let canvas = Canvas::new(if survey.animation.is_some() { survey.size } else { Size::new(1, 1) });
    Ok(match survey.animation {
        Some(animation) => Box::new(Animated {
            info,
            reader,
            canvas,
            profile,
            orientation,
            animation,
            given: 0,
            buffer: Vec::new(),
        }),
        None => Box::new(Still::new(info, move || still(reader, &profile, orientation))),
    })
}

fn info(survey: &Survey, orientation: Orientation) -> SourceInfo {
    let mut dropped = Vec::new();
    if survey.animation.is_some_and(|a| !a.includes_still) {
        dropped.push("a still picture that is not part of the animation".to_owned());
    }
    if survey.behind > 0 {
        dropped.push(format!("{} bytes after the end of the picture", survey.behind));
    }
    SourceInfo {
        format: Format::Png,
        kind: if survey.animation.is_some() { Kind::Animation } else { Kind::Still },
        size: if orientation.transposes() { survey.size.transposed() } else { survey.size },
        frames: Some(survey.animation.map_or(1, |a| a.frames)),
        lossless: true,
        loops: survey.animation.map(|a| a.plays).filter(|&plays| plays > 0),
        dropped,
    }
}

fn layout(reader: &PngReader) -> (Channels, Depth) {
    let (colour, depth) = reader.output_color_type();
    let channels = match colour {
        ColorType::Grayscale => Channels::Gray,
        ColorType::GrayscaleAlpha => Channels::GrayAlpha,
        ColorType::Rgb | ColorType::Indexed => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
    };
    (channels, if depth == BitDepth::Sixteen { Depth::SixteenBig } else { Depth::Eight })
}

/// The next picture of the file as it is stored, and its size.
fn next_samples(reader: &mut PngReader, data: &mut Vec<u8>) -> Result<Size, MediaError> {
    let need = reader.output_buffer_size().ok_or_else(|| decoder_error(DecodingError::LimitsExceeded))?;
    data.clear();
    data.resize(need, 0);
    let frame = reader.next_frame(data).map_err(decoder_error)?;
    data.truncate(frame.buffer_size());
    Ok(Size::new(frame.width, frame.height))
}

fn still(mut reader: PngReader, profile: &Profile, orientation: Orientation) -> Result<RgbImage, MediaError> {
    let (channels, depth) = layout(&reader);
    let mut data = Vec::new();
    let size = next_samples(&mut reader, &mut data)?;
    // Reads on to the end chunk, so that the checksums behind the picture are checked as well.
    reader.finish().map_err(decoder_error)?;
    Ok(orientation.apply(Samples { data, size, channels, depth }.into_rgb("PNG", profile)?))
}

/// An animated PNG: one composited frame in memory at a time.
struct Animated {
    info: SourceInfo,
    reader: PngReader,
    canvas: Canvas,
    profile: Profile,
    orientation: Orientation,
    animation: Animation,
    given: u32,
    buffer: Vec<u8>,
}

impl Source for Animated {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        if self.given == self.animation.frames {
            return Ok(None);
        }
        let (channels, depth) = layout(&self.reader);
        if self.given == 0 && !self.animation.includes_still {
            next_samples(&mut self.reader, &mut self.buffer)?;
        }
        next_samples(&mut self.reader, &mut self.buffer)?;
        let control = *self.reader.info().frame_control().ok_or_else(|| MediaError::Damaged {
            format: "PNG",
            detail: "a frame has no control chunk".to_owned(),
        })?;
        let place =
            Place { left: control.x_offset, top: control.y_offset, size: Size::new(control.width, control.height) };
        let disposal = match control.dispose_op {
            DisposeOp::None => Disposal::Keep,
            DisposeOp::Background => Disposal::Clear,
            // Nothing stands before the first frame (PNG third edition, 11.3.2.2).
            DisposeOp::Previous if self.given == 0 => Disposal::Clear,
            DisposeOp::Previous => Disposal::Restore,
        };
        let rgba = to_rgba(&self.buffer, channels, depth);
        self.canvas.draw(place, &rgba, control.blend_op == BlendOp::Over, disposal);
        self.given += 1;
        let picture = self.orientation.apply(self.canvas.picture("PNG", &self.profile)?);
        // A denominator of 0 means hundredths.
        let per_second = if control.delay_den == 0 { 100 } else { control.delay_den };
        let duration = Duration::from_secs(control.delay_num.into()) / u32::from(per_second);
        Ok(Some(TimedFrame { frame: Frame::new(picture), duration }))
    }
}

/// 8-bit RGBA for the canvas. Wide samples are cut to their upper byte after rounding, as for stills.
fn to_rgba(data: &[u8], channels: Channels, depth: Depth) -> Vec<u8> {
    let narrow: Vec<u8> = match depth {
        Depth::Eight => data.to_vec(),
        _ => data
            .chunks_exact(2)
            .map(|b| ((u32::from(b[0]) * 256 + u32::from(b[1])) * 255 + 32_767).div_euclid(65_535) as u8)
            .collect(),
    };
    match channels {
        Channels::Gray => narrow.iter().flat_map(|&g| [g, g, g, 255]).collect(),
        Channels::GrayAlpha => narrow.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
        Channels::Rgb => narrow.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        Channels::Rgba | Channels::Cmyk => narrow,
    }
}

fn decoder_error(error: DecodingError) -> MediaError {
    MediaError::Damaged { format: "PNG", detail: error.to_string() }
}
