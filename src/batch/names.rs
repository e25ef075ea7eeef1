//! Output names. Neutral ones are random, never derived from the content or the input's name; kept ones are settled
//! before anything runs, so that they do not depend on which job finishes first.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use super::{walk::Item, withheld::FOLDER as WITHHELD};
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

/// The number that sets an input's folder apart from the program's own.
const APART: &str = "-2";

/// `relative` as it may be kept: in the folder of that name lies what must not be posted, so that an input's own
/// `withheld/` becomes `withheld-2/`, one of that name `withheld-2-2/`. Two paths never become one.
pub fn kept_path(relative: &Path) -> PathBuf {
    let mut parts = relative.components();
    match (parts.next(), parts.as_path()) {
        (Some(folder), rest)
            if !rest.as_os_str().is_empty() && is_withheld(&folder.as_os_str().to_string_lossy()) =>
        {
            let mut folder = folder.as_os_str().to_owned();
            folder.push(APART);
            Path::new(&folder).join(rest)
        }
        _ => relative.to_owned(),
    }
}

/// Whether a folder's name is the one where outputs are put aside, or one that such a name could become. Only letters and
/// digits tell names apart here: some file systems know no case, drop dots at the end, or pass over letters of no width.
fn is_withheld(name: &str) -> bool {
    let mut name = name;
    while let Some(shorter) = name.strip_suffix(APART) {
        name = shorter;
    }
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).eq(WITHHELD.chars())
}

/// For every item the path inside the output folder, without extension. Items that would share one get `-2`, `-3` …
/// in the order of the list; letter case does not tell names apart, because it does not on every file system.
pub fn kept(items: &[Item]) -> Vec<PathBuf> {
    let mut taken = HashSet::new();
    items
        .iter()
        .map(|item| {
            let plain = kept_path(&item.relative).with_extension("");
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
    fn no_kept_name_lies_where_outputs_are_put_aside() {
        let items = [
            "withheld/a.jpg",
            "Withheld/b.jpg",
            "withheld./c.jpg",
            "with\u{200c}held/d.jpg",
            "withheld/deep/withheld/e.jpg",
            "withheld-2/a.jpg",
            "sub/withheld/f.jpg",
            "withheld.jpg",
            "withheldness/g.jpg",
        ];
        let stems = kept(&items.map(item));
        let want = [
            "withheld-2/a",
            "Withheld-2/b",
            "withheld.-2/c",
            "with\u{200c}held-2/d",
            "withheld-2/deep/withheld/e",
            "withheld-2-2/a",
            "sub/withheld/f",
            "withheld",
            "withheldness/g",
        ];
        assert_eq!(stems, want.map(PathBuf::from));
        assert_ne!(kept_path(Path::new("withheld/a.jpg")), kept_path(Path::new("withheld-2/a.jpg")));
    }

    #[test]
    fn neutral_names_differ_every_time() {
        assert_ne!(neutral().unwrap(), neutral().unwrap());
    }
}
