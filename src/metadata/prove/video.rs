//! The front door of the proofs of videos: their forms, what is proved about them, and what a proof says. Separate
//! from the proofs of pictures because videos do not fit in memory.

use std::io::{Read, Seek};

use super::{
    ebml, mp4,
    stream::{Refuted, Seekable, Stream},
    timeline::{OnFrame, Timeline},
    ts,
    violation::Fault,
};
use crate::{
    clip::{Codec, TimeBase},
    geom::Size,
};

/// A form of video that is written here, and that can therefore be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoForm {
    /// MP4 with its index first.
    Mp4,
    /// MP4 in fragments, as it is written to a pipe.
    FragmentedMp4,
    /// Matroska, seekable or written to a pipe.
    Mkv,
    /// WebM, seekable or written to a pipe.
    WebM,
    /// MPEG transport stream.
    Ts,
}

impl VideoForm {
    /// Every form.
    pub const ALL: &'static [VideoForm] =
        &[VideoForm::Mp4, VideoForm::FragmentedMp4, VideoForm::Mkv, VideoForm::WebM, VideoForm::Ts];

    /// The name used in violations and reports.
    pub const fn name(self) -> &'static str {
        match self {
            VideoForm::Mp4 => "MP4",
            VideoForm::FragmentedMp4 => "fragmented MP4",
            VideoForm::Mkv => "Matroska",
            VideoForm::WebM => "WebM",
            VideoForm::Ts => "MPEG-TS",
        }
    }

    /// The form that the first bytes claim (64 of them are enough), for proving a file of unknown origin; `None` when
    /// it is none of these.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(64)];
        match head {
            [_, _, _, _, b'f', b't', b'y', b'p', b'i', b's', b'o', b'5', ..] => Some(VideoForm::FragmentedMp4),
            [_, _, _, _, b'f', b't', b'y', b'p', b'i', b's', b'o', b'm', ..] => Some(VideoForm::Mp4),
            [0x1A, 0x45, 0xDF, 0xA3, rest @ ..] if rest.windows(4).any(|w| w == b"webm") => Some(VideoForm::WebM),
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(VideoForm::Mkv),
            [0x47, 0x40, ..] => Some(VideoForm::Ts),
            _ => None,
        }
    }
}

/// What a proved video shows, to be compared with what was meant to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct VideoProof {
    /// Columns and rows that are displayed, after cropping and before any stretching to the pixel aspect.
    pub size: Size,
    /// Width of a pixel over its height as the container says it, and for MPEG-TS as the pictures say it.
    pub pixel_aspect: (u32, u32),
    /// How the pictures are coded.
    pub codec: Codec,
    /// How many pictures it shows.
    pub frames: u64,
    /// Channels of its sound track; `None` when it has no sound track.
    pub channels: Option<u8>,
    /// Length of a tick.
    pub time_base: TimeBase,
    /// When the first picture is shown, in ticks.
    pub first: i64,
    /// When the last picture is shown, in ticks.
    pub last: i64,
    /// When the last picture ends, in ticks; `None` where the container does not say.
    pub end: Option<i64>,
}

impl VideoProof {
    /// The parts of a proof that the containers have in common.
    pub(super) fn new(
        timeline: &Timeline,
        shape: super::coded::Shape,
        codec: Codec,
        channels: Option<u8>,
        end: Option<i64>,
    ) -> Self {
        let &Timeline { base: time_base, frames, first, last, .. } = timeline;
        let (size, pixel_aspect) = (shape.size, shape.pixel_aspect);
        Self { size, pixel_aspect, codec, frames, channels, time_base, first, last, end }
    }
}

/// Proves that a file is a video of the given form with one track of pictures, at most one of sound if `sound` allows
/// it, and nothing else. `on_frame` is told when each picture is shown, in ticks, in the order of showing.
///
/// What is proved: every byte of the container belongs to an allowed box, element or packet whose value is a constant,
/// a number that agrees with the rest, or a coded picture or sound; all headers of the coded data, to the last bit.
/// What is not: entropy-coded data are not decoded, so that bytes which a decoder never reaches at the end of a slice,
/// a tile or a frame of sound are not seen.
///
/// The file is read once from its start to its end. Memory grows with the number of pictures (about 40 bytes each),
/// not with their size; an index of more than 64 MiB and a picture of more than 64 MiB are refused.
///
/// # Errors
/// The first thing found that is not on the list of that form, or that the file could not be read.
pub fn prove_video(
    file: &mut (impl Read + Seek),
    form: VideoForm,
    sound: bool,
    on_frame: &mut dyn FnMut(i64, TimeBase),
) -> Result<VideoProof, Refuted> {
    prove(file, form, sound, on_frame)
}

/// Proves a video of unknown origin by what its first bytes claim; sound is allowed.
///
/// # Errors
/// As [`prove_video`]; a file of any form that is not written here is a violation, whatever it holds.
pub fn prove_any_video(file: &mut (impl Read + Seek)) -> Result<VideoProof, Refuted> {
    let mut head = Vec::new();
    file.rewind()?;
    file.by_ref().take(64).read_to_end(&mut head)?;
    match VideoForm::of(&head) {
        Some(form) => prove(file, form, true, &mut |_, _| ()),
        None => Err(Stream::new("file", file)?.fail(Fault::Forbidden("a format that is never written here"))),
    }
}

fn prove(file: &mut dyn Seekable, form: VideoForm, sound: bool, on_frame: OnFrame) -> Result<VideoProof, Refuted> {
    let mut stream = Stream::new(form.name(), file)?;
    match form {
        VideoForm::Mp4 => mp4::prove(&mut stream, false, sound, on_frame),
        VideoForm::FragmentedMp4 => mp4::prove(&mut stream, true, sound, on_frame),
        VideoForm::Mkv => ebml::prove(&mut stream, false, sound, on_frame),
        VideoForm::WebM => ebml::prove(&mut stream, true, sound, on_frame),
        VideoForm::Ts => ts::prove(&mut stream, sound, on_frame),
    }
}
