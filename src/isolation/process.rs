//! One worker process as the program sees it: started, asked, watched, ended. Separate from the pool, which knows only
//! that a question has an answer or an error.

use std::{
    fs,
    io::{self, ErrorKind, Read},
    process::{Child, ChildStderr, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread::{self, ScopedJoinHandle},
    time::{Duration, Instant},
};

use super::{
    Isolation, death,
    protocol::{self, Answer, Ask},
};
use crate::error::{CleanError, WorkerError};

/// How often a silent worker is looked at, and so the longest that an interrupt waits.
const TICK: Duration = Duration::from_millis(200);

/// How long a worker that has closed its pipe may take to end, and one that has answered to have read the question.
const FAREWELL: Duration = Duration::from_secs(5);

/// How much of what a worker writes to its standard error is kept, to tell a lack of memory.
const LAST_WORDS_BYTES: usize = 4096;

/// What a worker needs of the environment to load its libraries. Everything else is kept from it.
const ENVIRONMENT: &[&str] = &["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBHEIF_PLUGIN_PATH"];

/// A running worker. Dropping it ends it.
pub struct Process {
    child: Child,
    to: ChildStdin,
    answers: Receiver<io::Result<(Answer, Vec<u8>)>>,
    last_words: Receiver<Vec<u8>>,
}

/// What is heard before the answer.
pub enum Sign<'a> {
    /// The worker told something.
    Told(&'a Answer),
    /// Nothing was heard for a moment.
    Silence,
}

/// Told of every sign; its error ends the worker.
pub type Hear<'a> = dyn FnMut(Sign<'_>) -> Result<(), CleanError> + 'a;

impl Process {
    /// Starts a worker, which is told nothing yet.
    ///
    /// # Errors
    /// [`WorkerError::Start`].
    pub fn start(isolation: &Isolation) -> Result<Self, WorkerError> {
        let failed = |source| WorkerError::Start { program: isolation.program.clone(), source };
        let command = command(isolation);
        let most_body_bytes = isolation.memory_bytes;
        let (started, start) = sync_channel(1);
        // The thread that starts a worker is the one that listens to it to the end, because the kernel ends a worker
        // together with the thread that started it.
        thread::spawn(move || run(command, most_body_bytes, &started));
        start.recv().unwrap_or_else(|_| Err(ErrorKind::BrokenPipe.into())).map_err(failed)
    }

