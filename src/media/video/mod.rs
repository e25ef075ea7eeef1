//! Videos in and videos out. Behind these two traits lies the only code that names FFmpeg (and, beside it, frames
//! without a codec); what comes out of a source
//! are buffers of our own with nothing attached, and a sink writes nothing but what it is given.

#[cfg(feature = "video")]
#[expect(unsafe_code, reason = "FFmpeg is a set of C libraries; every call into them is in this folder")]
mod av;
#[cfg(feature = "video")]
mod crop;
#[cfg(feature = "video")]
mod damage;
#[cfg(feature = "video")]
mod disguise;
#[cfg(feature = "video")]
mod film;
#[cfg(feature = "video")]
mod graph;
#[cfg(feature = "video")]
mod look;
#[cfg(feature = "video")]
mod open;
#[cfg(feature = "video")]
mod out;
#[cfg(feature = "video")]
mod packets;
mod raw;
#[cfg(feature = "video")]
mod sound;
#[cfg(feature = "video")]
mod source;
#[cfg(all(test, feature = "video"))]
pub(crate) mod tests;
#[cfg(feature = "video")]
mod times;
#[cfg(feature = "video")]
mod turn;
#[cfg(feature = "video")]
mod whole;

use std::{
    io::{Read, Write},
    path::Path,
};

pub use self::raw::{Pixels, RawForm, Y4mHeader, create_raw, create_y4m, is_y4m, open_raw, open_y4m};

use crate::{
    clip::{Audio, Span, TimeBase, VideoOptions},
    error::MediaError,
    frame::{Deep, HdrTransfer, Matrix, Raw, Redacted, TimedYuv, Yuv},
    geom::Size,
    limits::Limits,
};

/// Where a video comes from.
pub enum Input<'a> {
    /// A regular file.
    File(&'a Path),
    /// Bytes as they come, such as standard input. An MP4 must have its index in front.
    Stream(Box<dyn Read + Send>),
}

/// Where a video goes.
pub enum Target<'a> {
    /// An existing file, whose content is replaced. An MP4 gets its index in front.
    File(&'a Path),
    /// Bytes as they come, such as standard output. An MP4 is fragmented, Matroska is live.
    Stream(Box<dyn Write + Send>),
}

/// Opens a video by its content and decodes its first frame.
///
/// The first video track is read, and with `options.audio` the first of sound; everything else is left behind and
/// listed in [`VideoInfo::dropped`]. Frames that an edit list hides are not given. Frames are turned upright (an odd
/// angle becomes the nearest quarter turn), interlaced ones are made progressive one for one, HDR is brought to BT.709
/// (with `options.hdr` to keep it, what it was lies beside), and times begin at 0 with the first frame that `span` keeps.
///
/// # Errors
/// Those of [`sniff`](super::sniff) for what is no video (playlists are refused, whatever they are named),
/// [`MediaError::TooLarge`] over a cap, [`MediaError::UnsupportedFeature`], [`MediaError::Damaged`] when the first frame
/// cannot be decoded, and [`MediaError::NotBuilt`] without the feature `video`.
pub fn open(
    input: Input<'_>,
    options: &VideoOptions,
    span: Span,
    limits: &Limits,
) -> Result<Box<dyn VideoSource>, MediaError> {
    opened(input, options, span, limits)
}

#[cfg(feature = "video")]
fn opened(
    input: Input<'_>,
    options: &VideoOptions,
    span: Span,
    limits: &Limits,
) -> Result<Box<dyn VideoSource>, MediaError> {
    let source = |input| -> Result<Box<dyn VideoSource>, MediaError> {
        let opened = open::open(input, options, limits)?;
        Ok(Box::new(source::Source::new(opened, options, span, limits)?))
    };
    match input {
        Input::File(_) => source(input),
        Input::Stream(stream) => {
            let (watched, whole) = whole::watch(stream, options.allow_damaged);
            Ok(Box::new(whole(source(Input::Stream(Box::new(watched)))?)))
        }
    }
}

