//! `safepost verify` and `clean --metadata-only` through the real binary, without models and without ONNX Runtime.

mod support;

use std::{fs, process::Output};

use support::{Bench, command, ended, safepost, tree, write_png};

/// A command that would fail if it looked for models or the runtime.
fn without_models(args: &[&str]) -> Output {
    let nowhere = "/nowhere/at/all";
    command(args)
        .env("SAFEPOST_ORT_LIB", nowhere)
        .env("SAFEPOST_MODELS", nowhere)
        .output()
        .expect("the binary starts")
}

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn metadata_is_removed_without_models_and_the_report_says_that_nothing_was_looked_for() {
    let bench = Bench::new();
    fs::copy(fixture("metadata-everywhere.jpg"), bench.path("in/a.jpg")).unwrap();
    write_png(&bench.path("in/b.png"), 40, 40);
    let before = tree(&bench.path("in"));
    let (input, out) = (bench.path("in"), bench.path("out"));
    let args = ["clean", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "--metadata-only"];
    let (code, said) = ended(&without_models(&args));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("looked:  for nothing") && said.contains("No detector looked"), "{said}");
    assert!(!said.contains("found:") && !said.contains("nothing found"), "{said}");
    assert_eq!(tree(&input), before);
    let (code, said) = ended(&without_models(&["verify", "--metadata-only", out.to_str().unwrap()]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 files: 2 proved") && said.contains("proved (JPEG, 96x64)"), "{said}");
    // A later run that does look must not take these for done.
    let output = without_models(&[&args[..], &["--json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["totals"]["done_before"], &report["models"]), (&2.into(), &serde_json::json!([])));
    assert_eq!(report["inputs"][0]["report"]["looked_for"], serde_json::json!([]));
    let (code, said) = ended(&without_models(&args[..4]));
    assert_eq!(code, Some(1), "without the option the models are needed: {said}");
}

#[test]
fn a_lossless_picture_keeps_every_pixel_when_only_metadata_goes() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 61, 43);
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names"]));
    assert_eq!(code, Some(0), "{said}");
    let pixels = |path: &str| image::open(bench.path(path)).unwrap().into_rgb8();
    assert_eq!(pixels("in/a.png"), pixels("out/a.png"));
}

#[test]
fn what_to_look_for_cannot_be_named_when_nothing_is_looked_for() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    for more in [["--redact", "faces"], ["--speed", "fast"]] {
        let (code, said) = ended(&bench.clean(&[&["--metadata-only"][..], &more].concat()));
        assert_eq!(code, Some(1), "{said}");
    }
    assert!(!bench.path("out").exists());
}

#[test]
fn the_worst_file_decides_what_verify_exits_with() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    let folder = bench.path("in");
    let verify =
        |more: &[&str]| ended(&safepost([&["verify", "--metadata-only", folder.to_str().unwrap()], more].concat()));
    let (code, said) = verify(&[]);
    assert_eq!(code, Some(0), "{said}");
    fs::write(folder.join("notes.xmp"), b"<x:xmpmeta/>").unwrap();
    let (code, said) = verify(&["--quiet"]);
    assert_eq!(code, Some(3), "a sidecar in a folder is not clean: {said}");
    assert!(said.contains("notes.xmp: NOT CLEAN") && !said.contains("a.png"), "{said}");
    fs::copy(fixture("metadata-everywhere.png"), folder.join("b.png")).unwrap();
    fs::write(folder.join("empty.jpg"), b"").unwrap();
    let output = safepost(["verify", "--metadata-only", "--json", folder.to_str().unwrap()]);
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    let verdicts: Vec<_> = rows.as_array().unwrap().iter().map(|r| r["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["proved", "not_clean", "not_clean", "not_clean"], "{rows}");
    assert_eq!((&rows[0]["form"], &rows[0]["size"]["width"]), (&"png".into(), &40.into()), "{rows}");
    assert!(!rows.to_string().contains("CANARY"), "no value of the file is said: {rows}");
    assert_eq!(ended(&safepost(["verify", "--metadata-only", "/nowhere/at/all"])).0, Some(1));
    fs::create_dir(bench.path("empty")).unwrap();
    assert_eq!(ended(&safepost(["verify", "--metadata-only", bench.path("empty").to_str().unwrap()])).0, Some(1));
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_not_proved() {
    let bench = Bench::new();
    write_png(&bench.path("a.png"), 40, 40);
    std::os::unix::fs::symlink(bench.path("a.png"), bench.path("in/b.png")).unwrap();
    let (code, said) = ended(&safepost(["verify", "--metadata-only", bench.path("in").to_str().unwrap()]));
    assert_eq!(code, Some(2), "{said}");
}

#[cfg(feature = "video")]
#[test]
fn videos_are_proved_and_decoded_in_every_container() {
    let folder = fixture("proved");
    let output = safepost(["verify", "--metadata-only", "--json", &folder]);
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    for row in rows.as_array().unwrap() {
        let file = row["file"].as_str().unwrap();
        let telling = ["tells", "keys", "trimmed", "README"].iter().any(|name| file.contains(name));
        assert_eq!(row["verdict"], if telling { "not_clean" } else { "proved" }, "{row}");
    }
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn kept_names_that_give_something_away_are_warned_of() {
    let bench = Bench::new();
    write_png(&bench.path("in/JohnDoe_MRN123.png"), 40, 40);
    write_png(&bench.path("in/IMG_1234.png"), 40, 41);
    let kept = ["--metadata-only", "--keep-names"];
    let (code, said) = ended(&bench.clean(&kept));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("warning: 1 kept name"), "{said}");
    assert!(
        said.contains("JohnDoe_MRN123.png: a person, a record number") && !said.contains("IMG_1234.png:  a"),
        "{said}"
    );
    let (_, said) = ended(&bench.clean(&[&kept[..], &["--private", "--overwrite"]].concat()));
    assert!(said.contains("warning") && !said.contains("JohnDoe"), "{said}");
    let output = bench.clean(&[&kept[..], &["--json", "--overwrite"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["inputs"][1]["name_tells"], serde_json::json!(["person", "record"]), "{report}");
    assert!(report["inputs"][0].get("name_tells").is_none(), "{report}");
}

#[test]
fn looking_at_finished_files_loads_nothing_that_reads_or_knows_anybody() {
    let runtime = || safepost::Runtime { threads: 1, ..safepost::Runtime::default() };
    let policy = safepost::Policy { consent: Some("/nowhere/consent.toml".into()), ..safepost::Policy::default() };
    let looking = safepost::Cleaner::for_looking(policy, &runtime()).expect("run `make setup` first");
    let whole = safepost::Cleaner::new(safepost::Policy::default(), &runtime()).expect("run `make setup` first");
    let names = |cleaner: &safepost::Cleaner| cleaner.models().iter().map(|m| m.name.clone()).collect::<Vec<_>>();
    let (fewer, all) = (names(&looking), names(&whole));
    assert!(!fewer.iter().any(|name| name.contains("-rec-")) && all.iter().any(|name| name.contains("-rec-")));
    assert_eq!(all.iter().filter(|name| !fewer.contains(name)).count(), 1, "{all:?} {fewer:?}");
}

#[test]
fn a_face_that_is_still_there_is_told_and_its_mask_is_not() {
    let bench = Bench::new();
    let photo = format!("{}/samples/astronaut.jpg", env!("CARGO_MANIFEST_DIR"));
    fs::copy(photo, bench.path("in/a.jpg")).unwrap();
    let (out, plain) = (bench.path("out"), bench.path("plain"));
    let plain_args =
        ["clean", bench.path("in").to_str().unwrap(), "-o", plain.to_str().unwrap(), "--metadata-only"]
            .map(str::to_owned);
    assert_eq!(ended(&safepost(&plain_args)).0, Some(0));
    let (code, said) = ended(&bench.clean(&["--redact", "faces"]));
    assert_eq!(code, Some(0), "{said}");
    let look =
        |folder: &std::path::Path| ended(&safepost(["verify", "--redact", "faces", folder.to_str().unwrap()]));
    let (code, said) = look(&plain);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("STILL SEEN: 1 face"), "{said}");
    let (code, said) = look(&out);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 file: 1 proved"), "{said}");
}

/// Of what could not be read nobody knows what is in it.
#[test]
fn inspect_says_nothing_of_a_file_that_is_not_there_but_that() {
    let (code, said) = ended(&safepost(["inspect", "no-such-file.jpg"]));
    assert_ne!(code, Some(0));
    assert!(said.contains("FAILED") && !said.contains("nothing"), "{said}");
}
