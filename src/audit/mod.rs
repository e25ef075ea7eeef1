//! The private manifest: one JSON line for every input that was handled, appended and flushed by a single writer.
//!
//! It is what maps outputs to inputs, so it lives outside the folder that gets posted and only its owner may read it.
//! A later run reads it to skip what is already done with the same content, policy and models.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// Version of the row format.
pub const VERSION: u32 = 1;

/// One output file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputRow {
    /// Path inside the output folder.
    pub name: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// Columns in pixels.
    pub width: u32,
    /// Rows in pixels.
    pub height: u32,
    /// Frames; 1 for a still.
    pub frames: u32,
}

/// One handled input. `R` is the report of what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row<R> {
    /// [`VERSION`] at the time of writing.
    pub v: u32,
    /// When it was finished, seconds since 1970 UTC.
    pub time_unix_s: u64,
    /// Program and version.
    pub tool: String,
    /// Hash of the policy in force.
    pub policy_sha256: String,
    /// Hash over the names and hashes of the models in use.
    pub models_sha256: String,
    /// The input's path as given; absent when names were not to be kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input_name: Option<String>,
    /// SHA-256 of the input; absent when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input_sha256: Option<String>,
    /// Size of the input.
    pub input_bytes: u64,
    /// `clean`, `withheld` or `failed`.
    pub outcome: String,
    /// Why it was withheld or failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Published files.
    pub outputs: Vec<OutputRow>,
    /// What was found; absent when the input failed.
    #[serde(skip_serializing_if = "Option::is_none", default = "none")]
    pub report: Option<R>,
}

fn none<R>() -> Option<R> {
    None
}

/// The manifest could not be opened or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// Another run holds it.
    #[error("another run is using the manifest {}; wait for it, or choose another output folder", .path.display())]
    Locked {
        /// The manifest.
        path: PathBuf,
    },
    /// Reading or writing failed.
    #[error("the manifest {} cannot be {doing}: {source}; choose a place for it with --manifest", .path.display())]
    Io {
        /// The manifest.
        path: PathBuf,
        /// `opened`, `read` or `written`.
        doing: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

/// The open manifest; holds an exclusive lock for as long as it lives.
#[derive(Debug)]
pub struct Manifest {
    path: PathBuf,
    file: File,
}

impl Manifest {
    /// Opens or creates the manifest at `path`, readable by its owner only, and locks it.
    ///
    /// # Errors
    /// When another run holds it, or it cannot be created.
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let io = |doing| move |source| AuditError::Io { path: path.to_owned(), doing, source };
        let file = options.open(path).map_err(io("opened"))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => AuditError::Locked { path: path.to_owned() },
            TryLockError::Error(source) => io("locked")(source),
        })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every row that parses. A last line cut short by a crash is left out; so are rows of other versions.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows<R: for<'de> Deserialize<'de>>(&self) -> Result<Vec<Row<R>>, AuditError> {
        let io = |source| AuditError::Io { path: self.path.clone(), doing: "read", source };
        let mut rows = Vec::new();
        for line in BufReader::new(File::open(&self.path).map_err(io)?).split(b'\n') {
            if let Ok(row) = serde_json::from_slice::<Row<R>>(&line.map_err(io)?)
                && row.v == VERSION
            {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Appends one row and waits until it is on disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append<R: Serialize>(&mut self, row: &Row<R>) -> Result<(), AuditError> {
        let write = || -> std::io::Result<()> {
            let mut line = serde_json::to_vec(row)?;
            line.push(b'\n');
            // A line torn by a crash is ended first, so that it spoils nothing but itself.
            if !ends_with_newline(&self.path)? {
                line.insert(0, b'\n');
            }
            (&self.file).write_all(&line)?;
            self.file.sync_data()
        };
        write().map_err(|source| AuditError::Io { path: self.path.clone(), doing: "written", source })
    }
}

fn ends_with_newline(path: &Path) -> std::io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == [b'\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sha256: &str) -> Row<u32> {
        Row {
            v: VERSION,
            time_unix_s: 1,
            tool: "test".to_owned(),
            policy_sha256: String::new(),
            models_sha256: String::new(),
            input_name: None,
            input_sha256: Some(sha256.to_owned()),
            input_bytes: 3,
            outcome: "clean".to_owned(),
            reason: None,
            outputs: Vec::new(),
            report: Some(7),
        }
    }

    #[test]
    fn rows_come_back_as_written_and_a_torn_line_spoils_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.jsonl");
        let mut manifest = Manifest::open(&path).unwrap();
        manifest.append(&row("a")).unwrap();
        let mut torn = serde_json::to_vec(&row("torn")).unwrap();
        torn.truncate(20);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(&torn).unwrap();
        manifest.append(&row("b")).unwrap();
        assert_eq!(manifest.rows::<u32>().unwrap(), [row("a"), row("b")]);
    }

    #[test]
    fn a_second_run_is_refused_while_the_first_lives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.jsonl");
        let first = Manifest::open(&path).unwrap();
        assert!(matches!(Manifest::open(&path), Err(AuditError::Locked { .. })));
        drop(first);
        assert!(Manifest::open(&path).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_manifest() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.jsonl");
        let _manifest = Manifest::open(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
