//! What worker processes are for: one bad file costs one file, and says so; everything else is as without them.

#![cfg(all(target_os = "linux", feature = "heic", feature = "video"))]

mod support;
#[path = "support/worker.rs"]
mod worker;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use safepost::{
    Policy,
    batch::{self, Ending, Handled, Options, Progress},
    error::CleanError,
    isolation::{
        Isolation, Pool,
        protocol::{Answer, OutputHead, send},
    },
    media::draft::Draft,
    pipeline::{Cleaned, Cleaner, Cleaning, Goal, Observer, Outcome, Output, Step},
};
use support::{
    Bench, ended,
    film::{Film, Scene},
    safepost, tree, write_png,
};

struct Nobody;

impl Progress for Nobody {
    fn begin(&mut self, _: usize) {}

    fn handled(&mut self, _: &Handled) {}
}

/// Three pictures cleaned by workers of which the first misbehaves once it is asked: the reason why one failed.
fn costs_one_file(misdeed: &str) -> String {
    let bench = Bench::new();
    let pool = Pool::metadata_only(Policy::default(), worker::bad_once(&bench.path(""), misdeed)).unwrap();
    let (outputs, reasons) = three(&bench, &pool);
    assert_eq!(outputs, ["b.png", "c.png"].map(PathBuf::from), "{misdeed}");
    let [reason] = reasons.try_into().expect("one failed");
    reason
}

/// The outputs of three pictures, and why others failed.
fn three(bench: &Bench, pool: &Pool) -> (Vec<PathBuf>, Vec<String>) {
    for name in ["a", "b", "c"] {
        write_png(&bench.path(&format!("in/{name}.png")), 40, 30);
    }
    let options = Options {
        out: bench.path("out"),
        manifest: bench.path("manifest.jsonl"),
        keep_names: true,
        private: false,
        overwrite: false,
        dry_run: false,
        jobs: 1,
        boxes: None,
        operator: None,
    };
    let batch = batch::run(pool, &[bench.path("in")], &options, &mut Nobody).unwrap();
    let failed = batch.handled.into_iter().filter_map(|h| match h.ending {
        Ending::Failed { reason } => Some(reason),
        _ => None,
    });
    let failed = failed.collect();
    (tree(&bench.path("out")).into_keys().collect(), failed)
}

#[test]
fn a_worker_that_ended_while_it_waited_costs_no_file() {
    let bench = Bench::new();
    let isolation = worker::bad_while_idle(&bench.path(""), "kill -KILL $$");
    let pool = Pool::metadata_only(Policy::default(), isolation).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    let (outputs, reasons) = three(&bench, &pool);
    assert_eq!((outputs.len(), reasons), (3, Vec::new()));
}

#[test]
fn a_worker_that_crashes_costs_one_file_and_names_the_signal() {
    let reason = costs_one_file("kill -SEGV $$");
    assert_eq!(reason, "the decoder crashed (signal SIGSEGV) on this file; no output was made");
    assert!(costs_one_file("kill -KILL $$").contains("SIGKILL"));
    assert!(costs_one_file("exit 7").contains("exit code 7"));
}