    /// Whether it still runs, as far as the system tells: one that waits may have been ended from outside.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks one question and waits for its answer, telling `hear` of everything before it.
    ///
    /// # Errors
    /// What became of the worker, or what `hear` answered; the worker has then been ended.
    pub fn ask(
        &mut self,
        ask: &Ask,
        body: &[u8],
        limits: &Isolation,
        hear: &mut Hear<'_>,
    ) -> Result<(Answer, Vec<u8>), CleanError> {
        let Self { child, to, answers, last_words } = self;
        thread::scope(|scope| {
            // A worker that does not listen must not stop whoever watches it, so somebody else does the talking. That a
            // pipe breaks is seen below by what is heard.
            let talking = scope.spawn(|| drop(protocol::send(to, ask, &[body])));
            let mut answer = wait(child, answers, last_words, limits, hear);
            if answer.is_ok() && !finished(&talking) {
                answer = Err(WorkerError::Nonsense { what: "it answered before it knew the question" }.into());
            }
            if answer.is_err() {
                // Also ends the talking. One that is gone already cannot be ended, and need not be.
                let _ = child.kill();
            }
            answer
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It holds nothing that is worth waiting for. One that is gone already cannot be ended, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(isolation: &Isolation) -> Command {
    let mut command = Command::new(&isolation.program);
    command.arg("worker").current_dir("/").env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    // An interrupt from the keyboard is for the program, which ends its workers in order.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

fn run(mut command: Command, most_body_bytes: u64, started: &SyncSender<io::Result<Process>>) {
    // Whoever waits for the start has a receiver until it gets an answer.
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return drop(started.send(Err(error))),
    };
    let (Some(to), Some(mut from), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return drop(started.send(Err(ErrorKind::BrokenPipe.into())));
    };
    let (last, last_words) = sync_channel(1);
    thread::spawn(move || drop(last.send(last_of(errors))));
    let (heard, answers) = sync_channel(4);
    if started.send(Ok(Process { child, to, answers, last_words })).is_err() {
        return;
    }
    while let Some(message) = protocol::receive(&mut from, most_body_bytes).transpose() {
        let last = message.is_err();
        if heard.send(message).is_err() || last {
            return;
        }
    }
}

/// The end of everything that is written until the pipe is closed.
fn last_of(mut errors: ChildStderr) -> Vec<u8> {
    let (mut kept, mut piece) = (Vec::new(), [0; 1024]);
    while let Ok(n @ 1..) = errors.read(&mut piece) {
        kept.extend_from_slice(&piece[..n]);
        kept.drain(..kept.len().saturating_sub(LAST_WORDS_BYTES));
    }
    kept
}

fn wait(
    child: &mut Child,
    answers: &Receiver<io::Result<(Answer, Vec<u8>)>>,
    last_words: &Receiver<Vec<u8>>,
    limits: &Isolation,
    hear: &mut Hear<'_>,
) -> Result<(Answer, Vec<u8>), CleanError> {
    let (mut worked, mut silent) = (Duration::ZERO, Duration::ZERO);
    let mut looked = Instant::now();
    let mut moved = moved_bytes(child);
    loop {
        let heard = answers.recv_timeout(TICK);
        // A program that was stopped for a night has not waited for a night.
        let passed = looked.elapsed().min(TICK * 2);
        looked = Instant::now();
        (worked, silent) = (worked + passed, silent + passed);
        match heard {
            Ok(Ok((answer, body))) => {
                silent = Duration::ZERO;
                match answer {
                    Answer::Step(_) | Answer::Frames { .. } | Answer::Note { .. } => hear(Sign::Told(&answer))?,
                    Answer::Ready { .. } | Answer::Refused { .. } | Answer::Done { .. } | Answer::Failed { .. } => {
                        return Ok((answer, body));
                    }
                }
            }
            Ok(Err(error)) if error.kind() == ErrorKind::InvalidData => {
                return Err(WorkerError::Nonsense { what: "it sent what is no message" }.into());
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => {
                let Some(status) = ended(child) else {
                    return Err(WorkerError::Nonsense { what: "it fell silent without ending" }.into());
                };
                let words = last_words.recv_timeout(FAREWELL).unwrap_or_default();
                return Err(death::error(status, &words, limits.memory_bytes).into());
            }
            Err(RecvTimeoutError::Timeout) => {
                hear(Sign::Silence)?;
                // Reading a long index or moving a finished video's data tells of no step, but bytes go through.
                let now = moved_bytes(child);
                if now != moved {
                    (silent, moved) = (Duration::ZERO, now);
                }
            }
        }
        if silent > limits.stall {
            return Err(WorkerError::Stalled { limit_s: limits.stall.as_secs() }.into());
        }
        if worked > limits.total {
            return Err(WorkerError::TooLong { limit_s: limits.total.as_secs() }.into());
        }
    }
}

/// How the worker ended, once it has.
fn ended(child: &mut Child) -> Option<ExitStatus> {
    let patience = Instant::now();
    while patience.elapsed() < FAREWELL {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    None
}

fn finished<T>(talking: &ScopedJoinHandle<'_, T>) -> bool {
    let patience = Instant::now();
    while !talking.is_finished() && patience.elapsed() < FAREWELL {
        thread::sleep(Duration::from_millis(1));
    }
    talking.is_finished()
}

/// Bytes that the worker has read and written so far, in the words of the system; `None` where it does not tell.
fn moved_bytes(child: &Child) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{}/io", child.id())).ok()?;
    Some(text.lines().filter(|line| line.starts_with("rchar") || line.starts_with("wchar")).collect())
}
