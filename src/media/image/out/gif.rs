//! GIF out: whole frames, each with its own palette. Separate because GIF alone must reduce colours.

use std::borrow::Cow;

use gif::{DisposalMethod, Encoder, Frame, Repeat};
use image::RgbImage;

use super::failed;
use crate::{
    error::MediaError,
    frame::{Redacted, TimedFrame},
    media::Sink,
};

/// Speed of the colour search, 1 (best) to 30. 10 is the `gif` crate's own middle and looks the same on photographs.
const SPEED: i32 = 10;

pub(super) struct GifSink {
    repeat: Repeat,
    encoder: Option<Encoder<Vec<u8>>>,
    /// Of the first frame; all others must have the same.
    size: (u32, u32),
}

impl GifSink {
    pub(super) fn new(loops: Option<u32>) -> Self {
        // The format counts repeats after the first time.
        let repeats = |plays: u32| Repeat::Finite(u16::try_from(plays.saturating_sub(1)).unwrap_or(u16::MAX));
        let repeat = loops.map_or(Repeat::Infinite, repeats);
        Self { repeat, encoder: None, size: (0, 0) }
    }
}

impl Sink for GifSink {
    fn push(&mut self, frame: TimedFrame<Redacted>) -> Result<(), MediaError> {
        let picture = frame.frame.into_pixels();
        let side = |px: u32| u16::try_from(px).map_err(|_| failed("GIF", "a side is longer than 65,535 pixels"));
        let (width, height) = (side(picture.width())?, side(picture.height())?);
        if self.encoder.is_none() {
            let mut encoder = Encoder::new(Vec::new(), width, height, &[]).map_err(|e| failed("GIF", e))?;
            if self.repeat != Repeat::Finite(0) {
                encoder.set_repeat(self.repeat).map_err(|e| failed("GIF", e))?;
            }
            self.encoder = Some(encoder);
            self.size = picture.dimensions();
        }
        let Some(encoder) = &mut self.encoder else { return Ok(()) };
        if self.size != picture.dimensions() {
            return Err(failed("GIF", "the frames differ in size"));
        }
        let hundredths = u16::try_from(frame.duration.as_millis().div_ceil(10)).unwrap_or(u16::MAX);
        encoder.write_frame(&quantised(&picture, width, height, hundredths)).map_err(|e| failed("GIF", e))
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, MediaError> {
        let encoder = self.encoder.ok_or_else(|| failed("GIF", "no picture was given"))?;
        encoder.into_inner().map_err(|e| failed("GIF", e))
    }
}

/// At most 256 colours, found in this frame alone. A frame with that many or fewer keeps each exactly. Colours that no
/// pixel took are black, as the proof of outputs asks.
fn quantised(picture: &RgbImage, width: u16, height: u16, delay: u16) -> Frame<'static> {
    let mut frame = Frame::from_rgb_speed(width, height, picture.as_raw(), SPEED);
    frame.delay = delay;
    frame.dispose = DisposalMethod::Keep;
    frame.transparent = None;
    let mut used = [false; 256];
    frame.buffer.iter().for_each(|&index| used[usize::from(index)] = true);
    let colours = frame.palette.iter_mut().flat_map(|palette| palette.chunks_mut(3));
    colours.zip(used).filter(|(_, used)| !used).for_each(|(colour, _)| colour.fill(0));
    frame.buffer = Cow::Owned(frame.buffer.into_owned());
    frame
}
