//! Whole runs through the real binary: what is written, what is not, and what the exit code says.

mod support;

use std::{fs, path::Path};

use support::{Bench, ended, safepost, tree, write_png};

impl Bench {
    fn outputs(&self) -> Vec<String> {
        let out = self.path("out");
        if !out.exists() {
            return Vec::new();
        }
        tree(&out).into_keys().map(|p| p.to_string_lossy().into_owned()).collect()
    }
}

#[test]
fn a_folder_becomes_neutral_names_and_inputs_stay_untouched() {
    let bench = Bench::new();
    fs::create_dir(bench.path("in/Jane Example 1970")).unwrap();
    write_png(&bench.path("in/MRN-0000.png"), 64, 48);
    write_png(&bench.path("in/Jane Example 1970/.hidden.png"), 48, 64);
    let before = tree(&bench.path("in"));
    let (code, said) = ended(&bench.clean(&[]));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(tree(&bench.path("in")), before);
    let names = bench.outputs();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in names {
        let stem = name.strip_suffix(".png").expect("a lossless input stays lossless");
        assert!(stem.len() == 16 && stem.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    }
}

#[test]
fn outputs_have_neutral_times_and_nothing_lies_beside_them() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.clean(&["--keep-names"]);
    assert_eq!(bench.outputs(), ["a.png"]);
    let modified = bench.path("out/a.png").metadata().unwrap().modified().unwrap();
    let year_2000 = std::time::UNIX_EPOCH + std::time::Duration::from_secs(946_684_800);
    assert_eq!(modified, year_2000);
    let mut beside: Vec<_> =
        bench.path("").read_dir().unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    beside.sort();
    assert_eq!(beside, ["in", "out", "out.private.jsonl", "out.private.key", "out.private.names.jsonl"]);
}

#[test]
fn one_bad_file_never_stops_the_rest_and_makes_the_exit_code_2() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    write_png(&bench.path("in/c.png"), 40, 40);
    let whole = fs::read(bench.path("in/a.png")).unwrap();
    fs::write(bench.path("in/b.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(bench.path("in/d.jpg"), b"this is no picture").unwrap();
    fs::write(bench.path("in/empty.jpg"), b"").unwrap();
    let (code, said) = ended(&bench.clean(&["--keep-names"]));
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(bench.outputs(), ["a.png", "c.png"]);
    for name in ["b.png", "d.jpg", "empty.jpg"] {
        assert!(said.contains(name), "{name} is named in: {said}");
    }
}

#[test]
fn a_sidecar_in_a_folder_is_skipped_and_said_to_be() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    fs::write(bench.path("in/a.xmp"), b"<x:xmpmeta/>").unwrap();
    let (code, said) = ended(&bench.clean(&[]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 skipped (neither pictures nor videos)"), "{said}");
}

#[test]
fn a_second_run_skips_what_is_done_and_a_changed_policy_does_not() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    // The same bytes under another name still get an output of their own.
    write_png(&bench.path("in/b.png"), 40, 40);
    bench.clean(&[]);
    let first = bench.outputs();
    assert_eq!(first.len(), 2);
    let (code, said) = ended(&bench.clean(&[]));
    assert_eq!(code, Some(0));
    assert!(said.contains("2 done before"), "{said}");
    assert_eq!(bench.outputs(), first);
    let (_, said) = ended(&bench.clean(&["--quality", "70"]));
    assert!(said.contains("2 clean"), "{said}");
    assert_eq!(bench.outputs().len(), 4);
}

#[test]
fn an_output_that_was_changed_is_made_again() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.clean(&["--keep-names"]);
    let good = fs::read(bench.path("out/a.png")).unwrap();
    fs::write(bench.path("out/a.png"), b"damaged").unwrap();
    let (code, said) = ended(&bench.clean(&["--keep-names"]));
    assert_eq!(code, Some(2), "an existing file is not replaced unasked: {said}");
    assert!(said.contains("--overwrite"), "{said}");
    let (code, _) = ended(&bench.clean(&["--keep-names", "--overwrite"]));
    assert_eq!(code, Some(0));
    assert_eq!(fs::read(bench.path("out/a.png")).unwrap(), good, "the same input gives the same bytes");
}

