//! Nothing is kept outside the outputs and nothing is sent, also not by a library that would: ONNX Runtime's own builds write a
//! number of the machine and what they run into the user's folders, and send it.

mod support;

use std::{fs, path::Path};

use support::{Bench, command, ended, tree, write_png};

/// What a run leaves in the user's folders, which are empty before.
fn left_at_home(bench: &Bench, args: &[&str]) -> Vec<String> {
    let home = bench.path("home");
    fs::create_dir_all(&home).unwrap();
    let mut run = command(args);
    run.env("HOME", &home);
    // Each of these would keep the library silent by itself, or lead it elsewhere.
    for name in ["ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "GITHUB_ACTIONS", "TF_BUILD"] {
        run.env_remove(name);
    }
    for name in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
        run.env_remove(name);
    }
    let (code, said) = ended(&run.output().expect("the binary starts"));
    assert_eq!(code, Some(0), "{args:?}: {said}");
    tree(&home).into_keys().map(|path| path.display().to_string()).collect()
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn no_run_leaves_anything_in_the_users_folders() {
    let bench = Bench::new();
    write_png(&bench.path("in/a.png"), 64, 48);
    let (picture, out, other) = (bench.path("in/a.png"), bench.path("out"), bench.path("other"));
    let (picture, out, other) = (shown(&picture), shown(&out), shown(&other));
    for args in [
        &["inspect", picture, "--redact", "faces"][..],
        &["clean", picture, "-o", out, "--redact", "faces"],
        &["clean", picture, "-o", other, "--redact", "faces", "--no-isolation"],
        &["doctor"],
    ] {
        let left = left_at_home(&bench, args);
        assert!(left.is_empty(), "{args:?} left {left:?}");
    }
}
