//! The audit trail: what was done to every input, in rows that are only ever appended, each holding the hash of the row
//! before it and a seal that only the holder of a private key can make.
//!
//! A row holds no name, no text and no picture. Inputs stand in it as a keyed hash, so that whoever gets hold of a trail
//! without its key cannot try whether a photo of theirs is in it. Names are kept apart, in a file that may be deleted
//! at any time ([`names`]). A later run reads the trail to skip what is already done.
//!
//! What it can show: that no row before the last was changed, removed, added or moved (hashes), and with the key the
//! same for the last row (seals). What no chain can show by itself is that rows were cut off at its end; for that keep
//! the hash of the last row that a run prints, and give it to [`verify()`]. Whoever has the key can write a new trail.
//! An output's hash stands in the trail as it is: who has the original photo and makes the same output from it can
//! recognise it.

mod broken;
mod chain;
mod csv;
mod html;
mod key;
pub mod names;
mod purge;
mod row;
mod show;
mod trail;

use std::path::{Path, PathBuf};

pub use broken::{Broken, Why};
pub use chain::{Chain, Tail};
pub use csv::write_csv;
pub use html::write_html;
pub use key::Key;
pub use purge::{LEAST_YEARS, Purged, purge};
pub use row::{Earlier, Genesis, Input, ModelRow, OutputRow, Purge, Row, Run, Torn, VERSION, What};
pub use show::{Totals, read, verify};
pub use trail::{Trail, rows_of_version_1};

/// The trail could not be opened or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// Another run holds it.
    #[error("another run is using the audit trail {}; wait for it, or choose another output folder", .path.display())]
    Locked {
        /// The trail.
        path: PathBuf,
    },
    /// Reading or writing failed.
    #[error("{} cannot be {doing}: {source}; choose a place for the audit trail with --manifest", .path.display())]
    Io {
        /// The trail or a file beside it.
        path: PathBuf,
        /// `opened`, `read` or `written`.
        doing: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
    /// The chain does not hold, so nothing is added to it.
    #[error(
        "the audit trail {} is broken in line {}: {}; keep it as it is, and choose another with --manifest",
        .path.display(), .broken.line, .broken.why
    )]
    Broken {
        /// The trail.
        path: PathBuf,
        /// Where and why.
        broken: Broken,
    },
    /// The trail is there and its key is not.
    #[error(
        "the key {} of the audit trail is missing; bring it back, or choose another trail with --manifest",
        .path.display()
    )]
    NoKey {
        /// Where the key should be.
        path: PathBuf,
    },
    /// A file that should be a key is none.
    #[error("{} is not the key of an audit trail; bring the right one back", .path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
    },
    /// A trail of version 1 cannot be moved aside, because something else has its place.
    #[error("the earlier version's file {} and its successor {} are both there; move one away", .old.display(), .aside.display())]
    TwoEarlier {
        /// The file of version 1.
        old: PathBuf,
        /// Where it should go.
        aside: PathBuf,
    },
    /// Rows may not be removed yet.
    #[error("rows are kept for at least {} years; nothing was removed", LEAST_YEARS)]
    TooYoung,
    /// Nothing is old enough.
    #[error("no row is older than {years} years; nothing was removed")]
    NothingOld {
        /// The years that were asked for.
        years: u32,
    },
}

/// The file beside a trail whose name ends in `tail` instead of `.jsonl`.
fn beside(trail: &Path, tail: &str) -> PathBuf {
    let whole = trail.file_name().unwrap_or_default();
    // A name that is not Unicode is kept whole rather than guessed at.
    let stem = whole.to_str().and_then(|name| name.strip_suffix(".jsonl")).map_or(whole, std::ffi::OsStr::new);
    let mut name = stem.to_owned();
    name.push(tail);
    trail.with_file_name(name)
}

/// The private key of a trail: `x.jsonl` has `x.key`.
pub fn key_file(trail: &Path) -> PathBuf {
    beside(trail, ".key")
}

/// The names that belong to a trail: `x.jsonl` has `x.names.jsonl`.
pub fn names_file(trail: &Path) -> PathBuf {
    beside(trail, ".names.jsonl")
}

/// Where rows of version 1 are moved: `x.jsonl` has `x.v1.jsonl`.
pub fn earlier_file(trail: &Path) -> PathBuf {
    beside(trail, ".v1.jsonl")
}

/// The file among those that make up a trail (itself, its key, its names, rows of version 1) that `path` leads to, by
/// whatever name; `None` when it is none of them. A key in another place is `key`.
pub fn part_of(trail: &Path, key: Option<&Path>, path: &Path) -> Option<PathBuf> {
    let own = [trail.to_owned(), key_file(trail), names_file(trail), earlier_file(trail)];
    own.into_iter().chain(key.map(Path::to_owned)).find(|part| is_one_file(part, path))
}

fn is_one_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(a), Ok(b)) = (a.metadata(), b.metadata()) {
        use std::os::unix::fs::MetadataExt;
        // Also another name of it, by a hard link or in other letter case.
        return (a.dev(), a.ino()) == (b.dev(), b.ino());
    }
    // What is not there yet, the names say, must not be made as something else.
    let place = |path: &Path| {
        let folder = crate::private::folder_of(path);
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned()).join(path.file_name().unwrap_or_default())
    };
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| place(path));
    real(a) == real(b)
}

/// The error of a file that could not be `doing`.
fn failed(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> AuditError {
    let path = path.to_owned();
    move |source| AuditError::Io { path, doing, source }
}

#[cfg(test)]
mod tests;
