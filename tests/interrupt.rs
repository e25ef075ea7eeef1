//! What is left behind when a run cannot go on: nothing but finished outputs.

#![cfg(unix)]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use support::{command, ended, safepost, tree, write_png};

/// Enough that an interrupt after the second output comes before the last.
const PICTURES: usize = 10;

fn is_draft(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
}

#[test]
fn an_interrupt_leaves_finished_outputs_only_and_a_second_run_completes_them() {
    let root = tempfile::tempdir().unwrap();
    let (input, out) = (root.path().join("in"), root.path().join("out"));
    fs::create_dir(&input).unwrap();
    for n in 0..PICTURES {
        write_png(&input.join(format!("{n:02}.png")), 120, 90);
    }
    let args = [input.as_os_str(), "-o".as_ref(), out.as_os_str(), "--keep-names".as_ref()];
    let all = ["clean".as_ref()].into_iter().chain(args);
    let mut child =
        command(all.clone()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let begun = Instant::now();
    while !out.exists() || tree(&out).keys().filter(|p| !is_draft(p)).count() < 2 {
        assert!(begun.elapsed() < Duration::from_secs(120), "no output appeared");
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be interrupted");
        sleep(Duration::from_millis(5));
    }
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    let (code, said) = ended(&output);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("Interrupted"), "{said}");

    let left = tree(&out);
    assert!(left.len() < PICTURES, "it stopped before the end");
    for (path, bytes) in &left {
        assert!(!is_draft(path), "{} was left behind", path.display());
        assert!(image::load_from_memory(bytes).is_ok(), "{} is whole", path.display());
    }
    let (code, said) = ended(&safepost(all));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(tree(&out).len(), PICTURES);
    assert!(said.contains("done before"), "{said}");
}

#[test]
fn a_draft_left_by_a_killed_run_is_swept() {
    let root = tempfile::tempdir().unwrap();
    let (input, out) = (root.path().join("a.png"), root.path().join("out"));
    write_png(&input, 40, 40);
    fs::create_dir(&out).unwrap();
    fs::write(out.join(".safepost-draft-abc.part"), b"half a picture").unwrap();
    let output = safepost(["clean".as_ref(), input.as_os_str(), "-o".as_ref(), out.as_os_str()]);
    assert_eq!(output.status.code(), Some(0));
    let left = tree(&out);
    assert_eq!(left.len(), 1);
    assert!(!left.keys().any(|p| is_draft(p)));
}

#[test]
fn a_folder_that_cannot_be_written_is_found_out_before_any_work() {
    let root = tempfile::tempdir().unwrap();
    let input = root.path().join("a.png");
    write_png(&input, 40, 40);
    let (code, said) = ended(&safepost(["clean".as_ref(), input.as_os_str(), "-o".as_ref(), "/proc/out".as_ref()]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("/proc/out"), "{said}");
}

#[test]
fn a_full_disk_fails_the_file_and_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let disk = root.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=200k", "tmpfs"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|s| s.success()) {
        eprintln!("skipped: a small disk can only be mounted by root");
        return;
    }
    let unmount = Unmount(&disk);
    let input = root.path().join("noise.png");
    // Noise does not compress, so its output cannot fit.
    let mut state = 1u32;
    let noise = image::RgbImage::from_fn(500, 400, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
    });
    noise.save(&input).unwrap();
    let out = disk.join("out");
    let manifest = root.path().join("manifest.jsonl");
    let (code, said) = ended(&safepost([
        "clean".as_ref(),
        input.as_os_str(),
        "-o".as_ref(),
        out.as_os_str(),
        "--manifest".as_ref(),
        manifest.as_os_str(),
    ]));
    let left = tree(&out);
    drop(unmount);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("noise.png"), "{said}");
    assert!(left.is_empty(), "{left:?}");
}

struct Unmount<'a>(&'a Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        // Nothing to be done about a failure here but to leave it mounted.
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn two_runs_into_the_same_folder_refuse_each_other() {
    let root = tempfile::tempdir().unwrap();
    let (input, out) = (root.path().join("a.png"), root.path().join("out"));
    write_png(&input, 40, 40);
    let held = fs::File::create(root.path().join("out.private.jsonl")).unwrap();
    held.lock().unwrap();
    let (code, said) = ended(&safepost(["clean".as_ref(), input.as_os_str(), "-o".as_ref(), out.as_os_str()]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("another run"), "{said}");
}
