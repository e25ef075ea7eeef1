//! Hostile files, each through the real binary: cut at every boundary of their structure, rotten, lying about their
//! size, bombs, nested deeply, under wrong and odd names, links and devices. Whatever comes, the outcome is a proved
//! output, one that is withheld, or a refusal that says why: never a crash, a hang, a file without an outcome, a part of
//! a file. A new kind of hostility is one line in a table.

#![cfg(all(target_os = "linux", feature = "heic", feature = "video"))]

mod bombs;
mod cuts;
#[path = "../support/damage.rs"]
mod damage;
mod lies;
mod names;
mod rot;
mod samples;
#[path = "../support/mod.rs"]
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::Instant,
};

use safepost::batch::WITHHELD;
use samples::{Sample, samples};
use support::{Bench, ended, safepost, tree};

/// A hostile file.
struct Hostile {
    /// In what way.
    kind: &'static str,
    /// Of which format.
    format: &'static str,
    /// As it is named, too.
    extension: &'static str,
    bytes: Vec<u8>,
}

/// What no reason may say: that something gave way instead of refusing.
const GAVE_WAY: &[&str] = &["crashed", "hung", "did not behave", "memory that a worker", "come to an end"];

/// How the files of one kind and format ended.
#[derive(Default)]
struct Ends {
    clean: usize,
    withheld: usize,
    refused: usize,
}

/// As [`clean_looking`], looking for nothing.
fn clean(files: &[Hostile]) -> BTreeMap<(&'static str, &'static str), Ends> {
    clean_looking(files, &["--metadata-only"])
}

/// Cleans all of it in one run and holds every file to the rule; how each kind ended.
fn clean_looking(files: &[Hostile], looking: &[&str]) -> BTreeMap<(&'static str, &'static str), Ends> {
    let bench = Bench::new();
    for (number, file) in files.iter().enumerate() {
        fs::write(bench.path(&format!("in/{number:04}.{}", file.extension)), &file.bytes).unwrap();
    }
    // The way from decoding to redacting is gone over as well.
    let regions = bench.path("regions.toml");
    fs::write(&regions, "[[region]]\nbox = [2, 2, 9, 7]\n").unwrap();
    let regions = regions.to_str().unwrap();
    let more = ["--keep-names", "--json", "--names", "--stall", "30", "--regions", regions];
    let output = bench.clean(&[looking, &more].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("the run itself gave way: {}", ended(&output).1);
    });
    let inputs = report["inputs"].as_array().unwrap();
    assert_eq!(inputs.len(), files.len(), "every file has an outcome");
    let mut table: BTreeMap<_, Ends> = BTreeMap::new();
    let (mut published, mut wrong) = (BTreeSet::new(), Vec::new());
    for (input, file) in inputs.iter().zip(files) {
        let reason = input["reason"].as_str().unwrap_or_default();
        let outputs = input["outputs"].as_array().unwrap();
        let ends = table.entry((file.kind, file.format)).or_default();
        let right = match input["outcome"].as_str().unwrap() {
            "clean" => {
                ends.clean += 1;
                !outputs.is_empty()
            }
            "withheld" => {
                ends.withheld += 1;
                !reason.is_empty()
            }
            "failed" => {
                ends.refused += 1;
                outputs.is_empty() && !reason.is_empty() && !GAVE_WAY.iter().any(|words| reason.contains(words))
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{} {} {}: {} {reason}", input["name"], file.kind, file.format, input["outcome"]));
        }
        published.extend(outputs.iter().map(|name| PathBuf::from(name.as_str().unwrap())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let out = bench.path("out");
    assert_eq!(tree(&out).into_keys().collect::<BTreeSet<_>>(), published, "nothing else is there");
    let aside = out.join(WITHHELD);
    if aside.exists() {
        // Not to be posted, and with reports beside it.
        fs::remove_dir_all(aside).unwrap();
    }
    let (code, said) =
        ended(&safepost(["verify".as_ref(), "--metadata-only".as_ref(), "--quiet".as_ref(), out.as_os_str()]));
    assert_eq!(code, Some(0), "every output is proved: {said}");
    table
}

/// Shown with `--nocapture`.
fn show(table: &BTreeMap<(&'static str, &'static str), Ends>, begun: Instant) {
    let mut by_kind: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for ((kind, _), ends) in table {
        let row = by_kind.entry(kind).or_default();
        for (sum, n) in
            row.iter_mut().zip([ends.clean + ends.withheld + ends.refused, ends.clean, ends.withheld, ends.refused])
        {
            *sum += n;
        }
    }
    println!("{:24} {:>6} {:>6} {:>9} {:>8}", "kind", "files", "clean", "withheld", "refused");
    for (kind, [files, clean, withheld, refused]) in by_kind {
        println!("{kind:24} {files:>6} {clean:>6} {withheld:>9} {refused:>8}");
    }
    println!("{} s", begun.elapsed().as_secs());
}

#[test]
fn what_is_cut_short_is_refused_or_still_whole() {
    let begun = Instant::now();
    let files: Vec<_> = samples().iter().flat_map(cuts::of).collect();
    let table = clean(&files);
    show(&table, begun);
    for ((_, format), ends) in &table {
        assert!(ends.refused > 0, "{format}: no cut was noticed");
    }
}

#[test]
fn rot_makes_another_picture_or_none() {
    let begun = Instant::now();
    let files: Vec<_> = samples().iter().flat_map(rot::of).collect();
    show(&clean(&files), begun);
}

#[test]
fn headers_that_lie_bombs_and_deep_nests_are_refused_in_time() {
    let begun = Instant::now();
    let mut files: Vec<_> = samples().iter().flat_map(lies::of).collect();
    files.extend(bombs::all());
    let table = clean(&files);
    show(&table, begun);
    for ((kind, format), ends) in &table {
        assert!(!kind.starts_with("bomb") || ends.clean == 0, "{kind} {format} went off");
    }
}

#[test]
fn a_wrong_extension_changes_nothing() {
    let begun = Instant::now();
    let extensions = ["jpg", "mp4", "txt", "heic"];
    let files: Vec<_> = samples()
        .into_iter()
        .zip(extensions.iter().cycle())
        .map(|(sample, extension)| Hostile {
            kind: "wrong extension",
            extension,
            ..sample.hostile("wrong extension")
        })
        .collect();
    let table = clean(&files);
    show(&table, begun);
    assert!(table.values().all(|ends| ends.refused + ends.withheld == 0));
}

/// Needs ONNX Runtime (`make setup`). Small pictures, because every one that can be read is looked at by all models, twice.
#[test]
fn what_can_still_be_read_is_looked_at_by_every_detector_and_by_the_reader() {
    let begun = Instant::now();
    let damaged = |sample: &Sample| rot::of(sample).into_iter().take(3);
    let files: Vec<_> = samples().iter().filter(|sample| !sample.is_video()).flat_map(damaged).collect();
    let table = clean_looking(&files, &["--speed", "fast", "--identifiers", "--text", "phi"]);
    show(&table, begun);
    assert!(table.values().any(|ends| ends.clean > 0), "some can be read");
}
