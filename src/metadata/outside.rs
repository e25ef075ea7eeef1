//! What surrounds a file and is not in it: its name, its times, its extended attributes. Separate from the listing
//! because it needs a path and the file system, and the listing only bytes.

use std::{io, path::Path, time::UNIX_EPOCH};

use super::list::{Entry, Notes, Reveals};

/// Lists what a file's surroundings give away. Values (the name itself, names of attributes) are shown on request only.
///
/// # Errors
/// When the file's own record cannot be read; attributes that the file system cannot list are no error.
pub fn outside(path: &Path) -> io::Result<Vec<Entry>> {
    let record = path.symlink_metadata()?;
    let mut notes = Notes::default();
    if let Some(name) = path.file_name() {
        let why = "may hold a name, a date or a record number";
        notes.add_why("file name", Reveals::FreeText, why, Some(name.to_string_lossy().into_owned()));
    }
    for (place, time) in [("file modification time", record.modified()), ("file creation time", record.created())] {
        let seconds = time.ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map(|d| d.as_secs());
        if let Some(seconds @ 1..) = seconds {
            notes.add_why(
                place,
                Reveals::Time,
                "says when the file was made or changed",
                Some(format!("{seconds} s since 1970")),
            );
        }
    }
    if record.is_symlink() {
        notes.add("symbolic link", Reveals::Technical, None);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if record.nlink() > 1 && record.is_file() {
            notes.add_why(
                "hard links",
                Reveals::Technical,
                "are further names of the same file",
                Some(record.nlink().to_string()),
            );
        }
        attributes(path, &mut notes);
    }
    Ok(notes.into_entries())
}

#[cfg(unix)]
fn attributes(path: &Path, notes: &mut Notes) {
    for name in xattr::list(path).into_iter().flatten() {
        let name = name.to_string_lossy().into_owned();
        let (class, why) = match name.as_str() {
            // The label that the system itself puts on every file.
            "security.selinux" => continue,
            n if n.contains("WhereFrom") || n.contains("origin") || n.contains("referrer") => {
                (Reveals::Place, "says from which address the file was fetched")
            }
            n if n.contains("quarantine") => {
                (Reveals::Time, "says with which program and when the file was fetched")
            }
            n if n.contains("Tag") || n.contains("tags") || n.contains("comment") || n.contains("Comment") => {
                (Reveals::FreeText, Reveals::FreeText.why())
            }
            _ => (Reveals::FreeText, "is kept beside the file, and anything may stand in it"),
        };
        notes.add_why("extended attribute", class, why, Some(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_times_and_attributes_are_listed_and_never_printed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Jane Roe 1960-01-02.jpg");
        std::fs::write(&path, b"x").expect("writes");
        // A file system without extended attributes must not fail the rest.
        let has_attribute = cfg!(unix) && xattr::set(&path, "user.xdg.origin.url", b"https://example.org").is_ok();
        let entries = outside(&path).expect("lists");
        let places: Vec<_> = entries.iter().map(|e| (e.place.as_str(), e.class)).collect();
        assert!(places.contains(&("file name", Reveals::FreeText)));
        assert!(places.contains(&("file modification time", Reveals::Time)));
        assert_eq!(places.contains(&("extended attribute", Reveals::Place)), has_attribute);
        assert!(!format!("{entries:?}").contains("Jane"));
        assert!(outside(&folder.path().join("gone")).is_err());
    }
}
