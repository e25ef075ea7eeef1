//! The trail of a run that adds to it: one writer at a time, every row on disk before the run goes on.
//!
//! Files of version 1 (no chain, plain hashes, names in them) are never changed: they are moved to `x.v1.jsonl`, the
//! first row of the new trail holds their hash, and a run still reads them for what is already done.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{
    AuditError, Key,
    broken::{Broken, Why},
    chain::{self, Chain, Place, Tail, walk},
    earlier_file, failed, key_file,
    row::{Earlier, Genesis, Row, VERSION, What},
};
use crate::{
    hash::{hex, sha256_hex},
    private,
};

/// How every row of version 1 begins.
const VERSION_1: &[u8] = b"{\"v\":1,";

/// How the first row of every trail begins.
const FIRST_ROW: &[u8] = b"{\"v\":2,\"row\":0,";

/// The open trail; holds an exclusive lock for as long as it lives.
#[derive(Debug)]
pub struct Trail {
    path: PathBuf,
    file: File,
    key: Key,
    id: String,
    next: u64,
    head: String,
    failed: bool,
}

impl Trail {
    /// Opens or begins the trail at `path` and its key beside it, both readable by their owner only, locks it, and walks
    /// over all of it: `visit` gets every row. Lines that a run left torn are sealed.
    ///
    /// # Errors
    /// When another run holds it, the chain is broken, its key is missing or another, or it cannot be read or written.
    pub fn open(
        path: &Path,
        tool: &str,
        time_unix_s: u64,
        visit: &mut dyn FnMut(&Row, Place<'_>),
    ) -> Result<Self, AuditError> {
        let io = |doing| failed(path, doing);
        let file = open_and_lock(path)?;
        let empty = file.metadata().map_err(io("read"))?.len() == 0;
        // Without its key nobody can tell whether the rows that are there are its own.
        let key = if empty { Key::open_or_make(&key_file(path)) } else { Key::read(&key_file(path)) }?;
        let chain = walk(BufReader::new(&file), Some(&key), visit).map_err(io("read"))?;
        if let Some(broken) = chain.broken {
            return Err(AuditError::Broken { path: path.to_owned(), broken });
        }
        if let Tail::Torn { line, .. } = chain.tail
            && chain.rows == 0
            && !begins_a_trail(&file).map_err(io("read"))?
        {
            return Err(AuditError::Broken { path: path.to_owned(), broken: Broken { line, why: Why::NotARow } });
        }
        let Chain { genesis, next, head, tail, .. } = chain;
        let mut trail = Self { path: path.to_owned(), file, key, id: String::new(), next, head, failed: false };
        match genesis {
            Some(genesis) => trail.id = genesis.trail,
            None => trail.begin(tool, time_unix_s)?,
        }
        match tail {
            Tail::Whole => {}
            Tail::NotEnded => trail.write(b"\n").map_err(io("written"))?,
            // Nothing was recorded yet: it was the first row, and the trail was begun anew above.
            Tail::Torn { .. } if next == 0 => {}
            Tail::Torn { torn, ended, .. } => {
                if !ended {
                    trail.write(b"\n").map_err(io("written"))?;
                }
                trail.append(time_unix_s, What::Torn(torn))?;
            }
        }
        Ok(trail)
    }

    /// The first row of an empty trail.
    fn begin(&mut self, tool: &str, time_unix_s: u64) -> Result<(), AuditError> {
        let path = self.path.clone();
        let io = |doing| failed(&path, doing);
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(|e| io("written")(io::Error::other(e.to_string())))?;
        self.file.set_len(0).map_err(io("written"))?;
        let earlier = match fs::read(earlier_file(&self.path)) {
            Ok(bytes) => Some(Earlier { sha256: sha256_hex(&bytes), bytes: bytes.len() as u64 }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io("read")(error)),
        };
        self.id = hex(&id);
        let genesis = Genesis { trail: self.id.clone(), tool: tool.to_owned(), key_id: self.key.id(), earlier };
        self.append(time_unix_s, What::Genesis(genesis)).map(|_| ())
    }

    /// Appends a row, waits until it is on disk, and gives its number.
    ///
    /// # Errors
    /// When it cannot be written; nothing more is then written through this value.
    pub fn append(&mut self, time_unix_s: u64, what: What) -> Result<u64, AuditError> {
        let row = Row { v: VERSION, row: self.next, prev: self.head.clone(), time_unix_s, what };
        let written = chain::line(&row, &self.key).and_then(|(mut line, sha256)| {
            line.push(b'\n');
            self.write(&line)?;
            Ok(sha256)
        });
        self.head = written.map_err(failed(&self.path, "written"))?;
        self.next += 1;
        Ok(row.row)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("an earlier row could not be written"));
        }
        self.failed = true;
        self.file.write_all(bytes)?;
        self.file.sync_data()?;
        self.failed = false;
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The random identity in its first row.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Hash of the last row: whoever keeps it can later tell that nothing was cut off.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The number that the next row will have.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Its key.
    pub fn key(&self) -> &Key {
        &self.key
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

fn open_and_lock(path: &Path) -> Result<File, AuditError> {
    let io = |doing| failed(path, doing);
    loop {
        let mut file = private::options().read(true).append(true).create(true).open(path).map_err(io("opened"))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => AuditError::Locked { path: path.to_owned() },
            TryLockError::Error(source) => io("locked")(source),
        })?;
        // Between opening and locking, a purge may have put another file in its place.
        if !is_at(&file, path).map_err(io("opened"))? {
            continue;
        }
        let mut start = Vec::new();
        (&file).take(VERSION_1.len() as u64).read_to_end(&mut start).map_err(io("read"))?;
        if start != VERSION_1 {
            file.seek(SeekFrom::Start(0)).map_err(io("read"))?;
            return Ok(file);
        }
        let aside = earlier_file(path);
        if aside.exists() {
            return Err(AuditError::TwoEarlier { old: path.to_owned(), aside });
        }
        fs::rename(path, &aside).map_err(io("moved aside"))?;
    }
}

