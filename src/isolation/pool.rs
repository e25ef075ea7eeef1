//! The workers of a run: pictures go to one that is idle, a video gets one of its own, and one that failed is replaced.
//! Separate from the process, which knows nothing of pictures.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Isolation, Protection, handed,
    process::{Process, Sign},
    protocol::{Answer, Ask, Begin, OutputHead, VERSION, VideoFiles},
};
use crate::{
    device::Device,
    error::{CleanError, MediaError, SetupError, WorkerError},
    exact::ExactPath,
    infer::locate,
    media::draft::Draft,
    pipeline::{
        Cleaned, Cleaner, Cleaning, FrameNote, Goal, InputReport, ModelUsed, Notes, Observer, Outcome, Output,
        Runtime, Silent, Step,
    },
    policy::Policy,
};

/// Pictures after which a worker is replaced, so that what a library leaks or a file spoilt does not last. Starting one
/// with all models took 0.4 s, one photo several seconds.
const MOST_PICTURES: u32 = 200;

/// Longest message of a worker that is passed on, in characters.
const MOST_MESSAGE: usize = 2000;

/// Cleans in worker processes. Cheap to share between threads; as many workers run as pictures are asked for at once.
pub struct Pool {
    isolation: Isolation,
    begin: Begin,
    policy: Policy,
    models: Vec<ModelUsed>,
    protections: Vec<Protection>,
    observer: Arc<dyn Observer>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    process: Process,
    served: u32,
}

impl Pool {
    /// Workers with the shipped detectors for the classes that `policy` names. The first one is started at once, so that
    /// what is missing is told before any input is touched.
    ///
    /// # Errors
    /// When the policy makes no sense, the library or the models are nowhere, a worker cannot be set up, or its networks
    /// are to run on another device than the processor: it may not open what that needs.
    pub fn new(policy: Policy, runtime: &Runtime, isolation: Isolation) -> Result<Self, SetupError> {
        policy.check()?;
        let device = runtime.device.built_in()?;
        if device != Device::Cpu {
            return Err(WorkerError::Device { device }.into());
        }
        let path = |path: &Path| absolute(path).map_err(|source| failed_start(&isolation, source));
        let begin = Begin {
            library: Some(path(&locate::library(runtime.library.as_deref())?)?),
            models: Some(path(&locate::models(runtime.models.as_deref())?)?),
            own_models: runtime.own_models.iter().map(|p| path(p)).collect::<Result<_, _>>()?,
            threads: runtime.threads,
            ..begin(&policy, &isolation)
        };
        Self::started(policy, begin, isolation)
    }

    /// Workers that look for nothing, as [`Cleaner::metadata_only`] does.
    ///
    /// # Errors
    /// When the policy makes no sense, or a worker cannot be set up.
    pub fn metadata_only(policy: Policy, isolation: Isolation) -> Result<Self, SetupError> {
        let begin = Begin { metadata_only: true, ..begin(&policy, &isolation) };
        let policy = Cleaner::metadata_only(policy)?.policy().clone();
        Self::started(policy, begin, isolation)
    }

    fn started(policy: Policy, begin: Begin, isolation: Isolation) -> Result<Self, SetupError> {
        let mut pool = Self {
            isolation,
            begin,
            policy,
            models: Vec::new(),
            protections: Vec::new(),
            observer: Arc::new(Silent),
            idle: Mutex::default(),
        };
        let (first, models, protections) = pool.start(None).map_err(|error| match error {
            CleanError::Worker(error) => SetupError::Worker(error),
            other => SetupError::Worker(WorkerError::Refused { message: other.to_string() }),
        })?;
        (pool.models, pool.protections) = (models, protections);
        pool.idle = Mutex::new(vec![Idle { process: first, served: 0 }]);
        Ok(pool)
    }

    /// The same workers, telling `observer` what they do and asking it whether to stop.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// What every worker gives up before it is handed a file, as the first one found it to be.
    pub fn protections(&self) -> &[Protection] {
        &self.protections
    }

