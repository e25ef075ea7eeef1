//! An output file that does not exist until it is published: written beside its place under a hidden name, flushed to
//! disk, given neutral times, and only then renamed. A draft that is dropped deletes itself.

use std::{
    fs::{File, FileTimes, Permissions},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::{NamedTempFile, TempPath};

use crate::error::MediaError;

/// How every draft's name begins; leftovers of a killed run are recognised by it.
pub const PREFIX: &str = ".safepost-draft-";

/// Modification time of every output: the start of the year 2000, UTC. Says nothing about when the picture was taken
/// or cleaned, and is valid on every file system.
pub const NEUTRAL_TIME: Duration = Duration::from_secs(946_684_800);

const COPIED_AT_ONCE_BYTES: usize = 1 << 20;

fn writing(source: std::io::Error) -> MediaError {
    MediaError::Io { doing: "writing the output", source }
}

/// A file in the making.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    /// Where an earlier state is kept while the next one is written; gone with the draft.
    spare: Option<NamedTempFile>,
}

impl Draft {
    /// Writes `bytes` to a hidden file in `folder` and waits until they are on disk.
    ///
    /// # Errors
    /// When the folder cannot be written or the disk is full; nothing is left behind.
    pub fn write(folder: &Path, bytes: &[u8]) -> Result<Self, MediaError> {
        let write = || -> std::io::Result<NamedTempFile> {
            let mut file = tempfile::Builder::new().prefix(PREFIX).suffix(".part").tempfile_in(folder)?;
            file.write_all(bytes)?;
            let time = SystemTime::UNIX_EPOCH + NEUTRAL_TIME;
            file.as_file().set_times(FileTimes::new().set_modified(time).set_accessed(time))?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        Ok(Self { file: write().map_err(writing)?, spare: None })
    }

    /// Makes an empty hidden file in `folder`, to be filled by its path, and another beside it for [`Draft::set_aside`].
    ///
    /// # Errors
    /// As [`Draft::write`].
    pub fn empty(folder: &Path) -> Result<Self, MediaError> {
        let file = || tempfile::Builder::new().prefix(PREFIX).suffix(".part").tempfile_in(folder).map_err(writing);
        Ok(Self { file: file()?, spare: Some(file()?) })
    }

    /// A draft that another process made and will publish or delete, with its [`Draft::spare`]; here it is only filled by
    /// its path.
    ///
    /// # Errors
    /// When one of them is not there or may not be written.
    pub fn lent(path: &Path, spare: Option<&Path>) -> Result<Self, MediaError> {
        let open = |path: &Path| -> std::io::Result<NamedTempFile> {
            let file = File::options().read(true).write(true).open(path)?;
            let mut file = NamedTempFile::from_parts(file, TempPath::try_from_path(path)?);
            file.disable_cleanup(true);
            Ok(file)
        };
        Ok(Self { file: open(path).map_err(writing)?, spare: spare.map(open).transpose().map_err(writing)? })
    }

    /// Where the draft is, for writers and checkers that want a path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file beside the draft, of a draft that is filled by its path.
    pub fn spare(&self) -> Option<&Path> {
        self.spare.as_ref().map(NamedTempFile::path)
    }

    /// Copies what the draft holds beside it, and tells where it is; `None` when there is no room for it.
    pub fn set_aside(&self) -> Option<&Path> {
        let spare = self.spare.as_ref()?;
        let copy = || -> std::io::Result<()> {
            let (mut from, mut to) = (File::open(self.path())?, File::create(spare.path())?);
            // Not by the calls that copy from file to file: a worker may not use them.
            let mut piece = vec![0; COPIED_AT_ONCE_BYTES];
            loop {
                match from.read(&mut piece)? {
                    0 => return Ok(()),
                    read => to.write_all(&piece[..read])?,
                }
            }
        };
        match copy() {
            Ok(()) => Some(spare.path()),
            Err(_) => {
                // What did not fit only takes room.
                let _ = spare.as_file().set_len(0);
                None
            }
        }
    }

    /// After the file was filled by its path: gives it the neutral time and waits until it is on disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn settle(&self) -> Result<(), MediaError> {
        let settle = || -> std::io::Result<()> {
            let file = self.file.as_file();
            let time = SystemTime::UNIX_EPOCH + NEUTRAL_TIME;
            file.set_times(FileTimes::new().set_modified(time).set_accessed(time))?;
            file.sync_all()
        };
        settle().map_err(writing)
    }

