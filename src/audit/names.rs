//! Which output came from which input, by name: a private file beside the trail, because the trail holds no names. It is
//! no part of the chain, so it may be deleted at any time; what then still finds the row of a photo is the key.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{AuditError, failed};
use crate::private;

/// One handled input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameRow {
    /// The trail that the number belongs to.
    pub trail: String,
    /// Number of the input's row in it.
    pub row: u64,
    /// The input's path as given.
    pub input: String,
    /// Paths of its outputs inside the output folder.
    pub outputs: Vec<String>,
}

/// The open file. Written only by who holds the trail's lock.
#[derive(Debug)]
pub struct Names {
    path: PathBuf,
    file: File,
}

impl Names {
    /// Opens or makes it, readable by its owner only.
    ///
    /// # Errors
    /// When it cannot be opened, or a line that a crash left torn not be ended.
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        let open = || -> io::Result<File> {
            let mut file = private::options().read(true).append(true).create(true).open(path)?;
            if file.seek(SeekFrom::End(0))? > 0 {
                let mut last = [0];
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
                if last != [b'\n'] {
                    file.write_all(b"\n")?;
                }
            }
            Ok(file)
        };
        let file = open().map_err(failed(path, "opened"))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Appends a row and waits until it is on disk.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&mut self, row: &NameRow) -> Result<(), AuditError> {
        let mut write = || -> io::Result<()> {
            let mut line = serde_json::to_vec(row)?;
            line.push(b'\n');
            self.file.write_all(&line)?;
            self.file.sync_data()
        };
        write().map_err(failed(&self.path, "written"))
    }
}

/// Removes the names of a trail's rows up to number `to`; with no such file there is nothing to do.
///
/// # Errors
/// When the file cannot be read or written; it is then as it was.
pub fn forget(path: &Path, trail: &str, to: u64) -> Result<(), AuditError> {
    let io = |doing| failed(path, doing);
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read.map_err(io("read"))?,
    };
    let goes =
        |line: &[u8]| serde_json::from_slice::<NameRow>(line).is_ok_and(|row| row.trail == trail && row.row <= to);
    let kept: Vec<u8> =
        bytes.split_inclusive(|b| *b == b'\n').filter(|line| !goes(line)).flatten().copied().collect();
    private::replace(path, &kept).map_err(io("written"))
}
