//! `safepost clean`: runs the batch, then says what came of it.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::Serialize;

use super::{
    Exit, Fatal,
    apart::{self, Apart},
    args::{CleanArgs, RuntimeArgs},
    audit,
    device::other_than_cpu,
    kept,
    print::{self, count},
    progress::{Frames, Screen, identifiers, name, printable},
    setup,
};
use crate::{
    batch::{self, Batch, Ending, Options, Tells},
    device::Device,
    error::CleanError,
    finding::Class,
    phi::Kind,
    pipeline::{Cleaning, InputReport, ModelUsed, Observer, Step},
    policy::Policy,
};

/// Stops the current input at its next step once the user asked for it, and shows how far a video is.
struct Interrupt {
    asked: Arc<AtomicBool>,
    frames: Frames,
}

impl Observer for Interrupt {
    fn step(&self, step: Step) -> Result<(), CleanError> {
        if step == Step::Verifying {
            self.frames.clear();
        }
        if self.asked.load(Ordering::Relaxed) { Err(CleanError::Interrupted) } else { Ok(()) }
    }

    fn frames(&self, done: u64, of: Option<u64>) {
        self.frames.show(done, of);
    }
}

pub fn run(args: CleanArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    let output = &args.output;
    let policy = setup::policy(&output.policy)?;
    let mut options = Options {
        keep_names: args.keep_names,
        overwrite: args.overwrite,
        dry_run: args.dry_run,
        boxes: args.boxes.clone(),
        ..output.options()
    };
    if matches!(args.inputs.as_slice(), [only] if only.is_file()) {
        options.jobs = 1;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))?;
    let mut screen = Screen::new(output.quiet || args.json, output.private);
    let observer = Arc::new(Interrupt { asked: stop, frames: screen.frames() });
    let look = (!output.metadata_only).then(|| setup::runtime(runtime, options.jobs));
    let (cleaner, apart) = apart::cleaner(policy, look.as_ref(), &output.apart, observer)?;
    let cleaner = cleaner.as_ref();
    let batch = batch::run(cleaner, &args.inputs, &options, &mut screen)?;
    let names = if args.keep_names { kept::names(&batch) } else { Vec::new() };
    if args.keep_names && !output.quiet && !args.json {
        eprintln!("{}", kept::warning(&names, options.private));
    }
    let exit = worst(&batch);
    if args.json {
        print::json(&JsonReport::new(cleaner, apart.clone(), &batch, exit, args.names, &names))?;
    } else if !output.quiet {
        let summary = summary(&batch, &options, cleaner.policy(), device_of(cleaner));
        print::out([apart.warnings(), vec![summary]].concat().join("\n"))?;
    }
    Ok(exit)
}

/// What the networks ran on.
fn device_of(cleaner: &dyn Cleaning) -> Option<Device> {
    cleaner.models().iter().find_map(|model| model.device)
}

fn worst(batch: &Batch) -> Exit {
    let ended = batch.handled.iter().map(|h| match h.ending {
        Ending::Clean { .. } | Ending::DoneBefore { .. } | Ending::Skipped => Exit::Clean,
        Ending::Failed { .. } => Exit::Failed,
        Ending::Withheld { .. } => Exit::Withheld,
    });
    let interrupted = if batch.interrupted { Exit::Failed } else { Exit::Clean };
    let worst = ended.fold(interrupted, Ord::max);
    if batch.handled.iter().all(|h| matches!(h.ending, Ending::Skipped)) && !batch.interrupted {
        // An empty folder is more likely a mistyped path than a success.
        return Exit::Nothing;
    }
    worst
}

/// Counts that the summary and the JSON report share.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Totals {
    inputs: usize,
    clean: usize,
    done_before: usize,
    withheld: usize,
    failed: usize,
    skipped: usize,
    outputs: usize,
    /// Inputs in which nothing was found: either there was nothing, or it was missed.
    nothing_found: usize,
    found: BTreeMap<Class, usize>,
    /// Identifiers in the text, where it was read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    identifiers: BTreeMap<Kind, usize>,
    /// Lines of text that stay visible.
    spared: usize,
    /// Faces that stay visible, by authorization.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kept: BTreeMap<String, usize>,
}

impl Totals {
    fn of(batch: &Batch) -> Self {
        let mut totals = Self { inputs: batch.handled.len(), ..Self::default() };
        for handled in &batch.handled {
            match &handled.ending {
                Ending::Clean { report, outputs } => {
                    totals.clean += 1;
                    totals.outputs += outputs.len();
                    totals.add(report);
                }
                Ending::DoneBefore { report, outputs } => {
                    totals.done_before += 1;
                    totals.outputs += outputs.len();
                    totals.add(report);
                }
                Ending::Withheld { report, .. } => {
                    totals.withheld += 1;
                    totals.add(report);
                }
                Ending::Failed { .. } => totals.failed += 1,
                Ending::Skipped => totals.skipped += 1,
            }
        }
        totals
    }

    fn add(&mut self, report: &InputReport) {
        let counts = report.counts();
        self.nothing_found += usize::from(counts.is_empty() && !report.looked_for.is_empty());
        for (class, n) in counts {
            *self.found.entry(class).or_default() += n;
        }
        for (kind, n) in report.identifiers() {
            *self.identifiers.entry(kind).or_default() += n;
        }
        self.spared += report.spared();
        for (authorization, n) in report.authorized() {
            *self.kept.entry(authorization.to_owned()).or_default() += n;
        }
    }
}

