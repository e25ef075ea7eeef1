//! Which models there are, where each came from, and whether the file on disk is the one that was measured.
//!
//! The shipped manifest is compiled in, so a model file that was swapped on disk cannot pass with a swapped manifest.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{Model, ort::OrtModel};
use crate::{
    device::{Device, Share},
    effort::Effort,
    error::InferError,
    hash::sha256_hex,
};

/// The manifest of the models that ship with the project.
const SHIPPED: &str = include_str!("../../models/manifest.toml");

/// One row of the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// The name that detectors ask for.
    pub name: String,
    /// File name in the models folder.
    pub file: String,
    /// Hash of the file, lower-case hexadecimal.
    pub sha256: String,
    /// What it is for, in one line.
    pub purpose: String,
    /// SPDX expression of the weights' licence.
    pub licence: String,
    /// Package, version and path inside it.
    pub origin: String,
    /// What was done to the original file.
    pub conversion: String,
    /// The input tensor.
    pub input: TensorSpec,
    /// The output tensors, in the order in which [`Model::run`] returns them.
    pub outputs: Vec<TensorSpec>,
    /// What it tells apart.
    pub classes: Vec<String>,
    /// The name of a twin in fewer bits, which takes less time and finds as much: see [`Registry::load_for`].
    #[serde(default)]
    pub quick: Option<String>,
    /// The thresholds in use and why.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
}

/// A tensor's name and layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TensorSpec {
    /// Name in the graph.
    pub name: String,
    /// Shape, layout and value range in words ("1x3xHxW, RGB, 0 to 255").
    pub layout: String,
}

/// A tuned number and its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// What it decides.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// What was measured.
    pub evidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    model: Vec<ModelEntry>,
}

/// The models that can be loaded, and those that were.
pub struct Registry {
    folder: PathBuf,
    entries: Vec<ModelEntry>,
    /// Names of those that are not shipped.
    own: Vec<String>,
    threads: usize,
    device: Device,
    loaded: Mutex<BTreeMap<String, Arc<OrtModel>>>,
}

impl Registry {
    /// The shipped models, from `folder`; each session runs on `threads` threads.
    ///
    /// # Errors
    /// When the compiled-in manifest is not valid.
    pub fn shipped(folder: &Path, threads: usize) -> Result<Self, InferError> {
        Self::parse(SHIPPED, &folder.join("manifest.toml"), threads)
    }

    /// The same models, to run on `device`, which was found with [`offered`](super::ort::offered). Default: the processor.
    #[must_use]
    pub fn on(self, device: Device) -> Self {
        // What was loaded before runs elsewhere.
        Self { device, loaded: Mutex::default(), ..self }
    }

    /// What they run on.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Adds the models of a manifest of the user's own; a name that exists already is replaced.
    ///
    /// # Errors
    /// When the file cannot be read or is not a manifest.
    pub fn with_manifest(mut self, path: &Path) -> Result<Self, InferError> {
        let unreadable = |e: std::io::Error| InferError::Manifest { path: path.to_owned(), detail: e.to_string() };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let folder = std::path::absolute(path).map_err(unreadable)?.parent().unwrap_or(Path::new("/")).to_owned();
        for mut entry in Self::parse(&text, path, self.threads)?.entries {
            // Joining keeps an absolute path as it is, so the entry stays readable from any folder.
            entry.file = folder.join(&entry.file).to_string_lossy().into_owned();
            self.entries.retain(|e| e.name != entry.name);
            self.own.push(entry.name.clone());
            self.entries.push(entry);
        }
        Ok(self)
    }

    fn parse(text: &str, path: &Path, threads: usize) -> Result<Self, InferError> {
        let manifest: Manifest = toml::from_str(text)
            .map_err(|e| InferError::Manifest { path: path.to_owned(), detail: e.message().to_owned() })?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        let device = Device::default();
        Ok(Self { folder, entries: manifest.model, own: Vec::new(), threads, device, loaded: Mutex::default() })
    }

