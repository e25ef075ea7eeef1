//! What is chosen about a video as a whole: a noun that policies, options, readers and writers share.

use serde::{Deserialize, Serialize};

use crate::geom::Size;

/// What becomes of the sound. A voice identifies a person, and people say names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audio {
    /// No audio track.
    #[default]
    Drop,
    /// Pitch and formants shifted so that the voice is not recognisable; what is said stays intelligible.
    Disguise,
    /// Decoded and encoded again, as it sounds.
    Keep,
}

/// The container of a video output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// MP4: the index first, so that it plays while it loads.
    #[default]
    Mp4,
    /// Matroska.
    Mkv,
    /// WebM; the codec is VP9.
    #[serde(rename = "webm")]
    WebM,
    /// MPEG transport stream; only for pipes.
    Ts,
}

impl Container {
    /// The file name's ending, without the dot; also the name in options and reports.
    pub const fn extension(self) -> &'static str {
        match self {
            Container::Mp4 => "mp4",
            Container::Mkv => "mkv",
            Container::WebM => "webm",
            Container::Ts => "ts",
        }
    }
}

/// The codec of a video output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// H.264, 8-bit 4:2:0: plays everywhere.
    #[default]
    H264,
    /// HEVC, 4:2:0 in 8 bits, or in 10 where high dynamic range is kept.
    Hevc,
    /// VP9, 8-bit 4:2:0; what WebM holds.
    Vp9,
}

impl Codec {
    /// What is displayed of frames of `size`: in H.264 and HEVC, 4:2:0 has whole chroma samples only, so that odd sides
    /// are one pixel longer.
    pub fn displayed(self, size: Size) -> Size {
        match self {
            Codec::H264 | Codec::Hevc => Size::new(size.width.next_multiple_of(2), size.height.next_multiple_of(2)),
            Codec::Vp9 => size,
        }
    }
}

/// What becomes of high dynamic range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hdr {
    /// Brought to standard dynamic range, 8 bits in BT.709: looks right everywhere.
    #[default]
    ToneMap,
    /// Kept, as HEVC in 10 bits with the transfer of the input; without the messages about the display that it was made
    /// on. Videos of standard range stay what they are.
    Keep,
}

/// How a video is read and written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VideoOptions {
    /// The sound. Default: `drop`.
    pub audio: Audio,
    /// The container of outputs. Default: `mp4`.
    pub container: Container,
    /// The codec of outputs; WebM always holds VP9. Default: `h264`.
    pub codec: Codec,
    /// Constant rate factor of the encoder, 0 to 51 (63 for VP9), less is better. Default: 20.
    pub crf: u8,
    /// High dynamic range; `keep` needs the codec `hevc`. Default: `tone_map`.
    pub hdr: Hdr,
    /// Whether frames that cannot be decoded become black ones instead of an error. Default: false.
    pub allow_damaged: bool,
}

impl Default for VideoOptions {
    fn default() -> Self {
        Self {
            audio: Audio::default(),
            container: Container::default(),
            codec: Codec::default(),
            crf: 20,
            hdr: Hdr::default(),
            allow_damaged: false,
        }
    }
}

/// A part of a video, in microseconds from its first displayed frame; frames whose time lies outside are neither shown
/// nor kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// First moment that is kept. Default: 0.
    pub from_us: u64,
    /// First moment that is no longer kept; `None` is the end. Default: `None`.
    pub to_us: Option<u64>,
}

impl Span {
    /// Whether a frame shown at `at_us` is kept.
    pub fn holds(&self, at_us: u64) -> bool {
        at_us >= self.from_us && self.to_us.is_none_or(|to| at_us < to)
    }
}

/// Length of a tick in seconds, as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeBase {
    /// Numerator, at least 1.
    pub num: u32,
    /// Denominator, at least 1.
    pub den: u32,
}

impl TimeBase {
    /// `ticks` in microseconds, rounded to the nearest; negative times are 0.
    pub fn us(self, ticks: i64) -> u64 {
        let ticks = u128::from(ticks.max(0).unsigned_abs());
        let den = u128::from(self.den.max(1));
        ((ticks * u128::from(self.num) * 1_000_000 + den / 2) / den) as u64
    }
}