/// Begins a video of the size, clock, colours and sound of `info`.
///
/// The file holds the coded frames, the coded sound, and what is needed to play them: no names, no times of day, no
/// tags, no edit list, no supplemental messages in the stream. The same input gives the same bytes. With H.264 and HEVC
/// an odd width or height is rounded up by repeating the last column or row; Matroska keeps times to 1 ms. A pipe gets a
/// piece every half second.
///
/// # Errors
/// [`MediaError::Encode`] when the encoder cannot be had or refuses, [`MediaError::Io`] when the target cannot be
/// written, and [`MediaError::NotBuilt`] without the feature `video`.
pub fn create(
    target: Target<'_>,
    info: &VideoInfo,
    options: &VideoOptions,
) -> Result<Box<dyn VideoSink>, MediaError> {
    created(target, None, info, options)
}

/// Begins the video of [`create`] again in the file `target`. `earlier` is a copy of what it held, with the same frames:
/// those that did not change are taken from there by [`VideoSink::push_again`]. Without it, or when it cannot be read, all
/// are coded anew.
///
/// # Errors
/// As [`create`].
pub fn create_again(
    target: &Path,
    earlier: Option<&Path>,
    info: &VideoInfo,
    options: &VideoOptions,
) -> Result<Box<dyn VideoSink>, MediaError> {
    created(Target::File(target), earlier, info, options)
}

#[cfg(feature = "video")]
fn created(
    target: Target<'_>,
    earlier: Option<&Path>,
    info: &VideoInfo,
    options: &VideoOptions,
) -> Result<Box<dyn VideoSink>, MediaError> {
    Ok(Box::new(out::Sink::create(target, info, options, earlier)?))
}

#[cfg(not(feature = "video"))]
const NOT_BUILT: MediaError =
    MediaError::NotBuilt { format: "videos", advice: "install FFmpeg and build safepost with its feature `video`" };

#[cfg(not(feature = "video"))]
fn opened(_: Input<'_>, _: &VideoOptions, _: Span, _: &Limits) -> Result<Box<dyn VideoSource>, MediaError> {
    Err(NOT_BUILT)
}

#[cfg(not(feature = "video"))]
fn created(
    _: Target<'_>,
    _: Option<&Path>,
    _: &VideoInfo,
    _: &VideoOptions,
) -> Result<Box<dyn VideoSink>, MediaError> {
    Err(NOT_BUILT)
}

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
    /// High dynamic range that is kept: then every frame has it beside its planes ([`Yuv::deep`]).
    pub hdr: Option<HdrTransfer>,
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

impl VideoInfo {
    /// A black frame of this video: stands in for one that could not be decoded, and holds nothing.
    pub fn black(&self) -> Yuv<Raw> {
        let frame = Yuv::black(self.size, self.matrix);
        match self.hdr.map(|transfer| Deep::black(self.size, transfer)) {
            Some(deep) => frame.clone().with_deep(deep).unwrap_or(frame),
            None => frame,
        }
    }
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

    /// Frames a second, about, where the stream says so; `None` is unknown.
    fn rate(&self) -> Option<f32> {
        None
    }
}

/// A video being written.
pub trait VideoSink: Send {
    /// Adds a frame. Times must increase.
    ///
    /// # Errors
    /// When the encoder fails or the disk is full.
    fn push(&mut self, frame: TimedYuv<Redacted>) -> Result<(), MediaError>;

    /// Adds the next frame as it is in an earlier state of the file, which [`create_again`] was given. `false`: it cannot be
    /// had from there, and must be pushed.
    ///
    /// # Errors
    /// As [`VideoSink::push`].
    fn push_again(&mut self, _pts: i64, _duration: i64) -> Result<bool, MediaError> {
        Ok(false)
    }

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

#[cfg(all(test, not(feature = "video")))]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_ffmpeg_says_how_to_get_one_with_it() {
        let read = open(
            Input::Stream(Box::new(std::io::empty())),
            &VideoOptions::default(),
            Span::default(),
            &Limits::default(),
        );
        let advice = read.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(advice.contains("FFmpeg"), "{advice}");
    }
}
