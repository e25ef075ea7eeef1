//! From options to a policy and a runtime, and the commands that show what is set up.

use std::{fs, path::Path};

use serde::Serialize;

use super::{
    Exit, Fatal,
    apart::{self, ApartArgs},
    args::RuntimeArgs,
    policy_args::{PolicyArgs, VideoArgs},
    print,
};
use crate::{
    doctor,
    error::PolicyError,
    infer::{
        locate,
        registry::{ModelEntry, Registry},
    },
    pipeline::Runtime,
    policy::{Checks, Policy, Region},
};

/// The policy file (or the default), with every option that was given put over it.
pub fn policy(args: &PolicyArgs) -> Result<Policy, Fatal> {
    let mut policy = args.policy.as_deref().map(Policy::load).transpose()?.unwrap_or_default();
    if let Some(classes) = &args.redact {
        policy.redact = classes.iter().map(|c| (*c).into()).collect();
        policy.redact.sort();
        policy.redact.dedup();
    }
    if let Some(style) = args.style {
        policy.style.default = style.into();
    }
    if let Some(speed) = args.speed {
        policy.effort = speed.into();
    }
    policy.quality = args.quality.unwrap_or(policy.quality);
    policy.text = args.text.map_or(policy.text, Into::into);
    policy.consent = args.consent.clone().or(policy.consent);
    // Workers run in another folder.
    policy.consent = policy.consent.map(|path| std::path::absolute(&path).unwrap_or(path));
    policy.identifiers |= args.identifiers;
    if let Some(depth) = args.verify {
        policy.verify = Checks { stills: depth.into(), videos: depth.into() };
    }
    policy.max_side_px = args.max_side.unwrap_or(policy.max_side_px);
    if let Some(path) = &args.regions {
        policy.regions.extend(regions(path)?);
    }
    video(&args.video, &mut policy);
    policy.check()?;
    Ok(policy)
}

fn video(args: &VideoArgs, policy: &mut Policy) {
    let options = &mut policy.video;
    options.audio = args.audio.map_or(options.audio, Into::into);
    options.container = args.container.map_or(options.container, Into::into);
    options.codec = args.codec.map_or(options.codec, Into::into);
    options.hdr = args.hdr.map_or(options.hdr, Into::into);
    options.crf = args.crf.unwrap_or(options.crf);
    options.allow_damaged |= args.allow_damaged;
    policy.span.from_us = args.from.unwrap_or(policy.span.from_us);
    policy.span.to_us = args.to.or(policy.span.to_us);
}

fn regions(path: &Path) -> Result<Vec<Region>, PolicyError> {
    let text = fs::read_to_string(path).map_err(|source| PolicyError::Read { path: path.to_owned(), source })?;
    Region::parse_list(&text).map_err(|detail| PolicyError::Parse { detail })
}

/// The runtime for `jobs` inputs at the same time.
pub fn runtime(args: &RuntimeArgs, jobs: usize) -> Runtime {
    Runtime {
        library: args.ort_lib.clone(),
        models: args.models.clone(),
        own_models: args.own_models.clone(),
        threads: args.threads.unwrap_or_else(|| (cores() / jobs.max(1)).max(1)),
        device: args.device.unwrap_or_default(),
    }
}

/// Number of cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

#[derive(Serialize)]
struct ModelState<'a> {
    #[serde(flatten)]
    entry: &'a ModelEntry,
    state: String,
}

/// `safepost models`.
pub fn models(args: &RuntimeArgs, json: bool) -> Result<Exit, Fatal> {
    let mut registry = registry(args)?;
    for manifest in &args.own_models {
        registry = registry.with_manifest(manifest).map_err(crate::error::SetupError::from)?;
    }
    let states: Vec<_> = registry
        .entries()
        .iter()
        .map(|entry| {
            let state = registry.bytes(&entry.name).map_or_else(|e| e.to_string(), |_| "ok".to_owned());
            ModelState { entry, state }
        })
        .collect();
    let exit = if states.iter().all(|s| s.state == "ok") { Exit::Clean } else { Exit::Nothing };
    if json {
        print::json(&states)?;
        return Ok(exit);
    }
    for ModelState { entry, state } in states {
        print::out(format!(
            "{}\n  purpose  {}\n  file     {} ({state})\n  sha-256  {}\n  licence  {}\n  origin   {}\n",
            entry.name, entry.purpose, entry.file, entry.sha256, entry.licence, entry.origin
        ))?;
    }
    Ok(exit)
}

fn registry(args: &RuntimeArgs) -> Result<Registry, Fatal> {
    let folder = locate::models(args.models.as_deref()).map_err(crate::error::SetupError::from)?;
    Ok(Registry::shipped(Path::new(&folder), 1).map_err(crate::error::SetupError::from)?)
}

/// `safepost doctor`.
pub fn doctor(args: &RuntimeArgs) -> Result<Exit, Fatal> {
    let mut checks =
        doctor::check(args.ort_lib.as_deref(), args.models.as_deref(), args.device.unwrap_or_default());
    checks.extend(doctor::isolation(apart::isolation(&ApartArgs::default())?));
    let mut exit = Exit::Clean;
    for check in checks {
        let mark = match check.status {
            doctor::Status::Good => "ok      ",
            doctor::Status::Note => "note    ",
            doctor::Status::Missing => {
                exit = Exit::Nothing;
                "MISSING "
            }
        };
        print::out(format!("{mark}{}: {}", check.name, check.detail))?;
        if let Some(advice) = check.advice {
            print::out(format!("        {advice}"))?;
        }
    }
    Ok(exit)
}
