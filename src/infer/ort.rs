//! ONNX Runtime, loaded at run time. The only file that names `ort`.
//!
//! The library is a file of its own (not linked), so that the program starts and explains itself without it.

use std::{
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use ndarray::ArrayD;
use ort::{
    environment::Environment,
    session::{Session, SessionInputValue},
    value::Tensor as OrtTensor,
};

use super::{Model, Tensor, registry::ModelEntry};
use crate::error::InferError;

/// The one environment of the process; kept alive for ever because sessions hold only a weak reference.
static ENVIRONMENT: OnceLock<Result<Environment, String>> = OnceLock::new();

/// Loads ONNX Runtime from `library`. Only the first call in a process loads; later calls report how that went.
///
/// # Errors
/// When the file is missing, is no library, or is of another version.
pub fn init(library: &Path) -> Result<(), InferError> {
    let loaded = ENVIRONMENT.get_or_init(|| {
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

/// A network in ONNX Runtime on the CPU.
///
/// A session runs one request at a time; a second request that arrives meanwhile gets a session of its own, which is
/// kept for later, so the number of sessions is the number of threads that ever ran it at once.
pub struct OrtModel {
    entry: ModelEntry,
    bytes: Vec<u8>,
    threads: usize,
    idle: Mutex<Vec<Session>>,
}

impl OrtModel {
    /// Loads `bytes` (an ONNX file) as described by `entry`, to run on `threads` threads.
    ///
    /// # Errors
    /// When the runtime is missing or refuses the file, or the file lacks a tensor that the entry names.
    pub fn new(entry: &ModelEntry, bytes: Vec<u8>, threads: usize) -> Result<Self, InferError> {
        let model = Self { entry: entry.clone(), bytes, threads, idle: Mutex::default() };
        let session = model.open()?;
        let has = |outlets: &[ort::value::Outlet], name: &str| outlets.iter().any(|o| o.name() == name);
        let missing = (!has(session.inputs(), &entry.input.name))
            .then_some(&entry.input.name)
            .or_else(|| entry.outputs.iter().map(|o| &o.name).find(|name| !has(session.outputs(), name)));
        if let Some(name) = missing {
            return Err(model.failed(&format!("the file has no tensor named `{name}`")));
        }
        model.give_back(session);
        Ok(model)
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> InferError {
        InferError::Run { name: self.entry.name.clone(), detail: error.to_string() }
    }

    fn bad_output(&self, detail: &str) -> InferError {
        InferError::BadOutput { name: self.entry.name.clone(), detail: detail.to_owned() }
    }

    fn open(&self) -> Result<Session, InferError> {
        let build = || -> Result<Session, String> {
            Session::builder(environment().map_err(|e| e.to_string())?)
                .map_err(|e| e.to_string())?
                .with_intra_threads(self.threads)
                .map_err(|e| e.to_string())?
                // Threads that wait by spinning take the cores from decoding and encoding.
                .with_intra_op_spinning(false)
                .map_err(|e| e.to_string())?
                // Inputs come in many sizes, and a plan of memory for each costs a third more of it.
                .with_memory_pattern(false)
                .map_err(|e| e.to_string())?
                .commit_from_memory(&self.bytes)
                .map_err(|e| e.to_string())
        };
        build().map_err(|detail| self.failed(&detail))
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