    /// What every worker may cost.
    pub fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    fn start(&self, video: Option<VideoFiles>) -> Result<(Process, Vec<ModelUsed>, Vec<Protection>), CleanError> {
        let mut process = Process::start(&self.isolation)?;
        let begin = Box::new(Begin { video, ..self.begin.clone() });
        let (answer, _) =
            process.ask(&Ask::Begin(begin), &[], &self.isolation, &mut |sign| self.hear(sign, None, &mut None))?;
        match answer {
            Answer::Ready { models, protections } => Ok((process, models, protections)),
            Answer::Refused { message } => Err(WorkerError::Refused { message: plain(&message) }.into()),
            _ => Err(out_of_turn().into()),
        }
    }

    /// A worker that waits. One that was ended while it did, for want of memory say, must not be blamed on the next file.
    fn idle(&self) -> Option<Idle> {
        let mut waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| waiting.pop()).find_map(|mut idle| idle.process.is_running().then_some(idle))
    }

    /// Passes on what is heard; `last` is the latest step, which is told again in silence, because that is how an
    /// observer is asked whether to stop.
    fn hear(
        &self,
        sign: Sign<'_>,
        notes: Option<&mut Notes<'_>>,
        last: &mut Option<Step>,
    ) -> Result<(), CleanError> {
        match sign {
            Sign::Told(Answer::Step(step)) => {
                *last = Some(*step);
                self.observer.step(*step)
            }
            Sign::Told(Answer::Frames { done, of }) => {
                self.observer.frames(*done, *of);
                Ok(())
            }
            Sign::Told(Answer::Note { frame, at_us, areas }) => {
                let note = FrameNote { frame: *frame, at_us: *at_us, areas };
                Ok(notes.map_or(Ok(()), |notes| notes(&note))?)
            }
            Sign::Told(_) => Ok(()),
            Sign::Silence => self.observer.step(last.unwrap_or(Step::Decoding(0))),
        }
    }

    fn picture_of(
        &self,
        process: &mut Process,
        bytes: &[u8],
        place: &Path,
        goal: Goal,
    ) -> Result<Cleaned, CleanError> {
        let ask = Ask::Picture { place: exact(place)?, look: goal == Goal::Look };
        let mut last = None;
        let hear = &mut |sign: Sign<'_>| self.hear(sign, None, &mut last);
        let (report, heads, body) = finished(process.ask(&ask, bytes, &self.isolation, hear)?)?;
        let made = cut(&heads, &body)?;
        // What is put aside too: a person may come to post it.
        handed::pictures(&made)?;
        // What was refuted must not be taken for what may be posted: only the report says which it is.
        let (outputs, withheld) = match report.outcome {
            // A file that is clean and has no output would be lost in silence.
            Outcome::Clean if goal == Goal::Clean && made.is_empty() => return Err(out_of_turn().into()),
            Outcome::Clean => (made, Vec::new()),
            Outcome::Withheld { .. } => (Vec::new(), made),
        };
        Ok(Cleaned { outputs, withheld, report })
    }
}

impl Cleaning for Pool {
    fn policy(&self) -> &Policy {
        &self.policy
    }

    fn models(&self) -> &[ModelUsed] {
        &self.models
    }

    fn picture(&self, bytes: Vec<u8>, place: &Path, goal: Goal) -> Result<Cleaned, CleanError> {
        let Idle { mut process, served } = match self.idle() {
            Some(idle) => idle,
            None => Idle { process: self.start(None)?.0, served: 0 },
        };
        let cleaned = self.picture_of(&mut process, &bytes, place, goal)?;
        // One that failed is not handed another file: what broke it may have left it broken.
        if served + 1 < MOST_PICTURES {
            let idle = Idle { process, served: served + 1 };
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
        }
        Ok(cleaned)
    }

