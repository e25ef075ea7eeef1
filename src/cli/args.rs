//! What the user may type. Names and help only; meaning is given elsewhere in this folder.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    audit::AuditArgs, consent::ConsentArgs, output_args::OutputArgs, pipe::PipeArgs, policy_args::PolicyArgs,
    watch::WatchArgs,
};
use crate::device::Device;

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
    /// What the networks run on. Anything but the processor needs a build with the feature of that name, an ONNX Runtime
    /// that has it, and for `clean` and `watch` --no-isolation; where it cannot be had nothing is done. Graphics cards and
    /// other accelerators are untested [default: cpu]
    #[arg(long, global = true, value_enum)]
    pub device: Option<Device>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make clean copies of pictures, videos and whole folders
    Clean(CleanArgs),
    /// Make clean copies of whatever is dropped into a folder, until Ctrl-C
    Watch(WatchArgs),
    /// Clean a video that comes in on standard input and write it to standard output as it goes
    Pipe(PipeArgs),
    /// List what a file gives away and what would be redacted; writes nothing
    Inspect(InspectArgs),
    /// Prove that files hold nothing but their picture or video, and look for what should have gone; writes nothing
    Verify(VerifyArgs),
    /// Keep the list of people who agreed to be seen
    Consent(ConsentArgs),
    /// Check, show, export or shorten an audit trail
    Audit(AuditArgs),
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
    /// Clean files for another process of this program
    #[command(hide = true)]
    Worker,
}

/// How to clean.
#[derive(Debug, Args)]
pub struct CleanArgs {
    /// Pictures, videos and folders; folders are searched to the bottom, hidden files too
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Keep folders and file names (they may name a patient) instead of random ones
    #[arg(long)]
    pub keep_names: bool,
    /// Do everything again, and replace outputs of the same name
    #[arg(long)]
    pub overwrite: bool,
    /// Find and report, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write what was destroyed in each frame to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub boxes: Option<PathBuf>,
    /// Print one JSON report on standard output
    #[arg(long)]
    pub json: bool,
    /// Include the inputs' names in the JSON report
    #[arg(long, requires = "json", conflicts_with = "private")]
    pub names: bool,
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
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Only prove what else is in the files: nobody looks at what they show (needs no models)
    #[arg(long, conflicts_with_all = ["redact", "speed", "verify"])]
    pub metadata_only: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Say only what is not proved
    #[arg(short, long)]
    pub quiet: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn under_a_heading_stand_its_own_options_only() {
        for command in ["clean", "watch"] {
            let cli = Cli::command();
            let command = cli.find_subcommand(command).unwrap();
            let under = |heading| {
                let args = command.get_arguments().filter(move |arg| arg.get_help_heading() == Some(heading));
                args.map(|arg| arg.get_id().as_str()).collect::<Vec<_>>()
            };
            let video = ["audio", "container", "codec", "hdr", "crf", "from", "to", "allow_damaged"];
            assert_eq!(under("Video options"), video);
            assert_eq!(under("Isolation options"), ["no_isolation", "worker_memory", "stall"]);
        }
    }
}
