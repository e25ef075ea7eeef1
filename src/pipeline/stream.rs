//! Frames one at a time, for programs that decode and encode themselves: a frame goes in raw and comes out redacted,
//! later by the look-ahead.

use super::{Cleaner, looks::Looks, watch::Watch};
use crate::{
    clip::TimeBase,
    error::CleanError,
    frame::{Raw, Redacted, TimedYuv},
    geom::Size,
};

/// A video that passes through frame by frame. Made by [`Cleaner::stream`].
///
/// Detectors run on the thread that calls, so a call takes as long as a look now and then.
pub struct Stream<'a> {
    cleaner: &'a Cleaner,
    watch: Watch<'a>,
    time_base: TimeBase,
}

impl Cleaner {
    /// Begins a stream of frames of `size` at about `rate` frames a second, with times in ticks of `time_base`.
    pub fn stream(&self, size: Size, rate: f32, time_base: TimeBase) -> Stream<'_> {
        let looks = Looks::inline(&self.detectors, self.second.as_ref());
        Stream {
            cleaner: self,
            watch: Watch::new(&self.wanted(), self.policy.effort, size, rate, looks, None),
            time_base,
        }
    }
}

impl Stream<'_> {
    /// Takes the next frame and gives those that are finished, in order; none at first.
    ///
    /// # Errors
    /// When a detector fails. The stream must then not be used any more: what it holds was not looked at.
    pub fn push(&mut self, frame: TimedYuv<Raw>) -> Result<Vec<TimedYuv<Redacted>>, CleanError> {
        self.watch.push(frame)?;
        Ok(self.finished(false))
    }

    /// Gives all frames that are still held.
    ///
    /// # Errors
    /// As [`Stream::push`].
    pub fn finish(mut self) -> Result<Vec<TimedYuv<Redacted>>, CleanError> {
        self.watch.end()?;
        Ok(self.finished(true))
    }

    fn finished(&mut self, ended: bool) -> Vec<TimedYuv<Redacted>> {
        std::iter::from_fn(|| self.watch.pop(ended))
            .map(|watched| self.cleaner.redact_watched(watched, self.time_base).0)
            .collect()
    }
}
