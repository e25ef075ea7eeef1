//! Output names. Neutral ones are random, never derived from the content or the input's name; kept ones are settled
//! before anything runs, so that they do not depend on which job finishes first.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use super::walk::Item;
use crate::error::MediaError;

/// A neutral stem: 64 random bits.
///
/// # Errors
/// When the system has no random numbers.
pub fn neutral() -> Result<String, MediaError> {
    let bits = getrandom::u64().map_err(|e| MediaError::Io {
        doing: "drawing a random name",
        source: std::io::Error::other(e.to_string()),
    })?;
    Ok(format!("{bits:016x}"))
}

/// For every item the path inside the output folder, without extension. Items that would share one get `-2`, `-3` …
/// in the order of the list; letter case does not tell names apart, because it does not on every file system.
pub fn kept(items: &[Item]) -> Vec<PathBuf> {
    let mut taken = HashSet::new();
    items
        .iter()
        .map(|item| {
            let plain = item.relative.with_extension("");
            let mut stem = plain.clone();
            let mut number = 2;
            while !taken.insert(stem.to_string_lossy().to_lowercase()) {
                stem = numbered(&plain, &format!("-{number}"));
                number += 1;
            }
            stem
        })
        .collect()
}

/// `stem` with `tail` added to its last part.
pub fn numbered(stem: &Path, tail: &str) -> PathBuf {
    let mut name = stem.file_name().unwrap_or_default().to_owned();
    name.push(tail);
    stem.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::walk::Origin;

    fn item(relative: &str) -> Item {
        Item { path: relative.into(), relative: relative.into(), origin: Origin::Folder }
    }

    #[test]
    fn kept_names_never_collide() {
        let items = ["a.jpg", "a.png", "A.gif", "a-2.jpg", "sub/a.jpg"].map(item);
        let stems = kept(&items);
        assert_eq!(stems, ["a", "a-2", "A-3", "a-2-2", "sub/a"].map(PathBuf::from));
    }

    #[test]
    fn neutral_names_differ_every_time() {
        assert_ne!(neutral().unwrap(), neutral().unwrap());
    }
}
