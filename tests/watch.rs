//! A drop folder through the real binary, with small timings.

#![cfg(unix)]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::{self, sleep},
    time::{Duration, Instant},
};

use support::{Bench, command, ended, gradient, safepost, tree, write_png};

/// A watch that goes on until it is told to end.
struct Watch {
    child: Child,
    said: Arc<Mutex<String>>,
    reader: Option<thread::JoinHandle<()>>,
}

impl Watch {
    fn begin(bench: &Bench, more: &[&str]) -> Self {
        Self::of(arguments(bench, more))
    }

    fn of(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut child =
            command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let said = Arc::new(Mutex::new(String::new()));
        let (from, to) = (child.stdout.take().unwrap(), Arc::clone(&said));
        let reader = thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                *to.lock().unwrap() += &format!("{line}\n");
            }
        });
        let watch = Self { child, said, reader: Some(reader) };
        watch.hears("watching");
        watch
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said `word`.
    fn hears(&self, word: &str) -> String {
        let begun = Instant::now();
        while !self.said().contains(word) {
            assert!(begun.elapsed() < Duration::from_secs(60), "{word} was not said: {}", self.said());
            sleep(Duration::from_millis(5));
        }
        self.said()
    }

    fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it by Ctrl-C; its exit code and all that it said.
    fn end(mut self) -> (Option<i32>, String) {
        self.interrupt();
        let status = self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        (status.code(), self.said() + &errors)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Only a test that failed leaves one running; one that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `safepost watch in -o out` with small timings.
fn arguments(bench: &Bench, more: &[&str]) -> Vec<String> {
    let (input, out) = (bench.path("in"), bench.path("out"));
    let mut args = vec!["watch", input.to_str().unwrap(), "-o", out.to_str().unwrap(), "--metadata-only"];
    args.extend(["--interval", "0.02", "--jobs", "1"]);
    if !more.contains(&"--settle") {
        args.extend(["--settle", "0.3"]);
    }
    args.extend(more);
    args.into_iter().map(str::to_owned).collect()
}

fn once(bench: &Bench, more: &[&str]) -> (Option<i32>, String) {
    ended(&safepost(arguments(bench, &[&["--once"], more].concat())))
}

fn outputs(bench: &Bench) -> Vec<PathBuf> {
    if bench.path("out").exists() { tree(&bench.path("out")).into_keys().collect() } else { Vec::new() }
}

#[test]
fn files_that_come_while_it_runs_are_cleaned_and_a_restart_does_nothing_again() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    let watch = Watch::begin(&bench, &[]);
    watch.hears("a.png: clean");
    fs::create_dir_all(bench.path("in/sub/deep")).unwrap();
    write_png(&bench.path("in/sub/deep/b.png"), 41, 40);
    fs::write(bench.path("in/notes.txt"), b"notes").unwrap();
    let said = watch.hears("b.png: clean");
    assert_eq!(outputs(&bench).len(), 2, "{said}");
    let (code, said) = watch.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 inputs: 2 clean\n") && !said.contains("notes"), "{said}");
    let (before, trail) = (outputs(&bench), fs::read(bench.path("out.private.jsonl")).unwrap());
    let (code, said) = once(&bench, &[]);
    assert!(code == Some(0) && said.contains("2 inputs: 0 clean, 2 done before"), "{said}");
    assert_eq!(outputs(&bench), before);
    assert_eq!(fs::read(bench.path("out.private.jsonl")).unwrap(), trail);
    for output in &before {
        fs::remove_file(bench.path("out").join(output)).unwrap();
    }
    let (_, said) = once(&bench, &[]);
    assert!(said.contains("2 done before"), "outputs may be taken away: {said}");
    let (code, said) =
        ended(&safepost(["audit".as_ref(), "verify".as_ref(), bench.path("out.private.jsonl").as_os_str()]));
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_file_that_grows_slowly_is_not_read_early() {
    let bench = Bench::new();
    write_png(&bench.path("whole.png"), 300, 200);
    let whole = fs::read(bench.path("whole.png")).unwrap();
    let watch = Watch::begin(&bench, &["--settle", "2"]);
    let mut file = fs::File::create(bench.path("in/a.png")).unwrap();
    for piece in whole.chunks(whole.len() / 16 + 1) {
        file.write_all(piece).unwrap();
        assert!(!watch.said().contains("a.png"), "{}", watch.said());
        // In all twice as long as it takes to settle.
        sleep(Duration::from_millis(250));
    }
    drop(file);
    let said = watch.hears("a.png");
    assert!(said.contains("a.png: clean"), "{said}");
    let (code, said) = watch.end();
    assert!(code == Some(0) && said.contains("1 input: 1 clean\n"), "{said}");
}

#[test]
fn a_file_that_fails_is_said_once_and_tried_again_when_it_changes() {
    let bench = Bench::new();
    fs::write(bench.path("in/a.png"), b"no picture").unwrap();
    let watch = Watch::begin(&bench, &[]);
    watch.hears("a.png: FAILED");
    sleep(Duration::from_millis(700));
    write_png(&bench.path("in/a.png"), 40, 40);
    let said = watch.hears("a.png: clean");
    assert_eq!(said.matches("FAILED").count(), 1, "{said}");
    let (code, said) = watch.end();
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(outputs(&bench).len(), 1);
}

#[test]
fn a_download_waits_until_it_is_renamed_and_a_finished_file_may_be_renamed_freely() {
    let bench = Bench::new();
    write_png(&bench.path("in/whole.png"), 40, 40);
    for name in ["a.png.part", "b.png.crdownload", "c.tmp"] {
        fs::copy(bench.path("in/whole.png"), bench.path("in").join(name)).unwrap();
    }
    let watch = Watch::begin(&bench, &[]);
    watch.hears("whole.png: clean");
    fs::rename(bench.path("in/a.png.part"), bench.path("in/a.png")).unwrap();
    fs::rename(bench.path("in/whole.png"), bench.path("in/renamed.png")).unwrap();
    watch.hears("a.png: clean");
    sleep(Duration::from_millis(700));
    let (code, said) = watch.end();
    assert!(code == Some(0) && said.contains("2 inputs: 2 clean\n"), "{said}");
    assert_eq!(outputs(&bench).len(), 2);
}

#[test]
fn a_second_watch_and_a_clean_into_the_same_folder_are_refused() {
    let bench = Bench::new();
    let watch = Watch::begin(&bench, &[]);
    while !bench.path("out.private.key").exists() {
        sleep(Duration::from_millis(5));
    }
    write_png(&bench.path("in/a.png"), 40, 40);
    for output in [safepost(arguments(&bench, &[])), bench.clean(&["--metadata-only"])] {
        let (code, said) = ended(&output);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("another run"), "{said}");
    }
    watch.hears("a.png: clean");
    assert_eq!(watch.end().0, Some(0));
    assert_eq!(outputs(&bench).len(), 1);
}

