//! What runs inside a worker: set up, locked in, then one file after the other until nobody asks any more. Separate from
//! the program's side, which must never decode a file.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Rights, Sandbox,
    protocol::{Answer, Ask, Begin, OutputHead, VERSION, receive, send},
};
use crate::{
    device::Device,
    error::{CleanError, SetupError, WorkerError},
    exact::ExactPath,
    limits::Limits,
    media::{self, draft::Draft},
    pipeline::{Cleaner, Cleaning, FrameNote, Goal, Notes, Observer, Runtime, Step, keep},
    policy::Policy,
};

/// Longest question before the policy is known, which holds the limit of files.
const MOST_BEGIN_BYTES: u64 = 0;

/// Serves on standard input and output, which nothing else in this process may use: what a library prints goes nowhere.
///
/// # Errors
/// As [`serve`].
pub fn serve_parent() -> io::Result<()> {
    let (input, output) = super::sandbox::take_pipes()?;
    serve(input, output)
}

/// Answers questions until there are none. Locks this process in for good: call it in a process that has no other use,
/// before it has a second thread.
///
/// # Errors
/// When the other side speaks another language, or goes away in the middle of an answer.
pub fn serve(mut input: impl Read, output: impl Write + Send + 'static) -> io::Result<()> {
    let voice = Arc::new(Voice(Mutex::new(Box::new(output))));
    let Some((Ask::Begin(begin), _)) = receive(&mut input, MOST_BEGIN_BYTES)? else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the first message must set the worker up"));
    };
    let worker = match Worker::new(*begin, &voice) {
        Ok((worker, ready)) => {
            voice.say(&ready, &[])?;
            worker
        }
        Err(error) => return voice.say(&Answer::Refused { message: error.to_string() }, &[]),
    };
    while let Some((ask, body)) = receive(&mut input, worker.limits().max_file_bytes)? {
        let answered = match ask {
            Ask::Begin(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "it is set up already")),
            Ask::Picture { place, look } => {
                worker.picture(body, &place.path()?, if look { Goal::Look } else { Goal::Clean })
            }
            Ask::Video { place, notes } => worker.video(&place.path()?, notes, &voice),
        };
        let (answer, outputs) = answered.unwrap_or_else(|error| (failure(&error), Vec::new()));
        let parts: Vec<&[u8]> = outputs.iter().map(Vec::as_slice).collect();
        voice.say(&answer, &parts)?;
    }
    Ok(())
}

fn failure(error: &CleanError) -> Answer {
    Answer::Failed { message: error.to_string(), detection: matches!(error, CleanError::Detect(_)) }
}

/// Says what happens to whoever asked.
struct Voice(Mutex<Box<dyn Write + Send>>);

impl Voice {
    fn say(&self, answer: &Answer, body: &[&[u8]]) -> io::Result<()> {
        send(&mut **self.0.lock().unwrap_or_else(PoisonError::into_inner), answer, body)
    }
}

impl Observer for Voice {
    fn step(&self, step: Step) -> Result<(), CleanError> {
        // Nobody listens any more, so nobody wants the rest.
        self.say(&Answer::Step(step), &[]).map_err(|_| CleanError::Interrupted)
    }

    fn frames(&self, done: u64, of: Option<u64>) {
        // The next step finds out that nobody listens.
        let _ = self.say(&Answer::Frames { done, of }, &[]);
    }
}

/// The files of a video: the input, the draft, and what is beside the draft.
struct Files {
    input: PathBuf,
    draft: Option<PathBuf>,
    spare: Option<PathBuf>,
}

struct Worker {
    cleaner: Cleaner,
    video: Option<Files>,
}

/// What is answered, and the bytes of the outputs.
type Said = (Answer, Vec<Vec<u8>>);

