//! What a run is about to publish, written down before it does: the one thing that a killed run leaves and its trail does
//! not tell. Outputs get their names before their row is written, so a run that dies in between leaves files that no row
//! names; the next run would make them again beside the old ones. With this journal it knows them and removes them first.
//!
//! The journal lies beside the trail, is private like it, and is gone when a run has come to its end.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{publish::Made, run::Job};
use crate::{error::MediaError, exact::ExactPath, media::hash_file, private};

/// One line of the journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// These files are published next, as paths inside the output folder.
    Publish { intent: u64, files: Vec<Promised> },
    /// The next row of the trail, which has this number, names them.
    Row { intent: u64, row: u64 },
}

/// A file to be published.
#[derive(Serialize, Deserialize)]
struct Promised {
    name: ExactPath,
    sha256: String,
}

/// The open journal. Only to be used while holding the trail's lock.
pub(super) struct Intents {
    path: PathBuf,
    /// The file, and the number of the next intent.
    file: Mutex<(File, u64)>,
}

impl Intents {
    /// Opens the journal of `trail`. What an earlier run published into `out` without a row is removed; `rows` are the
    /// numbers of the rows of inputs that the trail has.
    ///
    /// # Errors
    /// When the journal cannot be read or written, or such a file not be removed.
    pub fn open(trail: &Path, out: &Path, rows: &HashSet<u64>) -> Result<Self, MediaError> {
        let path = beside(trail);
        let open = || -> io::Result<File> {
            let file = private::options().read(true).append(true).create(true).open(&path)?;
            for name in orphans(&fs::read(&path)?, rows) {
                remove(&out.join(name.name.path()?), &name.sha256)?;
            }
            // Only now that they are gone may they be forgotten.
            file.set_len(0)?;
            file.sync_all()?;
            Ok(file)
        };
        let file = open().map_err(failed)?;
        Ok(Self { path, file: Mutex::new((file, 0)) })
    }

    /// Writes down that these files are published next, and waits until that is on disk.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn promise(&self, made: &[Made]) -> Result<u64, MediaError> {
        let files = made
            .iter()
            .map(|made| Ok(Promised { name: ExactPath::of(&made.name)?, sha256: made.row.sha256.clone() }));
        let files = files.collect::<io::Result<_>>().map_err(failed)?;
        let mut open = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let intent = open.1;
        open.1 += 1;
        write(&open.0, &Line::Publish { intent, files }).map_err(failed)?;
        Ok(intent)
    }

    /// Writes down that row `row`, which comes next, names what `job` published, if it did.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn claim(&self, job: &Job, row: u64) -> io::Result<()> {
        let Some(intent) = job.intent else { return Ok(()) };
        write(&self.file.lock().unwrap_or_else(PoisonError::into_inner).0, &Line::Row { intent, row })
    }

    /// Every row of what was published so far is written.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn clear(&self) -> Result<(), MediaError> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).0.set_len(0).map_err(failed)
    }

    /// There will be nothing more to know.
    ///
    /// # Errors
    /// When the journal cannot be removed.
    pub fn finish(self) -> Result<(), MediaError> {
        fs::remove_file(&self.path).map_err(failed)
    }
}

/// The journal of a trail.
fn beside(trail: &Path) -> PathBuf {
    let mut name = trail.file_name().unwrap_or_default().to_owned();
    name.push(".intent");
    trail.with_file_name(name)
}

fn failed(source: io::Error) -> MediaError {
    MediaError::Io { doing: "keeping the journal of outputs", source }
}

fn write(mut file: &File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_data()
}

/// What was promised and has no row. A line cut short was never acted upon.
fn orphans(journal: &[u8], rows: &HashSet<u64>) -> Vec<Promised> {
    let mut open = HashMap::new();
    for line in journal.split(|byte| *byte == b'\n') {
        match serde_json::from_slice(line) {
            Ok(Line::Publish { intent, files }) => drop(open.insert(intent, files)),
            Ok(Line::Row { intent, row }) if rows.contains(&row) => drop(open.remove(&intent)),
            Ok(Line::Row { .. }) | Err(_) => {}
        }
    }
    open.into_values().flatten().collect()
}

/// Removes a file if it still is what was published.
fn remove(path: &Path, sha256: &str) -> io::Result<()> {
    // Never through a link: that is none of ours.
    let plain = path.symlink_metadata().is_ok_and(|meta| meta.is_file());
    if plain && hash_file(path).is_ok_and(|(got, _)| got == sha256) {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256_hex;

    fn journal(lines: &[Line]) -> Vec<u8> {
        lines.iter().flat_map(|line| [serde_json::to_vec(line).unwrap(), b"\n".to_vec()].concat()).collect()
    }

    fn publish(intent: u64, files: &[(&str, &[u8])]) -> Line {
        let file = |(name, content): &(&str, &[u8])| Promised {
            name: ExactPath::of(Path::new(name)).unwrap(),
            sha256: sha256_hex(content),
        };
        Line::Publish { intent, files: files.iter().map(file).collect() }
    }

    #[test]
    fn only_what_was_published_without_a_row_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (trail, out) = (folder.path().join("t.jsonl"), folder.path().join("out"));
        fs::create_dir(&out).unwrap();
        for name in ["told", "orphan", "page1", "cut-off", "changed", "foreign"] {
            fs::write(out.join(name), name).unwrap();
        }
        let lines = [
            publish(0, &[("told", b"told")]),
            Line::Row { intent: 0, row: 3 },
            publish(1, &[("orphan", b"orphan")]),
            // Its row was never written.
            publish(2, &[("page1", b"page1"), ("page2", b"page2")]),
            Line::Row { intent: 2, row: 4 },
            publish(3, &[("changed", b"as it was published")]),
        ];
        let mut text = journal(&lines);
        let torn = journal(&[publish(4, &[("cut-off", b"cut-off")])]);
        text.extend_from_slice(&torn[..torn.len() - 3]);
        fs::write(beside(&trail), text).unwrap();

        let intents = Intents::open(&trail, &out, &HashSet::from([3])).unwrap();
        let mut left: Vec<_> = out.read_dir().unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["changed", "cut-off", "foreign", "told"]);
        assert!(fs::read(beside(&trail)).unwrap().is_empty(), "it begins anew");
        intents.finish().unwrap();
        assert!(!beside(&trail).exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_an_output_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (trail, out) = (folder.path().join("t.jsonl"), folder.path().join("out"));
        fs::create_dir(&out).unwrap();
        fs::write(folder.path().join("own"), b"own").unwrap();
        std::os::unix::fs::symlink(folder.path().join("own"), out.join("a")).unwrap();
        fs::write(beside(&trail), journal(&[publish(0, &[("a", b"own")])])).unwrap();
        Intents::open(&trail, &out, &HashSet::new()).unwrap();
        assert!(out.join("a").is_symlink() && folder.path().join("own").exists());
    }
}
