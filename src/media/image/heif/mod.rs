//! HEIC, HEIF and AVIF in, through the system's libheif: the primary picture only. Depth, gain map, thumbnails and
//! further pictures are left behind and reported.
//!
//! libheif applies the file's own turns, mirrors and cuts. Exif's orientation is ignored, as the standard asks
//! (ISO/IEC 23008-12, annex A.2.1): phones leave it behind unchanged, and a second turn would put the picture askew.

#[expect(unsafe_code, reason = "libheif is a C library; every call into it is in this file")]
mod ffi;

use self::ffi::{Context, HeifError};
use super::{
    caps,
    colour::Profile,
    samples::{Channels, Depth, Samples, divide_by_alpha},
    still::Still,
};
use crate::{
    error::MediaError,
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

/// The decoder's RGB and the copy handed out; the coded planes are gone by then.
const BYTES_PER_PX: u64 = 6;

/// Transfer characteristics of HDR pictures (ITU-T H.273): PQ and HLG.
const HDR: [u8; 2] = [16, 18];

fn name(format: Format) -> &'static str {
    if format == Format::Avif { "AVIF" } else { "HEIF" }
}

/// Opens a HEIF or AVIF file: reads its boxes, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: Vec<u8>, format: Format, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let mut dropped = boxes(&bytes, name(format))?;
    let context = Context::read(&bytes, limits.max_side_px).map_err(|e| error(format, e))?;
    let primary = context.primary().map_err(|e| error(format, e))?;
    let (size, (alpha, premultiplied)) = (primary.size(), primary.alpha());
    let cost = if alpha { BYTES_PER_PX + 2 } else { BYTES_PER_PX };
    caps::check_picture(name(format), size, cost, limits)?;
    let code_points = primary.code_points();
    if code_points.is_some_and(|(_, transfer)| HDR.contains(&transfer)) {
        let feature = "high dynamic range (PQ or HLG)".to_owned();
        return Err(MediaError::UnsupportedFeature { format: name(format), feature });
    }
    let profile = match (primary.icc(), code_points) {
        (Some(icc), _) => Profile::Icc(icc),
        (None, Some((primaries, transfer))) => Profile::CodePoints { primaries, transfer },
        (None, None) => Profile::Srgb,
    };
    let (depth, thumbnails) = primary.depth_and_thumbnails();
    let further = context.top_level_pictures().saturating_sub(1);
    for (count, what) in [
        (further, "further top-level pictures"),
        (depth, "depth pictures"),
        (primary.auxiliary_pictures(), "auxiliary pictures (gain map, matte)"),
        (thumbnails, "thumbnails"),
    ] {
        if count > 0 {
            dropped.push(format!("{count} {what}"));
        }
    }
    drop(primary);
    drop(context);
    let info =
        SourceInfo { format, kind: Kind::Still, size, frames: Some(1), lossless: false, loops: None, dropped };
    let max_side_px = limits.max_side_px;
    Ok(Box::new(Still::new(info, move || {
        let (got, mut data) = decode(&bytes, alpha, max_side_px).map_err(|e| error(format, e))?;
        if got != size {
            return Err(damaged(name(format), "the picture has another size than the file says"));
        }
        let channels = if alpha { Channels::Rgba } else { Channels::Rgb };
        if premultiplied {
            divide_by_alpha(&mut data, channels.count(), Depth::Eight);
        }
        Samples { data, size, channels, depth: Depth::Eight }.into_rgb(name(format), &profile)
    })))
}

fn decode(bytes: &[u8], alpha: bool, max_side_px: u32) -> Result<(Size, Vec<u8>), HeifError> {
    Context::read(bytes, max_side_px)?.primary()?.decode(alpha)
}

/// Walks the top-level boxes: they must fill the file, and an image sequence beside the picture is reported.
fn boxes(bytes: &[u8], format: &'static str) -> Result<Vec<String>, MediaError> {
    let mut dropped = Vec::new();
    let mut at = 0usize;
    while at < bytes.len() {
        let number = |from: usize, width: usize| {
            let raw = bytes.get(from..from + width)?;
            Some(raw.iter().fold(0u64, |n, &b| n << 8 | u64::from(b)))
        };
        let kind = bytes.get(at + 4..at + 8);
        let (Some(short), Some(kind)) = (number(at, 4), kind) else {
            dropped.push(format!("{} bytes after the end of the picture", bytes.len() - at));
            break;
        };
        let length = match short {
            0 => (bytes.len() - at) as u64,
            1 => number(at + 8, 8).unwrap_or(0),
            n => n,
        };
        if !kind.iter().all(|b| (0x20..0x7F).contains(b)) || length < 8 {
            dropped.push(format!("{} bytes after the end of the picture", bytes.len() - at));
            break;
        }
        if kind == b"moov" {
            dropped.push("an image sequence".to_owned());
        }
        let next = usize::try_from(length).ok().and_then(|l| at.checked_add(l)).filter(|&n| n <= bytes.len());
        at = next.ok_or_else(|| damaged(format, "a box is longer than the file"))?;
    }
    Ok(dropped)
}

fn damaged(format: &'static str, detail: &str) -> MediaError {
    MediaError::Damaged { format, detail: detail.to_owned() }
}

fn error(format: Format, error: HeifError) -> MediaError {
    if error.unsupported {
        MediaError::UnsupportedFeature { format: name(format), feature: error.detail }
    } else {
        damaged(name(format), &error.detail)
    }
}