#[test]
fn an_interrupt_ends_after_the_current_file() {
    let bench = Bench::new();
    const PICTURES: usize = 30;
    for n in 0..PICTURES {
        gradient(700, 500).save(bench.path(&format!("in/{n:02}.png"))).unwrap();
    }
    let watch = Watch::begin(&bench, &[]);
    watch.hears("00.png: clean");
    let (code, said) = watch.end();
    assert_eq!(code, Some(0), "{said}");
    let done = outputs(&bench);
    assert!(done.len() < PICTURES, "it stopped before the end");
    assert_eq!(said.matches(": clean (").count(), done.len(), "what was begun was finished: {said}");
    assert!(done.iter().all(|path| !path.to_string_lossy().starts_with('.')), "{done:?}");
    let (code, said) = once(&bench, &[]);
    assert!(code == Some(0) && said.contains(&format!("{} done before", done.len())), "{said}");
    assert_eq!(outputs(&bench).len(), PICTURES);
}

#[test]
fn private_watches_never_say_a_name() {
    let bench = Bench::new();
    write_png(&bench.path("in/JohnDoe.png"), 40, 40);
    fs::write(bench.path("in/JohnDoe.jpg"), b"no picture").unwrap();
    let (code, said) = once(&bench, &["--private", "--keep-names"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("input 1: FAILED") && said.contains("input 2: clean"), "{said}");
    assert!(!said.contains("JohnDoe"), "{said}");
    assert!(!fs::read_to_string(bench.path("out.private.jsonl")).unwrap().contains("JohnDoe"));
    assert!(!bench.path("out.private.names.jsonl").exists());
}

#[test]
fn kept_names_do_not_depend_on_what_came_first() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 40, 40);
    fs::create_dir(bench.path("in/withheld")).unwrap();
    write_png(&bench.path("in/withheld/a.png"), 42, 40);
    once(&bench, &["--keep-names"]);
    gradient(41, 40).save(bench.path("in/a.bmp")).unwrap();
    once(&bench, &["--keep-names"]);
    let (code, said) = once(&bench, &["--keep-names"]);
    assert!(code == Some(0) && said.contains("3 inputs: 0 clean, 3 done before"), "{said}");
    assert_eq!(outputs(&bench), ["a.bmp.png", "a.png.png", "withheld-2/a.png.png"].map(PathBuf::from));
}

