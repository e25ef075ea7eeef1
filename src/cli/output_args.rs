//! What may be typed about outputs by whoever writes them: `clean` and `watch`. Separate from both, so that an option means
//! the same in each.

use std::path::PathBuf;

use clap::Args;

use super::{apart::ApartArgs, policy_args::PolicyArgs, setup};
use crate::batch::{self, Options};

/// Where outputs go, what is written about them, and how they are made.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Folder for the clean copies; made when missing
    #[arg(short, long = "output", value_name = "FOLDER")]
    pub out: PathBuf,
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Only rebuild without metadata: look for nothing, redact nothing but `--regions` (needs no models)
    #[arg(long, conflicts_with_all = ["redact", "speed"])]
    pub metadata_only: bool,
    /// Inputs handled at the same time [default: the number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Where to write the private audit trail, its key and the names of the inputs [default: beside the output folder]
    #[arg(long, visible_alias = "trail", value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Name inputs by number only, and write their names nowhere
    #[arg(long)]
    pub private: bool,
    /// Who runs this, for the audit trail [default: nobody is named]
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// Say only what went wrong
    #[arg(short, long)]
    pub quiet: bool,
    #[command(flatten)]
    pub apart: ApartArgs,
}

impl OutputArgs {
    /// What they mean for a batch; what only some commands take is off.
    pub fn options(&self) -> Options {
        Options {
            out: self.out.clone(),
            manifest: self.manifest.clone().unwrap_or_else(|| batch::default_manifest(&self.out)),
            keep_names: false,
            private: self.private,
            operator: self.operator.clone(),
            overwrite: false,
            dry_run: false,
            jobs: self.jobs.map_or_else(setup::cores, usize::from),
            boxes: None,
        }
    }
}
