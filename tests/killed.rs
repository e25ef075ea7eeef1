//! A run that is killed, at any point, and begun again until it ends by itself: the same outputs as if nothing had
//! happened, each once, each named by the trail, and nothing else.

#![cfg(target_os = "linux")]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use support::{Bench, command, ended, safepost, tree, write_png};

/// Runs until it must have ended by itself.
const MOST_RUNS: usize = 40;

/// When a run is killed.
#[derive(Clone, Copy, Debug)]
enum When {
    /// So long after its start.
    After(Duration),
    /// As soon as so many outputs are there.
    Outputs(usize),
    /// As soon as the journal of what is published next has so many bytes more than nothing.
    Journal(u64),
}

fn fill(bench: &Bench) {
    for n in 0..6 {
        write_png(&bench.path(&format!("in/{n}.png")), 150 + n, 100);
    }
    // The same bytes twice still give two outputs.
    fs::copy(bench.path("in/3.png"), bench.path("in/again.png")).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::copy(fixtures.join("three-pages.tiff"), bench.path("in/pages.tiff")).unwrap();
    fs::copy(fixtures.join("animated.gif"), bench.path("in/moves.gif")).unwrap();
    #[cfg(feature = "video")]
    fs::copy(fixtures.join("film/plain.mp4"), bench.path("in/film.mp4")).unwrap();
}

fn start(bench: &Bench, more: &[&str]) -> Child {
    let (input, out) = (bench.path("in"), bench.path("out"));
    let mut args = vec!["clean", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "--metadata-only"];
    args.extend(more);
    command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn outputs(bench: &Bench) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = if bench.path("out").exists() { tree(&bench.path("out")) } else { BTreeMap::new() };
    files.retain(|path, _| !is_draft(path));
    files
}

fn is_draft(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn come(when: When, bench: &Bench, begun: Instant) -> bool {
    let journal = || fs::metadata(bench.path("out.private.jsonl.intent")).map_or(0, |meta| meta.len());
    match when {
        When::After(delay) => begun.elapsed() >= delay,
        When::Outputs(n) => {
            let names = bench.path("out").read_dir().into_iter().flatten().flatten();
            names.filter(|entry| !is_draft(Path::new(&entry.file_name()))).count() >= n
        }
        When::Journal(bytes) => journal() >= bytes,
    }
}

/// The workers that a run has.
fn workers(run: &Child) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{}/task", run.id())).into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    children.flat_map(|text| text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

fn is_alive(worker: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap_or_default();
    // A process that nobody has waited for yet is dead all the same.
    !state.is_empty() && !state.contains(") Z ")
}

/// Kills a run when it is time. Whether it was killed rather than quicker.
fn killed(bench: &Bench, more: &[&str], when: When) -> bool {
    let mut run = start(bench, more);
    let begun = Instant::now();
    while !come(when, bench, begun) {
        if run.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_micros(300));
    }
    let workers = workers(&run);
    run.kill().unwrap();
    let status = run.wait().unwrap();
    let patience = Instant::now();
    while workers.iter().any(|worker| is_alive(*worker)) {
        assert!(patience.elapsed() < Duration::from_secs(10), "a worker lives on after its program: {workers:?}");
        sleep(Duration::from_millis(5));
    }
    !status.success()
}