    /// Makes the draft visible as `name` in its folder, readable as the umask allows.
    ///
    /// Without `overwrite` an existing file is never replaced, whoever made it.
    ///
    /// # Errors
    /// When the name is taken or the rename fails; the draft is deleted.
    pub fn publish(self, target: &Path, overwrite: bool) -> Result<(), MediaError> {
        let io = |source| MediaError::Io { doing: "publishing the output", source };
        if let Some(permissions) = default_permissions() {
            self.file.as_file().set_permissions(permissions).map_err(io)?;
        }
        if overwrite {
            self.file.persist(target).map_err(|e| io(e.error))?;
        } else {
            self.file.persist_noclobber(target).map_err(|e| match e.error.kind() {
                std::io::ErrorKind::AlreadyExists => MediaError::OutputExists,
                _ => io(e.error),
            })?;
        }
        // The rename itself must survive a power cut; a folder that cannot be opened for that is not an error.
        if let Some(folder) = target.parent().and_then(|p| File::open(p).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

/// Deletes drafts that a killed run left in `folder`. Only call while holding the folder's lock.
///
/// # Errors
/// When the folder cannot be listed or a leftover not be deleted.
pub fn sweep(folder: &Path) -> Result<(), MediaError> {
    let sweep = || -> std::io::Result<()> {
        for entry in folder.read_dir()? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) && entry.file_type()?.is_file() {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    };
    sweep().map_err(|source| MediaError::Io { doing: "deleting unfinished drafts", source })
}

/// What a newly made file would get: temporary files are made for their owner alone.
#[cfg(unix)]
fn default_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666 & !umask()?))
}

#[cfg(not(unix))]
fn default_permissions() -> Option<Permissions> {
    None
}

/// The process's umask, read where that needs no change of it.
#[cfg(unix)]
fn umask() -> Option<u32> {
    let status = std::fs::read_to_string(PathBuf::from("/proc/self/status")).ok();
    let line = status.as_deref().and_then(|s| s.lines().find_map(|l| l.strip_prefix("Umask:").map(str::trim)));
    Some(line.and_then(|octal| u32::from_str_radix(octal, 8).ok()).unwrap_or(0o077))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            folder.read_dir().unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_dropped_draft_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(Draft::write(folder.path(), b"secret").unwrap());
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_published_draft_has_its_name_its_bytes_and_a_neutral_time() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.jpg");
        Draft::write(folder.path(), b"clean").unwrap().publish(&target, false).unwrap();
        assert_eq!(names(folder.path()), ["a.jpg"]);
        assert_eq!(std::fs::read(&target).unwrap(), b"clean");
        let modified = target.metadata().unwrap().modified().unwrap();
        assert_eq!(modified, SystemTime::UNIX_EPOCH + NEUTRAL_TIME);
    }

    #[test]
    fn what_is_set_aside_stays_while_the_draft_is_written_anew_and_goes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let draft = Draft::empty(folder.path()).unwrap();
        std::fs::write(draft.path(), b"first").unwrap();
        let lent = Draft::lent(draft.path(), draft.spare()).unwrap();
        let aside = lent.set_aside().unwrap().to_owned();
        std::fs::write(draft.path(), b"second").unwrap();
        assert_eq!(std::fs::read(&aside).unwrap(), b"first");
        drop(lent);
        draft.publish(&folder.path().join("a.mp4"), false).unwrap();
        assert_eq!(names(folder.path()), ["a.mp4"]);
        assert!(Draft::write(folder.path(), b"still").unwrap().set_aside().is_none());
    }

    #[test]
    fn an_existing_file_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.jpg");
        std::fs::write(&target, b"old").unwrap();
        let refused = Draft::write(folder.path(), b"new").unwrap().publish(&target, false);
        assert!(matches!(refused, Err(MediaError::OutputExists)));
        assert_eq!(std::fs::read(&target).unwrap(), b"old");
        Draft::write(folder.path(), b"new").unwrap().publish(&target, true).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.jpg"]);
    }

    #[test]
    fn sweeping_deletes_leftover_drafts_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(format!("{PREFIX}x.part")), b"half").unwrap();
        std::fs::write(folder.path().join("kept.jpg"), b"whole").unwrap();
        sweep(folder.path()).unwrap();
        assert_eq!(names(folder.path()), ["kept.jpg"]);
    }
}
