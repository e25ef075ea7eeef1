//! Runs a list of inputs through a cleaner on several threads, with one writer for the trail.

use std::{
    fs::{self, TryLockError},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use super::{
    BatchError, Ending, Options,
    boxes::Boxes,
    intent::Intents,
    names,
    resume::{Done, Fingerprint},
    trail::Writer,
    walk::{self, Item, Origin},
};
use crate::{
    audit::OutputRow,
    date::Day,
    device::Device,
    error::{CleanError, ConsentError, MediaError},
    hash::sha256_hex,
    media::{
        self, Format,
        draft::{self, Draft},
    },
    pipeline::{
        Cleaned, Cleaning, Goal, InputReport, ModelUsed, Outcome,
        keep::{clock, file},
    },
    policy::{consent::Consents, decide::decide},
};

/// Inputs larger than this are handled one at a time, so that memory does not grow with the number of jobs.
const LARGE_FILE_BYTES: u64 = 12 << 20;

/// One input and how it ended.
#[derive(Debug)]
pub struct Handled {
    /// Place in the list, from 0.
    pub index: usize,
    /// The input.
    pub path: PathBuf,
    /// SHA-256 of its content, lower-case hexadecimal; `None` when it could not be read.
    pub input_sha256: Option<String>,
    /// How it ended.
    pub ending: Ending,
}

/// What a batch came to.
#[derive(Debug)]
pub struct Batch {
    /// Every input, in the order of the list.
    pub handled: Vec<Handled>,
    /// Whether it was stopped before all inputs were handled.
    pub interrupted: bool,
    /// Hash of the last row of the audit trail; `None` on a dry run.
    pub trail_head: Option<String>,
}

/// Told how a batch is going, from one thread.
pub trait Progress {
    /// The list is known.
    fn begin(&mut self, inputs: usize);

    /// One input is done.
    fn handled(&mut self, handled: &Handled);
}

/// Cleans every file below `inputs`.
///
/// # Errors
/// When nothing could be begun (an input is missing, input and output overlap, the output folder or the audit trail
/// cannot be used), or the trail cannot be written. A failing input is no error here: see [`Ending::Failed`].
pub fn run(
    cleaner: &dyn Cleaning,
    inputs: &[PathBuf],
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Batch, BatchError> {
    let items = walk::collect(inputs, &options.out)?;
    let mut session = Session::open(cleaner, options)?;
    let stems = options.keep_names.then(|| names::kept(&items));
    progress.begin(items.len());
    let all = Lot { items: &items, stems: stems.as_deref(), first: 0, stop: None };
    let mut handled = session.handle(&all, progress)?;
    handled.sort_by_key(|h| h.index);
    let interrupted = handled.len() < items.len();
    Ok(Batch { handled, interrupted, trail_head: session.finish()? })
}

/// A hold on an output folder and its trail, for one list of inputs after the other.
pub(super) struct Session<'a> {
    cleaner: &'a dyn Cleaning,
    options: &'a Options,
    /// `None` on a dry run, which publishes nothing.
    writing: Option<(Writer, Intents)>,
    done: Done,
    boxes: Option<Boxes>,
    /// Keeps other runs out of the output folder, whatever trail they write.
    _hold: Option<fs::File>,
    /// Authorizations, some of which may be for some files only.
    consents: Option<Consents>,
}

/// Inputs to be handled.
pub(super) struct Lot<'a> {
    pub items: &'a [Item],
    /// Names of their outputs, where those are kept.
    pub stems: Option<&'a [PathBuf]>,
    /// Number of the first one in reports.
    pub first: usize,
    /// Ends handing out once it is set.
    pub stop: Option<&'a AtomicBool>,
}

impl<'a> Session<'a> {
    pub fn open(cleaner: &'a dyn Cleaning, options: &'a Options) -> Result<Self, BatchError> {
        let (writing, done, hold) = match options.dry_run {
            true => (None, Done::default(), None),
            false => {
                let Prepared { trail, intents, done, hold } = prepare(cleaner, options, &fingerprint(cleaner))?;
                (Some((trail, intents)), done, hold)
            }
        };
        let boxes = options.boxes.as_deref().map(|path| open_boxes(path, options)).transpose()?;
        let consents = cleaner.policy().consent.as_deref().map(file::read).transpose()?;
        note_day(cleaner, options)?;
        Ok(Self { cleaner, options, writing, done, boxes, _hold: hold, consents })
    }

    /// What an earlier run did is done, whether or not its outputs are still where it put them.
    pub fn trust_the_trail(&mut self) {
        self.done.without_looking();
    }

