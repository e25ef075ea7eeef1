//! Typed errors of every stage. Each message says what is wrong and what to do next; none holds content of the input,
//! a name of a file, or text read from a picture (the CLI adds the path that the user typed).

use std::path::PathBuf;

use crate::device::Device;

/// An input could not be read or an output not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The first bytes belong to no format that is read.
    #[error("not a picture or video that safepost reads{}; convert it to JPEG, PNG or MP4 first", .looks_like.map(|l| format!(" (it looks like {l})")).unwrap_or_default())]
    Unsupported {
        /// What the bytes look like, when that is known ("a PDF document").
        looks_like: Option<&'static str>,
    },
    /// A known format that is refused, with advice.
    #[error("{format} is refused: {advice}")]
    Refused {
        /// The format.
        format: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// This build lacks a decoder.
    #[error("this build cannot read {format}: {advice}")]
    NotBuilt {
        /// The format.
        format: &'static str,
        /// How to get a build that can.
        advice: &'static str,
    },
    /// A cap was reached before anything was allocated.
    #[error("{what} is {got}, more than the limit of {limit}; raise `{option}` if you trust the file")]
    TooLarge {
        /// What is too large ("width times height").
        what: &'static str,
        /// What the file declares.
        got: u64,
        /// The limit.
        limit: u64,
        /// The policy field that raises it.
        option: &'static str,
    },
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file ends early, is damaged, or contradicts itself.
    #[error("the {format} data is damaged or cut short ({detail}); get the original file again")]
    Damaged {
        /// The format.
        format: &'static str,
        /// The decoder's words; never content of the file.
        detail: String,
    },
    /// A valid feature that no decoder here knows.
    #[error("the {format} data uses {feature}, which is not supported; convert it to a plainer format first")]
    UnsupportedFeature {
        /// The format.
        format: &'static str,
        /// The feature.
        feature: String,
    },
    /// An encoder failed.
    #[error("could not encode the {format} output ({detail})")]
    Encode {
        /// The format.
        format: &'static str,
        /// The encoder's words.
        detail: String,
    },
    /// A file of the output's name exists already.
    #[error("an output of that name exists already; use --overwrite to replace it, or another folder")]
    OutputExists,
    /// Reading or writing failed.
    #[error("{doing} failed: {source}")]
    Io {
        /// What was being done ("reading the input").
        doing: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
}

/// A model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// ONNX Runtime could not be found or loaded.
    #[error("ONNX Runtime could not be loaded ({detail}); run `safepost doctor` to see where it was looked for")]
    Runtime {
        /// What was tried.
        detail: String,
    },
    /// The device that was asked for cannot be had; no other is used in its place.
    #[error("the networks cannot run on `{device}`: {detail}; nothing else is used in its place")]
    Device {
        /// The device.
        device: Device,
        /// Why, and what to do.
        detail: String,
    },
    /// The models folder could not be found.
    #[error("the models could not be found ({detail}); run `safepost doctor` to see where they were looked for")]
    NoModels {
        /// What was tried.
        detail: String,
    },
    /// A file in the models folder is missing.
    #[error("the model file {} is missing; run `safepost doctor` to see where models were looked for", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file's hash is not the manifest's.
    #[error(
        "the model `{name}` is not the file that the manifest names (SHA-256 {got}, expected {expected}); restore it from the release"
    )]
    WrongHash {
        /// The model.
        name: String,
        /// The file's hash.
        got: String,
        /// The manifest's hash.
        expected: String,
    },
    /// The manifest cannot be read.
    #[error("the model manifest {} cannot be read: {detail}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        detail: String,
    },
    /// No row of that name.
    #[error("the model manifest has no model named `{name}`")]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// The runtime refused the model or failed while running it.
    #[error("running the model `{name}` failed: {detail}")]
    Run {
        /// The model.
        name: String,
        /// The runtime's words.
        detail: String,
    },
    /// An output has another shape than the manifest says, or is not finite.
    #[error("the model `{name}` gave an impossible answer: {detail}")]
    BadOutput {
        /// The model.
        name: String,
        /// What is impossible.
        detail: String,
    },
}

/// A detector could not look at a picture. Never swallowed: a detector that failed is not a detector that found
/// nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// Its model failed.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// The picture could not be resized for it.
    #[error("resizing the picture for the detector failed: {detail}")]
    Resize {
        /// The resizer's words.
        detail: String,
    },
}