#[test]
fn what_is_dropped_goes_through_the_real_detectors() {
    if safepost::Runtime::default().open().is_err() {
        eprintln!("skipped: there is no ONNX Runtime, or there are no models (`make setup`)");
        return;
    }
    let bench = Bench::new();
    let photo = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/astronaut.jpg")).unwrap();
    let mut photo = safepost::media::image::open(photo, &safepost::Policy::default().limits).unwrap();
    let photo = photo.next_frame().unwrap().unwrap().frame.pixels().clone();
    // A head and shoulders; the face lies from 54, 54 to 150, 162 there.
    let photo = image::imageops::crop_imm(&photo, 124, 20, 200, 200).to_image();
    let arguments = arguments(&bench, &["--redact", "faces", "--style", "solid", "--keep-names"]);
    let watch = Watch::of(arguments.into_iter().filter(|argument| argument != "--metadata-only"));
    write_png(&bench.path("in/wall.png"), 160, 120);
    watch.hears("wall.png: clean");
    photo.save(bench.path("in/woman.png")).unwrap();
    watch.hears("woman.png: clean");
    let (code, said) = watch.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.lines().any(|line| line.contains("woman.png") && line.contains("1 face")), "{said}");
    let output = |name: &str| image::open(bench.path("out").join(name)).unwrap().into_rgb8();
    assert_eq!(output("wall.png.png"), gradient(160, 120), "nothing is covered where nothing is seen");
    let woman = output("woman.png.png");
    let changed = |x: u32, y: u32| woman.get_pixel(x, y) != photo.get_pixel(x, y);
    assert!((85..120).step_by(5).all(|x| changed(x, 108)), "the face is gone");
    assert!(!changed(2, 2), "the rest is not");
}

#[test]
fn an_empty_folder_is_no_error_and_a_file_or_an_overlap_is() {
    let bench = Bench::new();
    let (code, said) = once(&bench, &[]);
    assert!(code == Some(0) && said.contains("0 inputs: 0 clean"), "{said}");
    write_png(&bench.path("a.png"), 40, 40);
    let (file, input) = (bench.path("a.png"), bench.path("in"));
    let (out, inside) = (bench.path("other"), bench.path("in/out"));
    for (from, to) in [(&file, &out), (&input, &inside), (&input, &input)] {
        let args = ["watch".as_ref(), from.as_os_str(), "-o".as_ref(), to.as_os_str(), "--metadata-only".as_ref()];
        assert_eq!(safepost(args).status.code(), Some(1), "{} to {}", from.display(), to.display());
    }
    assert!(!out.exists() && !inside.exists());
}
