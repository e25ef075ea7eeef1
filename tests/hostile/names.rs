//! Videos under names that a library could take for something else, and things that are no files. FFmpeg is handed open
//! files by the program, so that a name is never looked at; here is the proof.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::symlink},
    path::Path,
    process::Command,
};

use super::support::{Bench, ended, tree, write_png};

/// Names of 1 to 255 bytes.
fn names() -> Vec<Vec<u8>> {
    let long = [&[b'l'; 251][..], b".mp4"].concat();
    let plain: [&[u8]; 10] = [
        b"-i.mp4",
        b"--output.mp4",
        b"%d.mp4",
        b"%s%n%x.mp4",
        b"new\nline.mp4",
        b"n\xffame\xfe.mp4",
        b"concat:a|b.mp4",
        b"http:localhost.mp4",
        b"pipe:0.mp4",
        b" .mp4",
    ];
    plain.iter().map(|name| name.to_vec()).chain([long]).collect()
}

#[test]
fn a_video_may_have_any_name() {
    let bench = Bench::new();
    let film = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/film/plain.mp4");
    for name in names() {
        fs::copy(&film, bench.path("in").join(OsStr::from_bytes(&name))).unwrap();
    }
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("new\nline"), "control characters are shown, not obeyed");
    let outputs: Vec<Vec<u8>> =
        tree(&bench.path("out")).into_keys().map(|p| p.as_os_str().as_bytes().to_vec()).collect();
    let mut wanted = names();
    wanted.sort();
    assert_eq!(outputs, wanted);
}

#[test]
fn links_and_things_that_are_no_files_are_said_and_not_followed() {
    let bench = Bench::new();
    write_png(&bench.path("target.png"), 40, 30);
    fs::create_dir(bench.path("elsewhere")).unwrap();
    write_png(&bench.path("elsewhere/b.png"), 40, 30);
    for (target, link) in [
        ("../target.png", "link.png"),
        ("nowhere.png", "dangling.png"),
        ("circle.png", "circle.png"),
        ("../elsewhere", "folder"),
    ] {
        symlink(target, bench.path("in").join(link)).unwrap();
    }
    let fifo = Command::new("mkfifo").arg(bench.path("in/fifo.png")).status();
    let fifo = fifo.is_ok_and(|status| status.success());
    let _socket = std::os::unix::net::UnixListener::bind(bench.path("in/socket.png")).unwrap();
    let (code, said) = ended(&bench.clean(&["--metadata-only", "--keep-names"]));
    assert_eq!(code, Some(2), "{said}");
    for name in ["link.png", "dangling.png", "circle.png", "folder"] {
        assert!(said.contains(&format!("{name}: is a link")), "{name}: {said}");
    }
    for name in ["socket.png"].into_iter().chain(fifo.then_some("fifo.png")) {
        assert!(said.contains(&format!("{name}: is not a regular file")), "{name}: {said}");
    }
    assert!(!bench.path("out").exists() || tree(&bench.path("out")).is_empty());
}
