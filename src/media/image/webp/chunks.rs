//! Walks a WebP's RIFF chunks without decoding. Separate from the decoder because that follows the sizes it likes: this
//! walk holds them against the file's length and counts the frames before any is decoded.

use std::ops::Range;

use crate::{error::MediaError, geom::Size};

/// What the chunks say.
pub(super) struct Survey {
    pub(super) animated: bool,
    pub(super) frames: u32,
    /// Whether any picture in the file was coded with loss.
    pub(super) lossy: bool,
    pub(super) exif: Option<Range<usize>>,
    /// Canvas of an extended file.
    pub(super) canvas: Option<Size>,
    /// End of the RIFF chunk.
    pub(super) end: usize,
    /// Chunks that are not part of the format's picture or known metadata.
    pub(super) unknown: usize,
}

fn damaged(detail: &str) -> MediaError {
    MediaError::Damaged { format: "WebP", detail: detail.to_owned() }
}

/// Name and body.
type Chunk = ([u8; 4], Range<usize>);

/// Chunks of `bytes[range]`.
fn chunks(bytes: &[u8], range: Range<usize>) -> Result<Vec<Chunk>, MediaError> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let header =
            bytes.get(at..at + 8).filter(|_| at + 8 <= range.end).ok_or_else(|| damaged("a chunk is cut"))?;
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let body = at + 8..(at + 8).saturating_add(length);
        if body.end > range.end {
            return Err(damaged("a chunk is longer than the file"));
        }
        at = body.end + length % 2;
        found.push(([header[0], header[1], header[2], header[3]], body));
    }
    Ok(found)
}

/// Reads all chunk headers.
pub(super) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let riff = bytes.get(4..8).and_then(|b| b.first_chunk()).map(|b| u32::from_le_bytes(*b) as usize);
    let end = riff.unwrap_or(0).saturating_add(8);
    // Some encoders leave out the padding byte of the last chunk.
    if end < 12 || end > bytes.len() {
        return Err(damaged("the file is shorter than it says"));
    }
    let mut survey = Survey { animated: false, frames: 0, lossy: false, exif: None, canvas: None, end, unknown: 0 };
    let mut has_picture = false;
    for (name, body) in chunks(bytes, 12..end)? {
        match &name {
            b"VP8X" if body.len() >= 10 => {
                let b = &bytes[body];
                survey.animated = b[0] & 2 != 0;
                let side = |i: usize| 1 + (u32::from(b[i]) | u32::from(b[i + 1]) << 8 | u32::from(b[i + 2]) << 16);
                survey.canvas = Some(Size::new(side(4), side(7)));
            }
            b"VP8 " => (has_picture, survey.lossy) = (true, true),
            b"VP8L" => has_picture = true,
            b"ANMF" if body.len() >= 16 => {
                has_picture = true;
                survey.frames += 1;
                let parts = chunks(bytes, body.start + 16..body.end)?;
                survey.lossy |= parts.iter().any(|(name, _)| name == b"VP8 ");
            }
            b"EXIF" => survey.exif = Some(body),
            b"ALPH" | b"ANIM" | b"ICCP" | b"XMP " => {}
            _ => survey.unknown += 1,
        }
    }
    if has_picture { Ok(survey) } else { Err(damaged("there is no picture")) }
}
