//! What the user may type about the policy, with the values that its options take. Separate from the commands, because
//! several of them take these options.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    clip::{Audio, Codec, Container, Hdr},
    effort::Effort,
    finding::Class,
    policy::{Depth, TextScope},
    style::Style,
};

/// Which policy.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// Read the policy from this TOML file
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// What to find and destroy [default: everything]
    #[arg(long, value_name = "CLASS,…", value_delimiter = ',')]
    pub redact: Option<Vec<ClassArg>>,
    /// Look of redacted areas [default: blur]
    #[arg(long, value_enum)]
    pub style: Option<StyleArg>,
    /// How hard to look [default: balanced]
    #[arg(long, value_enum, value_name = "SPEED")]
    pub speed: Option<SpeedArg>,
    /// Quality of JPEG output, 1 to 100 [default: 90]
    #[arg(long, value_name = "N")]
    pub quality: Option<u8>,
    /// Shrink outputs to this longest side in pixels [default: keep the size]
    #[arg(long, value_name = "PX")]
    pub max_side: Option<u32>,
    /// Always destroy these places too: a TOML file with a table `[[region]]` for each, holding `box = [x, y, width,
    /// height]` in pixels and, for videos, `from_s` and `to_s`
    #[arg(long, value_name = "FILE")]
    pub regions: Option<PathBuf>,
    /// File of people who agreed to be seen, kept by `safepost consent`: their faces may stay visible, and every doubt covers
    /// them; in streams every face goes [default: none]
    #[arg(long, value_name = "FILE")]
    pub consent: Option<PathBuf>,
    /// Which text goes. `phi` lets lines in pictures stay that are read with certainty, hold nothing but harmless words or
    /// a line of the policy's `spare_text`, and no identifier; in videos all text goes, because what stands in a place may
    /// change between two readings [default: all]
    #[arg(long, value_enum)]
    pub text: Option<TextArg>,
    /// Read the text that is found and count in the report how many dates, record numbers and other identifiers it holds,
    /// never what they say; in a video each line once, read where it is clearest; takes time
    #[arg(long)]
    pub identifiers: bool,
    /// How hard the detectors look at outputs again before those are published; what they see there is destroyed too, and
    /// what they still see then puts the output into `withheld/` [default: full for pictures, fast for videos]
    #[arg(long, value_enum, value_name = "DEPTH")]
    pub verify: Option<DepthArg>,
    #[command(flatten)]
    pub video: VideoArgs,
}

/// Named at each option, because a heading for all of them would go on to those of the command that takes them.
const HEADING: &str = "Video options";

/// How videos are read and written.
#[derive(Debug, Args)]
pub struct VideoArgs {
    /// What becomes of the sound; a voice identifies a person [default: drop]
    #[arg(help_heading = HEADING, long, value_enum)]
    pub audio: Option<AudioArg>,
    /// Container of videos [default: mp4]
    #[arg(help_heading = HEADING, long, value_enum)]
    pub container: Option<ContainerArg>,
    /// Codec of videos; WebM always holds VP9 [default: h264]
    #[arg(help_heading = HEADING, long, value_enum)]
    pub codec: Option<CodecArg>,
    /// What becomes of high dynamic range; `keep` needs `--codec hevc` [default: tone-map]
    #[arg(help_heading = HEADING, long, value_enum)]
    pub hdr: Option<HdrArg>,
    /// Constant rate factor of the encoder, less is better [default: 20]
    #[arg(help_heading = HEADING, long, value_name = "N")]
    pub crf: Option<u8>,
    /// Keep only what is shown from this moment on, in seconds or as H:MM:SS
    #[arg(help_heading = HEADING, long, value_name = "TIME", value_parser = moment)]
    pub from: Option<u64>,
    /// Keep only what is shown before this moment
    #[arg(help_heading = HEADING, long, value_name = "TIME", value_parser = moment)]
    pub to: Option<u64>,
    /// Show what cannot be decoded as black frames instead of failing
    #[arg(help_heading = HEADING, long)]
    pub allow_damaged: bool,
}

/// A moment in microseconds, from seconds (`9`, `2.5`) or hours, minutes and seconds (`1:02:03.5`, `2:30`).
fn moment(text: &str) -> Result<u64, String> {
    let wrong = || "must be seconds, or minutes and seconds like 2:30".to_owned();
    let mut parts = text.split(':').rev();
    let seconds: f64 = parts.next().and_then(|s| s.parse().ok()).ok_or_else(wrong)?;
    let mut total = seconds;
    let mut unit = 60.0;
    for part in parts {
        let whole: u32 = part.parse().map_err(|_| wrong())?;
        if unit > 3600.0 || seconds >= 60.0 {
            return Err(wrong());
        }
        total += f64::from(whole) * unit;
        unit *= 60.0;
    }
    if !(0.0..1e9).contains(&total) {
        return Err(wrong());
    }
    Ok((total * 1e6).round() as u64)
}

