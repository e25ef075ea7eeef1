//! Whether this machine has what a run needs, and what to do where it does not. Separate from the run, so that a user
//! can ask before handing over a picture; it uses the same search, hash check and loader that a run uses.

use std::{fs, path::Path, thread};

use serde::Serialize;

use crate::{
    device::Device,
    error::InferError,
    infer::{
        locate::{self, Located, RUNTIME_VERSION, Surroundings},
        ort,
        registry::Registry,
    },
    isolation::{Guard, Isolation, Pool, Protection, State},
    policy::Policy,
};

/// Available memory below which a large phone photo may not fit, in bytes: 200 megapixels decoded, masked and encoded.
const COMFORTABLE_MEMORY_BYTES: u64 = 2_000_000_000;

/// How one part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Good,
    /// A run works without it, with the limits that the detail names.
    Note,
    /// No run can start.
    Missing,
}

/// One part that a run needs or profits from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The part ("ONNX Runtime", "model centerface").
    pub name: String,
    /// How it is.
    pub status: Status,
    /// What was found, one fact a line; holds paths of this machine.
    pub detail: String,
    /// What to do; `None` when it is good.
    pub advice: Option<String>,
}

impl Check {
    fn good(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), status: Status::Good, detail: detail.into(), advice: None }
    }

    fn bad(name: impl Into<String>, status: Status, detail: impl Into<String>, advice: &str) -> Self {
        Self { name: name.into(), status, detail: detail.into(), advice: Some(advice.to_owned()) }
    }
}

/// Looks at everything that a run needs: the runtime, each shipped model, the picture libraries, processors and memory.
/// `library` and `models` are what the user asked for instead of the search, as in [`locate`]; the models are tried on
/// `device`.
///
/// Loads the runtime into this process. A run can start when no check is [`Status::Missing`].
pub fn check(library: Option<&Path>, models: Option<&Path>, device: Device) -> Vec<Check> {
    let surroundings = Surroundings::of_process();
    let runtime = runtime(&surroundings.library(library));
    let runs = runtime.status == Status::Good;
    let mut checks = vec![runtime, devices(device, runs)];
    let tried = (runs && checks[1].status == Status::Good).then_some(device);
    match locate::shipped_models(&surroundings, models) {
        Ok(located) => checks.extend(each_model(&located, tried)),
        Err(error) => checks.push(unusable("models", &error)),
    }
    checks.extend([heif(), processors(), memory(available_memory_bytes())]);
    checks
}

/// Starts one worker as a run does, with no models, and tells what it gave up. Nothing here can keep a run from starting:
/// what is missing is a note.
pub fn isolation(isolation: Isolation) -> Vec<Check> {
    let limits = format!(
        "each at most {}, and {} s without a sign of life",
        megabytes(isolation.memory_bytes),
        isolation.stall.as_secs()
    );
    match Pool::metadata_only(Policy::default(), isolation) {
        Ok(pool) => {
            let detail = format!(
                "`clean` and `watch` decode every file in one, {limits}\n`pipe`, `inspect` and `verify` decode in their own process"
            );
            let workers = Check::good("worker processes", detail);
            std::iter::once(workers).chain(pool.protections().iter().map(protection)).collect()
        }
        Err(error) => {
            let advice = "`clean --no-isolation` works without them; one bad file can then end the whole run";
            vec![Check::bad("worker processes", Status::Note, error.to_string(), advice)]
        }
    }
}

fn protection(protection: &Protection) -> Check {
    let name = format!("worker {}", protection.guard.describe());
    let advice = match protection.guard {
        Guard::Files => "a kernel of 5.13 or newer with Landlock switched on (`lsm=landlock,…`) has it",
        Guard::Network | Guard::Processes => "a kernel with seccomp has it; some containers forbid it",
        Guard::Memory | Guard::Dumps | Guard::Orphans => "run it where a process may lower its own limits",
    };
    match &protection.state {
        State::Active => Check::good(name, "active"),
        State::Partial { missing } => Check::bad(name, Status::Note, format!("in part: {missing}"), advice),
        State::Missing { reason } => Check::bad(name, Status::Note, format!("NOT PROTECTED: {reason}"), advice),
    }
}

fn unusable(name: &str, error: &InferError) -> Check {
    let advice = match error {
        InferError::Device { .. } => "leave --device out to run on the cpu",
        _ => "restore the file from the release, or run `make setup`",
    };
    Check::bad(name, Status::Missing, error.to_string(), advice)
}

