//! The only place that knows the order of the stages:
//! open, then for every frame detect, decide, redact and encode, then verify. Publishing is the caller's.

mod clean;
mod clean_video;
mod cleaning;
mod delay;
mod habits;
pub mod keep;
mod looks;
pub mod observe;
mod refute;
pub mod report;
mod stream;
mod study;
mod video;
mod watch;
mod words;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use image::RgbImage;

use crate::{
    detect::{self, Detector, SecondLook, read::Reader},
    device::{Device, Share},
    error::{CleanError, SetupError},
    finding::{Class, Finding},
    frame::{Frame, Raw, Redacted},
    infer::{self, locate, registry::Registry},
    policy::{Policy, decide::decide},
    redact::{coverage, redact},
};

pub use clean::{Cleaned, Output};
pub use cleaning::{Cleaning, Goal};
pub use delay::Delay;
pub use keep::Keeper;
pub use observe::{Observer, Silent, Step};
pub use refute::Seen;
pub use report::{FrameReport, InputReport, Outcome, Reading, Verification, Visible};
pub use stream::Stream;
pub use video::{CreateSink, FrameNote, Notes, VideoReport};

/// Where the runtime and the models are, what inference runs on, and how many threads it may use.
#[derive(Clone, Debug, Default)]
pub struct Runtime {
    /// ONNX Runtime's library. Default: searched for, see [`locate`].
    pub library: Option<PathBuf>,
    /// The models folder. Default: searched for, see [`locate`].
    pub models: Option<PathBuf>,
    /// Manifests of models that the user brings; a name that exists already is replaced. Default: none.
    pub own_models: Vec<PathBuf>,
    /// Threads of one inference. 0 is the number of cores. Default: 0.
    pub threads: usize,
    /// What the networks run on. Another one than the processor is a feature of the build, and what cannot be had is an error
    /// when the models are loaded. Default: the processor.
    pub device: Device,
}

impl Runtime {
    /// Loads ONNX Runtime and opens the registry of models.
    ///
    /// # Errors
    /// When the library or the models folder cannot be found, a manifest cannot be read, or this build or the library is
    /// without the device.
    pub fn open(&self) -> Result<Registry, SetupError> {
        let device = self.device.built_in()?;
        infer::ort::init(&locate::library(self.library.as_deref())?)?;
        let threads = match self.threads {
            0 => std::thread::available_parallelism().map_or(1, Into::into),
            given => given,
        };
        let mut registry =
            Registry::shipped(&locate::models(self.models.as_deref())?, threads)?.on(infer::ort::offered(device)?);
        for manifest in &self.own_models {
            registry = registry.with_manifest(manifest)?;
        }
        Ok(registry)
    }
}

/// Cleans pictures by one policy. Cheap to share between threads; silent; never exits.
pub struct Cleaner {
    policy: Policy,
    detectors: Vec<Box<dyn Detector>>,
    second: Option<SecondLook>,
    reader: Option<Reader>,
    keeper: Option<Keeper>,
    models: Vec<ModelUsed>,
    observer: Arc<dyn Observer>,
}

/// A model that looked at the pictures.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ModelUsed {
    /// Its name in the manifest.
    pub name: String,
    /// SHA-256 of its file, lower-case hexadecimal.
    pub sha256: String,
    /// What it ran on; `None` for what is no network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// How much of it that device took, the processor having run the rest; `None` on the processor, which takes all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Share>,
}

/// The models that were loaded.
fn used(registry: &Registry) -> impl Iterator<Item = ModelUsed> {
    registry.loaded().into_iter().map(|(entry, taken)| ModelUsed {
        name: entry.name.clone(),
        sha256: entry.sha256.clone(),
        device: Some(registry.device()),
        taken,
    })
}

