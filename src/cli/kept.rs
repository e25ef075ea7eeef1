//! What is said about kept names. Separate from the cleaning: a name that gives something away is a warning, not a
//! reason to stop, because the user asked for it.

use std::{fmt::Write, path::Path};

use super::{
    print::count,
    progress::{name, printable},
};
use crate::batch::{Batch, Ending, Handled, Tells, tells};

/// Most names that a warning lists.
const LISTED: usize = 10;

/// A kept name that seems to give something away.
pub struct Kept<'a> {
    /// Place of the input in the list, from 0.
    pub index: usize,
    handled: &'a Handled,
    kept: &'a Path,
    /// What it looks like.
    pub tells: Vec<Tells>,
}

/// The kept names of a batch that seem to give something away, folders included.
pub fn names(batch: &Batch) -> Vec<Kept<'_>> {
    let kept = batch.handled.iter().filter_map(|handled| {
        let outputs = match &handled.ending {
            Ending::Clean { outputs, .. } | Ending::DoneBefore { outputs, .. } => outputs,
            Ending::Withheld { .. } | Ending::Skipped | Ending::Failed { .. } => return None,
        };
        // A dry run has no outputs.
        let kept = match outputs.first() {
            Some(output) => output.as_path(),
            None => Path::new(handled.path.file_name()?),
        };
        Some(Kept { index: handled.index, handled, kept, tells: tells(kept) })
    });
    kept.filter(|kept| !kept.tells.is_empty()).collect()
}

/// The warning; `private` names inputs by number.
pub fn warning(names: &[Kept<'_>], private: bool) -> String {
    if names.is_empty() {
        return "note: kept file and folder names can themselves name a person, a date or a record".to_owned();
    }
    let verb = if names.len() == 1 { "looks" } else { "look" };
    let mut text =
        format!("warning: {} {verb} like giving something away:", count(names.len(), "kept name", "kept names"));
    for kept in names.iter().take(LISTED) {
        let words: Vec<_> = kept.tells.iter().map(|t| t.name()).collect();
        let shown = if private { name(kept.handled, true) } else { printable(&kept.kept.to_string_lossy()) };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {shown}: {}", words.join(", "));
    }
    if names.len() > LISTED {
        let _ = write!(text, "\n  and {} more", names.len() - LISTED);
    }
    text + "\nLeave out --keep-names to get neutral names."
}