fn steps(located: &Located) -> String {
    located.tried.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn runtime(located: &Located) -> Check {
    let name = format!("ONNX Runtime {RUNTIME_VERSION}");
    let Some(path) = &located.path else {
        let advice = "run `make setup`, or name the library in SAFEPOST_ORT_LIB";
        return Check::bad(name, Status::Missing, steps(located), advice);
    };
    match ort::describe(path) {
        Ok(description) => Check::good(name, format!("{}, {description}", path.display())),
        Err(error) => {
            let advice =
                "run `make setup`, which fetches the right one, and unset SAFEPOST_ORT_LIB and ORT_DYLIB_PATH";
            Check::bad(name, Status::Missing, format!("{}\n{error}", steps(located)), advice)
        }
    }
}

/// What the networks can run on, and whether what was `asked` for is among it.
fn devices(asked: Device, runs: bool) -> Check {
    let name = "devices";
    let (built, absent): (Vec<_>, Vec<_>) = Device::ALL.into_iter().partition(|device| device.is_built_in());
    let (offered, lacking): (Vec<_>, Vec<_>) =
        built.into_iter().partition(|device| runs && ort::is_offered(*device).unwrap_or(false));
    let lines = [
        ("in this build and this ONNX Runtime", offered),
        ("in this build only", lacking),
        ("not in this build", absent),
    ];
    let list = |devices: &[Device]| devices.iter().map(Device::to_string).collect::<Vec<_>>().join(", ");
    let lines = lines.iter().filter(|(_, devices)| !devices.is_empty());
    let mut detail: Vec<_> = lines.map(|(what, devices)| format!("{what}: {}", list(devices))).collect();
    detail.push("on another one than cpu, `clean` and `watch` need --no-isolation".to_owned());
    let refused = match (asked.built_in(), runs) {
        (Ok(asked), true) => ort::offered(asked).err(),
        (built, _) => built.err(),
    };
    match refused {
        None => Check::good(name, detail.join("\n")),
        Some(error) => {
            detail.insert(0, error.to_string());
            Check::bad(name, Status::Missing, detail.join("\n"), "leave --device out to run on the cpu")
        }
    }
}

/// One check a shipped model: there, the right hash, and accepted by the runtime for a device, if it is to be tried on one.
fn each_model(located: &Located, device: Option<Device>) -> Vec<Check> {
    let Some(folder) = &located.path else {
        let advice = "keep the `models` folder of the release beside the program, or name it in SAFEPOST_MODELS";
        return vec![Check::bad("models", Status::Missing, steps(located), advice)];
    };
    let registry = match Registry::shipped(folder, 1) {
        Ok(registry) => registry.on(device.unwrap_or_default()),
        Err(error) => return vec![unusable("models", &error)],
    };
    // Other devices are not given the twins in 8 bits.
    let quick: Vec<_> = registry.entries().iter().filter_map(|entry| entry.quick.as_deref()).collect();
    let check = |name: &str, file: &str| {
        let runs = device.is_some_and(|device| device == Device::Cpu || !quick.contains(&name));
        let tried = if runs { registry.prove(name) } else { registry.bytes(name).map(drop) };
        let label = format!("model {name}");
        match tried {
            Ok(()) => Check::good(label, folder.join(file).display().to_string()),
            Err(error) => unusable(&label, &error),
        }
    };
    registry.entries().iter().map(|e| check(&e.name, &e.file)).collect()
}

#[cfg(feature = "heic")]
fn heif() -> Check {
    use crate::media::image::libheif;

    let name = "libheif (HEIC, HEIF, AVIF)";
    let version = format!("version {}", libheif::version());
    let missing: Vec<&str> = [("HEVC (HEIC)", libheif::decodes_hevc()), ("AV1 (AVIF)", libheif::decodes_av1())]
        .into_iter()
        .filter_map(|(codec, has)| (!has).then_some(codec))
        .collect();
    if missing.is_empty() {
        return Check::good(name, version);
    }
    let detail = format!("{version}, without a decoder for {}", missing.join(" and "));
    Check::bad(name, Status::Note, detail, "install libheif's decoder plugins for libde265 and dav1d or aom")
}

#[cfg(not(feature = "heic"))]
fn heif() -> Check {
    let advice = "build with the feature `heic`, or convert such pictures to JPEG or PNG first";
    Check::bad("libheif (HEIC, HEIF, AVIF)", Status::Note, "this build reads none of them", advice)
}

fn processors() -> Check {
    match thread::available_parallelism() {
        Ok(count) => Check::good("processors", count.to_string()),
        Err(_) => Check::bad("processors", Status::Note, "could not be counted", "set the number of jobs yourself"),
    }
}

fn memory(available_bytes: Option<u64>) -> Check {
    let name = "available memory";
    match available_bytes {
        Some(bytes) if bytes >= COMFORTABLE_MEMORY_BYTES => Check::good(name, megabytes(bytes)),
        Some(bytes) => {
            let detail = format!("{}: a photo of 200 megapixels may not fit", megabytes(bytes));
            Check::bad(name, Status::Note, detail, "close other programs, or run one job at a time")
        }
        None => Check::good(name, "not known on this system"),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

/// What this process may still take: what the system has left, or what its control group leaves if that is less.
/// `None` where neither is told in the way of Linux.
fn available_memory_bytes() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_of_meminfo(&text));
    let number = |file| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let group = number("/sys/fs/cgroup/memory.max")
        .map(|max| max.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)));
    system.into_iter().chain(group).min()
}