#[test]
fn a_worker_that_hangs_costs_one_file_and_says_how_long_it_was_waited_for() {
    let begun = Instant::now();
    let reason = costs_one_file("exec sleep 1000");
    assert!(reason.contains("hung") && reason.contains("for 5 s"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_worker_that_runs_out_of_memory_costs_one_file_and_is_told_from_a_crash() {
    let reason = costs_one_file("echo 'Jane: memory allocation of 999 bytes failed' >&2\nkill -ABRT $$");
    assert!(reason.contains("memory") && reason.contains("--worker-memory"), "{reason}");
    assert!(!reason.contains("Jane"), "what a library says last is not repeated: {reason}");
}

#[test]
fn a_worker_that_talks_nonsense_costs_one_file() {
    for misdeed in ["echo 'this is no message, and a long one'; exec sleep 1000", "exec >&-; exec sleep 1000"] {
        let reason = costs_one_file(misdeed);
        assert!(reason.contains("did not behave"), "{misdeed}: {reason}");
    }
}

fn done(cleaned: Cleaned) -> Vec<u8> {
    let heads = cleaned.outputs.iter().chain(&cleaned.withheld).map(|output| OutputHead {
        format: output.format,
        bytes: output.bytes.len() as u64,
        size: output.size,
        frames: output.frames,
    });
    let answer = Answer::Done { report: Box::new(cleaned.report), outputs: heads.collect() };
    let made = cleaned.outputs.iter().chain(&cleaned.withheld);
    let (mut said, bodies) = (Vec::new(), made.map(|output| output.bytes.as_slice()).collect::<Vec<_>>());
    send(&mut said, &answer, &bodies).unwrap();
    said
}

/// The first of `three` as it comes out of a worker that changes what it made, which is whole otherwise.
fn handed_over(change: impl Fn(&mut Output)) -> (usize, Vec<String>) {
    let bench = Bench::new();
    write_png(&bench.path("a.png"), 40, 30);
    let cleaner = Cleaner::metadata_only(Policy::default()).unwrap();
    let mut cleaned = cleaner.clean_bytes(fs::read(bench.path("a.png")).unwrap()).unwrap();
    cleaned.outputs.iter_mut().for_each(&change);
    let isolation = worker::impostor(&bench.path(""), ":", &done(cleaned));
    let pool = Pool::metadata_only(Policy::default(), isolation).unwrap();
    let (outputs, reasons) = three(&bench, &pool);
    (outputs.len(), reasons)
}

#[test]
fn a_worker_that_hands_over_more_than_the_picture_gets_nothing_published() {
    let (published, _) = handed_over(|_| ());
    assert!(published > 0, "what the worker says is believed as long as it is proved");
    let changes: [fn(&mut Output); 3] = [
        |output| output.bytes.extend(b"GPS 52.5 N 13.4 E"),
        |output| output.size.width += 1,
        |output| {
            // A text chunk of a PNG, whole and with its sum, before the end.
            let end = output.bytes.len() - 12;
            let text = b"\0\0\0\x08tEXtA\0Jane E\x15\x7b\x30\xee";
            output.bytes.splice(end..end, text.iter().copied());
        },
    ];
    for change in changes {
        let (published, reasons) = handed_over(change);
        assert_eq!(published, 0);
        assert_eq!(reasons.len(), 3);
        assert!(reasons.iter().all(|reason| reason.contains("what the worker made is not clean")), "{reasons:?}");
    }
}

#[test]
fn a_worker_that_hands_over_more_than_the_video_is_not_believed_either() {
    let bench = Bench::new();
    let (input, whole) = (bench.path("in/a.mp4"), bench.path("whole.mp4"));
    Film::even(safepost::clip::Container::Mp4, 5).write_to(&input, &Scene::empty());
    let cleaner = Cleaner::metadata_only(Policy::default()).unwrap();
    let report = cleaner.clean_video(&input, &whole).unwrap();
    for (more, proved) in [(&b""[..], true), (b"\0\0\0\x10freeJane E. ", false), (b"Jane", false)] {
        fs::create_dir(bench.path("out")).unwrap();
        fs::write(bench.path("more.mp4"), [&fs::read(&whole).unwrap(), more].concat()).unwrap();
        let draft = Draft::empty(&bench.path("out")).unwrap();
        let fill = format!("cat '{}' > '{}'", bench.path("more.mp4").display(), draft.path().display());
        let cleaned = Cleaned { outputs: Vec::new(), withheld: Vec::new(), report: report.clone() };
        let isolation = worker::impostor(&bench.path(""), &fill, &done(cleaned));
        let pool = Pool::metadata_only(Policy::default(), isolation).unwrap();
        match pool.video(&input, Path::new("a.mp4"), Some(&draft), None) {
            Ok(report) => assert!(proved && report.outcome == Outcome::Clean),
            Err(error) => assert!(!proved && error.to_string().contains("is not clean"), "{error}"),
        }
        drop(draft);
        fs::remove_dir(bench.path("out")).unwrap();
    }
}

#[test]
fn a_worker_whose_video_lasts_otherwise_than_it_says_gets_nothing_published() {
    let bench = Bench::new();
    let (input, whole) = (bench.path("in/a.mp4"), bench.path("whole.mp4"));
    Film::even(safepost::clip::Container::Mp4, 5).write_to(&input, &Scene::empty());
    let cleaner = Cleaner::metadata_only(Policy::default()).unwrap();
    let report = cleaner.clean_video(&input, &whole).unwrap();
    for (more_us, more_frames, believed) in [(0, 0, true), (400_000, 0, false), (0, 1, false)] {
        fs::create_dir(bench.path("out")).unwrap();
        let draft = Draft::empty(&bench.path("out")).unwrap();
        let fill = format!("cat '{}' > '{}'", whole.display(), draft.path().display());
        let mut told = report.clone();
        let video = told.video.as_mut().unwrap();
        video.duration_us += more_us;
        video.frames += more_frames;
        let cleaned = Cleaned { outputs: Vec::new(), withheld: Vec::new(), report: told };
        let isolation = worker::impostor(&bench.path(""), &fill, &done(cleaned));
        let pool = Pool::metadata_only(Policy::default(), isolation).unwrap();
        match pool.video(&input, Path::new("a.mp4"), Some(&draft), None) {
            Ok(_) => assert!(believed),
            Err(error) => assert!(!believed && error.to_string().contains("is not clean"), "{error}"),
        }
        drop(draft);
        fs::remove_dir(bench.path("out")).unwrap();
    }
}

#[test]
fn an_interrupt_does_not_wait_for_a_worker_that_hangs() {
    struct Stop;
    impl Observer for Stop {
        fn step(&self, _: Step) -> Result<(), CleanError> {
            Err(CleanError::Interrupted)
        }
    }
    let bench = Bench::new();
    let isolation =
        Isolation { stall: Duration::from_secs(600), ..worker::bad_once(&bench.path(""), "exec sleep 1000") };
    let pool = Pool::metadata_only(Policy::default(), isolation).unwrap().observed_by(Arc::new(Stop));
    let begun = Instant::now();
    assert!(matches!(pool.picture(vec![1, 2, 3], Path::new("a.jpg"), Goal::Clean), Err(CleanError::Interrupted)));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_picture_that_needs_more_memory_than_a_worker_may_have_is_refused_and_the_next_is_clean() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 13_000, 10_000);
    write_png(&bench.path("in/b.png"), 40, 30);
    let (code, said) =
        ended(&bench.clean(&["--metadata-only", "--keep-names", "--jobs", "1", "--worker-memory", "300"]));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a.png: FAILED") && said.contains("300 MB of memory"), "{said}");
    assert_eq!(tree(&bench.path("out")).into_keys().collect::<Vec<_>>(), [PathBuf::from("b.png")]);
}

#[test]
fn a_program_that_is_no_worker_is_told_before_any_input_is_touched() {
    let start = |program: &str| Pool::metadata_only(Policy::default(), Isolation::new(program.into())).err();
    let missing = start("/nowhere/safepost").expect("it cannot start").to_string();
    assert!(missing.contains("/nowhere/safepost"), "{missing}");
    let other = start("/bin/true").expect("it is no worker").to_string();
    assert!(other.contains("crashed") || other.contains("did not behave"), "{other}");
}

/// Everything that a run made and said, but for how it was isolated.
fn run(bench: &Bench, more: &[&str]) -> (Option<i32>, serde_json::Value, Vec<String>) {
    let boxes = bench.path("boxes.jsonl");
    let boxes = boxes.to_str().unwrap();
    let output = bench.clean(&[&["--keep-names", "--json", "--boxes", boxes], more].concat());
    let mut report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    let isolated = report.as_object_mut().unwrap().remove("isolation").expect("it says how it was isolated");
    // Holds the time of day.
    report.as_object_mut().unwrap().remove("trail_head");
    assert_eq!(isolated["worker_processes"], !more.contains(&"--no-isolation"));
    let mut boxes: Vec<_> = fs::read_to_string(boxes).unwrap().lines().map(str::to_owned).collect();
    boxes.sort();
    (output.status.code(), report, boxes)
}

#[test]
fn a_batch_comes_out_the_same_with_and_without_isolation() {
    let bench = Bench::new();
    let from = |path: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let files = [
        "samples/badge-small.bmp",
        "tests/fixtures/animated.gif",
        "tests/fixtures/three-pages.tiff",
        "tests/fixtures/truncated-half.png",
        "tests/fixtures/bomb-60000.png",
        "tests/fixtures/only-magic.jpg",
        "tests/fixtures/turned-stale-exif.heic",
        "tests/fixtures/plain.avif",
        "tests/fixtures/film/plain.mp4",
        "tests/fixtures/film/cut-short.mp4",
    ];
    for file in files {
        let name = from(file).file_name().unwrap().to_owned();
        fs::copy(from(file), bench.path("in").join(name)).unwrap();
    }
    let apart = run(&bench, &["--jobs", "2"]);
    let outputs = tree(&bench.path("out"));
    assert!(outputs.len() >= 6 && apart.1["totals"]["failed"].as_u64() >= Some(3), "{}", apart.1["totals"]);
    fs::remove_dir_all(bench.path("out")).unwrap();
    fs::remove_file(bench.path("out.private.jsonl")).unwrap();
    let within = run(&bench, &["--jobs", "1", "--no-isolation"]);
    assert!(within == apart, "{}\n{}", within.1["totals"], apart.1["totals"]);
    assert!(tree(&bench.path("out")) == outputs);
}

#[test]
fn a_run_without_isolation_says_so_and_doctor_names_every_protection() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 30);
    let (_, said) = ended(&bench.clean(&["--metadata-only", "--no-isolation"]));
    assert!(said.contains("isolation: OFF"), "{said}");
    let (_, said) = ended(&safepost(["doctor"]));
    for words in ["worker processes", "opens no other file", "has no network", "starts no program", "core dump"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("`pipe`, `inspect` and `verify` decode in their own process"), "{said}");
}
