//! Holds the tree to its own picture: who may know whom, where each foreign library may be named, how long a file may
//! be, and that the library prints nothing. Reads the sources, so it sees code behind every feature.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

#[path = "architecture/source.rs"]
mod source;

use source::Source;

/// What each part may know besides the nouns; what those know in turn is allowed too, so the table reads as an order.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("cli", &["batch", "review", "doctor", "inspect", "isolation"]),
    ("batch", &["pipeline"]),
    ("review", &["pipeline"]),
    ("doctor", &["media", "infer", "isolation"]),
    ("isolation", &["pipeline"]),
    ("inspect", &["media", "metadata"]),
    (
        "pipeline",
        &["media", "metadata", "detect", "phi", "identity", "flow", "track", "policy", "redact", "verify", "audit"],
    ),
    ("verify", &["media", "metadata", "detect"]),
    ("detect", &["infer"]),
    ("phi", &["infer"]),
    ("identity", &["infer"]),
    ("infer", &[]),
    ("media", &[]),
    ("metadata", &[]),
    ("flow", &[]),
    ("track", &[]),
    ("policy", &[]),
    ("redact", &[]),
    ("audit", &[]),
];

/// Plain words that every part may use. They know each other and nothing else.
const NOUNS: &[&str] = &[
    "area", "clip", "date", "device", "effort", "error", "exact", "finding", "frame", "geom", "hash", "limits",
    "motion", "private", "resample", "secret", "style",
];

/// Foreign crates that are named in one place only, and that place (a file, or a folder that ends in `/`).
const NAMED_IN: &[(&str, &[&str])] = &[
    ("ort", &["src/infer/ort.rs", "src/infer/ort/"]),
    ("libheif_sys", &["src/media/image/heif.rs", "src/media/image/heif/", "src/media/image/libheif.rs"]),
    ("ffmpeg_next", &["src/media/video/"]),
    ("ffmpeg_sys_next", &["src/media/video/"]),
    ("jxl_oxide", &["src/media/image/jxl.rs", "src/media/image/jxl/"]),
    ("zune_jpeg", &["src/media/image/jpeg.rs", "src/media/image/jpeg/"]),
    ("moxcms", &["src/media/image/colour.rs"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("fast_image_resize", &["src/resample.rs"]),
    ("clap_complete", &["src/cli/", "src/main.rs"]),
    ("clap_mangen", &["src/cli/", "src/main.rs"]),
    ("indicatif", &["src/cli/", "src/main.rs"]),
    ("miette", &["src/cli/", "src/main.rs"]),
    ("ctrlc", &["src/cli/", "src/main.rs"]),
    ("rxing", &["src/detect/code/read.rs", "src/detect/code/read/"]),
    ("walkdir", &["src/batch/"]),
    ("landlock", &["src/isolation/sandbox/files.rs"]),
    ("seccompiler", &["src/isolation/sandbox/calls.rs"]),
    ("libc", &["src/isolation/sandbox/calls.rs"]),
    ("rustix", &["src/isolation/sandbox/"]),
    ("regex", &["src/phi/"]),
    ("unicode_normalization", &["src/phi/fold.rs"]),
    ("anyhow", &[]),
];

/// Only these may print: the rest of the library reports to an observer.
const MAY_PRINT: &[&str] = &["src/cli/", "src/main.rs"];
const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// A file that is longer holds more than one thing.
const MOST_LINES: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file with one of `extensions` below `folder`, as paths from the root with `/` between the parts.
fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)) {
                let relative = path.strip_prefix(root()).expect("below the root");
                found.push(relative.iter().map(|p| p.to_string_lossy()).collect::<Vec<_>>().join("/"));
            }
        }
    }
    found.sort();
    found
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).expect("a readable source")
}

fn sources() -> Vec<Source> {
    let sources: Vec<_> = files("src", &["rs"]).iter().map(|file| Source::read(file, &read(file))).collect();
    assert!(sources.len() > 10, "the sources were not found under {}", root().display());
    sources
}

/// The table with everything that follows from it.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let direct: BTreeMap<_, _> = MAY_KNOW.iter().copied().collect();
    let mut allowed = BTreeMap::new();
    for &(part, knows) in MAY_KNOW {
        let mut all = BTreeSet::new();
        let mut open: Vec<_> = knows.to_vec();
        while let Some(next) = open.pop() {
            if all.insert(next) {
                open.extend(direct.get(next).copied().into_iter().flatten());
            }
        }
        allowed.insert(part, all);
    }
    allowed
}

/// One sentence for every use that goes against the table.
fn against_the_table(sources: &[Source]) -> Vec<String> {
    let allowed = allowed();
    let mut wrong = Vec::new();
    for source in sources {
        let Some(part) = source.part() else { continue };
        let noun = NOUNS.contains(&part);
        if !noun && !allowed.contains_key(part) {
            wrong.push(format!(
                "{}: `{part}` is not in the table of tests/architecture.rs; add it there",
                source.file
            ));
            continue;
        }
        for (line, other) in source.own_parts_named() {
            let known = *other == part
                || NOUNS.contains(&other.as_str())
                || allowed.get(part).is_some_and(|a| a.contains(other.as_str()));
            if !known {
                wrong.push(format!("{}:{line}: `{part}` must not know `{other}`", source.file));
            }
        }
    }
    wrong.dedup();
    wrong
}

