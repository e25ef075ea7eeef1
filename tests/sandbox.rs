//! What a locked-in process can still do: a process of this test locks itself in and tries.

#![cfg(target_os = "linux")]

use std::{
    env, fs,
    fs::{File, OpenOptions},
    io::Write,
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::{
        fs::PermissionsExt,
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

use safepost::{
    Policy,
    exact::ExactPath,
    isolation::{
        Guard, Rights, Sandbox, State,
        protocol::{Answer, Ask, Begin, VERSION, VideoFiles, receive, send},
    },
};

/// Names the folder in which the locked-in process tries; set for that process alone.
const FOLDER: &str = "SAFEPOST_TEST_LOCKED_IN";
/// Whether it is locked in for a video, with an input and a draft.
const VIDEO: &str = "SAFEPOST_TEST_LOCKED_IN_FOR_VIDEO";

/// Everything that is tried, with what came of it.
fn tries(folder: &Path) -> Vec<(&'static str, bool)> {
    let at = |name: &str| folder.join(name);
    let none = || Stdio::from(File::open(at("input")).unwrap_or_else(|_| File::from(dup_of_stdin())));
    let spawn = |program: &str| {
        let started = Command::new(program).stdin(none()).stdout(Stdio::inherit()).stderr(Stdio::inherit()).spawn();
        started.map(|mut child| child.wait()).is_ok()
    };
    vec![
        ("read the input", File::open(at("input")).is_ok()),
        ("write the input", OpenOptions::new().write(true).open(at("input")).is_ok()),
        ("fill the draft", fs::write(at("draft"), b"filled").is_ok()),
        ("read the draft", File::open(at("draft")).is_ok()),
        ("read another file", File::open(at("other")).is_ok()),
        ("read a system file", File::open("/etc/passwd").is_ok()),
        ("read about itself", File::open("/proc/self/environ").is_ok()),
        ("list a folder", fs::read_dir(folder).is_ok()),
        ("make a file", File::create(at("new")).is_ok()),
        ("make a folder", fs::create_dir(at("folder")).is_ok()),
        ("rename the draft", fs::rename(at("draft"), at("renamed")).is_ok()),
        ("link the draft", fs::hard_link(at("draft"), at("linked")).is_ok()),
        ("delete the input", fs::remove_file(at("input")).is_ok()),
        ("open another file to others", fs::set_permissions(at("other"), PermissionsExt::from_mode(0o644)).is_ok()),
        ("open a datagram socket", UdpSocket::bind("127.0.0.1:0").is_ok()),
        ("listen", TcpListener::bind("127.0.0.1:0").is_ok()),
        ("connect", TcpStream::connect(env::var("SAFEPOST_TEST_ADDRESS").unwrap()).is_ok()),
        ("connect to a local socket", UnixStream::connect(at("socket")).is_ok()),
        ("make a pair of sockets", UnixStream::pair().is_ok()),
        ("start a program", spawn("/bin/true")),
        ("take too much memory", Vec::<u8>::new().try_reserve_exact(2 << 30).is_ok()),
        ("start a thread", thread::Builder::new().spawn(|| ()).is_ok()),
        ("take some memory", Vec::<u8>::new().try_reserve_exact(50 << 20).is_ok()),
    ]
}

fn dup_of_stdin() -> std::os::fd::OwnedFd {
    std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned().expect("a handle is copied")
}

/// Runs only in the process that [`tried`] starts; by itself it has nothing to do.
#[test]
fn the_locked_in_process() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    // A thread from before, as ONNX Runtime has them.
    let (go, wait) = mpsc::channel::<()>();
    let before = thread::spawn(move || wait.recv().is_ok() && UdpSocket::bind("127.0.0.1:0").is_ok());
    let video = env::var_os(VIDEO).is_some();
    let rights = Rights {
        memory_bytes: 1 << 30,
        while_loading: vec![folder.join("other")],
        input: video.then(|| folder.join("input")),
        drafts: video.then(|| folder.join("draft")).into_iter().collect(),
    };
    let sandbox = Sandbox::enter(rights);
    let loading = File::open(folder.join("other")).is_ok();
    let protections = sandbox.close();
    go.send(()).unwrap();
    let mut results = tries(&folder);
    results.push(("read a model while loading", loading));
    results.push(("open a socket in a thread from before", before.join().unwrap()));
    let mut said = String::new();
    for (what, done) in results {
        said += &format!("\nTRIED {what}={done}");
    }
    for protection in protections {
        let stands = !matches!(protection.state, State::Missing { .. });
        said += &format!("\nGUARD {:?}={stands}", protection.guard);
    }
    // Whoever runs the tests prints a word of its own behind this.
    said.push('\n');
    std::io::stdout().write_all(said.as_bytes()).unwrap();
}

/// What a locked-in process could do.
fn tried(video: bool) -> Vec<(String, bool)> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["input", "draft", "other"] {
        fs::write(folder.path().join(name), b"content").unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _local = UnixListener::bind(folder.path().join("socket")).unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "the_locked_in_process", "--nocapture", "--test-threads=1"]);
    command.env(FOLDER, folder.path()).env("SAFEPOST_TEST_ADDRESS", listener.local_addr().unwrap().to_string());
    if video {
        command.env(VIDEO, "1");
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let results: Vec<_> = said
        .lines()
        .filter_map(|line| line.strip_prefix("TRIED ").or(line.strip_prefix("GUARD ")))
        .filter_map(|line| line.split_once('='))
        .map(|(what, done)| (what.to_owned(), done.parse().unwrap_or_else(|_| panic!("{what}: {done}"))))
        .collect();
    assert!(results.len() > 20, "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("draft").exists() && folder.path().join("input").exists());
    results
}

/// Where the kernel lacks something, that is reported and cannot be tested.
fn kernel_has_all(results: &[(String, bool)]) -> bool {
    let guard = |what: &str| Guard::ALL.iter().any(|guard| format!("{guard:?}") == what);
    let missing: Vec<_> = results.iter().filter(|(what, stands)| guard(what) && !stands).collect();
    if !missing.is_empty() {
        eprintln!("skipped: this system lacks {missing:?}");
    }
    missing.is_empty()
}

fn assert_only(results: &[(String, bool)], allowed: &[&str]) {
    for (what, done) in results.iter().filter(|(what, _)| !Guard::ALL.iter().any(|g| format!("{g:?}") == *what)) {
        assert_eq!(*done, allowed.contains(&what.as_str()), "{what}");
    }
}

#[test]
fn a_worker_for_pictures_opens_no_file_no_socket_and_no_program() {
    let results = tried(false);
    if kernel_has_all(&results) {
        assert_only(&results, &["start a thread", "take some memory", "read a model while loading"]);
    }
}

#[test]
fn a_worker_for_a_video_reads_its_input_fills_its_draft_and_nothing_else() {
    let results = tried(true);
    if kernel_has_all(&results) {
        let own = ["read the input", "fill the draft", "read the draft"];
        let common = ["start a thread", "take some memory", "read a model while loading"];
        assert_only(&results, &[&own[..], &common].concat());
    }
}

/// The real worker, as `safepost clean` starts it, asked to begin.
fn begun(video: Option<VideoFiles>) -> (std::process::Child, Answer) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_safepost"))
        .arg("worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let begin = Begin {
        v: VERSION,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        policy: Policy::default().to_documented_toml(),
        metadata_only: true,
        library: None,
        models: None,
        own_models: Vec::new(),
        threads: 1,
        memory_bytes: 1 << 30,
        video,
    };
    send(child.stdin.as_mut().unwrap(), &Ask::Begin(Box::new(begin)), &[]).unwrap();
    let (answer, _) = receive(child.stdout.as_mut().unwrap(), 0).unwrap().expect("an answer");
    (child, answer)
}