fn available_of_meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(library: Option<&Path>, models: Option<&Path>) -> Vec<Check> {
        super::check(library, models, Device::Cpu)
    }

    fn named<'a>(checks: &'a [Check], start: &str) -> Vec<&'a Check> {
        checks.iter().filter(|c| c.name.starts_with(start)).collect()
    }

    #[test]
    fn a_machine_that_was_set_up_misses_nothing_and_says_which_files_it_uses() {
        let checks = check(None, None);
        let missing: Vec<_> = checks.iter().filter(|c| c.status == Status::Missing).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        let runtime = named(&checks, "ONNX Runtime")[0];
        assert!(runtime.detail.contains(", version 1."), "{}", runtime.detail);
        assert!(!named(&checks, "model ").is_empty());
    }

    #[test]
    fn every_device_is_told_once_and_one_that_cannot_be_had_is_missing() {
        for asked in Device::ALL {
            let told = super::check(None, None, asked);
            let devices = named(&told, "devices")[0];
            let line = devices.detail.lines().find(|line| line.starts_with("in this build and")).unwrap();
            let offered = line.ends_with(&format!(" {asked}")) || line.contains(&format!(" {asked},"));
            assert_eq!(offered, devices.status == Status::Good, "{asked}: {}", devices.detail);
            assert!(asked != Device::Cpu || offered);
        }
    }

    #[test]
    fn a_missing_runtime_is_told_with_every_place_and_what_to_type() {
        let folder = tempfile::tempdir().unwrap();
        let checks = check(Some(folder.path()), None);
        let runtime = named(&checks, "ONNX Runtime")[0];
        assert_eq!(runtime.status, Status::Missing);
        assert!(runtime.detail.contains(&folder.path().display().to_string()));
        assert!(runtime.advice.as_deref().is_some_and(|a| a.contains("make setup")));
    }

    #[test]
    fn a_missing_folder_and_a_swapped_file_of_models_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let checks = check(Some(folder.path()), Some(folder.path()));
        assert_eq!(named(&checks, "models")[0].status, Status::Missing);

        fs::write(folder.path().join("centerface.onnx"), b"not the model").unwrap();
        let checks = check(Some(folder.path()), Some(folder.path()));
        let swapped = named(&checks, "model centerface")[0];
        assert_eq!(swapped.status, Status::Missing);
        assert!(swapped.detail.contains("is not the file that the manifest names"), "{}", swapped.detail);
    }

    #[test]
    fn little_memory_limits_but_stops_nothing() {
        assert_eq!(memory(Some(1_000_000_000)).status, Status::Note);
        assert_eq!(memory(Some(3_000_000_000)).status, Status::Good);
        assert_eq!(memory(None).status, Status::Good);
        assert_eq!(available_of_meminfo("MemTotal: 9 kB\nMemAvailable:   16 kB\n"), Some(16 * 1024));
        assert_eq!(available_of_meminfo("MemTotal: 9 kB\n"), None);
    }

    #[test]
    fn a_protection_that_is_missing_is_a_note_with_its_reason() {
        let missing = State::Missing { reason: "the kernel is old".to_owned() };
        let check = protection(&Protection { guard: Guard::Network, state: missing });
        assert_eq!(check.status, Status::Note);
        assert!(check.detail.contains("NOT PROTECTED") && check.detail.contains("the kernel is old"));
        assert!(check.name.contains("network") && check.advice.is_some());
    }

    #[test]
    fn workers_that_cannot_be_started_are_a_note_that_says_what_to_type() {
        let checks = isolation(Isolation::new("/nowhere/safepost".into()));
        assert_eq!(checks.len(), 1);
        assert_eq!(checks[0].status, Status::Note);
        assert!(checks[0].advice.as_deref().is_some_and(|a| a.contains("--no-isolation")));
    }

    #[test]
    fn a_good_check_gives_no_advice_and_every_other_does() {
        let folder = tempfile::tempdir().unwrap();
        let checks = [check(None, None), check(Some(folder.path()), Some(folder.path()))].concat();
        assert!(checks.iter().all(|c| (c.status == Status::Good) == c.advice.is_none()), "{checks:#?}");
    }
}
