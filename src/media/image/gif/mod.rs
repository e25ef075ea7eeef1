//! GIF in: still and animated, every composited frame, also those shown for no time. Colour profiles in application
//! blocks are not honoured; browsers ignore them too.

mod blocks;

use std::{io::Cursor, num::NonZeroU64, time::Duration};

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, DisposalMethod, MemoryLimit};

use super::{
    canvas::{Canvas, Disposal, Place},
    caps,
    colour::Profile,
};
use crate::{
    error::MediaError,
    frame::{Frame, Raw, TimedFrame},
    geom::Size,
    limits::Limits,
    media::{Format, Kind, Source, SourceInfo},
};

/// Canvas, saved part, frame and the picture handed out, four bytes each.
const BYTES_PER_PX: u64 = 16;

/// Opens a GIF: reads its blocks, not its pixels.
///
/// # Errors
/// As [`super::open`].
pub(super) fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let survey = blocks::survey(&bytes)?;
    let damaged = |detail: &str| MediaError::Damaged { format: "GIF", detail: detail.to_owned() };
    if survey.frames == 0 {
        return Err(damaged("there is no frame"));
    }
    caps::check_picture("GIF", survey.size, BYTES_PER_PX, limits)?;
    caps::check_picture("GIF", survey.largest_frame, BYTES_PER_PX, limits)?;
    let composited = u64::from(survey.frames).saturating_mul(survey.size.pixels());
    caps::check_frames(survey.frames.into(), composited.max(survey.frame_pixels), limits)?;
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let memory = NonZeroU64::new(limits.max_decode_bytes).ok_or_else(|| damaged("no memory is allowed"))?;
    options.set_memory_limit(MemoryLimit::Bytes(memory));
    let decoder = options.read_info(Cursor::new(bytes)).map_err(decoder_error)?;
    let still = survey.frames == 1;
    let info = SourceInfo {
        format: Format::Gif,
        kind: if still { Kind::Still } else { Kind::Animation },
        size: survey.size,
        frames: Some(survey.frames),
        lossless: true,
        loops: survey.plays.filter(|_| !still),
        dropped: match survey.behind {
            0 => Vec::new(),
            behind => vec![format!("{behind} bytes after the end of the picture")],
        },
    };
    Ok(Box::new(Gif { info, decoder, canvas: Canvas::new(survey.size), given: 0, frames: survey.frames, still }))
}

struct Gif {
    info: SourceInfo,
    decoder: Decoder<Cursor<Vec<u8>>>,
    canvas: Canvas,
    given: u32,
    frames: u32,
    still: bool,
}

impl Source for Gif {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        if self.given == self.frames {
            return Ok(None);
        }
        let Some(frame) = self.decoder.read_next_frame().map_err(decoder_error)? else {
            let detail = "frames are missing".to_owned();
            return Err(MediaError::Damaged { format: "GIF", detail });
        };
        let size = Size::new(frame.width.into(), frame.height.into());
        if frame.buffer.len() as u64 != size.pixels() * 4 {
            let detail = "a frame holds too few pixels".to_owned();
            return Err(MediaError::Damaged { format: "GIF", detail });
        }
        let disposal = match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear,
            DisposalMethod::Previous => Disposal::Restore,
        };
        let place = Place { left: frame.left.into(), top: frame.top.into(), size };
        self.canvas.draw(place, &frame.buffer, true, disposal);
        self.given += 1;
        let shown = Duration::from_millis(u64::from(frame.delay) * 10);
        let duration = if self.still { Duration::ZERO } else { shown };
        Ok(Some(TimedFrame { frame: Frame::new(self.canvas.picture("GIF", &Profile::Srgb)?), duration }))
    }
}

fn decoder_error(error: DecodingError) -> MediaError {
    MediaError::Damaged { format: "GIF", detail: error.to_string() }
}