#[test]
fn every_thread_of_the_real_worker_is_under_the_filters_and_may_gain_no_rights() {
    let (mut child, answer) = begun(None);
    let Answer::Ready { protections, .. } = answer else { panic!("{answer:?}") };
    let active = |guard| protections.iter().any(|p| p.guard == guard && p.state == State::Active);
    if active(Guard::Network) {
        for task in fs::read_dir(format!("/proc/{}/task", child.id())).unwrap() {
            let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
            for line in ["NoNewPrivs:\t1", "Seccomp:\t2"] {
                assert!(status.contains(line), "{line} in {status}");
            }
        }
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
        assert!(limits.lines().any(|l| l.starts_with("Max data size") && l.contains("1073741824")), "{limits}");
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success(), "it ends when nobody asks any more");
}

fn place() -> ExactPath {
    ExactPath::of(Path::new("a.mp4")).unwrap()
}

#[test]
fn a_worker_for_pictures_has_no_video_to_clean_and_one_of_another_version_refuses() {
    let (mut child, _) = begun(None);
    send(child.stdin.as_mut().unwrap(), &Ask::Video { place: place(), notes: false }, &[]).unwrap();
    let (answer, _) = receive::<Answer>(child.stdout.as_mut().unwrap(), 0).unwrap().unwrap();
    assert!(matches!(answer, Answer::Failed { .. }), "{answer:?}");
    let (mut child, answer) = (child.kill().map(|()| child).unwrap(), answer);
    let _ = (child.wait(), answer);

    let folder = tempfile::tempdir().unwrap();
    let files =
        VideoFiles { input: ExactPath::of(&folder.path().join("none.mp4")).unwrap(), draft: None, spare: None };
    let (mut child, answer) = begun(Some(files));
    assert!(matches!(answer, Answer::Ready { .. }), "a file that is not there is told when it is opened");
    send(child.stdin.as_mut().unwrap(), &Ask::Video { place: place(), notes: false }, &[]).unwrap();
    let (answer, _) = receive::<Answer>(child.stdout.as_mut().unwrap(), 0).unwrap().unwrap();
    assert!(matches!(answer, Answer::Failed { .. }), "{answer:?}");
    drop(child.stdin.take());
    child.wait().unwrap();
}
