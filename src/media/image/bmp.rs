//! BMP in. Separate from the decoder's own view of the file because a bitmap may hold anything between its header and
//! its pixels, and behind them.

use std::io::Cursor;

use image::{ColorType, ImageDecoder, codecs::bmp::BmpDecoder};

use super::{
    caps,
    colour::Profile,
    samples::{Channels, Depth, Samples},
    still::Still,
};
use crate::{
    error::MediaError,
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

/// The decoder writes into its output directly.
const BYTES_PER_PX: u64 = 4;

/// Opens a BMP: reads its headers, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let dropped = dropped(&bytes);
    let mut decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(decoder_error)?;
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    caps::check_picture("BMP", size, BYTES_PER_PX, limits)?;
    let profile = Profile::from(decoder.icc_profile().ok().flatten());
    let channels = match decoder.color_type() {
        ColorType::L8 => Channels::Gray,
        ColorType::Rgba8 => Channels::Rgba,
        ColorType::Rgb8 => Channels::Rgb,
        other => {
            return Err(MediaError::UnsupportedFeature { format: "BMP", feature: format!("{other:?} samples") });
        }
    };
    let info = SourceInfo {
        format: Format::Bmp,
        kind: Kind::Still,
        size,
        frames: Some(1),
        lossless: true,
        loops: None,
        dropped,
    };
    Ok(Box::new(Still::new(info, move || {
        let mut data = vec![0; size.pixels() as usize * channels.count()];
        decoder.read_image(&mut data).map_err(decoder_error)?;
        Samples { data, size, channels, depth: Depth::Eight }.into_rgb("BMP", &profile)
    })))
}

/// Bytes that belong to no pixel, as far as the header tells (not for compressed bitmaps).
fn dropped(bytes: &[u8]) -> Vec<String> {
    let number = |at: usize| bytes.get(at..at + 4).and_then(|b| b.first_chunk()).map(|b| i32::from_le_bytes(*b));
    let (Some(offset), Some(header)) = (number(10), number(14)) else { return Vec::new() };
    let (Some(width), Some(height), Some(bits), Some(compression)) =
        (number(18), number(22), number(26), number(30))
    else {
        return Vec::new();
    };
    let mut dropped = Vec::new();
    if header < 40 || !matches!(compression, 0 | 3 | 6) {
        return dropped;
    }
    let bits = u64::from(bits as u32 >> 16);
    let offset = u64::from(offset as u32);
    let row = (u64::from(width.unsigned_abs()) * bits).div_ceil(32) * 4;
    let end = offset.saturating_add(row.saturating_mul(height.unsigned_abs().into()));
    let behind = (bytes.len() as u64).saturating_sub(end);
    // A few bytes of padding are usual.
    if behind > 3 {
        dropped.push(format!("{behind} bytes after the end of the picture"));
    }
    let used = u64::from(number(46).unwrap_or(0) as u32).min(256);
    let colours = match bits {
        1..=8 if used == 0 => 1 << bits,
        _ => used,
    };
    // Up to sixteen bytes of colour masks may follow a header of the oldest size.
    if offset > 14 + header as u64 + colours * 4 + 16 {
        dropped.push("bytes between the header and the pixels".to_owned());
    }
    dropped
}

fn decoder_error(error: image::ImageError) -> MediaError {
    match error {
        image::ImageError::Unsupported(e) => {
            MediaError::UnsupportedFeature { format: "BMP", feature: e.to_string() }
        }
        other => MediaError::Damaged { format: "BMP", detail: other.to_string() },
    }
}