/// Whether a file without a whole row is the beginning of a first row, and not somebody's file of another kind.
fn begins_a_trail(mut file: &File) -> io::Result<bool> {
    let mut start = vec![0; FIRST_ROW.len()];
    file.seek(SeekFrom::Start(0))?;
    let mut length = 0;
    while length < start.len() {
        match file.read(&mut start[length..])? {
            0 => break,
            n => length += n,
        }
    }
    let zeros = start[..length].iter().rev().take_while(|b| **b == 0).count();
    Ok(FIRST_ROW.starts_with(&start[..length - zeros]))
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (held, named) = (file.metadata()?, path.metadata()?);
    Ok((held.dev(), held.ino()) == (named.dev(), named.ino()))
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// The rows of version 1 that were moved aside for the trail at `path`, as they stand there. Their inputs are plain
/// hashes under `input_sha256`, and their outputs whole names. Lines that are no such rows are left out.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn rows_of_version_1(path: &Path) -> Result<Vec<Value>, AuditError> {
    let path = earlier_file(path);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|source| AuditError::Io { path, doing: "read", source })?,
    };
    let rows = bytes.split(|b| *b == b'\n').filter(|line| line.starts_with(VERSION_1));
    Ok(rows.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// The trail as it is now, read without a lock: a run that is writing shows as a torn end.
pub(super) fn walk_file(
    path: &Path,
    key: Option<&Key>,
    visit: &mut dyn FnMut(&Row, Place<'_>),
) -> Result<Chain, AuditError> {
    let io = |doing| failed(path, doing);
    let file = File::open(path).map_err(io("opened"))?;
    let mut chain = walk(BufReader::new(file), key, visit).map_err(io("read"))?;
    if chain.broken.is_none() {
        chain.broken = match &chain.tail {
            Tail::Torn { line, ended: true, .. } => Some(Broken { line: *line, why: Why::CutOff }),
            Tail::Whole if chain.rows == 0 => Some(Broken { line: 1, why: Why::Genesis }),
            Tail::Whole | Tail::NotEnded | Tail::Torn { .. } => None,
        };
    }
    Ok(chain)
}