    /// Every row.
    pub fn entries(&self) -> &[ModelEntry] {
        &self.entries
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every file that a model may be read from.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.entries.iter().map(|entry| self.folder.join(&entry.file))
    }

    /// The row named `name`.
    ///
    /// # Errors
    /// When there is none.
    pub fn entry(&self, name: &str) -> Result<&ModelEntry, InferError> {
        self.entries.iter().find(|e| e.name == name).ok_or_else(|| InferError::Unknown { name: name.to_owned() })
    }

    /// Reads the file of `name` and checks its hash.
    ///
    /// # Errors
    /// When the file is missing or is not the one that the manifest names.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, InferError> {
        let entry = self.entry(name)?;
        let path = self.folder.join(&entry.file);
        let bytes = fs::read(&path).map_err(|_| InferError::Missing { path })?;
        let got = sha256_hex(&bytes);
        if got != entry.sha256 {
            return Err(InferError::WrongHash { name: name.to_owned(), got, expected: entry.sha256.clone() });
        }
        Ok(bytes)
    }

    /// Loads a model after checking its hash. A model that several detectors ask for is loaded once. The runtime opens it when
    /// it first runs, because not every picture needs every network; at once where that may fail: a model of the user's own,
    /// and another device than the processor.
    ///
    /// # Errors
    /// When the file is missing or wrong, the runtime refuses it, or the device cannot be had.
    pub fn load(&self, name: &str) -> Result<Arc<dyn Model>, InferError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = loaded.get(name) {
            return Ok(Arc::clone(model) as Arc<dyn Model>);
        }
        let mut model = self.unproved(name)?;
        if self.device != Device::Cpu || self.own.iter().any(|own| own == name) {
            model.prove()?;
        }
        let model = Arc::new(model);
        loaded.insert(name.to_owned(), Arc::clone(&model));
        Ok(model)
    }

    fn unproved(&self, name: &str) -> Result<OrtModel, InferError> {
        Ok(OrtModel::new(self.entry(name)?, self.bytes(name)?, self.threads, self.device))
    }

    /// Opens a model to see that it would run, and closes it again.
    ///
    /// # Errors
    /// As [`Registry::load`], and always when the runtime refuses the file.
    pub fn prove(&self, name: &str) -> Result<(), InferError> {
        self.unproved(name)?.prove()
    }

    /// Loads the model that `effort` asks for: `name` itself when no pains are spared, else its quick twin if it has one.
    /// Twins in 8 bits are made for the processor and were measured there: other devices get `name` itself.
    ///
    /// # Errors
    /// As [`Registry::load`].
    pub fn load_for(&self, name: &str, effort: Effort) -> Result<Arc<dyn Model>, InferError> {
        let quick = effort != Effort::Thorough && self.device == Device::Cpu;
        let twin = self.entry(name)?.quick.as_deref().filter(|_| quick);
        self.load(twin.unwrap_or(name))
    }

    /// The rows of the models that were loaded so far, by name, and how much of each its device took.
    pub fn loaded(&self) -> Vec<(&ModelEntry, Option<Share>)> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.iter().filter_map(|(name, model)| Some((self.entry(name).ok()?, model.taken()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_beside_a_manifest_named_by_a_relative_path_are_found() {
        let registry = Registry::shipped(Path::new("/nowhere"), 1).unwrap();
        let registry = registry.with_manifest(Path::new("models/manifest.toml")).unwrap();
        assert!(registry.files().all(|file| file.is_file()));
    }

    #[test]
    fn a_quick_twin_is_a_model_of_the_same_tensors() {
        let registry = Registry::shipped(Path::new("models"), 1).unwrap();
        let quick: Vec<_> = registry.entries().iter().filter_map(|e| Some((e, e.quick.as_ref()?))).collect();
        assert!(!quick.is_empty());
        for (entry, twin) in quick {
            let twin = registry.entry(twin).unwrap();
            assert_eq!((&twin.input, &twin.outputs), (&entry.input, &entry.outputs), "{}", entry.name);
            assert_eq!((&twin.licence, &twin.classes), (&entry.licence, &entry.classes), "{}", entry.name);
        }
    }
}