#[test]
fn names_that_collide_are_told_apart_whatever_the_number_of_jobs() {
    let mut seen = Vec::new();
    for jobs in ["1", "4"] {
        let bench = Bench::new();
        for (name, width) in [("a.png", 40), ("a.bmp", 41), ("A.gif", 42)] {
            support::gradient(width, 40).save(bench.path("in").join(name)).unwrap();
        }
        let (code, said) = ended(&bench.clean(&["--keep-names", "--jobs", jobs]));
        assert_eq!(code, Some(0), "{said}");
        seen.push(tree(&bench.path("out")));
    }
    assert_eq!(seen[0].len(), 3);
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_dry_run_writes_nothing_at_all() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    let before = tree(&bench.path(""));
    let (code, said) = ended(&bench.clean(&["--dry-run"]));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(tree(&bench.path("")), before);
    assert!(!bench.path("out").exists());
}

#[test]
fn input_and_output_that_overlap_are_refused_before_anything_is_written() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    let before = tree(&bench.path(""));
    let input = bench.path("in");
    for out in [input.clone(), input.join("out"), bench.path(""), input.join("../in/x")] {
        let (code, said) = ended(&safepost(["clean".as_ref(), input.as_os_str(), "-o".as_ref(), out.as_os_str()]));
        assert_eq!(code, Some(1), "{}: {said}", out.display());
        assert_eq!(tree(&bench.path("")), before);
    }
}

#[test]
fn usage_configuration_and_missing_parts_exit_with_1() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    fs::write(bench.path("bad.toml"), "redakt = ['face']\n").unwrap();
    let bad = bench.path("bad.toml");
    let nowhere = bench.path("nowhere");
    for more in [
        vec!["--policy", bad.to_str().unwrap()],
        vec!["--quality", "0"],
        vec!["--redact", "ghosts"],
        vec!["--models", nowhere.to_str().unwrap()],
        vec!["--ort-lib", nowhere.to_str().unwrap()],
    ] {
        let (code, said) = ended(&bench.clean(&more));
        assert_eq!(code, Some(1), "{more:?}: {said}");
        assert!(bench.outputs().is_empty(), "{more:?}");
    }
    assert_eq!(safepost(["clean"]).status.code(), Some(1), "no input");
    assert_eq!(safepost(["clean", "/does/not/exist", "-o", "x"]).status.code(), Some(1));
    assert_eq!(safepost(["--help"]).status.code(), Some(0));
}

#[test]
fn a_model_that_was_swapped_stops_the_run_before_any_output() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    let models = bench.path("models");
    fs::create_dir(&models).unwrap();
    for entry in fs::read_dir("models").unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, models.join(path.file_name().unwrap())).unwrap();
        }
    }
    let given = models.to_str().unwrap();
    assert_eq!(ended(&bench.clean(&["--models", given, "--dry-run"])).0, Some(0), "the copy works");
    let mut weights = fs::read(models.join("centerface-8bit.onnx")).unwrap();
    let middle = weights.len() / 2;
    weights[middle] ^= 1;
    fs::write(models.join("centerface-8bit.onnx"), weights).unwrap();
    let (code, said) = ended(&bench.clean(&["--models", given]));
    assert_eq!(code, Some(1), "{said}");
    // The message is broken into lines where it has a hyphen.
    let said = said.replace("\n  │ ", "");
    assert!(said.contains("SHA-256") && said.contains("`centerface-8bit`"), "{said}");
    assert!(bench.outputs().is_empty());
}

