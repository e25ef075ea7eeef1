//! What the integration tests share: running the real binary and making small pictures.
#![allow(dead_code, reason = "each test binary uses its own part")]

#[cfg(feature = "video")]
pub mod film;

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use image::{Rgb, RgbImage};

/// The binary under test with these arguments.
pub fn safepost<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Output {
    command(args).output().expect("the binary starts")
}

/// The same, not yet started.
pub fn command<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_safepost"));
    command.args(args);
    command
}

/// A folder of its own for a test, with a folder `in` to be cleaned into `out`.
pub struct Bench {
    root: tempfile::TempDir,
}

impl Bench {
    /// With an empty `in`.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("in")).unwrap();
        Self { root }
    }

    /// A place below the folder.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// `safepost clean in -o out`, with more arguments.
    pub fn clean(&self, more: &[&str]) -> Output {
        let (input, out) = (self.path("in"), self.path("out"));
        let mut args = vec!["clean", input.to_str().unwrap(), "-o", out.to_str().unwrap()];
        args.extend(more);
        safepost(args)
    }
}

/// Exit code and everything printed, for assertions that explain themselves.
pub fn ended(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout, &output.stderr].map(|t| String::from_utf8_lossy(t).into_owned()).concat();
    (output.status.code(), text)
}

/// A plain picture without faces or text: a gradient, so that every pixel is told apart.
pub fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 255 / width.max(1)) as u8, (y * 255 / height.max(1)) as u8, 120])
    })
}

/// Writes a gradient as PNG.
pub fn write_png(path: &Path, width: u32, height: u32) {
    gradient(width, height).save(path).expect("the picture is written");
}

/// Relative path and bytes of every file below `folder`.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("the folder is listed") {
            let path = entry.expect("the entry is read").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let relative = path.strip_prefix(folder).expect("it is below").to_owned();
                files.insert(relative, fs::read(&path).expect("the file is read"));
            }
        }
    }
    files
}