/// A policy cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("the policy {} cannot be read: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// It is not TOML, or has an unknown key or a value of the wrong type.
    #[error("the policy is not valid: {detail}\n`safepost policy` prints one with every key explained")]
    Parse {
        /// The parser's words, with the line.
        detail: String,
    },
    /// A value makes no sense.
    #[error("the policy's `{key}` {problem}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it must be.
        problem: &'static str,
    },
}

/// One input did not become an output.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CleanError {
    /// It could not be read, or the output not be written.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// A detector failed; nothing was written, because a failed detector is not one that found nothing.
    #[error("detection failed, so nothing was written: {0}")]
    Detect(#[from] DetectError),
    /// A worker process failed, or tells of a failure.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The run was interrupted.
    #[error("interrupted before it was finished; nothing was written for it")]
    Interrupted,
}

/// What became of a worker process, or what it tells. No output was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// It tells, in the words of the error that it met, why the file was not cleaned.
    #[error("{message}")]
    Reported {
        /// Those words.
        message: String,
        /// Whether a detector failed, and not the file.
        detection: bool,
    },
    /// It tells, likewise, why it cannot be set up.
    #[error("{message}")]
    Refused {
        /// Those words.
        message: String,
    },
    /// It could not be started.
    #[error("the worker program {} could not be started: {source}", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// It may not do what it was asked for.
    #[error(
        "workers run their networks on the cpu, because they may not open what `{device}` needs; use --no-isolation, which decodes in this process: one bad file can then end the whole run"
    )]
    Device {
        /// What was asked for.
        device: Device,
    },
    /// It crashed.
    #[error("the decoder crashed ({how}) on this file; no output was made")]
    Crashed {
        /// The signal or exit code.
        how: String,
    },
    /// It wanted more memory than it may have.
    #[error(
        "this file needed more than the {limit_mb} MB of memory that a worker may take; no output was made; raise it with --worker-memory if you trust the file"
    )]
    OutOfMemory {
        /// The limit in millions of bytes.
        limit_mb: u64,
    },
    /// It gave no sign of life.
    #[error(
        "the decoder hung on this file: no sign of life for {limit_s} s; no output was made; raise it with --stall if the file is only large"
    )]
    Stalled {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// It worked on one file for too long, though it moved.
    #[error("the decoder did not come to an end on this file within {limit_s} s; no output was made")]
    TooLong {
        /// The limit in seconds.
        limit_s: u64,
    },
    /// What it made is not what it may make.
    #[error("what the worker made is not clean, though it says that it is ({reason}); no output was made")]
    Unproved {
        /// What was found.
        reason: String,
    },
    /// It does not keep to the protocol.
    #[error("the worker did not behave ({what}); no output was made")]
    Nonsense {
        /// What it did.
        what: &'static str,
    },
}

/// Authorizations and faces of people who agreed to be seen could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The file of authorizations makes no sense.
    #[error("{} is no list of authorizations: {detail}", .path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        detail: String,
    },
    /// Others may read a face.
    #[error("{} holds a person's face and can be read by others; run `chmod 600` on it", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// The clock was set back.
    #[error(
        "the clock says {today}, but authorizations were used on {latest} already, so none of them can be told to hold; set the clock right, or, if it was wrong then, delete {}", .path.display()
    )]
    ClockBack {
        /// What the clock says.
        today: crate::date::Day,
        /// The latest day that was seen.
        latest: crate::date::Day,
        /// Where that is kept.
        path: PathBuf,
    },
    /// The latest day that was seen is not to be had.
    #[error("{} should hold the latest day on which authorizations were used, and holds none; delete it if the clock is right", .path.display())]
    NoDay {
        /// The file.
        path: PathBuf,
    },
    /// It is no face, or another network made it.
    #[error("the face in {} cannot be used ({detail}); give the photos again with `safepost consent add`", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        detail: &'static str,
    },
    /// Reading or writing failed.
    #[error("{doing} {} failed: {source}", .path.display())]
    Io {
        /// What was being done ("reading").
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

/// The cleaner could not be set up; no input was touched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The policy is not usable.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A model or the runtime is not usable.
    #[error(transparent)]
    Infer(#[from] InferError),
    /// The authorizations are not usable.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// A worker process could not be set up.
    #[error(transparent)]
    Worker(#[from] WorkerError),
}
