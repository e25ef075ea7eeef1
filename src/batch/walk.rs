//! From what the user named to a list of inputs. Nothing is skipped in silence: hidden files are inputs, and links
//! inside folders are reported, not followed.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::BatchError;

/// One thing to handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder that the user named, or its file name.
    pub relative: PathBuf,
    /// How it came here.
    pub origin: Origin,
}

/// How an item came to be an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user named it: a failure to read it is a failure.
    Named,
    /// Met in a folder: what is no picture by content and by name is skipped.
    Folder,
    /// Something in a folder that is not a regular file or could not be looked at.
    Unreadable(String),
}

/// Every file below `inputs`, folders in the order of their names.
///
/// # Errors
/// When an input does not exist, or `out` overlaps with one.
pub fn collect(inputs: &[PathBuf], out: &Path) -> Result<Vec<Item>, BatchError> {
    let out_real = real_path(out);
    for input in inputs {
        let meta = input.metadata().map_err(|_| BatchError::Missing { path: input.clone() })?;
        check_overlap(&real_path(input), &out_real, meta.is_dir(), out)?;
    }
    list(inputs)
}

/// Every file below `inputs`, folders in the order of their names, for whoever writes nothing.
///
/// # Errors
/// When an input does not exist or cannot be listed.
pub fn list(inputs: &[PathBuf]) -> Result<Vec<Item>, BatchError> {
    let mut items = Vec::new();
    for input in inputs {
        // Naming a link oneself is a decision; meeting one in a folder is not.
        let meta = input.metadata().map_err(|_| BatchError::Missing { path: input.clone() })?;
        if meta.is_dir() {
            walk(input, &mut items)?;
        } else {
            let relative = input.file_name().map_or_else(|| input.clone(), PathBuf::from);
            items.push(Item { path: input.clone(), relative, origin: Origin::Named });
        }
    }
    Ok(items)
}

fn check_overlap(input: &Path, out_real: &Path, is_folder: bool, out: &Path) -> Result<(), BatchError> {
    let overlap = |how| Err(BatchError::Overlap { out: out.to_owned(), how });
    if input == out_real {
        return overlap("is also an input");
    }
    if is_folder && out_real.starts_with(input) {
        return overlap("lies inside an input folder");
    }
    if input.starts_with(out_real) {
        return overlap("holds an input");
    }
    Ok(())
}

fn walk(folder: &Path, items: &mut Vec<Item>) -> Result<(), BatchError> {
    for entry in WalkDir::new(folder).sort_by_file_name().min_depth(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 => {
                let source = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                return Err(BatchError::Walk { path: folder.to_owned(), source });
            }
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let reason = "cannot be looked at; check its permissions".to_owned();
                let relative = below(&path, folder);
                items.push(Item { path, relative, origin: Origin::Unreadable(reason) });
                continue;
            }
        };
        let kind = entry.file_type();
        let origin = if kind.is_dir() {
            continue;
        } else if kind.is_file() {
            Origin::Folder
        } else if kind.is_symlink() {
            Origin::Unreadable("is a link, which is not followed; name its target as an input".to_owned())
        } else {
            Origin::Unreadable("is not a regular file".to_owned())
        };
        let relative = below(entry.path(), folder);
        items.push(Item { path: entry.into_path(), relative, origin });
    }
    Ok(())
}

fn below(path: &Path, folder: &Path) -> PathBuf {
    path.strip_prefix(folder).unwrap_or(path).to_owned()
}

/// The path with links resolved as far as it exists; the rest is appended as it is.
pub fn real_path(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest = Vec::new();
    let mut at = absolute.as_path();
    loop {
        if let Ok(real) = at.canonicalize() {
            return rest.iter().rev().fold(real, |path, part| path.join(part));
        }
        let (Some(parent), Some(name)) = (at.parent(), at.file_name()) else { return absolute };
        rest.push(name.to_owned());
        at = parent;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn relatives(items: &[Item]) -> Vec<String> {
        items.iter().map(|i| i.relative.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn hidden_and_nested_files_are_inputs() {
        let root = tempfile::tempdir().unwrap();
        let photos = root.path().join("photos");
        fs::create_dir_all(photos.join(".hidden/deep")).unwrap();
        for name in [".gitignore", ".secret.jpg", "b.jpg", ".hidden/deep/c.jpg"] {
            fs::write(photos.join(name), b"*").unwrap();
        }
        let items = collect(&[photos], &root.path().join("out")).unwrap();
        assert_eq!(relatives(&items), [".gitignore", ".hidden/deep/c.jpg", ".secret.jpg", "b.jpg"]);
    }

    #[test]
    fn every_overlap_of_input_and_output_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let photos = root.path().join("photos");
        fs::create_dir(&photos).unwrap();
        let file = photos.join("a.jpg");
        fs::write(&file, b"x").unwrap();
        let refused =
            |input: &Path, out: &Path| matches!(collect(&[input.to_owned()], out), Err(BatchError::Overlap { .. }));
        assert!(refused(&photos, &photos), "in equal to out");
        assert!(refused(&photos, &photos.join("out")), "out inside in");
        assert!(refused(&photos, root.path()), "in inside out");
        assert!(refused(&file, &photos), "a file's own folder");
        assert!(refused(&photos, &photos.join("../photos/new")), "dots do not hide it");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_folder_is_reported_and_a_named_link_is_followed() {
        let root = tempfile::tempdir().unwrap();
        let photos = root.path().join("photos");
        fs::create_dir(&photos).unwrap();
        fs::write(root.path().join("target.jpg"), b"x").unwrap();
        let link = photos.join("link.jpg");
        std::os::unix::fs::symlink(root.path().join("target.jpg"), &link).unwrap();
        let out = root.path().join("out");
        let items = collect(std::slice::from_ref(&photos), &out).unwrap();
        assert!(matches!(&items[0].origin, Origin::Unreadable(reason) if reason.contains("link")));
        assert_eq!(collect(&[link], &out).unwrap()[0].origin, Origin::Named);
        let disguised = root.path().join("same");
        std::os::unix::fs::symlink(&photos, &disguised).unwrap();
        assert!(collect(&[photos], &disguised).is_err(), "a link does not hide that in equals out");
    }
}
