//! Where ONNX Runtime and the models are looked for, and what was there. Separate from loading, so that the order is
//! tested in temporary folders and shown by `doctor` without running anything.
//!
//! The current folder is never searched: a folder of pictures from elsewhere may hold a library of the right name, and
//! loading it would run it. A library in a checkout is passed over unless it belongs to root or to the owner of the
//! program, because a folder above the program may be open to everybody.

use std::{
    env, fmt,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::registry::Registry;
use crate::error::InferError;

/// The version of ONNX Runtime that the set-up fetches and that every measurement was made with.
pub const RUNTIME_VERSION: &str = "1.31.1";
/// Names under which the library may be found in a folder, most specific first.
#[cfg(target_os = "macos")]
const LIBRARY_NAMES: &[&str] = &["libonnxruntime.1.31.1.dylib", "libonnxruntime.1.dylib", "libonnxruntime.dylib"];
#[cfg(not(target_os = "macos"))]
const LIBRARY_NAMES: &[&str] = &["libonnxruntime.so.1.31.1", "libonnxruntime.so.1", "libonnxruntime.so"];
/// Folder of a checkout into which `make setup` unpacks the library.
const SETUP_FOLDER: &str = ".runtime/onnxruntime-1.31.1";
/// Folders above the program that may be the checkout: `target/TRIPLE/release/examples/program` is the deepest.
const CHECKOUT_LEVELS: usize = 5;
/// Where a package manager or an administrator puts the library.
const SYSTEM_LIBRARY_FOLDERS: &[&str] = &[
    "/usr/local/lib",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/opt/homebrew/lib",
];
/// Where a package manager or an administrator puts the models.
const SYSTEM_MODEL_FOLDERS: &[&str] = &["/usr/local/share/safepost/models", "/usr/share/safepost/models"];

/// Why a path was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The caller named it. Nothing else is tried.
    Option,
    /// `SAFEPOST_ORT_LIB` or `SAFEPOST_MODELS` names it. Nothing else is tried.
    Environment(&'static str),
    /// `ORT_DYLIB_PATH` names it; shared with other programs, so a wrong one is passed over.
    SharedEnvironment(&'static str),
    /// It belongs to an installation: beside the program, or in `../lib` or `../share`.
    Installation,
    /// It belongs to the checkout in which the program lies or from which it was built.
    Checkout,
    /// The system keeps such files there.
    System,
}

impl Place {
    /// Whether someone asked for exactly this, so that taking another would be a surprise.
    fn is_binding(self) -> bool {
        matches!(self, Place::Option | Place::Environment(_))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Option => f.write_str("as asked for"),
            Place::Environment(name) | Place::SharedEnvironment(name) => f.write_str(name),
            Place::Installation => f.write_str("beside the program"),
            Place::Checkout => f.write_str("in the checkout"),
            Place::System => f.write_str("on the system"),
        }
    }
}

/// What was at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What was looked for; the search ended here.
    Found,
    /// Nothing of the kind.
    Absent,
    /// A library that belongs to neither root nor the owner of the program.
    ForeignOwner,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Found => "found",
            Outcome::Absent => "not there",
            Outcome::ForeignOwner => "passed over: it belongs to another user than the program",
        })
    }
}

/// One step of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// Why it was looked at.
    pub place: Place,
    /// The file or folder.
    pub path: PathBuf,
    /// What was there.
    pub outcome: Outcome,
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.path.display(), self.place, self.outcome)
    }
}

/// A finished search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The absolute path of what was found.
    pub path: Option<PathBuf>,
    /// Every step in order; the last one is the one that was found.
    pub tried: Vec<Tried>,
}

impl Located {
    fn search(
        candidates: impl IntoIterator<Item = (Place, PathBuf)>,
        look: impl Fn(Place, &Path) -> Result<PathBuf, Outcome>,
    ) -> Self {
        let mut tried: Vec<Tried> = Vec::new();
        for (place, path) in candidates {
            if tried.iter().any(|t| t.path == path) {
                continue;
            }
            let seen = look(place, &path);
            let outcome = seen.as_ref().err().copied().unwrap_or(Outcome::Found);
            tried.push(Tried { place, path, outcome });
            if let Ok(found) = seen {
                return Self { path: std::path::absolute(&found).ok().or(Some(found)), tried };
            }
            if place.is_binding() {
                break;
            }
        }
        Self { path: None, tried }
    }

    /// "is not at /a (SAFEPOST_MODELS)" or "was not found in any of 12 places".
    fn failure(&self) -> String {
        match self.tried.as_slice() {
            [one] => format!("it is not at {} ({})", one.path.display(), one.place),
            all => format!("it was not found in any of {} places", all.len()),
        }
    }
}

/// What a search depends on. Taken from the process once, so that tests can give their own.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    program: Option<PathBuf>,
    built_from: Option<PathBuf>,
    ort_lib: Option<PathBuf>,
    ort_dylib_path: Option<PathBuf>,
    models: Option<PathBuf>,
    system_libraries: Vec<PathBuf>,
    system_models: Vec<PathBuf>,
}

