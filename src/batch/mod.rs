//! Many inputs, one after the other or several at once. One bad file never stops the rest; the worst result decides.

mod boxes;
mod film;
mod intent;
mod names;
mod publish;
mod resume;
mod run;
mod tells;
mod trail;
mod walk;
mod watch;
mod withheld;

use std::path::{Path, PathBuf};

use crate::{audit::AuditError, pipeline::InputReport};

pub use boxes::Boxes;
pub use run::{Batch, Handled, Progress, run};
pub use tells::{Tells, tells};
pub use walk::{Item, Origin, list};
pub use watch::{Watching, watch};
pub use withheld::FOLDER as WITHHELD;

/// How outputs are named and what is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Folder for the outputs; made when missing.
    pub out: PathBuf,
    /// The audit trail; its key and the file of names lie beside it. Default: beside the output folder, see
    /// [`default_manifest`].
    pub manifest: PathBuf,
    /// Keep the inputs' folders and stems instead of neutral random names.
    pub keep_names: bool,
    /// Write no names of inputs anywhere. Otherwise they go into a private file beside the trail, see
    /// [`audit::names_file`](crate::audit::names_file); the trail itself never holds any.
    pub private: bool,
    /// Who runs it, for the trail. Default: nobody is named.
    pub operator: Option<String>,
    /// Do everything again and replace outputs of the same name.
    pub overwrite: bool,
    /// Find and report, write nothing at all.
    pub dry_run: bool,
    /// Inputs handled at the same time; at least 1.
    pub jobs: usize,
    /// Where to write what was destroyed in each frame, as JSON Lines. Default: nowhere.
    pub boxes: Option<PathBuf>,
}

/// The audit trail that belongs to an output folder: beside it, so that everything inside may be posted.
pub fn default_manifest(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".private.jsonl");
    out.with_file_name(name)
}

/// How one input ended.
#[derive(Debug)]
pub enum Ending {
    /// Its outputs are published (or would be, on a dry run).
    Clean {
        /// What was found.
        report: InputReport,
        /// Paths inside the output folder; empty on a dry run.
        outputs: Vec<PathBuf>,
    },
    /// Made, refuted, not published.
    Withheld {
        /// What was found.
        report: InputReport,
        /// What the check saw.
        reason: String,
        /// What was put aside for a person to look at: paths inside the output folder, all below `withheld/`. Empty when
        /// the file itself was not as it should be.
        outputs: Vec<PathBuf>,
        /// Whether this is how an earlier run with the same content, policy and models ended.
        before: bool,
    },
    /// Done by an earlier run with the same content, policy and models.
    DoneBefore {
        /// What was found then.
        report: InputReport,
        /// Paths inside the output folder.
        outputs: Vec<PathBuf>,
    },
    /// Not a picture by name or by content, met in a folder.
    Skipped,
    /// Could not be cleaned; nothing was written for it.
    Failed {
        /// What is wrong and what to do.
        reason: String,
    },
}

/// The batch could not begin or not go on; what was published stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// An input does not exist.
    #[error("{} does not exist", .path.display())]
    Missing {
        /// As given.
        path: PathBuf,
    },
    /// Input and output overlap.
    #[error("the output folder {} {how}; choose one that shares nothing with the inputs", .out.display())]
    Overlap {
        /// The output folder.
        out: PathBuf,
        /// In which way.
        how: &'static str,
    },
    /// What is to be watched is no folder.
    #[error("{} is not a folder; name the folder that files are dropped into", .path.display())]
    NoFolder {
        /// As given.
        path: PathBuf,
    },
    /// A private file would be posted with the pictures.
    #[error("the {what} {} would lie inside the output folder, where it could be posted; choose another place", .path.display())]
    Inside {
        /// What the file is.
        what: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The output folder cannot be used.
    #[error("the output folder {} cannot be used: {source}", .out.display())]
    Out {
        /// The output folder.
        out: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Another run writes into the output folder, under another trail.
    #[error("another run is writing into {}; wait for it, or choose another output folder", .out.display())]
    Held {
        /// The output folder.
        out: PathBuf,
    },
    /// A folder cannot be listed.
    #[error("{} cannot be read: {source}", .path.display())]
    Walk {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The audit trail failed.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The file of authorizations cannot be used.
    #[error(transparent)]
    Consent(#[from] crate::error::ConsentError),
    /// Leftovers of a killed run could not be removed.
    #[error(transparent)]
    Media(#[from] crate::error::MediaError),
}
