//! What a batch writes into its audit trail: the row of an input from its ending, and its name into a file apart.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    Ending, Options,
    intent::Intents,
    names::numbered,
    resume::{Done, Fingerprint},
    run::Job,
    walk::Item,
    withheld::FOLDER as WITHHELD,
};
use crate::{
    audit::{
        self, AuditError, Input, ModelRow, OutputRow, Run, Trail, What,
        names::{NameRow, Names},
    },
    pipeline::{Cleaning, InputReport, ModelUsed},
};

/// The one writer.
pub(super) struct Writer {
    trail: Trail,
    /// `None` when names were not to be kept.
    names: Option<Names>,
    keep_names: bool,
    run: Run,
    /// The row that says what this run works with, once there is something to say, and its day.
    begun: Option<(u64, u64)>,
    /// Numbers of the rows of inputs that were there when it was opened.
    inputs: HashSet<u64>,
}

impl Writer {
    /// Opens and locks the trail, and finds out what is done already.
    pub fn open(
        options: &Options,
        cleaner: &dyn Cleaning,
        fingerprint: &Fingerprint,
    ) -> Result<(Self, Done), AuditError> {
        let (mut earlier, mut inputs) = (Vec::new(), HashSet::new());
        let trail = Trail::open(&options.manifest, &fingerprint.tool, now(), &mut |row, _| {
            if let What::Input(input) = &row.what {
                inputs.insert(row.row);
                if !options.overwrite && Done::counts(input, fingerprint) {
                    earlier.push((**input).clone());
                }
            }
        })?;
        if !options.overwrite {
            earlier.extend(version_1(&trail)?.into_iter().filter(|input| Done::counts(input, fingerprint)));
        }
        let names = match options.private {
            true => None,
            false => Some(Names::open(&audit::names_file(&options.manifest))?),
        };
        let run = Run {
            tool: fingerprint.tool.clone(),
            policy_sha256: fingerprint.policy_sha256.clone(),
            models_sha256: fingerprint.models_sha256.clone(),
            models: cleaner.models().iter().map(model).collect(),
            operator: options.operator.clone(),
        };
        let done = Done::new(earlier, trail.key().clone());
        Ok((Self { trail, names, keep_names: options.keep_names, run, begun: None, inputs }, done))
    }

    /// Writes down how an input ended, if that is news.
    pub fn append(
        &mut self,
        item: &Item,
        stem: Option<&Path>,
        job: &Job,
        intents: &Intents,
    ) -> Result<(), AuditError> {
        let (outcome, verification, reason, report) = match &job.ending {
            Ok(Ending::Clean { report, .. }) => ("clean", "passed", None, Some(report)),
            Ok(Ending::Withheld { before: true, .. }) => return Ok(()),
            Ok(Ending::Withheld { report, reason, .. }) => {
                ("withheld", "refuted", Some(reason.clone()), Some(report))
            }
            Ok(Ending::Failed { reason }) => ("failed", "none", Some(reason.clone()), None),
            Ok(Ending::DoneBefore { .. } | Ending::Skipped) => return Ok(()),
            Err(error) => ("failed", "none", Some(error.to_string()), None),
        };
        let time = now();
        let run = self.begin(time)?;
        let found = report.map(found).unwrap_or_default();
        let identifiers = report.map(identifiers).unwrap_or_default();
        let authorized = report.map(authorized).unwrap_or_default();
        let spared = report.map_or(0, InputReport::spared) as u64;
        let report = report.map(|report| serde_json::to_value(report.without_places())).transpose();
        let report = report.map_err(|source| AuditError::Io {
            path: self.trail.path().to_owned(),
            doing: "written",
            source: source.into(),
        })?;
        let outputs = job.outputs.iter().map(|output| match stem.filter(|_| self.keep_names) {
            Some(stem) => nameless(output, stem),
            None => output.clone(),
        });
        let input = Input {
            run,
            tool: self.run.tool.clone(),
            policy_sha256: self.run.policy_sha256.clone(),
            models_sha256: self.run.models_sha256.clone(),
            operator: self.run.operator.clone(),
            input_hmac: job.input_sha256.as_deref().map(|sha256| self.trail.key().input(sha256)),
            outcome: outcome.to_owned(),
            reason,
            verification: verification.to_owned(),
            found,
            identifiers,
            spared,
            authorized,
            limited_to: job.limited_to.clone(),
            outputs: outputs.collect(),
            report,
        };
        if let Some(names) = &mut self.names {
            // First, so that no output is left without its name; a name without its row is no harm.
            names.append(&NameRow {
                trail: self.trail.id().to_owned(),
                row: self.trail.next(),
                input: item.path.to_string_lossy().into_owned(),
                outputs: job.outputs.iter().map(|output| output.name.clone()).collect(),
            })?;
        }
        intents.claim(job, self.trail.next()).map_err(|source| AuditError::Io {
            path: self.trail.path().to_owned(),
            doing: "followed by its journal",
            source,
        })?;
        self.trail.append(time, What::Input(Box::new(input)))?;
        Ok(())
    }

    /// Numbers of the rows of inputs that were there when it was opened.
    pub fn inputs(&self) -> &HashSet<u64> {
        &self.inputs
    }

