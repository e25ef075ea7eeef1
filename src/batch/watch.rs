//! A folder into which files are dropped: polled, because that works on every file system; each file goes the way of a
//! batch once it has come to rest. What was handled is known by place and time of change while this runs, and by the
//! trail when it begins.

use std::{
    collections::{HashMap, HashSet},
    fs::Permissions,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant, SystemTime},
};

use super::{
    BatchError, Ending, Options, Progress, names,
    run::{Handled, Lot, Session},
    walk::{self, Item, Origin},
};
use crate::{media, pipeline::Cleaning};

/// Extensions of files that another program is still writing, and renames when it is done.
const UNFINISHED: &[&str] = &["crdownload", "download", "filepart", "opdownload", "part", "partial", "tmp"];
/// Files that are handed out before the folder is looked at again.
const LOT: usize = 64;
/// Places that are remembered after their file is gone.
const REMEMBERED: usize = 100_000;
/// How soon a wish to stop is noticed while nothing is to be done.
const NAP: Duration = Duration::from_millis(50);

/// How a folder is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watching {
    /// Time between two looks. Default of the command line: 2 s.
    pub interval: Duration,
    /// How long size and time of change must have stayed the same before a file is read. Default of the command line:
    /// 5 s.
    pub settle: Duration,
    /// End once everything is handled that was there at the first look.
    pub once: bool,
}

/// Cleans every file that is in `folder` or comes into it, until `stop` is set; `progress` hears of each. The file that
/// is being cleaned then is finished.
///
/// A file that fails is tried again when it changes, or by the next watch. A file whose content was cleaned before in
/// the same place is not cleaned again, even when its outputs were taken away. Kept names keep their extension too
/// (`a.heic` becomes `a.heic.jpg`), because what comes later must not change the name of what came before. Answers with
/// the hash of the trail's last row.
///
/// # Errors
/// As [`run`](super::run); and when the folder can no longer be listed.
pub fn watch(
    cleaner: &dyn Cleaning,
    folder: &Path,
    options: &Options,
    watching: &Watching,
    stop: &AtomicBool,
    progress: &mut dyn Progress,
) -> Result<Option<String>, BatchError> {
    let inputs = [folder.to_owned()];
    let first = walk::collect(&inputs, &options.out)?;
    if !folder.is_dir() {
        return Err(BatchError::NoFolder { path: folder.to_owned() });
    }
    let mut session = Session::open(cleaner, options)?;
    session.trust_the_trail();
    let awaited = watching.once.then(|| first.into_iter().map(|item| item.path).collect::<HashSet<_>>());
    let mut seen = Seen { settle: watching.settle, places: HashMap::new() };
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut items = walk::list(&inputs)?;
        items.retain(|item| !is_unfinished(&item.path) && awaited.as_ref().is_none_or(|a| a.contains(&item.path)));
        let looked = Instant::now();
        let (ready, waiting) = seen.look(items, looked);
        for some in ready.chunks(LOT) {
            let items: Vec<_> = some.iter().map(|ready| ready.item.clone()).collect();
            let stems: Option<Vec<_>> =
                options.keep_names.then(|| items.iter().map(|item| names::kept_path(&item.relative)).collect());
            let lot = Lot { items: &items, stems: stems.as_deref(), first: number, stop: Some(stop) };
            let handled = session.handle(&lot, progress)?;
            number += items.len();
            if handled.len() < items.len() {
                return session.finish();
            }
            handled.into_iter().for_each(|handled| seen.handled(some, handled));
        }
        if watching.once && !waiting && ready.is_empty() {
            break;
        }
        if ready.is_empty() {
            rest(looked + watching.interval, stop);
        }
    }
    session.finish()
}

fn rest(until: Instant, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(NAP));
    }
}

fn is_unfinished(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    extension.is_some_and(|e| UNFINISHED.contains(&e.as_str()))
}

/// What tells that a file is still the one it was. `None` where it cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    bytes: u64,
    modified: Option<SystemTime>,
    /// So that a file that could not be read is tried again once it may be.
    permissions: Permissions,
    /// Device and number of the file itself, where there is such a thing: they go with it when it is renamed.
    file: Option<(u64, u64)>,
}

impl Mark {
    fn of(path: &Path) -> Option<Self> {
        let meta = path.symlink_metadata().ok()?;
        #[cfg(unix)]
        let file = {
            use std::os::unix::fs::MetadataExt;
            Some((meta.dev(), meta.ino()))
        };
        #[cfg(not(unix))]
        let file = None;
        Some(Self { bytes: meta.len(), modified: meta.modified().ok(), permissions: meta.permissions(), file })
    }
}

