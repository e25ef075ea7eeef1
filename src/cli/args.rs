//! What the user may type. Names and help only; meaning is given elsewhere in this folder.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{finding::Class, style::Style};

/// Makes photos safe to post: strips all metadata, finds faces and text, destroys them, checks its own output.
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
    /// Make clean copies of pictures and of whole folders
    Clean(CleanArgs),
    /// List what a file gives away and what would be redacted; writes nothing
    Inspect(InspectArgs),
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
    /// Pictures and folders; folders are searched to the bottom, hidden files too
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// Folder for the clean copies; made when missing
    #[arg(short, long = "output", value_name = "FOLDER")]
    pub out: PathBuf,
    #[command(flatten)]
    pub policy: PolicyArgs,
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
    /// Look harder: slower, finds a little more
    #[arg(long)]
    pub thorough: bool,
    /// Quality of JPEG output, 1 to 100 [default: 90]
    #[arg(long, value_name = "N")]
    pub quality: Option<u8>,
    /// Shrink outputs to this longest side in pixels [default: keep the size]
    #[arg(long, value_name = "PX")]
    pub max_side: Option<u32>,
}

/// What to inspect.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Pictures
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// List metadata only, without running any detector
    #[arg(long)]
    pub metadata_only: bool,
    /// Show what the metadata says, not only that it is there
    #[arg(long)]
    pub values: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A class as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClassArg {
    /// Faces and heads
    #[value(alias = "face")]
    Faces,
    /// Text
    Text,
}

impl From<ClassArg> for Class {
    fn from(arg: ClassArg) -> Self {
        match arg {
            ClassArg::Faces => Class::Face,
            ClassArg::Text => Class::Text,
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
