//! ONNX Runtime, loaded at run time. Only this file and those of its folder name `ort`.
//!
//! The library is a file of its own (not linked), so that the program starts and explains itself without it.

mod device;

use std::{
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use ndarray::ArrayD;
use ort::{
    environment::Environment,
    session::{Session, SessionInputValue, builder::SessionBuilder},
    value::Tensor as OrtTensor,
};

pub use self::device::{is_offered, offered};
use super::{Model, Tensor, registry::ModelEntry};
use crate::{
    device::{Device, Share},
    error::InferError,
};

/// The one environment of the process; kept alive for ever because sessions hold only a weak reference.
static ENVIRONMENT: OnceLock<Result<Environment, String>> = OnceLock::new();

/// From version 1.29 on, ONNX Runtime's own builds keep a database and a number of the machine in the user's cache folder and
/// send what they run to their maker, unless this is set when they are loaded. Its call that switches that off comes too late:
/// after it, there still were the files and connections. Nothing of it may be: nothing leaves the machine here.
const NO_TELEMETRY: &str = "ORT_DISABLE_TELEMETRY";

#[expect(unsafe_code, reason = "there is no other way to have the library silent from its first moment")]
fn keep_silent() {
    if std::env::var_os(NO_TELEMETRY).is_some_and(|value| value == "1") {
        return;
    }
    // SAFETY: what Rust reads of the environment is locked against this. Code in other languages that reads it in another
    // thread at this very moment is not; a program with such code sets the variable itself, and this returns above.
    unsafe { std::env::set_var(NO_TELEMETRY, "1") };
}

/// Loads ONNX Runtime from `library`. Only the first call in a process loads; later calls report how that went.
///
/// Sets `ORT_DISABLE_TELEMETRY` in the environment of this process, without which the library sends to its maker what it runs.
/// A program in which code of other languages reads the environment in other threads should set it to 1 before it starts those.
///
/// # Errors
/// When the file is missing, is no library, or is of another version.
pub fn init(library: &Path) -> Result<(), InferError> {
    let loaded = ENVIRONMENT.get_or_init(|| {
        keep_silent();
        ort::init_from(library)
            .map_err(|e| e.to_string())?
            .with_name("safepost")
            .with_telemetry(false)
            .build()
            .map_err(|e| e.to_string())
    });
    loaded.as_ref().map(|_| ()).map_err(|detail| InferError::Runtime { detail: detail.clone() })
}

/// Loads ONNX Runtime as [`init`] does and says what it is: "version 1.31, ORT Build Info: …".
///
/// # Errors
/// As [`init`].
pub fn describe(library: &Path) -> Result<String, InferError> {
    init(library)?;
    let minor = ort::util::probe(library).map_or_else(|| "unknown".to_owned(), |minor| format!("1.{minor}"));
    Ok(format!("version {minor}, {}", ort::info()))
}

fn environment() -> Result<&'static Environment, InferError> {
    match ENVIRONMENT.get() {
        Some(Ok(environment)) => Ok(environment),
        Some(Err(detail)) => Err(InferError::Runtime { detail: detail.clone() }),
        None => Err(InferError::Runtime { detail: "it was not initialised".to_owned() }),
    }
}

/// A network in ONNX Runtime.
///
/// A session runs one request at a time; a second request that arrives meanwhile gets a session of its own, which is
/// kept for later, so the number of sessions is the number of threads that ever ran it at once.
pub struct OrtModel {
    entry: ModelEntry,
    bytes: Vec<u8>,
    threads: usize,
    device: Device,
    taken: Option<Share>,
    idle: Mutex<Vec<Session>>,
}

impl OrtModel {
    /// The network in `bytes` (an ONNX file) as described by `entry`, to run on `device`, on `threads` threads where that is
    /// the processor. It is opened when it first runs.
    pub fn new(entry: &ModelEntry, bytes: Vec<u8>, threads: usize, device: Device) -> Self {
        Self { entry: entry.clone(), bytes, threads, device, taken: None, idle: Mutex::default() }
    }

    /// Opens the network at once, and sees that it is what its entry says.
    ///
    /// # Errors
    /// When the runtime is missing or refuses the file, the file lacks a tensor that the entry names, or the device cannot be
    /// had or takes no part of the network.
    pub fn prove(&mut self) -> Result<(), InferError> {
        let session = self.open()?;
        self.taken = device::taken(&session, self.device, &self.entry.name)?;
        let has = |outlets: &[ort::value::Outlet], name: &str| outlets.iter().any(|o| o.name() == name);
        let input = &self.entry.input.name;
        let missing = (!has(session.inputs(), input))
            .then_some(input)
            .or_else(|| self.entry.outputs.iter().map(|o| &o.name).find(|name| !has(session.outputs(), name)));
        if let Some(name) = missing {
            return Err(self.failed(&format!("the file has no tensor named `{name}`")));
        }
        self.give_back(session);
        Ok(())
    }

    /// How much of the network the device took; `None` on the processor, which takes all.
    pub fn taken(&self) -> Option<Share> {
        self.taken
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> InferError {
        InferError::Run { name: self.entry.name.clone(), detail: error.to_string() }
    }

    fn bad_output(&self, detail: &str) -> InferError {
        InferError::BadOutput { name: self.entry.name.clone(), detail: detail.to_owned() }
    }

    fn open(&self) -> Result<Session, InferError> {
        // XNNPACK has threads of its own, and two pools would fight for the cores.
        let threads = if self.device == Device::Xnnpack { 1 } else { self.threads };
        let build = || -> Result<SessionBuilder, String> {
            Session::builder(environment().map_err(|e| e.to_string())?)
                .map_err(|e| e.to_string())?
                .with_intra_threads(threads)
                .map_err(|e| e.to_string())?
                // Threads that wait by spinning take the cores from decoding and encoding.
                .with_intra_op_spinning(false)
                .map_err(|e| e.to_string())?
                // Inputs come in many sizes, and a plan of memory for each costs a third more of it. DirectML forbids it.
                .with_memory_pattern(false)
                .map_err(|e| e.to_string())
        };
        let builder = build().map_err(|detail| self.failed(&detail))?;
        let mut builder = device::ask(builder, self.device, self.threads)?;
        builder.commit_from_memory(&self.bytes).map_err(|e| self.failed(&e))
    }

    fn give_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }

    fn run_on(&self, session: &mut Session, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
        let value: SessionInputValue<'_> = match input {
            Tensor::F32(array) => OrtTensor::from_array(array).map_err(|e| self.failed(&e))?.into(),
            Tensor::I32(array) => OrtTensor::from_array(array).map_err(|e| self.failed(&e))?.into(),
        };
        let outputs = session.run(vec![(self.entry.input.name.as_str(), value)]).map_err(|e| self.failed(&e))?;
        let mut arrays = Vec::with_capacity(self.entry.outputs.len());
        for spec in &self.entry.outputs {
            let output = outputs.get(&spec.name).ok_or_else(|| self.bad_output("an output is missing"))?;
            let array = output.try_extract_array::<f32>().map_err(|e| self.bad_output(&e.to_string()))?;
            if !array.iter().all(|v| v.is_finite()) {
                return Err(self.bad_output("a value is not finite"));
            }
            arrays.push(array.to_owned());
        }
        Ok(arrays)
    }
}

impl Model for OrtModel {
    fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut session = match idle {
            Some(session) => session,
            None => self.open()?,
        };
        let outputs = self.run_on(&mut session, input);
        self.give_back(session);
        outputs
    }
}