/// What is known of one place.
struct Place {
    mark: Option<Mark>,
    since: Instant,
    /// Whether the file as marked was handled.
    handled: bool,
    /// Content that was cleaned here.
    cleaned_sha256: Option<String>,
}

/// A file that has come to rest, as it was when it was looked at.
struct Ready {
    item: Item,
    mark: Option<Mark>,
}

struct Seen {
    settle: Duration,
    places: HashMap<PathBuf, Place>,
}

impl Seen {
    /// Takes up what is there now. The files that are to be handled, and whether others have yet to come to rest.
    fn look(&mut self, items: Vec<Item>, now: Instant) -> (Vec<Ready>, bool) {
        self.forget(&items);
        let mut gone = self.gone(&items);
        let (mut ready, mut waiting) = (Vec::new(), false);
        for item in items {
            let mark = Mark::of(&item.path);
            match self.places.get_mut(&item.path) {
                Some(place) if place.mark == mark => {}
                Some(place) => (place.mark, place.since, place.handled) = (mark.clone(), now, false),
                None => self.meet(&item.path, mark.clone(), now, &mut gone),
            }
            let Some(place) = self.places.get_mut(&item.path) else { continue };
            if place.handled {
                continue;
            }
            // What is no file will not become one by waiting.
            let at_rest = now.duration_since(place.since) >= self.settle || item.origin != Origin::Folder;
            if !at_rest {
                waiting = true;
            } else if is_content(&item.path, place.cleaned_sha256.as_deref()) {
                place.handled = true;
            } else {
                ready.push(Ready { item, mark });
            }
        }
        (ready, waiting)
    }

    /// Places whose file is no longer there, by the file.
    fn gone(&self, items: &[Item]) -> HashMap<(u64, u64), PathBuf> {
        let there: HashSet<_> = items.iter().map(|item| &item.path).collect();
        let gone = self.places.iter().filter(|(path, _)| !there.contains(path));
        gone.filter_map(|(path, place)| Some((place.mark.as_ref()?.file?, path.clone()))).collect()
    }

    /// A file in a new place: dropped there, or renamed.
    fn meet(&mut self, path: &Path, mark: Option<Mark>, now: Instant, gone: &mut HashMap<(u64, u64), PathBuf>) {
        let renamed = mark.as_ref().and_then(|mark| mark.file).and_then(|file| gone.remove(&file));
        let known = renamed.and_then(|was| self.places.remove(&was)).filter(|known| known.mark == mark);
        let place = known.unwrap_or(Place { mark, since: now, handled: false, cleaned_sha256: None });
        self.places.insert(path.to_owned(), place);
    }

    fn handled(&mut self, ready: &[Ready], handled: Handled) {
        let Some(place) = self.places.get_mut(&handled.path) else { return };
        // As it was before it was read: what changed since shows as a change at the next look.
        place.mark =
            ready.iter().find(|ready| ready.item.path == handled.path).and_then(|ready| ready.mark.clone());
        place.handled = true;
        place.cleaned_sha256 = match handled.ending {
            Ending::Clean { .. } | Ending::DoneBefore { .. } | Ending::Withheld { .. } => handled.input_sha256,
            Ending::Skipped | Ending::Failed { .. } => None,
        };
    }

    /// Keeps what is known of places without a file from growing without end.
    fn forget(&mut self, items: &[Item]) {
        if self.places.len() > REMEMBERED + items.len() {
            let there: HashSet<_> = items.iter().map(|item| &item.path).collect();
            self.places.retain(|place, _| there.contains(place));
        }
    }
}

