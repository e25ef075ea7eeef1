//! `safepost inspect`: what a file gives away and what would be redacted. Writes nothing.

use std::{fmt::Write, path::Path};

use serde::Serialize;

use super::{
    Exit, Fatal,
    args::{InspectArgs, RuntimeArgs},
    print,
    progress::{found, printable},
    setup,
};
use crate::{
    limits::Limits,
    media,
    metadata::{self, Entry},
    pipeline::{Cleaner, InputReport},
};

/// Everything said about one file.
#[derive(Serialize)]
struct Inspection<'a> {
    file: &'a Path,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    /// What stands in the file besides the picture.
    metadata: Vec<Shown>,
    /// What its name, its times and its attributes tell.
    outside: Vec<Shown>,
    /// What the detectors saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<InputReport>,
    /// Why it could not be read whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// An entry with its value, if values were asked for.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    entry: Entry,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

pub fn run(args: InspectArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    let policy = setup::policy(&args.policy)?;
    let limits = policy.limits.clone();
    let cleaner = match args.metadata_only {
        true => None,
        false => Some(Cleaner::new(policy, &setup::runtime(runtime, 1))?),
    };
    let inspections: Vec<_> =
        args.files.iter().map(|file| inspect(file, &limits, cleaner.as_ref(), args.values)).collect();
    let failed = inspections.iter().any(|i| i.error.is_some());
    if args.json {
        print::json(&inspections)?;
    } else {
        for inspection in &inspections {
            print::out(describe(inspection, args.values))?;
        }
    }
    Ok(if failed { Exit::Failed } else { Exit::Clean })
}

fn inspect<'a>(file: &'a Path, limits: &Limits, cleaner: Option<&Cleaner>, values: bool) -> Inspection<'a> {
    let shown = |entries: Vec<Entry>| {
        let show = |entry: Entry| {
            let value = entry.value.as_ref().filter(|_| values).map(|v| v.expose().clone());
            Shown { entry, value }
        };
        entries.into_iter().map(show).collect()
    };
    let mut inspection = Inspection {
        file,
        format: None,
        metadata: Vec::new(),
        outside: shown(metadata::outside(file).unwrap_or_default()),
        findings: None,
        error: None,
    };
    let bytes = match media::read_file(file, limits) {
        Ok(bytes) => bytes,
        Err(error) => {
            inspection.error = Some(error.to_string());
            return inspection;
        }
    };
    let listing = metadata::list(&bytes);
    inspection.format = listing.format;
    inspection.metadata = shown(listing.entries);
    match cleaner.map(|cleaner| cleaner.inspect_bytes(bytes)) {
        Some(Ok(report)) => inspection.findings = Some(report),
        Some(Err(error)) => inspection.error = Some(error.to_string()),
        None => {}
    }
    inspection
}

fn describe(inspection: &Inspection<'_>, values: bool) -> String {
    let mut text = format!(
        "{}: {}\n",
        printable(&inspection.file.to_string_lossy()),
        inspection.format.unwrap_or("not a picture that is read")
    );
    let mut section = |title: &str, entries: &[Shown]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {title}: {}", if entries.is_empty() { "nothing" } else { "" });
        for Shown { entry, value } in entries {
            let value = value.as_ref().map(|v| format!(" = {}", printable(v))).unwrap_or_default();
            let _ = writeln!(text, "    {:<14} {}{value}\n{:19}{}", entry.class.name(), entry.place, "", entry.why);
        }
    };
    section("in the file, besides the picture", &inspection.metadata);
    section("around the file", &inspection.outside);
    if let Some(report) = &inspection.findings {
        let _ = writeln!(text, "  in the picture: {}", found(report));
        for (number, frame) in report.frames.iter().enumerate() {
            for finding in &frame.findings {
                let at = finding.shape.bounds();
                let frame = if report.frames.len() > 1 { format!("frame {number}, ") } else { String::new() };
                let _ = writeln!(
                    text,
                    "    {:<14} {frame}{:.0},{:.0} {:.0}x{:.0}, score {:.2} ({})",
                    finding.class.name(),
                    at.x0,
                    at.y0,
                    at.width(),
                    at.height(),
                    finding.score,
                    finding.source
                );
            }
        }
        for dropped in &report.dropped {
            let _ = writeln!(text, "    left behind    {dropped}");
        }
    }
    if let Some(error) = &inspection.error {
        let _ = writeln!(text, "  FAILED: {error}");
    }
    if !values && !inspection.metadata.is_empty() {
        text.push_str("  (--values shows what these say)\n");
    }
    text
}
