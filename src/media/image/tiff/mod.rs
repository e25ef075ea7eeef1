//! TIFF in: every page as a picture of its own. Thumbnails, masks and pictures that hang below a page are left behind
//! and reported.

mod page;

use std::{io::Cursor, time::Duration};

use tiff::{
    TiffError,
    decoder::{Decoder, Limits as TiffLimits},
};

use super::{caps, ifd, orientation::Orientation};
use crate::{
    error::MediaError,
    frame::{Frame, Raw, TimedFrame},
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const SUBFILE_TYPE: u16 = 254;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
const SUB_IFDS: u16 = 330;

/// What every page needs at least: its samples and the picture handed out. What it needs on top, for wide samples and
/// planes that lie apart, is checked when its layout is known.
const BYTES_PER_PX: u64 = 4;

/// What the pages' directories say.
#[derive(Clone, Copy)]
struct Page {
    /// Place in the chain of directories.
    index: usize,
    photometric: u64,
    orientation: u32,
}

/// Opens a TIFF: reads its directories, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(mut bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let unreadable = || damaged("the chain of directories cannot be read");
    let directories = ifd::chain(&bytes, limits.max_frames as usize).ok_or_else(unreadable)?;
    let (mut pages, mut pixels, mut first, mut lossless) = (Vec::new(), 0u64, None, true);
    let (mut thumbnails, mut below) = (0, 0);
    let big_endian = bytes[0] == b'M';
    for (index, directory) in directories.iter().enumerate() {
        below += usize::from(directory.has(SUB_IFDS));
        // Bit 0: a smaller copy; bit 2: a mask (TIFF 6.0, NewSubfileType).
        if index > 0 && directory.value(SUBFILE_TYPE).is_some_and(|v| v & 0b101 != 0) {
            thumbnails += 1;
            continue;
        }
        let side = |tag| directory.value(tag).and_then(|v| u32::try_from(v).ok()).ok_or_else(unreadable);
        let size = Size::new(side(WIDTH)?, side(HEIGHT)?);
        caps::check_picture("TIFF", size, BYTES_PER_PX, limits)?;
        pixels = pixels.saturating_add(size.pixels());
        caps::check_frames(pages.len() as u64 + 1, pixels, limits)?;
        // 6 and 7 are JPEG, 34712 JPEG 2000, 50001 WebP, 50002 and 52546 JPEG XL.
        lossless &= !matches!(directory.value(COMPRESSION), Some(6 | 7 | 34712 | 50001 | 50002 | 52546));
        let orientation = directory.value(ORIENTATION).unwrap_or(1) as u32;
        first.get_or_insert(if Orientation::from_tag(orientation).transposes() { size.transposed() } else { size });
        let photometric = directory.value(PHOTOMETRIC).unwrap_or(1);
        if let (Some(stand_in), Some(at)) = (page::stand_in(photometric), directory.place(PHOTOMETRIC)) {
            // The decoder gives up on these colour models; told another with as many samples it gives them raw.
            let raw: [u8; 2] = if big_endian { stand_in.to_be_bytes() } else { stand_in.to_le_bytes() };
            bytes.get_mut(at..at + 2).ok_or_else(unreadable)?.copy_from_slice(&raw);
        }
        pages.push(Page { index, photometric, orientation });
    }
    let size = first.ok_or_else(|| damaged("there is no page"))?;
    let mut dropped = Vec::new();
    if thumbnails > 0 {
        dropped.push(format!("{thumbnails} thumbnails or masks"));
    }
    if below > 0 {
        dropped.push(format!("pictures below {below} of the pages"));
    }
    let info = SourceInfo {
        format: Format::Tiff,
        kind: if pages.len() == 1 { Kind::Still } else { Kind::Pages },
        size,
        frames: u32::try_from(pages.len()).ok(),
        lossless,
        loops: None,
        dropped,
    };
    let memory = usize::try_from(limits.max_decode_bytes).unwrap_or(usize::MAX);
    let mut caps = TiffLimits::default();
    caps.decoding_buffer_size = memory;
    caps.intermediate_buffer_size = memory;
    // ICC profiles are stored as a tag's value; a CMYK profile has a few megabytes.
    caps.ifd_value_size = 16 << 20;
    let decoder = Decoder::new(Cursor::new(bytes)).map_err(decoder_error)?.with_limits(caps);
    Ok(Box::new(Pages { info, decoder, pages: pages.into_iter(), limits: limits.clone() }))
}

struct Pages {
    info: SourceInfo,
    decoder: Decoder<Cursor<Vec<u8>>>,
    pages: std::vec::IntoIter<Page>,
    limits: Limits,
}

impl Source for Pages {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        let Some(page) = self.pages.next() else { return Ok(None) };
        self.decoder.seek_to_image(page.index).map_err(decoder_error)?;
        let picture = page::decode(&mut self.decoder, page.photometric, page.orientation, &self.limits)?;
        Ok(Some(TimedFrame { frame: Frame::new(picture), duration: Duration::ZERO }))
    }
}

fn damaged(detail: &str) -> MediaError {
    MediaError::Damaged { format: "TIFF", detail: detail.to_owned() }
}

fn unsupported(feature: &str) -> MediaError {
    MediaError::UnsupportedFeature { format: "TIFF", feature: feature.to_owned() }
}

fn decoder_error(error: TiffError) -> MediaError {
    match error {
        TiffError::UnsupportedError(e) => unsupported(&e.to_string()),
        other => damaged(&other.to_string()),
    }
}
