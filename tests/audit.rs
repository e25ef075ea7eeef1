//! The audit trail through the real binary: what a run writes, what the commands say of it, and that names stay apart.

mod support;

use std::{fs, path::PathBuf};

use serde_json::Value;
use support::{Bench, ended, safepost, tree, write_png};

impl Bench {
    fn trail(&self) -> PathBuf {
        self.path("out.private.jsonl")
    }

    fn rows(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.trail()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// `safepost audit COMMAND TRAIL`, with more arguments.
    fn audit(&self, command: &str, more: &[&str]) -> (Option<i32>, String) {
        let trail = self.trail();
        let mut args = vec!["audit", command, trail.to_str().unwrap()];
        args.extend(more);
        ended(&safepost(args))
    }

    /// Cleans without looking; what was said.
    fn rebuild(&self, more: &[&str]) -> String {
        let (code, said) = ended(&self.clean(&[&["--metadata-only"], more].concat()));
        assert_eq!(code, Some(0), "{said}");
        said
    }
}

fn last_word(said: &str, line: &str) -> String {
    let line = said.lines().find(|l| l.starts_with(line)).unwrap_or_else(|| panic!("{line} in {said}"));
    line.split_whitespace().last().unwrap().to_owned()
}

#[test]
fn a_run_leaves_a_trail_that_holds_and_that_names_nobody() {
    let bench = Bench::new();
    for folder in ["in/Jane Example 1970", "in/withheld"] {
        fs::create_dir(bench.path(folder)).unwrap();
    }
    for name in ["JohnDoe_MRN123.png", "Jane Example 1970/visit.png", "withheld/JohnDoe.png"] {
        write_png(&bench.path("in").join(name), 40, 40);
    }
    fs::write(bench.path("in/JohnDoe.jpg"), b"no picture").unwrap();
    for more in [&["--keep-names"][..], &[]] {
        let (code, said) = ended(&bench.clean(&[&["--metadata-only"], more].concat()));
        assert_eq!(code, Some(2), "{said}");
        let (code, verified) = bench.audit("verify", &["--expect", &last_word(&said, "trail:")]);
        assert_eq!(code, Some(0), "{verified}");
        assert!(verified.contains("seals:    checked"), "{verified}");
    }
    let trail = fs::read_to_string(bench.trail()).unwrap();
    for word in ["John", "MRN", "Jane", "Example", "visit", "in/"] {
        assert!(!trail.contains(word), "{word} in {trail}");
    }
    let user = std::env::var("USER").unwrap_or_default();
    assert!(user.is_empty() || !trail.contains(&format!("\"operator\":\"{user}")), "nobody is named unasked");
    let names = fs::read_to_string(bench.path("out.private.names.jsonl")).unwrap();
    assert_eq!(names.matches("JohnDoe_MRN123.png").count(), 3, "once as an output too: {names}");
    let kinds: Vec<_> = bench.rows().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect();
    let run = ["run", "input", "input", "input", "input"];
    assert_eq!(kinds, [&["genesis"], &run[..], &run[..]].concat());
}

#[test]
fn resume_finds_what_is_done_by_the_keyed_hash_under_kept_neutral_and_nested_names() {
    for more in [&["--keep-names"][..], &[], &["--private"], &["--private", "--keep-names"]] {
        let bench = Bench::new();
        fs::create_dir_all(bench.path("in/withheld")).unwrap();
        for name in ["a.png", "b.page2.png", "withheld/withheld.png"] {
            write_png(&bench.path("in").join(name), 40, 40);
        }
        fs::copy("tests/fixtures/three-pages.tiff", bench.path("in/pages.tiff")).unwrap();
        bench.rebuild(more);
        let (outputs, rows) = (tree(&bench.path("out")), bench.rows());
        let said = bench.rebuild(more);
        assert!(said.contains("4 inputs: 0 clean, 4 done before"), "{more:?}: {said}");
        assert_eq!(tree(&bench.path("out")), outputs);
        assert_eq!(bench.rows(), rows, "a run that does nothing adds nothing");
    }
}

#[test]
fn a_change_of_the_kind_of_names_is_not_done_before() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.rebuild(&["--keep-names"]);
    assert!(bench.rebuild(&[]).contains("1 clean"), "a named output is not what was asked for");
    assert!(bench.rebuild(&["--keep-names"]).contains("1 done before"));
    assert_eq!(tree(&bench.path("out")).len(), 2);
}

