//! Canaries: a token is planted in every place of every format that can hold one, by hand and by independent tools;
//! after cleaning through the real binary, it may be nowhere: not in the bytes in any spelling, not in what can be
//! unpacked from them, not in what independent tools say of the output. A new place is one line in `corpus/`.

mod corpus;
#[path = "../support/damage.rs"]
mod damage;
#[path = "../../src/metadata/plant.rs"]
#[allow(dead_code, reason = "shared with the tests of the library, which use other parts")]
mod plant;
mod search;
mod seeds;
#[path = "../../src/metadata/sum.rs"]
#[allow(dead_code, reason = "shared with the library, which uses other parts")]
mod sum;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod tools;

use std::{
    collections::BTreeSet,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use corpus::Row;
use safepost::metadata::{Listing, list, list_video};
use search::Unpacked;
use support::{Bench, ended, safepost, tree};

/// What `inspect` lists of a file.
fn listed(bytes: &[u8]) -> Listing {
    let video = list_video(&mut Cursor::new(bytes));
    if video.format.is_some() { video } else { list(bytes) }
}

/// Writes every row's file into the bench's input folder.
fn lay_out(bench: &Bench, rows: &[Row]) {
    for (number, row) in rows.iter().enumerate() {
        fs::write(bench.path("in").join(row.name(number)), &row.file).expect("writes");
    }
}

/// Every output of the row with this number: pages become files of their own.
fn outputs(bench: &Bench, number: usize) -> Vec<PathBuf> {
    let start = format!("{number:04}");
    let files = tree(&bench.path("out")).into_keys();
    files.filter(|p| p.to_string_lossy().starts_with(&start)).map(|p| bench.path("out").join(p)).collect()
}

fn named(row: &Row) -> String {
    format!("{}: {} (by {:?})", row.format, row.place, row.by)
}

#[test]
fn every_token_is_where_its_row_says_before_cleaning() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = corpus::all(folder.path());
    let mut missing = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let unpacked = Unpacked::of(&row.file);
        let mut found = !row.needles.is_empty() && row.needles.iter().all(|n| unpacked.holds(n).is_some());
        if let Some(said) = row.said {
            let path = folder.path().join(row.name(number));
            fs::write(&path, &row.file).expect("writes");
            found = tools::exiftool_dump(&path).is_some_and(|dump| dump.contains(said));
        }
        if !found || row.needles.iter().any(|n| Unpacked::of(&row.base).holds(n).is_some()) {
            missing.push(named(row));
        }
    }
    assert!(missing.is_empty(), "{} of {} rows plant nothing:\n{}", missing.len(), rows.len(), missing.join("\n"));
    let places: BTreeSet<_> = rows.iter().map(|r| (r.format, r.place.as_str())).collect();
    assert_eq!(places.len(), rows.len(), "two rows of the same place");
}

#[test]
fn no_token_is_left_anywhere_after_cleaning() {
    let bench = Bench::new();
    let planted = tempfile::tempdir().expect("a folder");
    let rows = corpus::all(planted.path());
    lay_out(&bench, &rows);
    let output = bench.clean(&["--metadata-only", "--keep-names", "--json", "--jobs", "2"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert_eq!(report["looked_for"], serde_json::json!([]));
    let mut wrong = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let input = &report["inputs"][number];
        let cleaned = input["outcome"] == "clean";
        if cleaned == row.refused {
            wrong.push(format!("{}: {} {}", named(row), input["outcome"], input["reason"]));
        }
        let outputs = outputs(&bench, number);
        if outputs.is_empty() == cleaned {
            wrong.push(format!("{}: outputs {outputs:?}", named(row)));
        }
        for path in outputs {
            let unpacked = Unpacked::of(&fs::read(&path).expect("reads"));
            let held = row.needles.iter().find_map(|needle| unpacked.holds(needle));
            wrong.extend(held.map(|how| format!("{}: the token is in the output {how}", named(row))));
        }
    }
    wrong.extend(said_by_others(&bench, &rows));
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    let refused = rows.iter().filter(|r| r.refused).count();
    assert_eq!(output.status.code(), Some(if refused > 0 { 2 } else { 0 }), "{}", ended(&output).1);
    let (code, said) =
        ended(&safepost(["verify", "--metadata-only", "--quiet", bench.path("out").to_str().expect("a name")]));
    assert_eq!((code, said.as_str()), (Some(0), ""), "every output is proved");
}

/// Tokens that independent tools still see in the outputs.
fn said_by_others(bench: &Bench, rows: &[Row]) -> Vec<String> {
    let number = |path: &Path| path.file_name().and_then(|n| n.to_str()?.get(..4)?.parse::<usize>().ok());
    let mut dumps: Vec<_> = tools::exiftool_dumps(&bench.path("out")).unwrap_or_default();
    if dumps.is_empty() {
        eprintln!("skipped: exiftool is not installed, so nothing is asked of it");
    }
    let videos = tree(&bench.path("out")).into_keys().filter(|p| p.extension().is_some_and(|e| e == "mp4"));
    for path in videos {
        let path = bench.path("out").join(path);
        dumps.extend(tools::ffprobe_dump(&path).map(|dump| (path, dump)));
    }
    let mut wrong = Vec::new();
    for (path, dump) in dumps {
        let row = &rows[number(&path).expect("outputs are numbered")];
        let unpacked = Unpacked::of(dump.as_bytes());
        let held = row.needles.iter().any(|needle| unpacked.holds(needle).is_some());
        if held || row.said.is_some_and(|said| dump.contains(said)) {
            wrong.push(format!("{}: an independent tool still sees it", named(row)));
        }
    }
    wrong
}

#[test]
fn what_is_planted_is_listed_but_for_a_few_places_that_are_known() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = corpus::all(folder.path());
    let unlisted: Vec<_> =
        rows.iter().filter(|row| !table::is_listed(row)).map(|r| (r.format, r.place.as_str())).collect();
    assert_eq!(unlisted, table::UNLISTED, "left: places that the listing does not tell, right: those known for it");
}

#[test]
fn with_redaction_no_token_is_left_either() {
    let bench = Bench::new();
    for name in ["metadata-everywhere.jpg", "metadata-everywhere.png", "trailing.gif", "turned-stale-exif.heic"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        fs::copy(from, bench.path("in").join(name)).expect("copies");
    }
    let (code, said) = ended(&bench.clean(&["--jobs", "2"]));
    assert_eq!(code, Some(0), "{said}");
    let outputs = tree(&bench.path("out"));
    assert_eq!(outputs.len(), 4);
    for (path, bytes) in outputs {
        assert_eq!(Unpacked::of(&bytes).holds(b"CANARY"), None, "{}", path.display());
        let listing = listed(&bytes);
        assert!(listing.entries.is_empty(), "{:?}", listing.entries);
    }
}
