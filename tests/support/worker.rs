//! Worker programs that misbehave, for whoever must survive them: each answers that it is ready, does its misdeed once,
//! and is the real worker from then on.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use safepost::isolation::{
    Isolation,
    protocol::{Answer, send},
};

/// A program in `folder` that does `misdeed` (shell) when it is started for the first time. Its answer that it is ready
/// is given already.
pub fn bad_once(folder: &Path, misdeed: &str) -> Isolation {
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