impl Surroundings {
    /// Those of this process. An empty variable counts as one that is not set.
    pub fn of_process() -> Self {
        let variable = |name| env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let folders = |list: &[&str]| list.iter().map(PathBuf::from).collect();
        Self {
            // The program's real place, not that of a link to it.
            program: env::current_exe().and_then(|p| p.canonicalize()).ok(),
            built_from: Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))),
            ort_lib: variable("SAFEPOST_ORT_LIB"),
            ort_dylib_path: variable("ORT_DYLIB_PATH"),
            models: variable("SAFEPOST_MODELS"),
            system_libraries: folders(SYSTEM_LIBRARY_FOLDERS),
            system_models: folders(SYSTEM_MODEL_FOLDERS),
        }
    }

    /// Looks for ONNX Runtime: `asked` (a file, or a folder that holds it), `SAFEPOST_ORT_LIB`, `ORT_DYLIB_PATH`, beside
    /// the program and in `../lib`, the set-up's folder in the checkout, the system's library folders.
    pub fn library(&self, asked: Option<&Path>) -> Located {
        let named = [
            (Place::Option, asked.map(Path::to_owned)),
            (Place::Environment("SAFEPOST_ORT_LIB"), self.ort_lib.clone()),
            (Place::SharedEnvironment("ORT_DYLIB_PATH"), self.ort_dylib_path.clone()),
        ];
        let installed = self.installed(&["lib/safepost", "lib"]).map(|p| (Place::Installation, p));
        let checkouts = self.checkouts().map(|p| (Place::Checkout, p.join(SETUP_FOLDER)));
        let system = self.system_libraries.iter().map(|p| (Place::System, p.clone()));
        let all = given(named).chain(installed).chain(checkouts).chain(system);
        let owner = self.program.as_deref().and_then(owner_of);
        Located::search(all, |place, path| {
            let file = library_at(path).ok_or(Outcome::Absent)?;
            let trusted = place != Place::Checkout || owner_of(&file).is_some_and(|o| o == 0 || Some(o) == owner);
            if trusted { Ok(file) } else { Err(Outcome::ForeignOwner) }
        })
    }

    /// Looks for the folder that holds at least one of `files`: `asked`, `SAFEPOST_MODELS`, `models` beside the program,
    /// `../share/safepost/models`, `models` in the checkout, the system's folders. Whose the files are does not matter,
    /// because their hashes are compiled in.
    pub fn models(&self, asked: Option<&Path>, files: &[&str]) -> Located {
        let named = [
            (Place::Option, asked.map(Path::to_owned)),
            (Place::Environment("SAFEPOST_MODELS"), self.models.clone()),
        ];
        let beside = self.program_folder().map(|p| p.join("models"));
        let installed = beside.into_iter().chain(self.installed(&["share/safepost/models"]).skip(1));
        let checkouts = self.checkouts().map(|p| (Place::Checkout, p.join("models")));
        let system = self.system_models.iter().map(|p| (Place::System, p.clone()));
        let all = given(named).chain(installed.map(|p| (Place::Installation, p))).chain(checkouts).chain(system);
        Located::search(all, |_, folder| {
            let holds_one = files.iter().any(|file| folder.join(file).is_file());
            if holds_one { Ok(folder.to_owned()) } else { Err(Outcome::Absent) }
        })
    }

    fn program_folder(&self) -> Option<&Path> {
        self.program.as_deref().and_then(Path::parent)
    }

    /// The program's folder, then `under` its parent.
    fn installed<'a>(&'a self, under: &'a [&str]) -> impl Iterator<Item = PathBuf> + 'a {
        let folder = self.program_folder();
        let prefix = folder.and_then(Path::parent);
        let below = prefix.into_iter().flat_map(|p| under.iter().map(|u| p.join(u)));
        folder.map(Path::to_owned).into_iter().chain(below)
    }

    fn checkouts(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let above = self.program_folder().into_iter().flat_map(Path::ancestors).take(CHECKOUT_LEVELS);
        above.map(Path::to_owned).chain(self.built_from.clone())
    }
}

fn given<const N: usize>(named: [(Place, Option<PathBuf>); N]) -> impl Iterator<Item = (Place, PathBuf)> {
    named.into_iter().filter_map(|(place, path)| Some((place, path?)))
}

fn library_at(path: &Path) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path.to_owned());
    }
    LIBRARY_NAMES.iter().map(|name| path.join(name)).find(|file| file.is_file())
}

/// The numeric user that owns what `path` leads to.
#[cfg(unix)]
fn owner_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|m| m.uid())
}

/// Without numeric users nobody is trusted: the library must then be named or installed.
#[cfg(not(unix))]
fn owner_of(_: &Path) -> Option<u32> {
    None
}

/// The library of ONNX Runtime that this process should load: `asked`, or the first in the order of
/// [`Surroundings::library`].
///
/// # Errors
/// When it is nowhere, or not at the place that was asked for.
pub fn library(asked: Option<&Path>) -> Result<PathBuf, InferError> {
    let located = Surroundings::of_process().library(asked);
    let failure = located.failure();
    located.path.ok_or(InferError::Runtime { detail: failure })
}

/// The folder of the shipped models: `asked`, or the first in the order of [`Surroundings::models`].
///
/// # Errors
/// When it is nowhere, or not at the place that was asked for.
pub fn models(asked: Option<&Path>) -> Result<PathBuf, InferError> {
    let located = shipped_models(&Surroundings::of_process(), asked)?;
    let failure = located.failure();
    located.path.ok_or(InferError::NoModels { detail: failure })
}

/// The search for the shipped models with all its steps.
///
/// # Errors
/// When the compiled-in manifest is not valid.
pub fn shipped_models(surroundings: &Surroundings, asked: Option<&Path>) -> Result<Located, InferError> {
    let shipped = Registry::shipped(Path::new(""), 1)?;
    let files: Vec<&str> = shipped.entries().iter().map(|e| e.file.as_str()).collect();
    Ok(surroundings.models(asked, &files))
}

#[cfg(test)]
mod tests;
