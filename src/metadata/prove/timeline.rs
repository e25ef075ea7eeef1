//! The frames of a video as its container orders them: counted, their times increasing, each told to whoever compares
//! them with what was encoded. Separate because every container has its own way to say when a frame is shown.

use super::violation::Fault;
use crate::clip::TimeBase;

/// Told the time of every frame in ticks, in the order in which they are shown.
pub(super) type OnFrame<'a> = &'a mut dyn FnMut(i64, TimeBase);

/// Frames seen so far.
pub(super) struct Timeline<'a> {
    on_frame: OnFrame<'a>,
    /// Length of a tick.
    pub(super) base: TimeBase,
    /// How many frames.
    pub(super) frames: u64,
    /// When the first one is shown.
    pub(super) first: i64,
    /// When the last one is shown.
    pub(super) last: i64,
}

impl<'a> Timeline<'a> {
    pub(super) const fn new(on_frame: OnFrame<'a>, base: TimeBase) -> Self {
        Self { on_frame, base, frames: 0, first: 0, last: 0 }
    }

    /// One more frame, shown at `pts`. A frame that is not later than the one before would never be seen.
    pub(super) fn frame(&mut self, pts: i64) -> Result<(), Fault> {
        if self.frames == 0 {
            self.first = pts;
        } else if pts <= self.last {
            return Err(Fault::Value("the time of a frame"));
        }
        self.last = pts;
        self.frames += 1;
        (self.on_frame)(pts, self.base);
        Ok(())
    }
}
