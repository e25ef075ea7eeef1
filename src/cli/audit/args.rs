//! What may be typed behind `safepost audit`. Separate from the other commands' options because none are shared.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::audit::LEAST_YEARS;

const AFTER: &str = "\
A trail holds no names, no text and no pictures; inputs stand in it as a keyed hash. Its key lies beside it \
(`x.key` for `x.jsonl`), as do the names of the inputs (`x.names.jsonl`, which may be deleted at any time).

A chain of hashes shows that no row was changed, removed, added or moved. It cannot show that rows were cut off at its \
end: for that keep the hash of the last row that `safepost clean` prints, and give it to `verify --expect`.

Exit codes: 0 the trail holds, 1 nothing was done, 3 the trail is broken.";

/// Check, show, export or shorten an audit trail.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct AuditArgs {
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What to do with a trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Say whether every row is as it was written
    Verify {
        #[command(flatten)]
        trail: TrailArgs,
        /// Hash of a row that must be there, as printed after a run
        #[arg(long, value_name = "HASH", value_parser = hash)]
        expect: Option<String>,
    },
    /// Say in numbers what the trail records
    Show {
        #[command(flatten)]
        trail: TrailArgs,
        /// Only the rows of this photo or video; needs the key
        #[arg(long, value_name = "FILE")]
        of: Option<PathBuf>,
        /// Print JSON
        #[arg(long, conflicts_with = "of")]
        json: bool,
    },
    /// Write the trail as a table or as a page for printing
    #[command(group(clap::ArgGroup::new("format").required(true).multiple(true).args(["csv", "html"])))]
    Export {
        #[command(flatten)]
        trail: TrailArgs,
        /// Write the inputs as comma-separated values to this file
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Write one HTML page to this file
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Replace files that are there
        #[arg(long)]
        overwrite: bool,
    },
    /// Remove rows, and names that belong to them, once they are six years old (45 CFR 164.316(b)(2)(i)) or older
    Purge {
        /// The audit trail
        #[arg(value_name = "TRAIL")]
        file: PathBuf,
        /// Age in years from which rows go; not less than 6
        #[arg(long, value_name = "N", default_value_t = LEAST_YEARS)]
        years: u32,
        /// Who does this, for the trail [default: nobody is named]
        #[arg(long, value_name = "NAME")]
        operator: Option<String>,
        /// Say what would go, and remove nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which trail.
#[derive(Debug, Args)]
pub struct TrailArgs {
    /// The audit trail
    #[arg(value_name = "TRAIL")]
    pub file: PathBuf,
    /// Its key [default: beside it; without one the seals are not checked]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

fn hash(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let good = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if good { Ok(text) } else { Err("must be 64 hexadecimal digits".to_owned()) }
}