impl Cleaner {
    /// A cleaner with the shipped detectors for the classes that `policy` names.
    ///
    /// # Errors
    /// When the policy makes no sense, ONNX Runtime is missing, or a model is missing or not the one measured. No input
    /// is touched before the files of all models were read and their hashes checked.
    pub fn new(policy: Policy, runtime: &Runtime) -> Result<Self, SetupError> {
        policy.check()?;
        Self::with_registry(policy, &runtime.open()?)
    }

    /// A cleaner for [`Cleaner::look_at`] alone: it loads what finds the classes that `policy` names, and neither what reads
    /// lines of text nor what knows faces, which looking asks for nothing.
    ///
    /// # Errors
    /// As [`Cleaner::new`].
    pub fn for_looking(policy: Policy, runtime: &Runtime) -> Result<Self, SetupError> {
        policy.check()?;
        Self::finding(policy, &runtime.open()?)
    }

    /// As [`Cleaner::new`], with the models of a registry that is open already.
    ///
    /// # Errors
    /// When the policy makes no sense, or a model is missing, not the one measured, or refused by the runtime.
    pub fn with_registry(policy: Policy, registry: &Registry) -> Result<Self, SetupError> {
        policy.check()?;
        let mut new = Self::finding(policy, registry)?;
        let policy = &new.policy;
        new.reader =
            (words::wanted(policy) || refute::reads(policy)).then(|| Reader::load(registry)).transpose()?;
        let consent = policy.consent.as_deref().filter(|_| policy.redact.contains(&Class::Face));
        new.keeper = consent.map(|path| Keeper::load(path, registry)).transpose()?;
        new.models = used(registry).chain(new.keeper.as_ref().map(Keeper::used)).collect();
        Ok(new)
    }

    fn finding(policy: Policy, registry: &Registry) -> Result<Self, SetupError> {
        let detectors = detect::load(&policy.redact, policy.effort, registry)?;
        let second = detect::second::load(&policy.redact, policy.effort, registry)?;
        Ok(Self { second, models: used(registry).collect(), ..Self::bare(policy, detectors) })
    }

    /// A cleaner with detectors of the caller's own instead of the shipped ones.
    ///
    /// # Errors
    /// When the policy makes no sense.
    pub fn with_detectors(policy: Policy, detectors: Vec<Box<dyn Detector>>) -> Result<Self, SetupError> {
        policy.check()?;
        Ok(Self::bare(policy, detectors))
    }

    /// A cleaner that looks for nothing: files are rebuilt and proved as always, so that nothing but the picture is
    /// left, and what they show stays, except for the regions that `policy` names. Needs neither models nor ONNX Runtime;
    /// the classes of `policy` are ignored, and every report says that nothing was looked for.
    ///
    /// # Errors
    /// When the policy makes no sense.
    pub fn metadata_only(policy: Policy) -> Result<Self, SetupError> {
        policy.check()?;
        let policy = Policy { redact: Vec::new(), ..policy };
        Ok(Self::bare(policy, Vec::new()))
    }

    fn bare(policy: Policy, detectors: Vec<Box<dyn Detector>>) -> Self {
        let (second, reader, keeper, models) = (None, None, None, Vec::new());
        Self { policy, detectors, second, reader, keeper, models, observer: Arc::new(Silent) }
    }

    /// The same cleaner, reading lines of text with `reader` where the policy asks for what they hold.
    #[must_use]
    pub fn reading_with(mut self, reader: Reader) -> Self {
        self.reader = Some(reader);
        self
    }

    /// The same cleaner, leaving the faces visible that `keeper` allows.
    #[must_use]
    pub fn keeping(mut self, keeper: Keeper) -> Self {
        self.models.push(keeper.used());
        self.keeper = Some(keeper);
        self
    }

