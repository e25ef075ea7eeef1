//! What surrounds a file and is not in it: its name, its times, its extended attributes. Separate from the listing
//! because it needs a path and the file system, and the listing only bytes.

use std::{io, path::Path, time::UNIX_EPOCH};

use super::list::{Entry, Notes, Reveals};
use crate::date::utc;

/// Lists what a file's surroundings give away. Values (the name itself, names of attributes) are shown on request only.
///
/// # Errors
/// When the file's own record cannot be read; attributes that the file system cannot list are no error.
pub fn outside(path: &Path) -> io::Result<Vec<Entry>> {
    let record = path.symlink_metadata()?;
    let mut notes = Notes::default();
    const NAMED: &str = "may hold a name, a date or a record number";
    if let Some(name) = path.file_name() {
        notes.add_why("file name", Reveals::FreeText, NAMED, Some(name.to_string_lossy().into_owned()));
    }
    let folder = path.canonicalize().ok().and_then(|full| Some(full.parent()?.file_name()?.to_owned()));
    if let Some(name) = folder {
        notes.add_why("folder name", Reveals::FreeText, NAMED, Some(name.to_string_lossy().into_owned()));
    }
    sidecars(path, &mut notes);
    for (place, time) in [("file modification time", record.modified()), ("file creation time", record.created())] {
        let seconds = time.ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map(|d| d.as_secs());
        if let Some(seconds @ 1..) = seconds {
            notes.add_why(place, Reveals::Time, "says when the file was made or changed", Some(utc(seconds)));
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

/// Endings of files that cameras, phones and programs put beside a picture or a video, and what they hold. The first
/// kind stands in the place of the ending, the second behind it.
const BESIDE: &[(&str, Reveals, &str)] = &[
    ("xmp", Reveals::FreeText, "is an editor's record of the same picture: names, places, faces"),
    ("aae", Reveals::Technical, "is a phone's record of how the picture was edited"),
    ("thm", Reveals::SecondPicture, "is a camera's small copy of the same scene"),
    ("lrv", Reveals::SecondPicture, "is a camera's small copy of the same scene"),
    (
        "mov",
        Reveals::SecondPicture,
        "may be the moving half of a live photo: the scene before and after, with sound",
    ),
    ("srt", Reveals::Place, "holds subtitles, which drones fill with places and times"),
    ("gpx", Reveals::Place, "is a record of a way on the map"),
    ("wav", Reveals::Person, "is a sound recording that belongs to it"),
    ("json", Reveals::Place, "is an export's record of the same picture: place, time, people"),
];

/// Files that lie beside this one under its name. Nothing is listed that has to be searched for: a folder may be large.
fn sidecars(path: &Path, notes: &mut Notes) {
    let Some(name) = path.file_name() else { return };
    let is_there = |other: &Path| other != path && other.symlink_metadata().is_ok_and(|meta| meta.is_file());
    for &(ending, class, why) in BESIDE {
        let behind = |ending: &str| {
            let mut name = name.to_owned();
            name.push(format!(".{ending}"));
            path.with_file_name(name)
        };
        let capitals = ending.to_uppercase();
        let places =
            [path.with_extension(ending), path.with_extension(&capitals), behind(ending), behind(&capitals)];
        if let Some(found) = places.iter().find(|place| is_there(place)) {
            let told = found.file_name().map(|n| n.to_string_lossy().into_owned());
            notes.add_why(format!("file beside it (.{ending})"), class, why, told);
        }
    }
    let mut double = std::ffi::OsString::from("._");
    double.push(name);
    if is_there(&path.with_file_name(double)) {
        let why = "holds what a Mac keeps beside a file: where it came from, tags, comments";
        notes.add_why("file beside it (._)", Reveals::FreeText, why, None);
    }
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
        for beside in ["Jane Roe 1960-01-02.XMP", "._Jane Roe 1960-01-02.jpg", "Jane Roe 1960-01-02.jpg.json"] {
            std::fs::write(folder.path().join(beside), b"x").expect("writes");
        }
        let entries_now = outside(&path).expect("lists");
        let beside: Vec<_> = entries_now.iter().filter(|e| e.place.starts_with("file beside")).collect();
        assert_eq!(beside.len(), 3, "{beside:?}");
        assert!(places.contains(&("folder name", Reveals::FreeText)));
        assert!(places.contains(&("file name", Reveals::FreeText)));
        assert!(places.contains(&("file modification time", Reveals::Time)));
        assert_eq!(places.contains(&("extended attribute", Reveals::Place)), has_attribute);
        assert!(!format!("{entries:?}").contains("Jane"));
        assert!(outside(&folder.path().join("gone")).is_err());
    }
}