#[test]
fn private_runs_write_no_names_and_their_rows_are_found_by_the_photo() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    let said = bench.rebuild(&["--private"]);
    assert!(!said.contains("names.jsonl"), "{said}");
    assert!(!bench.path("out.private.names.jsonl").exists());
    let output = tree(&bench.path("out")).into_keys().next().unwrap();
    let input = bench.path("in/a.png");
    let (code, said) = bench.audit("show", &["--of", input.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(output.to_str().unwrap()), "{said}");
    write_png(&bench.path("other.png"), 41, 40);
    let other = bench.path("other.png");
    assert_eq!(bench.audit("show", &["--of", other.to_str().unwrap()]).0, Some(1));
    fs::remove_file(bench.path("out.private.key")).unwrap();
    let (code, said) = bench.audit("show", &["--of", input.to_str().unwrap()]);
    assert_eq!(code, Some(1), "without the key nobody can tell: {said}");
}

#[test]
fn tampering_and_a_cut_end_are_exit_code_3_and_stop_the_next_run() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    write_png(&bench.path("in/b.png"), 41, 40);
    let said = bench.rebuild(&[]);
    let head = last_word(&said, "trail:");
    let whole = fs::read(bench.trail()).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let changed = text.replacen("\"clean\"", "\"CLEAN\"", 1);
    fs::write(bench.trail(), &changed).unwrap();
    let (code, said) = bench.audit("verify", &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("BROKEN in line 3"), "{said}");
    let outputs = tree(&bench.path("out"));
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--overwrite"]));
    assert_eq!(code, Some(1), "{said}");
    assert_eq!((fs::read_to_string(bench.trail()).unwrap(), tree(&bench.path("out"))), (changed, outputs));
    let cut: String = text.split_inclusive('\n').take(3).collect();
    fs::write(bench.trail(), cut).unwrap();
    assert_eq!(bench.audit("verify", &[]).0, Some(0), "a chain alone does not show it");
    assert_eq!(bench.audit("verify", &["--expect", &head]).0, Some(3));
    fs::write(bench.trail(), &whole[..whole.len() - 30]).unwrap();
    let (code, said) = bench.audit("verify", &[]);
    assert!(code == Some(0) && said.contains("was cut off"), "{said}");
    bench.rebuild(&[]);
    let (code, said) = bench.audit("verify", &[]);
    assert!(code == Some(0) && said.contains("1 torn line, sealed"), "{said}");
}

#[test]
fn a_trail_of_version_1_is_moved_aside_and_still_says_what_is_done() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.rebuild(&["--keep-names"]);
    // The same row as that version wrote it.
    let row = bench.rows().pop().unwrap();
    let sha256 = {
        use sha2::{Digest, Sha256};
        let bytes = fs::read(bench.path("in/a.png")).unwrap();
        Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect::<String>()
    };
    let old = format!(
        "{{\"v\":1,\"time_unix_s\":1,\"tool\":{},\"policy_sha256\":{},\"models_sha256\":{},\"input_name\":\"in/a.png\",\
         \"input_sha256\":\"{sha256}\",\"input_bytes\":1,\"outcome\":\"clean\",\"outputs\":[{{\"name\":\"a.png\",\
         \"sha256\":{},\"bytes\":1,\"width\":40,\"height\":40,\"frames\":1}}],\"report\":{}}}\n",
        row["tool"], row["policy_sha256"], row["models_sha256"], row["outputs"][0]["sha256"], row["report"]
    );
    fs::write(bench.trail(), &old).unwrap();
    let said = bench.rebuild(&["--keep-names"]);
    assert!(said.contains("1 done before"), "{said}");
    assert_eq!(fs::read_to_string(bench.path("out.private.v1.jsonl")).unwrap(), old);
    assert_eq!(bench.audit("verify", &[]).0, Some(0));
    assert!(bench.rebuild(&["--keep-names"]).contains("1 done before"), "and again");
}

