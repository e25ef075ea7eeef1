//! Files for their owner alone: opened so that nobody else may read what is new, and replaced as a whole or not at all.
//! Separate because trails, keys, names, lists and faces all need the same, and one that forgot it would be a leak.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

/// Options under which a file that is made is closed to others, where the system knows such a thing.
pub fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// An empty file beside `path` that may take its name. It is closed to others from its first byte on.
///
/// # Errors
/// When the folder cannot be written.
pub fn beside(path: &Path) -> io::Result<NamedTempFile> {
    NamedTempFile::new_in(folder_of(path))
}

/// The folder in which `path` lies.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Puts `bytes` in the place of the file at `path`, which need not exist, and waits until they are on disk.
///
/// # Errors
/// When they cannot be written; the file is then as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = beside(path)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn what_is_made_or_replaced_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        options().append(true).create(true).open(folder.path().join("made")).unwrap();
        fs::write(folder.path().join("old"), b"old").unwrap();
        fs::set_permissions(folder.path().join("old"), fs::Permissions::from_mode(0o644)).unwrap();
        replace(&folder.path().join("old"), b"new").unwrap();
        assert_eq!((mode("made"), mode("old")), (0o600, 0o600));
        assert_eq!(fs::read(folder.path().join("old")).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing lies beside them");
    }

    #[test]
    fn what_cannot_be_replaced_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("taken/deep")).unwrap();
        assert!(replace(&folder.path().join("taken"), b"new").is_err());
        assert!(folder.path().join("taken/deep").is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
