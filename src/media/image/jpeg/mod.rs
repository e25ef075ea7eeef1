//! JPEG in: baseline, extended and progressive, grey, YCbCr, RGB, CMYK and YCCK.
//!
//! Three steps, because the decoder alone would forgive too much: the markers are walked ([`markers`]), every coded
//! block is accounted for ([`entropy`]), and only then is the picture decoded.

mod entropy;
mod huffman;
mod markers;
#[cfg(test)]
mod tests;

use image::RgbImage;
use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use self::markers::{Survey, damaged};
use super::{
    caps,
    colour::Profile,
    orientation::Orientation,
    samples::{Channels, Depth, Samples},
    still::Still,
};
use crate::{
    error::MediaError,
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

/// Most bytes that a pixel costs while decoding: three of output, and for a progressive picture two for each
/// coefficient of up to four planes. A quarter turn afterwards needs three more, but only when those are gone.
const BYTES_PER_PX: u64 = 6;

/// Opens a JPEG: reads its segments, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let survey = markers::survey(&bytes)?;
    let planes = survey.components.len() as u64;
    let sampled: u64 = survey.components.iter().map(|c| u64::from(c.h) * u64::from(c.v)).sum();
    let unit = survey.components.iter().map(|c| u64::from(c.h)).max().unwrap_or(1)
        * survey.components.iter().map(|c| u64::from(c.v)).max().unwrap_or(1);
    let coefficients = if survey.progressive { (2 * sampled).div_ceil(unit) } else { 0 };
    let cost = (planes.max(3) + coefficients).max(BYTES_PER_PX);
    caps::check_picture("JPEG", survey.size, cost, limits)?;
    let orientation = exif(&bytes, &survey).map_or(Orientation::UPRIGHT, Orientation::from_exif);
    let upright = if orientation.transposes() { survey.size.transposed() } else { survey.size };
    let info = SourceInfo {
        format: Format::Jpeg,
        kind: Kind::Still,
        size: upright,
        frames: Some(1),
        lossless: false,
        loops: None,
        dropped: dropped(&bytes, &survey),
    };
    let max_side = limits.max_side_px as usize;
    Ok(Box::new(Still::new(info, move || decode(&bytes, &survey, orientation, max_side))))
}

/// Checks that a JPEG inside another container is whole; `tables` are those that the container keeps apart.
///
/// # Errors
/// As [`super::open`].
pub(super) fn check_embedded(tables: &[u8], coded: &[u8]) -> Result<(), MediaError> {
    // Both are whole streams of their own: the end of one and the start of the other meet here and go.
    let joined = match (tables.strip_suffix(b"\xFF\xD9"), coded.get(2..)) {
        (Some(tables), Some(rest)) => [tables, rest].concat(),
        _ => coded.to_vec(),
    };
    entropy::check(&joined, &markers::survey(&joined)?).map(|_| ())
}

fn exif<'a>(bytes: &'a [u8], survey: &Survey) -> Option<&'a [u8]> {
    let app1 = survey.segments.iter().filter(|s| s.marker == 0xE1).map(|s| &bytes[s.body.clone()]);
    app1.into_iter().find(|b| b.starts_with(b"Exif\0\0"))
}

/// What the file holds beside its picture, in plain words.
fn dropped(bytes: &[u8], survey: &Survey) -> Vec<String> {
    let mut dropped = Vec::new();
    let mut body = survey.segments.iter().map(|s| (s.marker, &bytes[s.body.clone()]));
    if body.any(|(marker, b)| marker == 0xE2 && b.starts_with(b"MPF\0")) {
        dropped.push("further pictures (multi-picture format)".to_owned());
    }
    let behind = bytes.len() - survey.end;
    if behind > 0 {
        dropped.push(format!("{behind} bytes after the end of the picture"));
    }
    if survey.stray > 0 {
        dropped.push(format!("{} bytes between the parts of the file", survey.stray));
    }
    dropped
}

fn decode(
    bytes: &[u8],
    survey: &Survey,
    orientation: Orientation,
    max_side: usize,
) -> Result<RgbImage, MediaError> {
    entropy::check(bytes, survey)?;
    let options = DecoderOptions::default().set_max_width(max_side).set_max_height(max_side).set_strict_mode(true);
    // The decoder sees nothing behind the end marker.
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&bytes[..survey.end]), options);
    decoder.decode_headers().map_err(decoder_error)?;
    let ycck = survey.adobe == Some(2);
    // Four planes are asked for as they are stored: the decoder's own conversion knows no profile.
    let (wanted, channels) = match survey.components.len() {
        1 => (ColorSpace::Luma, Channels::Gray),
        3 => (ColorSpace::RGB, Channels::Rgb),
        _ => (if ycck { ColorSpace::YCCK } else { ColorSpace::CMYK }, Channels::Cmyk),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let mut data = decoder.decode().map_err(decoder_error)?;
    if decoder.dimensions() != Some((survey.size.width as usize, survey.size.height as usize)) {
        return Err(damaged("the decoder sees another size than the frame header"));
    }
    let profile = Profile::from(decoder.icc_profile());
    if channels == Channels::Cmyk {
        to_inks(&mut data, ycck, survey.adobe.is_some());
    }
    let size = Size::new(survey.size.width, survey.size.height);
    let picture = Samples { data, size, channels, depth: Depth::Eight }.into_rgb("JPEG", &profile)?;
    Ok(orientation.apply(picture))
}

/// Turns stored four-plane samples into ink amounts (0 is bare paper), in place. Files with an Adobe segment store inks
/// inverted (Adobe technical note 5116; as libjpeg's callers handle it).
fn to_inks(data: &mut [u8], ycck: bool, inverted: bool) {
    for pixel in data.chunks_exact_mut(4) {
        if ycck {
            let (y, cb, cr) = (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
            // JFIF's conversion, then 255 - x as YCCK is defined on the complement.
            pixel[0] = (255.0 - (y + 1.402 * cr)).round() as u8;
            pixel[1] = (255.0 - (y - 0.344_136 * cb - 0.714_136 * cr)).round() as u8;
            pixel[2] = (255.0 - (y + 1.772 * cb)).round() as u8;
        }
        if inverted {
            pixel.iter_mut().for_each(|p| *p = 255 - *p);
        }
    }
}

fn decoder_error(error: DecodeErrors) -> MediaError {
    match error {
        DecodeErrors::Unsupported(what) => {
            MediaError::UnsupportedFeature { format: "JPEG", feature: format!("{what:?}") }
        }
        other => MediaError::Damaged { format: "JPEG", detail: other.to_string() },
    }
}