    /// Hash of the last row.
    pub fn head(&self) -> &str {
        self.trail.head()
    }

    /// The row of this run. A run that goes on for days gets one each day, because rows are purged in whole runs.
    fn begin(&mut self, time_unix_s: u64) -> Result<u64, AuditError> {
        let today = time_unix_s / 86_400;
        if let Some((row, day)) = self.begun
            && day == today
        {
            return Ok(row);
        }
        let row = self.trail.append(time_unix_s, What::Run(self.run.clone()))?;
        self.begun = Some((row, today));
        Ok(row)
    }
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs())
}

fn model(model: &ModelUsed) -> ModelRow {
    let device = model.device.map(|device| device.name().to_owned());
    ModelRow { name: model.name.clone(), sha256: model.sha256.clone(), device, taken: model.taken }
}

fn found(report: &InputReport) -> BTreeMap<String, u64> {
    report.counts().into_iter().map(|(class, n)| (class.name().to_owned(), n as u64)).collect()
}

fn identifiers(report: &InputReport) -> BTreeMap<String, u64> {
    report.identifiers().into_iter().map(|(kind, n)| (kind.name().to_owned(), n as u64)).collect()
}

fn authorized(report: &InputReport) -> BTreeMap<String, u64> {
    report.authorized().into_iter().map(|(authorization, n)| (authorization.to_owned(), n as u64)).collect()
}

/// The output with `*` for the input's own name, which no row may hold.
fn nameless(output: &OutputRow, stem: &Path) -> OutputRow {
    let stem = stem.to_string_lossy();
    // An output lies under its stem, or under it in the folder for what is withheld. That is tried first: a stem may be
    // the beginning of the folder's name, which would leave the name behind it.
    let aside = output.name.strip_prefix(WITHHELD).and_then(|rest| rest.strip_prefix('/')?.strip_prefix(&*stem));
    let name = match aside {
        Some(after) => format!("{WITHHELD}/*{after}"),
        None => format!("*{}", output.name.strip_prefix(&*stem).unwrap_or_default()),
    };
    OutputRow { name, ..output.clone() }
}

/// The path inside the output folder that a row's name stands for, if its outputs are named as is wanted now: for
/// `stem`, or neutrally.
pub(super) fn path(name: &str, stem: Option<&Path>) -> Option<PathBuf> {
    if let Some((folder, after)) = name.split_once('*') {
        return Some(Path::new(folder).join(numbered(stem?, after)));
    }
    // Neutral names, and those of version 1, which were kept whole.
    let wanted = stem.is_none_or(|stem| {
        let after = name.strip_prefix(&*stem.to_string_lossy());
        after.is_some_and(|after| after.starts_with('.') || after.starts_with("-page"))
    });
    wanted.then(|| name.into())
}

/// Rows of version 1 in the form of today, so far as they say what is done.
fn version_1(trail: &Trail) -> Result<Vec<Input>, AuditError> {
    let rows = audit::rows_of_version_1(trail.path())?;
    Ok(rows.into_iter().filter_map(|row| earlier(row, trail)).collect())
}

fn earlier(mut row: serde_json::Value, trail: &Trail) -> Option<Input> {
    let text = |key: &str| row[key].as_str().map(str::to_owned);
    let (tool, policy_sha256, models_sha256) = (text("tool")?, text("policy_sha256")?, text("models_sha256")?);
    let (outcome, reason) = (text("outcome")?, text("reason"));
    let input_hmac = Some(trail.key().input(&text("input_sha256")?));
    let outputs = serde_json::from_value(row["outputs"].take()).ok()?;
    let report = Some(row["report"].take()).filter(|report| !report.is_null());
    Some(Input {
        run: 0,
        tool,
        policy_sha256,
        models_sha256,
        operator: None,
        input_hmac,
        outcome,
        reason,
        verification: String::new(),
        found: BTreeMap::new(),
        identifiers: BTreeMap::new(),
        spared: 0,
        authorized: BTreeMap::new(),
        limited_to: Vec::new(),
        outputs,
        report,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_kept_name_stays_in_a_row_and_the_path_comes_back() {
        let row = |name: &str| OutputRow {
            name: name.to_owned(),
            sha256: String::new(),
            bytes: 0,
            width: 0,
            height: 0,
            frames: 1,
        };
        for (stem, name, written) in [
            ("jane", "jane.jpg", "*.jpg"),
            ("jane", "jane-page2.jpg", "*-page2.jpg"),
            ("smith/jane", "smith/jane.jpg", "*.jpg"),
            ("jane", "withheld/jane.jpg", "withheld/*.jpg"),
            ("smith/jane", "withheld/smith/jane.jpg.report.json", "withheld/*.jpg.report.json"),
            ("w", "withheld/w.jpg", "withheld/*.jpg"),
            ("withheld", "withheld.jpg", "*.jpg"),
            ("withheld/jane", "withheld/jane.jpg", "*.jpg"),
            ("withheld/jane", "withheld/withheld/jane.jpg", "withheld/*.jpg"),
        ] {
            let stem = Path::new(stem);
            let nameless = nameless(&row(name), stem).name;
            assert_eq!(nameless, written);
            assert_eq!(path(&nameless, Some(stem)).unwrap(), Path::new(name));
        }
    }
}
