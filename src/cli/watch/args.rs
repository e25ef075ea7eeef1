//! What may be typed behind `safepost watch`. Separate from `clean`'s options because a watch has no list of inputs and
//! cannot do everything again.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::super::output_args::OutputArgs;

const AFTER: &str = "\
A file is read once its size and time of change have stayed the same for as long as --settle says. Files that end in \
.part, .partial, .crdownload, .download, .opdownload, .filepart or .tmp wait until they are renamed. Subfolders are \
searched, hidden files too. Nothing is done twice: what was cleaned in the same place with the same content, policy and \
models stays done, after a restart too, even when its output was taken away. A file that fails is said once and tried \
again when it changes, or by the next watch.

The first Ctrl-C ends after the current file, a second one at once.

Exit codes: as for `clean`, over everything that was handled; 0 when nothing was.";

/// How to watch.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct WatchArgs {
    /// Folder that files are dropped into
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub interval: Duration,
    /// Seconds for which a file must have stayed the same before it is read
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub settle: Duration,
    /// Clean what is there and end
    #[arg(long)]
    pub once: bool,
    /// Keep folders and file names (they may name a patient), extensions too (`a.heic` becomes `a.heic.jpg`)
    #[arg(long)]
    pub keep_names: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|s: &f64| (0.01..=86_400.0).contains(s));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "must be from 0.01 to 86400".to_owned())
}