/// Kills at `when`, run after run, until one is through; how many were killed.
fn survive(more: &[&str], when: When, wanted: &[Vec<u8>]) -> usize {
    let bench = Bench::new();
    fill(&bench);
    let mut kills = 0;
    // What an earlier run got done counts, so the next kill must come later.
    let later = |n: usize| match when {
        When::After(delay) => When::After(delay + Duration::from_millis(120 * n as u64)),
        When::Outputs(outputs) => When::Outputs(outputs + 2 * n),
        When::Journal(bytes) => When::Journal(bytes + 500 * n as u64),
    };
    while killed(&bench, more, later(kills)) {
        kills += 1;
        assert!(kills < MOST_RUNS, "{when:?}: it never got through");
    }
    let mut made: Vec<_> = outputs(&bench).into_values().collect();
    made.sort();
    assert!(made == wanted, "{when:?}: {} outputs instead of {} after {kills} kills", made.len(), wanted.len());
    let drafts = tree(&bench.path("out")).into_keys().filter(|path| is_draft(path)).count();
    assert_eq!(drafts, 0, "{when:?}");
    assert!(!bench.path("out.private.jsonl.intent").exists(), "{when:?}");
    let trail = bench.path("out.private.jsonl");
    let (code, said) = ended(&safepost(["audit".as_ref(), "verify".as_ref(), trail.as_os_str()]));
    assert_eq!(code, Some(0), "{when:?}: {said}");
    let (code, said) = ended(&bench.clean(&[&["--metadata-only"], more].concat()));
    assert_eq!(code, Some(0), "{said}");
    let inputs = tree(&bench.path("in")).len();
    assert!(said.contains(&format!("{inputs} done before")), "{when:?}: {said}");
    kills
}

/// How long a whole run takes, and the content of its outputs.
fn whole(more: &[&str]) -> (Duration, Vec<Vec<u8>>) {
    let bench = Bench::new();
    fill(&bench);
    let begun = Instant::now();
    assert!(start(&bench, more).wait().unwrap().success());
    let took = begun.elapsed();
    let mut made: Vec<_> = outputs(&bench).into_values().collect();
    made.sort();
    (took, made)
}

#[test]
fn a_run_killed_at_any_point_ends_in_the_same_state() {
    let mut table = String::new();
    // Kept names may collide with what a killed run left, neutral ones may come twice.
    for (more, delays, others) in [(&["--keep-names"][..], 6, 1), (&["--jobs", "2"], 4, 3)] {
        let (took, wanted) = whole(more);
        assert!(wanted.len() >= 11);
        let delays = (1..=delays).map(|n| When::After(took * n / (delays + 1)));
        let counts = [1, 7, 4].into_iter().take(others).map(When::Outputs);
        let journals = [1, 900, 400].into_iter().take(others).map(When::Journal);
        for when in delays.chain(counts).chain(journals) {
            let kills = survive(more, when, &wanted);
            table += &format!("{} {when:?}: {kills} kills, {} outputs\n", more[0], wanted.len());
        }
    }
    // Shown with --nocapture.
    println!("{table}");
}

#[test]
fn a_killed_run_with_neutral_names_leaves_no_output_twice() {
    // The window between publishing and the row is short, so what a kill leaves in it is laid out by hand: the output is
    // there, the journal tells of it, and the trail's last row is gone.
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 60, 40);
    assert_eq!(bench.clean(&["--metadata-only"]).status.code(), Some(0));
    let trail = bench.path("out.private.jsonl");
    let text = fs::read_to_string(&trail).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    let last: serde_json::Value = serde_json::from_str(rows[rows.len() - 1]).unwrap();
    let output = &last["outputs"][0];
    let name: Vec<u8> = output["name"].as_str().unwrap().bytes().collect();
    let promised = serde_json::json!({ "name": name, "sha256": output["sha256"] });
    let publish = serde_json::json!({ "publish": { "intent": 0, "files": [promised] } });
    let claim = serde_json::json!({ "row": { "intent": 0, "row": last["row"] } });
    fs::write(bench.path("out.private.jsonl.intent"), format!("{publish}\n{claim}\n")).unwrap();
    fs::write(&trail, rows[..rows.len() - 1].join("\n") + "\n").unwrap();
    let before = outputs(&bench);
    let (code, said) = ended(&bench.clean(&["--metadata-only"]));
    assert_eq!(code, Some(0), "{said}");
    let after = outputs(&bench);
    assert_eq!(after.len(), 1, "the one that no row names is gone");
    assert_ne!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert_eq!(before.into_values().collect::<Vec<_>>(), after.into_values().collect::<Vec<_>>());
}