#[test]
fn private_runs_never_say_a_name() {
    let bench = Bench::new();
    write_png(&bench.path("in/JohnDoe_MRN123.png"), 40, 40);
    fs::write(bench.path("in/JohnDoe_MRN456.jpg"), b"no picture").unwrap();
    for more in [vec!["--private"], vec!["--private", "--json", "--overwrite"], vec!["--json", "--overwrite"]] {
        let output = bench.clean(&more);
        assert_eq!(output.status.code(), Some(2));
        let said = if more.contains(&"--private") {
            ended(&output).1
        } else {
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        assert!(!said.contains("JohnDoe") && !said.contains("MRN"), "{more:?}: {said}");
        if more.contains(&"--private") {
            let manifest = fs::read_to_string(bench.path("out.private.jsonl")).unwrap();
            assert!(!manifest.contains("JohnDoe") && !manifest.contains("MRN"), "{manifest}");
            assert!(!bench.path("out.private.names.jsonl").exists());
        }
    }
}

#[test]
fn the_json_report_counts_add_up() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    fs::write(bench.path("in/b.jpg"), b"no picture").unwrap();
    fs::write(bench.path("in/c.txt"), b"notes").unwrap();
    let output = bench.clean(&["--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let totals = &report["totals"];
    assert_eq!(totals["inputs"], 3);
    assert_eq!(
        totals["clean"].as_u64().unwrap()
            + totals["failed"].as_u64().unwrap()
            + totals["skipped"].as_u64().unwrap(),
        3
    );
    assert_eq!(report["exit_code"], output.status.code().unwrap());
    assert_eq!(report["inputs"].as_array().unwrap().len(), 3);
}

#[test]
fn odd_file_names_are_files_and_nothing_else() {
    let bench = Bench::new();
    let long = format!("{}.png", "l".repeat(251));
    let names = ["-y.png", "--output.png", "a;rm.png", "%d.png", "new\nline.png", "päti€nt.png", &long];
    for name in names {
        write_png(&bench.path("in").join(name), 40, 40);
    }
    let (code, said) = ended(&bench.clean(&["--keep-names"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("new\nline"), "control characters are shown, not obeyed");
    let mut expected: Vec<_> = names.map(str::to_owned).to_vec();
    expected.sort();
    let mut outputs = bench.outputs();
    outputs.sort();
    assert_eq!(outputs, expected);
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_unicode_is_no_obstacle() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let name = std::ffi::OsStr::from_bytes(b"n\xffame.png");
    fs::write(bench.path("x.png"), b"").unwrap();
    write_png(&bench.path("x.png"), 40, 40);
    fs::rename(bench.path("x.png"), bench.path("in").join(name)).unwrap();
    let (code, said) = ended(&bench.clean(&["--keep-names"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(bench.path("out").join(Path::new(name)).exists());
}

#[cfg(unix)]
#[test]
fn every_hard_link_of_an_input_stays_as_it_was() {
    use std::os::unix::fs::MetadataExt;
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    fs::hard_link(bench.path("in/a.png"), bench.path("other.png")).unwrap();
    let before = fs::read(bench.path("other.png")).unwrap();
    bench.clean(&["--keep-names", "--overwrite"]);
    assert_eq!(fs::read(bench.path("other.png")).unwrap(), before);
    assert_eq!(bench.path("in/a.png").metadata().unwrap().nlink(), 2);
    assert_ne!(
        bench.path("out/a.png").metadata().unwrap().ino(),
        bench.path("other.png").metadata().unwrap().ino()
    );
}

#[cfg(unix)]
#[test]
fn a_link_at_an_output_name_is_never_written_through() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    fs::create_dir(bench.path("out")).unwrap();
    fs::write(bench.path("precious"), b"precious").unwrap();
    std::os::unix::fs::symlink(bench.path("precious"), bench.path("out/a.png")).unwrap();
    let (code, said) = ended(&bench.clean(&["--keep-names"]));
    assert_eq!(code, Some(2), "{said}");
    let (code, said) = ended(&bench.clean(&["--keep-names", "--overwrite"]));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fs::read(bench.path("precious")).unwrap(), b"precious");
    assert!(!bench.path("out/a.png").is_symlink(), "the link itself was replaced");
}

#[cfg(unix)]
#[test]
fn a_run_into_a_folder_that_another_one_fills_is_refused_whatever_their_trails() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 30);
    fs::create_dir(bench.path("out")).unwrap();
    // What a run holds for as long as it lasts.
    let other = fs::File::open(bench.path("out")).unwrap();
    other.lock().unwrap();
    let trail = bench.path("other.jsonl");
    let args = ["--metadata-only", "--manifest", trail.to_str().unwrap()];
    let (code, said) = ended(&bench.clean(&args));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("another run"), "{said}");
    drop(other);
    assert_eq!(ended(&bench.clean(&args)).0, Some(0));
}