    fn video(
        &self,
        input: &Path,
        place: &Path,
        into: Option<&Draft>,
        mut notes: Option<&mut Notes<'_>>,
    ) -> Result<InputReport, CleanError> {
        let path =
            |path: &Path| absolute(path).map_err(|source| MediaError::Io { doing: "finding the video", source });
        let files = VideoFiles {
            input: path(input)?,
            draft: into.map(|draft| path(draft.path())).transpose()?,
            spare: into.and_then(Draft::spare).map(path).transpose()?,
        };
        let (mut process, ..) = self.start(Some(files))?;
        let ask = Ask::Video { place: exact(place)?, notes: notes.is_some() };
        let mut last = None;
        let hear = &mut |sign: Sign<'_>| self.hear(sign, notes.as_deref_mut(), &mut last);
        let (report, ..) = finished(process.ask(&ask, &[], &self.isolation, hear)?)?;
        // It can write the draft for as long as it lives.
        drop(process);
        let Some(video) = &report.video else { return Err(out_of_turn().into()) };
        // A draft that was refuted as a whole is thrown away.
        let stays = report.outcome == Outcome::Clean || !report.verification.left.is_empty();
        if let Some(draft) = into.filter(|_| stays) {
            // Its times too are the worker's until here.
            draft.settle()?;
            handed::video(draft, video)?;
        }
        Ok(report)
    }
}

fn begin(policy: &Policy, isolation: &Isolation) -> Begin {
    Begin {
        v: VERSION,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        policy: policy.to_documented_toml(),
        metadata_only: false,
        library: None,
        models: None,
        own_models: Vec::new(),
        threads: 0,
        memory_bytes: isolation.memory_bytes,
        video: None,
    }
}

fn failed_start(isolation: &Isolation, source: std::io::Error) -> SetupError {
    SetupError::Worker(WorkerError::Start { program: isolation.program.clone(), source })
}

/// A worker has another current folder.
fn absolute(path: &Path) -> std::io::Result<ExactPath> {
    ExactPath::of(&std::path::absolute(path)?)
}

/// A path that is only compared, never opened.
fn exact(place: &Path) -> Result<ExactPath, MediaError> {
    ExactPath::of(place).map_err(|source| MediaError::Io { doing: "naming the file", source })
}

fn out_of_turn() -> WorkerError {
    WorkerError::Nonsense { what: "it gave another answer than was asked for" }
}

fn finished((answer, body): (Answer, Vec<u8>)) -> Result<(InputReport, Vec<OutputHead>, Vec<u8>), CleanError> {
    match answer {
        Answer::Done { report, outputs } => Ok((*report, outputs, body)),
        Answer::Failed { message, detection } => {
            Err(WorkerError::Reported { message: plain(&message), detection }.into())
        }
        _ => Err(out_of_turn().into()),
    }
}

/// The outputs in a body; all of it must be theirs.
fn cut(heads: &[OutputHead], mut body: &[u8]) -> Result<Vec<Output>, WorkerError> {
    let mut outputs = Vec::with_capacity(heads.len());
    for head in heads {
        let length = usize::try_from(head.bytes).ok().filter(|n| *n <= body.len()).ok_or_else(out_of_turn)?;
        let (bytes, rest) = body.split_at(length);
        outputs.push(Output { format: head.format, bytes: bytes.to_vec(), size: head.size, frames: head.frames });
        body = rest;
    }
    if body.is_empty() { Ok(outputs) } else { Err(out_of_turn()) }
}

/// A worker's words fit for a terminal and a line of JSON, whoever wrote them.
fn plain(message: &str) -> String {
    let shown = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    message.chars().take(MOST_MESSAGE).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{geom::Size, media::image::OutputFormat};

    #[test]
    fn outputs_that_do_not_add_up_to_the_body_are_refused() {
        let head = |bytes| OutputHead { format: OutputFormat::Png, bytes, size: Size::new(1, 1), frames: 1 };
        let outputs = cut(&[head(2), head(3)], b"aabbb").unwrap();
        assert_eq!(outputs.iter().map(|o| o.bytes.as_slice()).collect::<Vec<_>>(), [&b"aa"[..], b"bbb"]);
        assert!(cut(&[head(2)], b"aabbb").is_err());
        assert!(cut(&[head(u64::MAX)], b"aabbb").is_err());
    }

    #[test]
    fn a_workers_words_cannot_command_a_terminal() {
        assert_eq!(plain("bad\u{1b}[2J\u{7}file"), "bad [2J file");
        assert_eq!(plain(&"x".repeat(10_000)).len(), MOST_MESSAGE);
    }
}
