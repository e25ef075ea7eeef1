//! How far a stream's output is behind its input. Separate because it adds up what the other stages hold back, and is
//! told to whoever pipes a camera through.

use super::{
    Cleaner,
    habits::{frame_bytes, look_ahead},
    video::{QUEUE, rate},
    watch::WAITING_MOST,
};
use crate::media::video::VideoSource;

/// What is held back between a source and a sink, in frames; decoders and containers add a little of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    /// Frames of the future that are seen before a frame leaves.
    pub look_ahead: u64,
    /// Most frames between source and sink, when the detectors are at their slowest.
    pub most: u64,
    /// Frames a second by which these are counted, as the source says, or 30.
    pub rate: f32,
}

impl Delay {
    /// `frames` of this stream in milliseconds.
    pub fn ms(&self, frames: u64) -> u64 {
        (frames as f64 * 1000.0 / f64::from(self.rate)).round() as u64
    }
}

impl Cleaner {
    /// How far the output of [`Cleaner::clean_stream`] is behind `source`.
    pub fn delay(&self, source: &dyn VideoSource) -> Delay {
        let (size, rate) = (source.info().size, rate(source));
        let look_ahead = look_ahead(frame_bytes(size), rate);
        // Behind the look-ahead: answers that are waited for, the newest frame, two queues, and one frame in each hand.
        Delay { look_ahead, most: look_ahead + (WAITING_MOST + 1 + 2 * QUEUE + 2) as u64, rate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_become_milliseconds() {
        assert_eq!(Delay { look_ahead: 48, most: 69, rate: 30.0 }.ms(48), 1600);
    }
}