impl Worker {
    fn new(begin: Begin, voice: &Arc<Voice>) -> Result<(Self, Answer), SetupError> {
        let refused = |message: String| SetupError::Worker(WorkerError::Refused { message });
        if begin.v != VERSION || begin.tool != env!("CARGO_PKG_VERSION") {
            return Err(refused(format!(
                "the worker is of version {}, protocol {VERSION}; name the program of this release",
                env!("CARGO_PKG_VERSION")
            )));
        }
        let path = |path: &ExactPath| path.path().map_err(|error| refused(error.to_string()));
        let video = match &begin.video {
            Some(files) => Some(Files {
                input: path(&files.input)?,
                draft: files.draft.as_ref().map(path).transpose()?,
                spare: files.spare.as_ref().map(path).transpose()?,
            }),
            None => None,
        };
        let policy = Policy::from_toml(&begin.policy)?;
        // Libraries that are loaded with the first file of a kind must be there before the doors close.
        media::load_libraries();
        let (library, models) = (begin.library.as_ref(), begin.models.as_ref());
        let runtime = Runtime {
            library: library.map(path).transpose()?,
            models: models.map(path).transpose()?,
            own_models: begin.own_models.iter().map(path).collect::<Result<_, _>>()?,
            threads: begin.threads,
            // Nothing else can be reached from inside.
            device: Device::Cpu,
        };
        let registry = if begin.metadata_only { None } else { Some(runtime.open()?) };
        let consent = policy.consent.iter().flat_map(|path| keep::files(path));
        let rights = Rights {
            memory_bytes: begin.memory_bytes,
            while_loading: registry.iter().flat_map(|registry| registry.files()).chain(consent).collect(),
            input: video.as_ref().map(|files| files.input.clone()),
            drafts: video.iter().flat_map(|files| files.draft.iter().chain(&files.spare)).cloned().collect(),
        };
        let sandbox = Sandbox::enter(rights);
        let cleaner = match &registry {
            Some(registry) => Cleaner::with_registry(policy, registry)?,
            None => Cleaner::metadata_only(policy)?,
        };
        let protections = sandbox.close();
        let ready = Answer::Ready { models: cleaner.models().to_vec(), protections };
        Ok((Self { cleaner: cleaner.observed_by(Arc::clone(voice) as Arc<dyn Observer>), video }, ready))
    }

    fn limits(&self) -> &Limits {
        &self.cleaner.policy().limits
    }

    fn picture(&self, bytes: Vec<u8>, place: &Path, goal: Goal) -> Result<Said, CleanError> {
        let cleaned = self.cleaner.picture(bytes, place, goal)?;
        let head = |output: &crate::Output| OutputHead {
            format: output.format,
            bytes: output.bytes.len() as u64,
            size: output.size,
            frames: output.frames,
        };
        // One of the two is empty: the outcome in the report says which.
        let made: Vec<_> = cleaned.outputs.into_iter().chain(cleaned.withheld).collect();
        let heads = made.iter().map(head).collect();
        let bodies = made.into_iter().map(|output| output.bytes).collect();
        Ok((Answer::Done { report: Box::new(cleaned.report), outputs: heads }, bodies))
    }

    fn video(&self, place: &Path, notes: bool, voice: &Voice) -> Result<Said, CleanError> {
        let Some(Files { input, draft, spare }) = &self.video else {
            return Err(WorkerError::Nonsense { what: "it was given no video" }.into());
        };
        let draft = draft.as_deref().map(|path| Draft::lent(path, spare.as_deref())).transpose()?;
        let mut tell = |note: &FrameNote<'_>| {
            let answer = Answer::Note { frame: note.frame, at_us: note.at_us, areas: note.areas.to_vec() };
            voice.say(&answer, &[]).map_err(|source| crate::error::MediaError::Io { doing: "telling", source })
        };
        let notes: Option<&mut Notes<'_>> = if notes { Some(&mut tell) } else { None };
        let report = self.cleaner.video(input, place, draft.as_ref(), notes)?;
        Ok((Answer::Done { report: Box::new(report), outputs: Vec::new() }, Vec::new()))
    }
}
