//! What the user may type. Names and help only; meaning is given elsewhere in this folder.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::pipe::PipeArgs;
use crate::{
    clip::{Audio, Codec, Container},
    effort::Effort,
    finding::Class,
    style::Style,
};

/// Makes photos and videos safe to post: strips all metadata, finds faces, text, screens, documents, wristbands, badges
/// and bar codes, destroys them, checks its own output.
///
/// Inputs are never changed. Everything runs on this machine; nothing is sent anywhere.
#[derive(Debug, Parser)]
#[command(name = "safepost", version, after_help = AFTER)]
pub struct Cli {
    #[command(flatten)]
    pub runtime: RuntimeArgs,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER: &str = "\
Exit codes:
  0  every input is clean
  1  nothing was done (usage, configuration, a missing model)
  2  some input failed; the others are done
  3  some output was made but withheld, because a check refuted it

No detector finds everything: look at every output before you post it.";

/// Where the parts are.
#[derive(Debug, Args)]
pub struct RuntimeArgs {
    /// ONNX Runtime's library [default: searched for, see `safepost doctor`]
    #[arg(long, global = true, value_name = "FILE")]
    pub ort_lib: Option<PathBuf>,
    /// Folder of the models [default: searched for, see `safepost doctor`]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub models: Option<PathBuf>,
    /// Manifest of models of your own; one with a shipped model's name replaces it
    #[arg(long, global = true, value_name = "FILE")]
    pub own_models: Vec<PathBuf>,
    /// Threads of one inference [default: the number of cores, shared among the jobs]
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<usize>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make clean copies of pictures, videos and whole folders
    Clean(CleanArgs),
    /// Clean a video that comes in on standard input and write it to standard output as it goes
    Pipe(PipeArgs),
    /// List what a file gives away and what would be redacted; writes nothing
    Inspect(InspectArgs),
    /// Prove that files hold their picture or video and nothing else; writes nothing
    Verify(VerifyArgs),
    /// Print the policy in force, every key explained
    Policy(PolicyArgs),
    /// List the models, where they come from, their licences and whether the files are the right ones
    Models {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check that everything needed is there, and say what to type if not
    Doctor,
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// How to clean.
#[derive(Debug, Args)]
pub struct CleanArgs {
    /// Pictures, videos and folders; folders are searched to the bottom, hidden files too
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Folder for the clean copies; made when missing
    #[arg(short, long = "output", value_name = "FOLDER")]
    pub out: PathBuf,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Only rebuild without metadata: look for nothing, redact nothing but `--regions` (needs no models)
    #[arg(long, conflicts_with_all = ["redact", "speed"])]
    pub metadata_only: bool,
    /// Keep folders and file names (they may name a patient) instead of random ones
    #[arg(long)]
    pub keep_names: bool,
    /// Do everything again, and replace outputs of the same name
    #[arg(long)]
    pub overwrite: bool,
    /// Find and report, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Inputs handled at the same time [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Where to write the private manifest, which maps outputs to inputs [default: beside the output folder]
    #[arg(long, value_name = "FILE")]
    pub manifest: Option<PathBuf>,
    /// Name inputs by number only, on the screen and in the manifest
    #[arg(long)]
    pub private: bool,
    /// Write what was destroyed in each frame to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub boxes: Option<PathBuf>,
    /// Print one JSON report on standard output
    #[arg(long)]
    pub json: bool,
    /// Include the inputs' names in the JSON report
    #[arg(long, requires = "json", conflicts_with = "private")]
    pub names: bool,
    /// Say only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
}

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
    #[command(flatten)]
    pub video: VideoArgs,
}

/// How videos are read and written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Video options")]
pub struct VideoArgs {
    /// What becomes of the sound; a voice identifies a person [default: drop]
    #[arg(long, value_enum)]
    pub audio: Option<AudioArg>,
    /// Container of videos [default: mp4]
    #[arg(long, value_enum)]
    pub container: Option<ContainerArg>,
    /// Codec of videos; WebM always holds VP9 [default: h264]
    #[arg(long, value_enum)]
    pub codec: Option<CodecArg>,
    /// Constant rate factor of the encoder, less is better [default: 20]
    #[arg(long, value_name = "N")]
    pub crf: Option<u8>,
    /// Keep only what is shown from this moment on, in seconds or as H:MM:SS
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Option<u64>,
    /// Keep only what is shown before this moment
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub to: Option<u64>,
    /// Show what cannot be decoded as black frames instead of failing
    #[arg(long)]
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

/// What to inspect.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Pictures and videos
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// List metadata only, without running any detector (a video is otherwise watched to its end)
    #[arg(long)]
    pub metadata_only: bool,
    /// Show what the metadata says, not only that it is there
    #[arg(long)]
    pub values: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What to prove.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Files and folders; folders are searched to the bottom, and every file in them must be proved
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Say only what is not proved
    #[arg(short, long)]
    pub quiet: bool,
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
