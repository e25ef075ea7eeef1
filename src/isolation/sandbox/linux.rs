//! The guards of Linux in their order: limits and signals here, files in `files`, system calls in `calls`.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::fd::AsFd as _,
};

use rustix::process::{Resource, Rlimit, Signal};

use super::{Guard, Rights, State, calls, files};

/// Open files that a worker may have at once; a video needs less than ten.
const MOST_OPEN_FILES: u64 = 64;

/// A core file of at most one byte is none, and the kernel also starts no program that collects dumps for exactly this
/// number (core(5), "Piping core dumps to a program"), which it does for 0.
const NO_CORE_BYTES: u64 = 1;

/// What the first step came to.
#[derive(Debug)]
pub struct Entered {
    alone: bool,
    files: Result<files::Strength, String>,
    memory: Result<(), String>,
    dumps: Result<(), String>,
    orphans: Result<(), String>,
}

pub fn enter(rights: &Rights) -> Entered {
    let orphans = rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(said);
    // Raising it needs no rights. Where it cannot be done, the kernel may choose another process when memory runs out.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    let memory = limit(Resource::Data, rights.memory_bytes);
    let dumps = limit(Resource::Core, NO_CORE_BYTES);
    let _ = limit(Resource::Nofile, MOST_OPEN_FILES);
    if rights.drafts.is_empty() {
        // Pipes are not counted.
        let _ = limit(Resource::Fsize, 0);
    }
    let alone = threads() == Some(1);
    Entered { alone, files: files::restrict(rights, true), memory, dumps, orphans }
}

pub fn close(rights: &Rights, entered: Entered) -> [State; Guard::ALL.len()] {
    let narrowed = files::restrict(rights, false);
    let by_path = rights.input.is_some() || !rights.drafts.is_empty();
    let calls = calls::restrict(by_path);
    let files = match (entered.files.and(narrowed), &calls) {
        // Where paths cannot be opened at all, it does not matter which.
        (_, Ok(())) if !by_path => State::Active,
        (Ok(files::Strength::Full), _) if entered.alone => State::Active,
        (Ok(_), _) if !entered.alone => partial("threads that were there before can open files"),
        (Ok(_), _) => partial("the kernel knows only a part of the rules"),
        (Err(reason), _) => State::Missing { reason },
    };
    let calls = || of(&calls);
    [files, calls(), calls(), of(&entered.memory), of(&entered.dumps), of(&entered.orphans)]
}

fn of(done: &Result<(), String>) -> State {
    match done {
        Ok(()) => State::Active,
        Err(reason) => State::Missing { reason: reason.clone() },
    }
}

fn partial(missing: &str) -> State {
    State::Partial { missing: missing.to_owned() }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Lowers a limit for good; one that is lower already stays.
fn limit(resource: Resource, most: u64) -> Result<(), String> {
    let now = rustix::process::getrlimit(resource);
    let most = [now.maximum, now.current].into_iter().flatten().fold(most, u64::min);
    rustix::process::setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).map_err(said)
}

fn threads() -> Option<usize> {
    Some(fs::read_dir("/proc/self/task").ok()?.count())
}

/// The pipes to the program that asked, taken away from everything else in this process that reads standard input or
/// prints to standard output.
pub fn take_pipes() -> io::Result<(File, File)> {
    let (stdin, stdout) = (io::stdin(), io::stdout());
    let input = stdin.as_fd().try_clone_to_owned()?;
    let output = stdout.as_fd().try_clone_to_owned()?;
    let null = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok((input.into(), output.into()))
}
