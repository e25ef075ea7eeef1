//! Walks a PNG's chunks without decoding. Separate from the decoder because that stops at the last row: this walk finds
//! a missing end, frames that were promised but are not there, and bytes behind the end.

use std::ops::Range;

use crate::{error::MediaError, geom::Size};

/// Most chunks looked at; an animation of the most frames allowed has a few thousand.
const MAX_CHUNKS: usize = 2_000_000;

/// What an animated PNG promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Animation {
    /// Frames by the control chunk, equal to the frames that are there.
    pub(super) frames: u32,
    /// 0 is for ever.
    pub(super) plays: u32,
    /// Whether the still picture is the first frame.
    pub(super) includes_still: bool,
    /// Pixels of all frames together.
    pub(super) frame_pixels: u64,
}

/// What the chunks say.
pub(super) struct Survey {
    pub(super) size: Size,
    /// Bits a sample.
    pub(super) bits: u8,
    pub(super) animation: Option<Animation>,
    /// The Exif block, which may also stand behind the picture data.
    pub(super) exif: Option<Range<usize>>,
    /// Bytes behind the end chunk.
    pub(super) behind: usize,
}

fn damaged(detail: &str) -> MediaError {
    MediaError::Damaged { format: "PNG", detail: detail.to_owned() }
}

/// Reads all chunk headers up to the end chunk.
pub(super) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let number = |at: usize| {
        let raw = bytes.get(at..at + 4).and_then(|b| b.first_chunk());
        raw.map(|b| u32::from_be_bytes(*b)).ok_or_else(|| damaged("the file ends inside a chunk"))
    };
    if bytes.get(12..16) != Some(b"IHDR") || number(8)? != 13 || bytes.len() < 33 {
        return Err(damaged("the header is missing"));
    }
    let size = Size::new(number(16)?, number(20)?);
    let mut survey = Survey { size, bits: bytes[24], animation: None, exif: None, behind: 0 };
    let (mut controls, mut frame_pixels, mut has_data) = (0u32, 0u64, false);
    let mut at = 8;
    for _ in 0..MAX_CHUNKS {
        let length = number(at)? as usize;
        let kind = bytes.get(at + 4..at + 8).ok_or_else(|| damaged("the file ends inside a chunk"))?;
        let next = at.saturating_add(length).saturating_add(12);
        if next > bytes.len() {
            return Err(damaged("a chunk is longer than the file"));
        }
        match kind {
            b"IEND" => {
                survey.behind = bytes.len() - next;
                if let Some(animation) = &mut survey.animation {
                    animation.frame_pixels = frame_pixels;
                    if animation.frames != controls {
                        return Err(damaged("frames are missing from the animation"));
                    }
                }
                return if has_data { Ok(survey) } else { Err(damaged("the picture data is missing")) };
            }
            b"IDAT" => has_data = true,
            // Behind the picture data the control chunk means nothing (PNG third edition, 11.3.2.1).
            b"acTL" if !has_data && length >= 8 => {
                let (frames, plays) = (number(at + 8)?, number(at + 12)?);
                survey.animation = Some(Animation { frames, plays, includes_still: false, frame_pixels: 0 });
            }
            b"fcTL" if length >= 26 => {
                controls += 1;
                frame_pixels += Size::new(number(at + 12)?, number(at + 16)?).pixels();
                if let Some(animation) = survey.animation.as_mut().filter(|_| !has_data) {
                    animation.includes_still = true;
                }
            }
            b"eXIf" => survey.exif = Some(at + 8..next - 4),
            b"IHDR" if at > 8 => return Err(damaged("there are two headers")),
            b"IHDR" | b"PLTE" => {}
            // An upper-case first letter says that the picture cannot be shown without the chunk.
            _ if kind[0] & 0x20 == 0 => {
                let feature = "a chunk that is required but not part of the standard".to_owned();
                return Err(MediaError::UnsupportedFeature { format: "PNG", feature });
            }
            _ => {}
        }
        at = next;
    }
    Err(damaged("there are too many chunks"))
}