    /// Handles a lot; fewer endings than items come back when it was stopped or interrupted.
    pub fn handle(&mut self, lot: &Lot<'_>, progress: &mut dyn Progress) -> Result<Vec<Handled>, BatchError> {
        let Self { cleaner, options, writing, done, boxes, consents, .. } = self;
        // A watch goes on for days.
        note_day(*cleaner, options)?;
        let (mut trail, intents) = writing.as_mut().map(|(trail, intents)| (trail, &*intents)).unzip();
        let (boxes, consents, large) = (boxes.as_ref(), consents.as_ref(), Mutex::new(()));
        let worker = Worker { cleaner: *cleaner, options, done, boxes, consents, intents, large };
        let stem = |index: usize| lot.stems.map(|stems| stems[index].as_path());
        let mut handled = Vec::with_capacity(lot.items.len());
        let next = AtomicUsize::new(0);
        let mut failure = None;
        thread::scope(|scope| {
            let (send, receive) = mpsc::sync_channel(options.jobs * 2);
            for _ in 0..options.jobs.max(1) {
                let (send, next, worker) = (send.clone(), &next, &worker);
                scope.spawn(move || {
                    while !lot.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = lot.items.get(index) else { break };
                        let job = worker.handle(lot.first + index, item, stem(index));
                        if matches!(job.ending, Err(CleanError::Interrupted)) || send.send((index, job)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(send);
            for (index, job) in receive {
                let item = &lot.items[index];
                let appended = trail
                    .as_mut()
                    .zip(intents)
                    .map(|(trail, intents)| trail.append(item, stem(index), &job, intents));
                if let Some(Err(error)) = appended {
                    // Without a trail nothing more may be published: stop handing out work.
                    next.store(lot.items.len(), Ordering::Relaxed);
                    failure.get_or_insert(error);
                }
                let ended = job.into_handled(lot.first + index, item);
                progress.handled(&ended);
                handled.push(ended);
            }
        });
        if let Some(error) = failure {
            return Err(error.into());
        }
        if let Some(intents) = intents {
            intents.clear()?;
        }
        Ok(handled)
    }

    /// Ends the session; the hash of the last row of its trail.
    pub fn finish(self) -> Result<Option<String>, BatchError> {
        if let Some(boxes) = &self.boxes {
            boxes.finish()?;
        }
        let Some((trail, intents)) = self.writing else { return Ok(None) };
        intents.finish()?;
        Ok(Some(trail.head().to_owned()))
    }
}

/// Whether the clock may be believed about authorizations; a run that writes keeps the day.
fn note_day(cleaner: &dyn Cleaning, options: &Options) -> Result<(), ConsentError> {
    let Some(list) = cleaner.policy().consent.as_deref() else { return Ok(()) };
    let note = if options.dry_run { clock::check } else { clock::remember };
    note(list, Day::today())
}

fn fingerprint(cleaner: &dyn Cleaning) -> Fingerprint {
    // The same network may find other things elsewhere than where it was measured.
    let device = |m: &ModelUsed| match m.device.filter(|device| *device != Device::Cpu) {
        Some(device) => format!(" on {device}"),
        None => String::new(),
    };
    let row = |m: &ModelUsed| format!("{} {}{}\n", m.name, m.sha256, device(m));
    let models: String = cleaner.models().iter().map(row).collect();
    Fingerprint {
        tool: concat!("safepost ", env!("CARGO_PKG_VERSION")).to_owned(),
        policy_sha256: cleaner.policy().sha256(),
        models_sha256: sha256_hex(models.as_bytes()),
    }
}

/// All that a run holds before it writes anything.
struct Prepared {
    trail: Writer,
    intents: Intents,
    done: Done,
    hold: Option<fs::File>,
}

/// Makes and locks the output folder, locks the trail and clears what a killed run left.
fn prepare(cleaner: &dyn Cleaning, options: &Options, made_by: &Fingerprint) -> Result<Prepared, BatchError> {
    let out = &options.out;
    fs::create_dir_all(out).map_err(|source| BatchError::Out { out: out.clone(), source })?;
    outside(&options.manifest, "audit trail", options)?;
    let (trail, done) = Writer::open(options, cleaner, made_by)?;
    let hold = hold(out)?;
    draft::sweep(out)?;
    let intents = Intents::open(&options.manifest, out, trail.inputs())?;
    // Found out now rather than after the first picture's minute of work.
    drop(Draft::write(out, &[]).map_err(|error| match error {
        MediaError::Io { source, .. } => BatchError::Out { out: out.clone(), source },
        other => other.into(),
    })?);
    Ok(Prepared { trail, intents, done, hold })
}

/// Locks the folder itself: another run may write another trail, or reach the folder through a link, and would sweep this
/// one's drafts away. `None` where folders cannot be opened or locked; the trail's lock is then the only one.
fn hold(out: &Path) -> Result<Option<fs::File>, BatchError> {
    let Ok(folder) = fs::File::open(out) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Err(BatchError::Held { out: out.to_owned() }),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Refuses a private file inside the output folder.
fn outside(path: &Path, what: &'static str, options: &Options) -> Result<(), BatchError> {
    if walk::real_path(path).starts_with(walk::real_path(&options.out)) {
        return Err(BatchError::Inside { what, path: path.to_owned() });
    }
    Ok(())
}

fn open_boxes(path: &Path, options: &Options) -> Result<Boxes, BatchError> {
    outside(path, "file of boxes", options)?;
    Ok(Boxes::create(path)?)
}

pub(super) struct Worker<'a> {
    pub(super) cleaner: &'a dyn Cleaning,
    pub(super) options: &'a Options,
    pub(super) done: &'a Done,
    pub(super) boxes: Option<&'a Boxes>,
    consents: Option<&'a Consents>,
    /// `None` on a dry run, which publishes nothing.
    pub(super) intents: Option<&'a Intents>,
    large: Mutex<()>,
}

/// What a worker hands to the writer.
pub(super) struct Job {
    pub(super) input_sha256: Option<String>,
    /// Authorizations for some files only that are for this one.
    pub(super) limited_to: Vec<String>,
    pub(super) outputs: Vec<OutputRow>,
    /// Their paths inside the output folder, which need not be text.
    pub(super) paths: Vec<PathBuf>,
    /// Number of what was written down before publishing.
    pub(super) intent: Option<u64>,
    pub(super) ending: Result<Ending, CleanError>,
}

impl Worker<'_> {
    fn handle(&self, index: usize, item: &Item, stem: Option<&Path>) -> Job {
        let mut job = Job {
            input_sha256: None,
            limited_to: self.consents.map_or_else(Vec::new, |consents| consents.limited_to(&item.relative)),
            outputs: Vec::new(),
            paths: Vec::new(),
            intent: None,
            ending: Ok(Ending::Skipped),
        };
        job.ending = self.try_handle(index, item, stem, &mut job);
        job
    }

    fn try_handle(
        &self,
        index: usize,
        item: &Item,
        stem: Option<&Path>,
        job: &mut Job,
    ) -> Result<Ending, CleanError> {
        if let Origin::Unreadable(reason) = &item.origin {
            return Ok(Ending::Failed { reason: reason.clone() });
        }
        // An empty file is judged below, where it may be skipped.
        if media::head(&item.path).and_then(|head| media::sniff(&head)).is_ok_and(Format::is_video) {
            return self.handle_video(index, item, stem, job);
        }
        let bytes = match media::read_file(&item.path, &self.cleaner.policy().limits) {
            Err(MediaError::Empty) if item.origin == Origin::Folder && is_no_picture(&item.path, &[]) => {
                return Ok(Ending::Skipped);
            }
            read => read?,
        };
        let (sha256, size) = (sha256_hex(&bytes), bytes.len() as u64);
        job.input_sha256 = Some(sha256.clone());
        if item.origin == Origin::Folder && is_no_picture(&item.path, &bytes) {
            return Ok(Ending::Skipped);
        }
        if let Some(before) = self.done.take(&sha256, &job.limited_to, &self.options.out, stem) {
            return Ok(before);
        }
        let _alone = self.gate(size);
        if self.options.dry_run {
            let Cleaned { report, .. } = self.cleaner.picture(bytes, &item.relative, Goal::Look)?;
            self.note(index, &report)?;
            return Ok(Ending::Clean { report, outputs: Vec::new() });
        }
        let Cleaned { outputs, withheld, report } = self.cleaner.picture(bytes, &item.relative, Goal::Clean)?;
        if let Outcome::Withheld { reason } = &report.outcome {
            let reason = reason.clone();
            return self.withhold(stem, &withheld, report, reason, job);
        }
        self.note(index, &report)?;
        let pages = outputs.len();
        let mut made = Vec::with_capacity(pages);
        for (page, output) in outputs.into_iter().enumerate() {
            let name = self.output_name(stem, page, pages, output.format.extension())?;
            made.push(self.made(name, &output)?);
        }
        self.publish(made, job)?;
        Ok(Ending::Clean { report, outputs: job.paths.clone() })
    }

    fn gate(&self, bytes: u64) -> Option<MutexGuard<'_, ()>> {
        (bytes > LARGE_FILE_BYTES).then(|| self.alone())
    }

    pub(super) fn alone(&self) -> MutexGuard<'_, ()> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down what went in a picture, when that was asked for.
    fn note(&self, index: usize, report: &InputReport) -> Result<(), MediaError> {
        let Some(boxes) = self.boxes else { return Ok(()) };
        for (page, frame) in report.frames.iter().enumerate() {
            boxes.picture(index, page, &decide(self.cleaner.policy(), &frame.findings))?;
        }
        Ok(())
    }
}

/// Whether a file met in a folder is neither by content nor by name something that this program reads; a sidecar or a
/// folder cache, say. What claims to be a picture but is not must fail, not vanish.
fn is_no_picture(path: &Path, bytes: &[u8]) -> bool {
    let sniffed = media::sniff(bytes);
    let unknown =
        matches!(sniffed, Err(MediaError::Unsupported { looks_like: None | Some("text") } | MediaError::Empty));
    unknown && !media::has_media_extension(path)
}

impl Job {
    fn into_handled(self, index: usize, item: &Item) -> Handled {
        let ending = self.ending.unwrap_or_else(|error| Ending::Failed { reason: error.to_string() });
        Handled { index, path: item.path.clone(), input_sha256: self.input_sha256, ending }
    }
}
