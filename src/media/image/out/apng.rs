//! Animated PNG out. Separate from the PNG writer because the number of frames stands at the front and is known only at
//! the end: each frame is encoded as a PNG of its own and its data moved into the animation's chunks.

use image::RgbImage;

use super::{failed, png::encode};
use crate::{
    error::MediaError,
    frame::{Redacted, TimedFrame},
    media::Sink,
};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) struct ApngSink {
    loops: Option<u32>,
    /// Header chunk of the first frame; all others must have the same.
    header: Option<Vec<u8>>,
    /// All chunks between the animation's control chunk and the end.
    body: Vec<u8>,
    frames: u32,
    sequence: u32,
}

impl ApngSink {
    pub(super) fn new(loops: Option<u32>) -> Self {
        Self { loops, header: None, body: Vec::new(), frames: 0, sequence: 0 }
    }

    fn next_sequence(&mut self) -> [u8; 4] {
        self.sequence += 1;
        (self.sequence - 1).to_be_bytes()
    }

    fn control(&mut self, picture: &RgbImage, millis: u128) {
        let mut control = self.next_sequence().to_vec();
        control.extend(picture.width().to_be_bytes());
        control.extend(picture.height().to_be_bytes());
        // At the origin, for so many thousandths of a second; keep nothing, blend with nothing.
        control.extend([0; 8]);
        control.extend(u16::try_from(millis).unwrap_or(u16::MAX).to_be_bytes());
        control.extend(1000u16.to_be_bytes());
        control.extend([0, 0]);
        chunk(&mut self.body, b"fcTL", &[&control]);
    }
}

impl Sink for ApngSink {
    fn push(&mut self, frame: TimedFrame<Redacted>) -> Result<(), MediaError> {
        let picture = frame.frame.into_pixels();
        let file = encode(&picture)?;
        let header = self.header.get_or_insert_with(|| file[16..29].to_vec());
        if header[..] != file[16..29] {
            return Err(failed("APNG", "the frames differ in size"));
        }
        self.control(&picture, frame.duration.as_millis());
        for data in picture_data(&file) {
            if self.frames == 0 {
                chunk(&mut self.body, b"IDAT", &[data]);
            } else {
                let sequence = self.next_sequence();
                chunk(&mut self.body, b"fdAT", &[&sequence, data]);
            }
        }
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, MediaError> {
        let header = self.header.ok_or_else(|| failed("APNG", "no picture was given"))?;
        let mut file = SIGNATURE.to_vec();
        chunk(&mut file, b"IHDR", &[&header]);
        let plays = self.loops.unwrap_or(0);
        chunk(&mut file, b"acTL", &[&self.frames.to_be_bytes(), &plays.to_be_bytes()]);
        file.extend(self.body);
        chunk(&mut file, b"IEND", &[]);
        Ok(file)
    }
}

/// The bodies of the picture data chunks of a file that [`encode`] wrote.
fn picture_data(file: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = &file[SIGNATURE.len()..];
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        if behind.starts_with(b"IDAT") {
            found.push(&behind[4..4 + length]);
        }
        rest = &behind[length + 8..];
    }
    found
}

fn chunk(to: &mut Vec<u8>, kind: &[u8; 4], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    to.extend((length as u32).to_be_bytes());
    let start = to.len();
    to.extend(kind);
    parts.iter().for_each(|p| to.extend(*p));
    let sum = checksum(&to[start..]);
    to.extend(sum.to_be_bytes());
}

/// CRC-32 as PNG uses it (third edition, annex D).
fn checksum(bytes: &[u8]) -> u32 {
    let mut table = [0u32; 256];
    for (n, entry) in table.iter_mut().enumerate() {
        *entry = (0..8).fold(n as u32, |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 });
    }
    !bytes.iter().fold(u32::MAX, |c, &b| table[((c ^ u32::from(b)) & 255) as usize] ^ (c >> 8))
}
