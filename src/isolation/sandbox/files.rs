//! Which files a worker may open, by Landlock (Linux 5.13 and later; <https://docs.kernel.org/userspace-api/landlock.html>).
//! It also keeps a worker from signalling other processes and from connecting, where the kernel is new enough.

use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};

use super::Rights;

/// What is asked for; an older kernel gives less, and that is told.
const ASKED: ABI = ABI::V6;

/// Read until the models are loaded: what the C library and ONNX Runtime ask about the processors.
const ABOUT_PROCESSORS: [&str; 4] = ["/sys/devices/system", "/proc/cpuinfo", "/proc/meminfo", "/sys/fs/cgroup"];

/// How much of the rules the kernel knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    Full,
    Part,
}

/// Lets this thread, and those that it starts from now on, open the files of `rights` and no others.
pub fn restrict(rights: &Rights, loading: bool) -> Result<Strength, String> {
    let missing = "the kernel has no Landlock, or it is switched off";
    match rules(rights, loading) {
        Ok(RulesetStatus::FullyEnforced) => Ok(Strength::Full),
        Ok(RulesetStatus::PartiallyEnforced) => Ok(Strength::Part),
        Ok(RulesetStatus::NotEnforced) => Err(missing.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn rules(rights: &Rights, loading: bool) -> Result<RulesetStatus, RulesetError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(ASKED))?
        .handle_access(AccessNet::from_all(ASKED))?
        .scope(Scope::from_all(ASKED))?
        .create()?;
    let read = AccessFs::ReadFile;
    let write = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
    let files = rights.input.iter().map(|path| (path.as_path(), read.into()));
    let files = files.chain(rights.drafts.iter().map(|path| (path.as_path(), write)));
    let processors = ABOUT_PROCESSORS.iter().map(|path| (Path::new(*path), AccessFs::ReadFile | AccessFs::ReadDir));
    let models = rights.while_loading.iter().map(|path| (path.as_path(), read.into()));
    let until_loaded = processors.chain(models).filter(|_| loading);
    for (path, access) in files.chain(until_loaded) {
        ruleset = allow(ruleset, path, access)?;
    }
    Ok(ruleset.restrict_self()?.ruleset)
}

fn allow(
    ruleset: landlock::RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<landlock::RulesetCreated, RulesetError> {
    // What is not there needs no right; whoever opens it will say so.
    let Ok(opened) = PathFd::new(path) else { return Ok(ruleset) };
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(ASKED) };
    ruleset.add_rule(PathBeneath::new(opened, access))
}