#[test]
fn the_operator_is_named_only_when_given_and_stands_in_every_export() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.rebuild(&["--operator", "J. <Clerk>"]);
    assert_eq!(bench.rows()[1]["operator"], "J. <Clerk>");
    assert_eq!(bench.rows()[2]["operator"], "J. <Clerk>");
    let (csv, html) = (bench.path("t.csv"), bench.path("t.html"));
    let files = ["--csv", csv.to_str().unwrap(), "--html", html.to_str().unwrap()];
    assert_eq!(bench.audit("export", &files).0, Some(0));
    assert!(fs::read_to_string(&csv).unwrap().contains(",J. <Clerk>\r\n"));
    assert!(fs::read_to_string(&html).unwrap().contains("J. &lt;Clerk&gt;"));
    assert_eq!(bench.audit("export", &files).0, Some(1), "a file that is there is not replaced unasked");
    assert_eq!(bench.audit("export", &[&files[..], &["--overwrite"]].concat()).0, Some(0));
    assert_eq!(bench.audit("export", &[]).0, Some(1), "in no format");
    let (code, said) = bench.audit("show", &[]);
    assert!(code == Some(0) && said.contains("inputs:   1 (1 clean)") && said.contains("1 J. <Clerk>"), "{said}");
    let (_, json) = bench.audit("show", &["--json"]);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["outcomes"]["clean"], 1);
}

#[cfg(unix)]
#[test]
fn an_export_never_replaces_a_file_of_the_trail_by_whatever_name() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.rebuild(&[]);
    fs::hard_link(bench.trail(), bench.path("linked.csv")).unwrap();
    std::os::unix::fs::symlink(bench.path("out.private.key"), bench.path("soft.csv")).unwrap();
    fs::rename(bench.path("out.private.names.jsonl"), bench.path("aside")).unwrap();
    let before = tree(&bench.path(""));
    let targets =
        ["out.private.jsonl", "in/../out.private.key", "out.private.names.jsonl", "linked.csv", "soft.csv"];
    for target in targets {
        for format in ["--csv", "--html"] {
            let target = bench.path(target);
            let (code, said) = bench.audit("export", &[format, target.to_str().unwrap(), "--overwrite"]);
            // However it is broken into lines.
            let words: String = said.chars().filter(char::is_ascii_alphanumeric).collect();
            assert!(code == Some(1) && words.contains("belongstothetrail"), "{}: {said}", target.display());
        }
    }
    let key = bench.path("elsewhere.key");
    fs::copy(bench.path("out.private.key"), &key).unwrap();
    let key = key.to_str().unwrap();
    assert_eq!(bench.audit("export", &["--key", key, "--csv", key, "--overwrite"]).0, Some(1));
    fs::remove_file(key).unwrap();
    assert_eq!(tree(&bench.path("")), before);
}

#[test]
fn what_is_younger_than_six_years_is_not_purged() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    bench.rebuild(&[]);
    let before = tree(&bench.path(""));
    for more in [&[][..], &["--years", "5"], &["--years", "0"], &["--dry-run"]] {
        let (code, said) = bench.audit("purge", more);
        assert_eq!(code, Some(1), "{more:?}: {said}");
        assert!(said.contains("nothing was removed"), "{said}");
    }
    assert_eq!(tree(&bench.path("")), before);
}