/// Whether a file holds what was cleaned in its place before.
fn is_content(path: &Path, cleaned_sha256: Option<&str>) -> bool {
    cleaned_sha256.is_some_and(|cleaned| media::hash_file(path).is_ok_and(|(sha256, _)| sha256 == cleaned))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const SETTLE: Duration = Duration::from_secs(5);

    /// A folder that is looked at by a clock of its own.
    struct Bench {
        folder: tempfile::TempDir,
        seen: Seen,
        now: Instant,
    }

    impl Bench {
        fn new() -> Self {
            let seen = Seen { settle: SETTLE, places: HashMap::new() };
            Self { folder: tempfile::tempdir().unwrap(), seen, now: Instant::now() }
        }

        /// With a file `a` that has failed.
        fn failed() -> Self {
            let mut bench = Self::new();
            bench.put("a", "1");
            bench.after(0, false);
            assert_eq!(bench.after(5, false), ["a"]);
            bench
        }

        fn put(&self, name: &str, content: &str) {
            fs::write(self.folder.path().join(name), content).unwrap();
        }

        /// Looks `seconds` later; the names that are ready are handled as if they had been cleaned, or had failed.
        fn after(&mut self, seconds: u64, clean: bool) -> Vec<String> {
            self.now += Duration::from_secs(seconds);
            let items = walk::list(&[self.folder.path().to_owned()]).unwrap();
            let (ready, _) = self.seen.look(items, self.now);
            for one in &ready {
                let sha256 = media::hash_file(&one.item.path).unwrap().0;
                let ending = match clean {
                    true => Ending::Withheld {
                        report: report(),
                        reason: String::new(),
                        outputs: Vec::new(),
                        before: false,
                    },
                    false => Ending::Failed { reason: String::new() },
                };
                let path = one.item.path.clone();
                self.seen.handled(&ready, Handled { index: 0, path, input_sha256: Some(sha256), ending });
            }
            ready.iter().map(|ready| ready.item.relative.to_string_lossy().into_owned()).collect()
        }
    }

    fn report() -> crate::pipeline::InputReport {
        serde_json::from_value(serde_json::json!({
            "format": "png", "kind": "still", "dropped": [], "frames": [], "outcome": "clean"
        }))
        .unwrap()
    }

    #[test]
    fn a_file_is_ready_once_it_rests_and_only_once() {
        let mut bench = Bench::new();
        bench.put("a", "1");
        assert_eq!(bench.after(0, true), [""; 0]);
        bench.put("a", "12");
        assert_eq!(bench.after(4, true), [""; 0], "it grew");
        assert_eq!(bench.after(4, true), [""; 0], "it has not rested long enough since");
        assert_eq!(bench.after(1, true), ["a"]);
        assert_eq!(bench.after(100, true), [""; 0]);
        bench.put("a", "123");
        bench.after(1, true);
        assert_eq!(bench.after(5, true), ["a"], "new content is a new file");
    }

    #[test]
    fn the_same_content_in_the_same_place_is_not_ready_again() {
        let mut bench = Bench::new();
        bench.put("a", "1");
        bench.after(0, true);
        assert_eq!(bench.after(5, true), ["a"]);
        let path = bench.folder.path().join("a");
        let touched = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        fs::File::options().write(true).open(&path).unwrap().set_times(touched).unwrap();
        bench.after(1, true);
        assert_eq!(bench.after(10, true), [""; 0], "touched");
        fs::remove_file(&path).unwrap();
        bench.after(1, true);
        bench.put("a", "1");
        bench.after(1, true);
        assert_eq!(bench.after(10, true), [""; 0], "dropped again");
        bench.put("b", "1");
        bench.after(1, true);
        assert_eq!(bench.after(10, true), ["b"], "another place is another file");
    }

    #[test]
    fn what_failed_is_ready_again_only_when_it_changes() {
        let mut bench = Bench::failed();
        assert_eq!(bench.after(100, false), [""; 0]);
        bench.put("a", "other");
        bench.after(1, false);
        assert_eq!(bench.after(5, false), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_failed_is_ready_again_when_its_permissions_change() {
        let mut bench = Bench::failed();
        let allowed = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        fs::set_permissions(bench.folder.path().join("a"), allowed).unwrap();
        bench.after(1, false);
        assert_eq!(bench.after(5, false), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_renamed_is_the_same_file() {
        let mut bench = Bench::new();
        bench.put("a", "1");
        bench.after(0, true);
        assert_eq!(bench.after(5, true), ["a"]);
        fs::rename(bench.folder.path().join("a"), bench.folder.path().join("b")).unwrap();
        assert_eq!(bench.after(100, true), [""; 0]);
        assert_eq!(bench.after(100, true), [""; 0]);
    }

    #[test]
    fn unfinished_downloads_are_known_by_their_names() {
        for name in ["a.jpg.part", "a.crdownload", "a.TMP", "b/.a.jpg.partial"] {
            assert!(is_unfinished(Path::new(name)), "{name}");
        }
        for name in ["a.jpg", "part", ".tmp/a.jpg", "a.part.png"] {
            assert!(!is_unfinished(Path::new(name)), "{name}");
        }
    }
}