fn inside(file: &str, places: &[&str]) -> bool {
    places.iter().any(|place| if place.ends_with('/') { file.starts_with(place) } else { file == *place })
}

#[test]
fn dependencies_point_down_only() {
    let wrong = against_the_table(&sources());
    assert!(wrong.is_empty(), "dependencies that point up or sideways:\n{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    for (part, below) in allowed() {
        assert!(!below.contains(part), "`{part}` reaches itself through the table");
    }
}

#[test]
fn each_foreign_library_is_named_in_one_place() {
    let mut wrong = Vec::new();
    for source in sources() {
        for &(library, places) in NAMED_IN {
            for line in source.lines_naming_crate(library) {
                if !inside(&source.file, places) {
                    wrong.push(format!("{}:{line}: `{library}` may be named only in {places:?}", source.file));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "foreign libraries out of their place:\n{}", wrong.join("\n"));
}

#[test]
fn hashes_are_written_out_in_one_place() {
    let folders = files("src", &["rs"]).into_iter().filter(|file| file != "src/hash.rs");
    let others: Vec<_> = folders.filter(|file| read(file).contains(":02x}")).collect();
    assert!(others.is_empty(), "use hash::hex in {others:?}");
}

#[test]
fn only_the_command_line_prints() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|s| !inside(&s.file, MAY_PRINT)) {
        for (line, name) in source.macros_called() {
            if PRINTING.contains(&name.as_str()) {
                wrong.push(format!("{}:{line}: `{name}!` in the library, which must be silent", source.file));
            }
        }
    }
    assert!(wrong.is_empty(), "printing outside {MAY_PRINT:?}:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_one_thing() {
    let folders = ["src", "tests", "examples", "benches", "fuzz", "scripts"];
    let long: Vec<_> = folders
        .iter()
        .flat_map(|folder| files(folder, &["rs", "py", "sh"]))
        .filter(|file| !file.contains("/target/"))
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, file)| format!("{file}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files over {MOST_LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn no_module_is_named_for_nothing() {
    let names = ["util", "utils", "helper", "helpers", "manager", "common", "misc", "v2"];
    let vague: Vec<_> = files("src", &["rs"])
        .into_iter()
        .filter(|file| Path::new(file).with_extension("").iter().any(|p| names.iter().any(|n| p == *n)))
        .collect();
    assert!(vague.is_empty(), "name these for what they hold: {vague:?}");
}

#[test]
fn every_source_file_says_why_it_is_separate() {
    let silent: Vec<_> = files("src", &["rs"]).into_iter().filter(|file| !read(file).starts_with("//! ")).collect();
    assert!(silent.is_empty(), "these do not start with a module doc: {silent:?}");
}

#[test]
fn a_use_against_the_table_is_seen_in_every_spelling() {
    let spellings = [
        "use crate::redact::mask;",
        "use crate::{geom::Rect, redact};",
        "use crate::{\n    geom::Rect,\n    redact::{self, mask::{Mask, Run}},\n};",
        "fn f() { crate::redact::redact(); }",
        "fn f(x: &[crate::redact::Style]) {}",
        "use super::super::redact;",
        "pub(crate) use crate::redact as r;",
        "use safepost::redact;",
    ];
    for text in spellings {
        let wrong = against_the_table(&[Source::read("src/detect/face.rs", text)]);
        assert_eq!(wrong.len(), 1, "{text}: {wrong:?}");
        assert!(wrong[0].ends_with("`detect` must not know `redact`"), "{}", wrong[0]);
    }
    let tested = "use crate::geom;\n#[cfg(test)]\nmod tests {\n    use crate::redact::Mask;\n}\n";
    assert_eq!(against_the_table(&[Source::read("src/detect/face.rs", tested)]), [""; 0]);
    let innocent = "//! Not crate::redact.\nuse crate::{geom, infer::ort};\nuse super::redact;\n\
                    // crate::redact\nconst S: &str = \"crate::redact\"; /* crate::redact /* */ */ const C: char = '\"';";
    assert_eq!(against_the_table(&[Source::read("src/detect/face.rs", innocent)]), [""; 0]);
}

#[test]
fn a_foreign_library_is_told_from_a_module_of_its_name() {
    let own =
        Source::read("src/infer/registry.rs", "use super::{Model, ort::OrtModel};\nfn f() { super::ort::init() }");
    assert_eq!(own.lines_naming_crate("ort"), [0; 0]);
    let brought_in = Source::read("src/doctor.rs", "use crate::infer::{locate, ort};\nfn f() { ort::init() }");
    assert_eq!(brought_in.lines_naming_crate("ort"), [0; 0]);
    let foreign =
        Source::read("src/a.rs", "use ort::{Session};\nuse std::fmt;\nfn f() -> ort::Result<()> { ::ort::x() }");
    assert_eq!(foreign.lines_naming_crate("ort"), [1, 3, 3]);
}