/// A speed as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SpeedArg {
    /// Fewer and smaller looks: misses more of what is small
    Fast,
    /// The measured default
    Balanced,
    /// More looks: slower, finds a little more
    Thorough,
}

impl From<SpeedArg> for Effort {
    fn from(arg: SpeedArg) -> Self {
        match arg {
            SpeedArg::Fast => Effort::Fast,
            SpeedArg::Balanced => Effort::Balanced,
            SpeedArg::Thorough => Effort::Thorough,
        }
    }
}

/// How hard outputs are looked at again, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DepthArg {
    /// Not at all; what else is in the file is still proved
    Off,
    /// One cheap look a detector, in videos at some frames
    Fast,
    /// As hard as at the input, in videos at many frames
    Full,
}

impl From<DepthArg> for Depth {
    fn from(arg: DepthArg) -> Self {
        match arg {
            DepthArg::Off => Depth::Off,
            DepthArg::Fast => Depth::Fast,
            DepthArg::Full => Depth::Full,
        }
    }
}

/// Which text goes, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextArg {
    /// Every line, whatever it says
    All,
    /// Every line but harmless ones
    Phi,
}

impl From<TextArg> for TextScope {
    fn from(arg: TextArg) -> Self {
        match arg {
            TextArg::All => TextScope::All,
            TextArg::Phi => TextScope::Phi,
        }
    }
}

/// What becomes of the sound, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AudioArg {
    /// No audio track
    Drop,
    /// Voices shifted so that they are not recognisable, words intelligible
    Disguise,
    /// As it sounds
    Keep,
}

impl From<AudioArg> for Audio {
    fn from(arg: AudioArg) -> Self {
        match arg {
            AudioArg::Drop => Audio::Drop,
            AudioArg::Disguise => Audio::Disguise,
            AudioArg::Keep => Audio::Keep,
        }
    }
}

/// A container as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ContainerArg {
    /// MP4, the index first
    Mp4,
    /// Matroska
    Mkv,
    /// WebM, with VP9
    Webm,
}

impl From<ContainerArg> for Container {
    fn from(arg: ContainerArg) -> Self {
        match arg {
            ContainerArg::Mp4 => Container::Mp4,
            ContainerArg::Mkv => Container::Mkv,
            ContainerArg::Webm => Container::WebM,
        }
    }
}

/// A codec as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CodecArg {
    /// H.264: plays everywhere
    H264,
    /// HEVC: smaller, slower
    Hevc,
    /// VP9
    Vp9,
}

impl From<CodecArg> for Codec {
    fn from(arg: CodecArg) -> Self {
        match arg {
            CodecArg::H264 => Codec::H264,
            CodecArg::Hevc => Codec::Hevc,
            CodecArg::Vp9 => Codec::Vp9,
        }
    }
}

/// What becomes of high dynamic range, as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HdrArg {
    /// Brought to standard range, which looks right everywhere
    ToneMap,
    /// Kept, in 10 bits
    Keep,
}

impl From<HdrArg> for Hdr {
    fn from(arg: HdrArg) -> Self {
        match arg {
            HdrArg::ToneMap => Hdr::ToneMap,
            HdrArg::Keep => Hdr::Keep,
        }
    }
}

/// A class as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClassArg {
    /// Faces and heads
    #[value(alias = "face")]
    Faces,
    /// Text
    Text,
    /// Monitors, laptops, telephones and other displays
    #[value(alias = "screen")]
    Screens,
    /// Sheets, charts, forms, boards and posters with writing, as a whole
    #[value(alias = "document")]
    Documents,
    /// Identification bands on wrists and forearms
    #[value(alias = "wristband")]
    Wristbands,
    /// Identification cards that are worn or held
    #[value(alias = "badge")]
    Badges,
    /// Bar codes and matrix codes
    #[value(alias = "code", alias = "barcodes")]
    Codes,
}

impl From<ClassArg> for Class {
    fn from(arg: ClassArg) -> Self {
        match arg {
            ClassArg::Faces => Class::Face,
            ClassArg::Text => Class::Text,
            ClassArg::Screens => Class::Screen,
            ClassArg::Documents => Class::Document,
            ClassArg::Wristbands => Class::Wristband,
            ClassArg::Badges => Class::Badge,
            ClassArg::Codes => Class::Code,
        }
    }
}

/// A style as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StyleArg {
    /// A soft blur made from the surroundings
    Blur,
    /// One plain colour
    Solid,
    /// A mosaic made from the surroundings
    Pixelate,
}

impl From<StyleArg> for Style {
    fn from(arg: StyleArg) -> Self {
        match arg {
            StyleArg::Blur => Style::Blur,
            StyleArg::Solid => Style::Solid,
            StyleArg::Pixelate => Style::Pixelate,
        }
    }
}
