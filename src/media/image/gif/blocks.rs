//! Walks a GIF's blocks without decoding. Separate from the decoder because that stops where it likes: this walk counts
//! the frames before any is decoded, and finds a missing end and bytes behind it.

use crate::{error::MediaError, geom::Size};

/// What the blocks say.
pub(super) struct Survey {
    pub(super) size: Size,
    pub(super) frames: u32,
    /// Pixels of all frames as stored; a frame may be larger than the screen.
    pub(super) frame_pixels: u64,
    pub(super) largest_frame: Size,
    /// How often the animation plays; `None` is for ever.
    pub(super) plays: Option<u32>,
    /// Bytes behind the trailer.
    pub(super) behind: usize,
}

fn cut() -> MediaError {
    MediaError::Damaged { format: "GIF", detail: "the file ends before its trailer".to_owned() }
}

struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], MediaError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or_else(cut)?;
        self.rest = rest;
        Ok(head)
    }

    /// Skips the colour table that packed flags announce.
    fn colour_table(&mut self, flags: u8) -> Result<(), MediaError> {
        let entries = if flags & 0x80 != 0 { 2usize << (flags & 7) } else { 0 };
        self.take(entries * 3).map(|_| ())
    }

    /// Skips a chain of sub-blocks and returns the first two.
    fn sub_blocks(&mut self) -> Result<[&'a [u8]; 2], MediaError> {
        let mut first: [&[u8]; 2] = [&[], &[]];
        for index in 0.. {
            let length = self.take(1)?[0];
            let block = self.take(length.into())?;
            if length == 0 {
                break;
            }
            if let Some(slot) = first.get_mut(index) {
                *slot = block;
            }
        }
        Ok(first)
    }
}

fn size(raw: &[u8]) -> Size {
    Size::new(u16::from_le_bytes([raw[0], raw[1]]).into(), u16::from_le_bytes([raw[2], raw[3]]).into())
}

/// Reads all blocks up to the trailer.
pub(super) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let mut walk = Walk { rest: bytes };
    walk.take(6)?;
    let screen = walk.take(7)?;
    let mut survey = Survey {
        size: size(screen),
        frames: 0,
        frame_pixels: 0,
        largest_frame: Size::new(0, 0),
        plays: Some(1),
        behind: 0,
    };
    walk.colour_table(screen[4])?;
    loop {
        match walk.take(1)?[0] {
            0x3B => break,
            0x21 => {
                let label = walk.take(1)?[0];
                let [name, data] = walk.sub_blocks()?;
                if label == 0xFF
                    && matches!(name, b"NETSCAPE2.0" | b"ANIMEXTS1.0")
                    && data.len() == 3
                    && data[0] == 1
                {
                    // The number counts repeats after the first time; 0 is for ever.
                    let repeats = u32::from(u16::from_le_bytes([data[1], data[2]]));
                    survey.plays = if repeats == 0 { None } else { Some(repeats + 1) };
                }
            }
            0x2C => {
                let descriptor = walk.take(9)?;
                let frame = size(&descriptor[4..]);
                walk.colour_table(descriptor[8])?;
                walk.take(1)?;
                walk.sub_blocks()?;
                survey.frames += 1;
                survey.frame_pixels += frame.pixels();
                if frame.pixels() > survey.largest_frame.pixels() {
                    survey.largest_frame = frame;
                }
            }
            _ => {
                let detail = "a block of no known kind".to_owned();
                return Err(MediaError::Damaged { format: "GIF", detail });
            }
        }
    }
    survey.behind = walk.rest.len();
    Ok(survey)
}