fn summary(batch: &Batch, options: &Options, policy: &Policy, device: Option<Device>) -> String {
    let classes = policy.redact.as_slice();
    let totals = Totals::of(batch);
    let mut lines = Vec::new();
    if batch.interrupted {
        lines.push("Interrupted. What is listed here is finished; nothing else was written.".to_owned());
    }
    let mut parts = vec![format!("{} clean", totals.clean)];
    let mut part = |n: usize, what: &str| {
        if n > 0 {
            parts.push(format!("{n} {what}"));
        }
    };
    part(totals.done_before, "done before");
    part(totals.withheld, "WITHHELD");
    part(totals.failed, "FAILED");
    part(totals.skipped, "skipped (neither pictures nor videos)");
    lines.push(format!("{}: {}", count(totals.inputs, "input", "inputs"), parts.join(", ")));
    let found: Vec<_> = classes
        .iter()
        .map(|class| count(totals.found.get(class).copied().unwrap_or(0), class.name(), class.plural()))
        .collect();
    if classes.is_empty() {
        lines.push("looked:  for nothing; faces, text and all else that is shown stay as they were".to_owned());
    } else {
        lines.push(format!("found:   {}", found.join(", ")));
    }
    if let Some(device) = other_than_cpu(device) {
        lines.push(format!("looked:  on {device}"));
    }
    if totals.nothing_found > 0 {
        lines.push(format!("         nothing in {}", count(totals.nothing_found, "input", "inputs")));
    }
    if policy.identifiers {
        lines.push(format!("told:    {}", identifiers(&totals.identifiers)));
    }
    for (authorization, n) in &totals.kept {
        lines.push(format!(
            "kept:    {} visible under the authorization {authorization}",
            count(*n, "face", "faces")
        ));
    }
    if totals.spared > 0 {
        let lines_stay = count(totals.spared, "line of text stays", "lines of text stay");
        lines.push(format!("spared:  {lines_stay} visible"));
    }
    if options.dry_run {
        lines.push("dry run: nothing was written".to_owned());
    } else {
        lines.push(format!("outputs: {} in {}", count(totals.outputs, "file", "files"), options.out.display()));
        lines.extend(audit::after_run(batch.trail_head.as_deref(), options));
    }
    for handled in &batch.handled {
        let name = || name(handled, options.private);
        match &handled.ending {
            Ending::Failed { reason } => lines.push(format!("FAILED   {}: {}", name(), printable(reason))),
            Ending::Withheld { reason, outputs, .. } => {
                // A kept name is the input's.
                let shown = outputs.first().filter(|_| !(options.private && options.keep_names));
                let aside =
                    shown.map(|first| format!(" ({})", printable(&options.out.join(first).to_string_lossy())));
                lines.push(format!("WITHHELD {}: {}{}", name(), printable(reason), aside.unwrap_or_default()));
            }
            Ending::Clean { .. } | Ending::DoneBefore { .. } | Ending::Skipped => {}
        }
    }
    let last = match classes.is_empty() {
        true => "No detector looked: look at every output before you post it.",
        false => "No detector finds everything: look at every output before you post it.",
    };
    lines.push(last.to_owned());
    lines.join("\n")
}

#[derive(Serialize)]
struct JsonReport<'a> {
    tool: &'static str,
    policy_sha256: String,
    models: &'a [ModelUsed],
    looked_for: &'a [Class],
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Device>,
    isolation: Apart,
    exit_code: u8,
    interrupted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trail_head: Option<&'a str>,
    totals: Totals,
    inputs: Vec<JsonInput<'a>>,
}

#[derive(Serialize)]
struct JsonInput<'a> {
    /// Place in the list, from 0.
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// Names need not be text, JSON must be.
    outputs: Vec<Cow<'a, str>>,
    /// What the kept name seems to give away.
    #[serde(skip_serializing_if = "<[Tells]>::is_empty")]
    name_tells: &'a [Tells],
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a InputReport>,
}

impl<'a> JsonReport<'a> {
    fn new(
        cleaner: &'a dyn Cleaning,
        isolation: Apart,
        batch: &'a Batch,
        exit: Exit,
        names: bool,
        kept: &'a [kept::Kept<'a>],
    ) -> Self {
        let inputs = batch
            .handled
            .iter()
            .map(|handled| {
                let (outcome, reason, outputs, report): (_, _, &[PathBuf], _) = match &handled.ending {
                    Ending::Clean { report, outputs } => ("clean", None, outputs, Some(report)),
                    Ending::DoneBefore { report, outputs } => ("done_before", None, outputs, Some(report)),
                    Ending::Withheld { report, reason, outputs, .. } => {
                        ("withheld", Some(reason.as_str()), outputs, Some(report))
                    }
                    Ending::Failed { reason } => ("failed", Some(reason.as_str()), &[], None),
                    Ending::Skipped => ("skipped", None, &[], None),
                };
                let name = names.then(|| handled.path.to_string_lossy());
                let outputs = outputs.iter().map(|path| path.to_string_lossy()).collect();
                let kept = kept.iter().find(|k| k.index == handled.index);
                let name_tells = kept.map_or(&[][..], |k| &k.tells);
                JsonInput { index: handled.index, name, outcome, reason, outputs, name_tells, report }
            })
            .collect();
        Self {
            tool: concat!("safepost ", env!("CARGO_PKG_VERSION")),
            policy_sha256: cleaner.policy().sha256(),
            models: cleaner.models(),
            looked_for: cleaner.policy().redact.as_slice(),
            device: device_of(cleaner),
            isolation,
            exit_code: exit as u8,
            interrupted: batch.interrupted,
            trail_head: batch.trail_head.as_deref(),
            totals: Totals::of(batch),
            inputs,
        }
    }
}