    /// The same cleaner, telling `observer` what it does and asking it whether to stop.
    #[must_use]
    pub fn observed_by(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The models in use, with their hashes.
    pub fn models(&self) -> &[ModelUsed] {
        &self.models
    }

    /// What its networks run on; `None` without any.
    pub fn device(&self) -> Option<Device> {
        self.models.iter().find_map(|model| model.device)
    }

    /// Everything of the policy's classes that the detectors see in one upright picture. Pixels are 8-bit sRGB.
    ///
    /// # Errors
    /// When a detector fails.
    pub fn find(&self, picture: &RgbImage) -> Result<Vec<Finding>, CleanError> {
        self.find_of(picture, &self.policy.redact)
    }

    /// The same, when only `classes` matter: those who find them look, and nobody weighs what others would tell beside it,
    /// but for arms, at which bands are found.
    fn find_of(&self, picture: &RgbImage, classes: &[Class]) -> Result<Vec<Finding>, CleanError> {
        let all = classes == self.policy.redact;
        let mut findings = Vec::new();
        for (detector, finds) in self.wanted() {
            let detector = &self.detectors[detector];
            if all || detector.classes().iter().any(|class| classes.contains(class)) {
                self.observer.step(Step::Detecting(finds[0]))?;
                findings.extend(detector.detect(picture)?);
            }
        }
        if let Some(second) = self.second.as_ref().filter(|_| all || classes.contains(&Class::Wristband)) {
            findings.extend(second.look(picture, &findings)?);
        }
        // A detector of several classes sees all of them; what stays visible must not be reported as if it had gone.
        findings.retain(|finding| self.policy.redact.contains(&finding.class));
        Ok(findings)
    }

    /// The detectors that look, as indices, each with the classes that the policy wants of it.
    pub(crate) fn wanted(&self) -> Vec<(usize, Vec<Class>)> {
        let of = |detector: &dyn Detector| {
            let beside = self.second.as_ref().map_or(Vec::new(), |second| second.beside(detector.classes()));
            let classes = detector.classes().iter().copied().chain(beside);
            classes.filter(|class| self.policy.redact.contains(class)).collect::<Vec<_>>()
        };
        let all = self.detectors.iter().enumerate().map(|(at, detector)| (at, of(detector.as_ref())));
        all.filter(|(_, classes)| !classes.is_empty()).collect()
    }

    /// The classes that are looked for, each once.
    pub(crate) fn looked_for(&self) -> Vec<Class> {
        let mut classes: Vec<_> = self.wanted().into_iter().flat_map(|(_, classes)| classes).collect();
        classes.sort();
        classes.dedup();
        classes
    }

    /// Finds and destroys in one upright frame of 8-bit sRGB pixels; the pixels come back with the report.
    ///
    /// # Errors
    /// When a detector fails; the frame must then not be used.
    pub fn redact_frame(&self, pixels: RgbImage) -> Result<(RgbImage, FrameReport), CleanError> {
        let (frame, report) = self.redact_raw(Frame::new(pixels), None)?;
        Ok((frame.into_pixels(), report))
    }

    fn redact_raw(
        &self,
        frame: Frame<Raw>,
        place: Option<&Path>,
    ) -> Result<(Frame<Redacted>, FrameReport), CleanError> {
        let mut findings = self.find(frame.pixels())?;
        let mut visible = Visible::default();
        let reading = self.words(frame.pixels(), &mut findings, &mut visible)?;
        if let Some(keeper) = &self.keeper {
            keeper.keep(frame.pixels(), place, &mut findings, &mut visible)?;
        }
        let known = FrameReport { reading, visible, ..FrameReport::new(frame.size(), findings) };
        self.redact_found(frame, known)
    }

    /// Destroys what a report knows.
    fn redact_found(
        &self,
        frame: Frame<Raw>,
        known: FrameReport,
    ) -> Result<(Frame<Redacted>, FrameReport), CleanError> {
        let areas = decide(&self.policy, &known.findings);
        self.observer.step(Step::Redacting)?;
        let report = FrameReport { covered: coverage(&areas, frame.size()), ..known };
        Ok((redact(frame, &areas, &self.policy.style), report))
    }
}
