//! Videos in and videos out. Behind these two traits lies the only code that names FFmpeg; what comes out of a source
//! are buffers of our own with nothing attached, and a sink writes nothing but what it is given.

use crate::{
    clip::{Audio, TimeBase},
    error::MediaError,
    frame::{Matrix, Raw, Redacted, TimedYuv},
    geom::Size,
};

/// What is known about a video before its frames are decoded, and all that a sink needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoInfo {
    /// Container and codec, in words of this program ("MP4, H.264").
    pub coding: String,
    /// Size of the upright picture in pixels.
    pub size: Size,
    /// Width of a pixel over its height, of the upright picture; `(1, 1)` when it is square or unknown.
    pub pixel_aspect: (u32, u32),
    /// Length of a tick of the frames' times.
    pub time_base: TimeBase,
    /// How the samples become RGB.
    pub matrix: Matrix,
    /// Frames that the container promises to show; `None` when it does not say.
    pub frames: Option<u64>,
    /// Length that the container promises, in microseconds; `None` when it does not say. For progress only.
    pub duration_us: Option<u64>,
    /// The sound that will come between the frames; `None` when there is none or it is dropped.
    pub sound: Option<SoundInfo>,
    /// Things in the file that are left behind, in plain words without any content of the file ("a timed metadata
    /// track", "2 subtitle tracks", "an audio track").
    pub dropped: Vec<String>,
}

/// The sound of a video: 48,000 samples a second, 32-bit float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundInfo {
    /// 1 or 2 channels.
    pub channels: u16,
    /// What was done to it; never [`Audio::Drop`].
    pub audio: Audio,
}

/// A piece of sound.
#[derive(Clone, PartialEq)]
pub struct Sound {
    /// When it is heard, in samples (48,000 a second) from the first displayed frame.
    pub at: i64,
    /// Interleaved, -1 to 1.
    pub samples: Vec<f32>,
}

impl std::fmt::Debug for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sound({} samples at {})", self.samples.len(), self.at)
    }
}

/// What a source gives next.
#[derive(Debug)]
pub enum Unit {
    /// A frame, in the order in which they are shown.
    Frame(TimedYuv<Raw>),
    /// A frame that is damaged and must be shown black: only when damage was allowed.
    Damaged {
        /// When it is shown, in ticks.
        pts: i64,
        /// How long it stays, in ticks.
        duration: i64,
    },
    /// A piece of sound, in order, not far from the frames that are shown with it.
    Sound(Sound),
}

/// An opened video. Frames are upright, 8-bit, and come with exact times.
pub trait VideoSource: Send {
    /// What the container promised.
    fn info(&self) -> &VideoInfo;

    /// The next frame or piece of sound; `None` after the last.
    ///
    /// # Errors
    /// When anything is damaged, cut short, or fewer frames come out than the container promised, unless damage is
    /// allowed.
    fn next_unit(&mut self) -> Result<Option<Unit>, MediaError>;
}

/// A video being written.
pub trait VideoSink: Send {
    /// Adds a frame. Times must increase.
    ///
    /// # Errors
    /// When the encoder fails or the disk is full.
    fn push(&mut self, frame: TimedYuv<Redacted>) -> Result<(), MediaError>;

    /// Adds sound; only when the plan has some.
    ///
    /// # Errors
    /// As [`VideoSink::push`].
    fn push_sound(&mut self, sound: Sound) -> Result<(), MediaError>;

    /// Flushes everything.
    ///
    /// # Errors
    /// As [`VideoSink::push`].
    fn finish(self: Box<Self>) -> Result<(), MediaError>;
}
