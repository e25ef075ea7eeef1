//! Worker programs that misbehave, for whoever must survive them: each answers that it is ready, does its misdeed once,
//! and is the real worker from then on.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use safepost::isolation::{
    Isolation,
    protocol::{Answer, send},
};

/// Waits for the next question, after one without a body that is still to be read: a length of four bytes, eight more,
/// and as many as the first say.
const ASKED: &str = "head -c $((8 + $(head -c 4 | od -An -tu4))) > /dev/null; head -c 1 > /dev/null";

/// A program in `folder` that does `misdeed` (shell) when it is started for the first time and asked for something. Its
/// answer that it is ready is given already.
pub fn bad_once(folder: &Path, misdeed: &str) -> Isolation {
    bad_while_idle(folder, &format!("{ASKED}\n{misdeed}"))
}

/// A program that answers each first question with the bytes of `answer`, once it has done `misdeed`; it never was a worker.
pub fn impostor(folder: &Path, misdeed: &str, answer: &[u8]) -> Isolation {
    let said = folder.join("said");
    fs::write(&said, answer).unwrap();
    let isolation = bad_once(folder, &format!("{misdeed}\ncat '{}'\nexec sleep 1000", said.display()));
    let flag = format!("if [ -e '{}' ]", folder.join("was-bad").display());
    let script = fs::read_to_string(&isolation.program).unwrap();
    assert!(script.contains(&flag));
    fs::write(&isolation.program, script.replace(&flag, "if false")).unwrap();
    isolation
}

/// The same as [`bad_once`], without waiting to be asked.
pub fn bad_while_idle(folder: &Path, misdeed: &str) -> Isolation {
    let ready = folder.join("ready");
    let mut bytes = Vec::new();
    send(&mut bytes, &Answer::Ready { models: Vec::new(), protections: Vec::new() }, &[]).unwrap();
    fs::write(&ready, bytes).unwrap();
    let script = format!(
        "#!/bin/sh\nif [ -e '{flag}' ]; then exec '{real}' worker; fi\n: > '{flag}'\ncat '{ready}'\n{misdeed}\n",
        flag = folder.join("was-bad").display(),
        real = env!("CARGO_BIN_EXE_safepost"),
        ready = ready.display(),
    );
    let program = folder.join("worker.sh");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    Isolation { stall: Duration::from_secs(5), ..Isolation::new(program) }
}
