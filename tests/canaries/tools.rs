//! Independent tools: what exiftool and ffprobe say of a file, and what exiftool and mat2 leave of what was planted.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Everything that exiftool says of one file; `None` without exiftool.
pub fn exiftool_dump(file: &Path) -> Option<String> {
    let output =
        Command::new("exiftool").args(["-a", "-u", "-U", "-ee3", "-G1", "-b", "-s"]).arg(file).output().ok()?;
    let short = Command::new("exiftool").args(["-a", "-u", "-U", "-ee3", "-G1"]).arg(file).output().ok()?;
    Some(String::from_utf8_lossy(&[output.stdout, short.stdout].concat()).into_owned())
}

/// The same of every file of a folder, in one run: names are told apart by a line before each.
pub fn exiftool_dumps(folder: &Path) -> Option<Vec<(PathBuf, String)>> {
    let output =
        Command::new("exiftool").args(["-a", "-u", "-U", "-ee3", "-G1", "-r"]).arg(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut dumps: Vec<(PathBuf, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("======== ") {
            Some(name) => dumps.push((name.into(), String::new())),
            None => {
                if let Some((_, dump)) = dumps.last_mut() {
                    dump.push_str(line);
                    dump.push('\n');
                }
            }
        }
    }
    Some(dumps)
}

/// Everything that ffprobe says of one file; `None` without ffprobe.
pub fn ffprobe_dump(file: &Path) -> Option<String> {
    let what = [
        "-show_format",
        "-show_streams",
        "-show_chapters",
        "-show_programs",
        "-show_frames",
        "-show_entries",
        "frame",
    ];
    let output =
        Command::new("ffprobe").args(["-v", "quiet", "-show_private_data"]).args(what).arg(file).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A tool that removes metadata in its own way.
pub struct Remover {
    pub name: &'static str,
    run: fn(&Path),
    asks: &'static [&'static str],
}

/// `exiftool -all=` and `mat2`.
pub const REMOVERS: &[Remover] = &[
    Remover { name: "exiftool -all=", run: exiftool_all, asks: &["exiftool", "-ver"] },
    Remover { name: "mat2", run: mat2, asks: &["mat2", "--version"] },
];

impl Remover {
    /// Its version; `None` when it is not installed.
    pub fn version(&self) -> Option<String> {
        let output = Command::new(self.asks[0]).args(&self.asks[1..]).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// What it leaves of every file: `None` where it wrote nothing.
    pub fn remove(&self, folder: &Path, files: &[(String, &[u8])]) -> Vec<Option<Vec<u8>>> {
        fs::create_dir(folder).expect("a folder");
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).expect("writes");
        }
        (self.run)(folder);
        let read = |(name, bytes): &(String, &[u8])| {
            let left = fs::read(folder.join(name)).expect("reads");
            // A tool that fails leaves the file as it was, and says so; whoever reads that does not post it.
            (left != *bytes).then_some(left)
        };
        files.iter().map(read).collect()
    }
}

fn exiftool_all(folder: &Path) {
    let _ = Command::new("exiftool").args(["-q", "-q", "-all=", "-overwrite_original"]).arg(folder).output();
}

fn mat2(folder: &Path) {
    let files: Vec<_> = fs::read_dir(folder).expect("lists").map(|e| e.expect("an entry").path()).collect();
    for some in files.chunks(20) {
        let _ = Command::new("mat2").args(["--inplace", "--"]).args(some).output();
    }
}
