//! `safepost inspect`: what a file gives away and what would be redacted. Writes nothing.

use std::{fmt::Write, path::Path};

use serde::Serialize;

use super::{
    Exit, Fatal,
    args::{InspectArgs, RuntimeArgs},
    device::other_than_cpu,
    print::{self, count},
    progress::{found, identifiers, printable},
    setup,
};
use crate::{
    error::CleanError,
    inspect::inspect_file,
    limits::Limits,
    media,
    metadata::{Entry, Likeness},
    pipeline::{Cleaner, InputReport, VideoReport},
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
    let mut inspection =
        Inspection { file, format: None, metadata: Vec::new(), outside: Vec::new(), findings: None, error: None };
    match inspect_file(file, limits) {
        Ok(told) => {
            inspection.format = told.listing.format;
            inspection.metadata = shown(told.listing.entries);
            inspection.outside = shown(told.outside);
            match cleaner.map(|cleaner| looked(file, limits, cleaner)) {
                Some(Ok(report)) => inspection.findings = Some(report),
                Some(Err(error)) => inspection.error = Some(error.to_string()),
                None => {}
            }
        }
        Err(error) => inspection.error = Some(error.to_string()),
    }
    inspection
}

/// What would be redacted. A video is not read into memory.
fn looked(file: &Path, limits: &Limits, cleaner: &Cleaner) -> Result<InputReport, CleanError> {
    // As `clean` does with a file that is named.
    let place = file.file_name().map(Path::new);
    match media::sniff(&media::head(file)?)?.is_video() {
        true => cleaner.inspect_video(file, place, None),
        false => cleaner.inspect_bytes_at(media::read_file(file, limits)?, place),
    }
}

fn describe(inspection: &Inspection<'_>, values: bool) -> String {
    let mut text = format!(
        "{}: {}\n",
        printable(&inspection.file.to_string_lossy()),
        inspection.format.unwrap_or("neither a picture nor a video that is read")
    );
    let mut section = |title: &str, entries: &[Shown]| {
        // Of what could not be read nobody knows that there is nothing.
        if entries.is_empty() && inspection.error.is_some() {
            return;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {title}: {}", if entries.is_empty() { "nothing" } else { "" });
        for Shown { entry, value } in entries {
            let value = value.as_ref().map(|v| format!(" = {}", printable(v))).unwrap_or_default();
            let _ = writeln!(text, "    {:<14} {}{value}\n{:19}{}", entry.class.name(), entry.place, "", entry.why);
            if let Some(likeness) = entry.likeness {
                let _ = writeln!(text, "{:19}{}", "", compared(likeness));
            }
        }
    };
    section("in the file, besides what it shows", &inspection.metadata);
    section("around the file", &inspection.outside);
    if let Some(report) = &inspection.findings {
        let what = if report.video.is_some() { "video" } else { "picture" };
        let _ = writeln!(text, "  in the {what}: {}", found(report));
        if let Some(video) = &report.video {
            text.push_str(&watched(video));
        }
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
        let read_in_video = report.video.as_ref().is_some_and(|video| video.reading.is_some());
        if read_in_video || report.frames.iter().any(|frame| frame.reading.is_some()) {
            let _ = writeln!(text, "    {:<14} {}", "told in text", identifiers(&report.identifiers()));
        }
        if report.spared() > 0 {
            let lines = count(report.spared(), "harmless line", "harmless lines");
            let _ = writeln!(text, "    {:<14} {lines} of text", "would stay");
        }
        for (authorization, n) in report.authorized() {
            let faces = count(n, "face", "faces");
            let _ = writeln!(text, "    {:<14} {faces} under the authorization {authorization}", "would stay");
        }
        if let Some(device) = other_than_cpu(report.device) {
            let _ = writeln!(text, "    looked on      {device}");
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

/// An embedded picture beside what the file shows.
fn compared(likeness: Likeness) -> String {
    match likeness {
        Likeness::Same => "it shows what the picture shows".to_owned(),
        Likeness::Differs { percent } => {
            format!("it shows SOMETHING ELSE than the picture, in about {percent} % of it")
        }
        Likeness::Unknown => "it could not be decoded, so it was not compared with the picture".to_owned(),
    }
}

/// What a video is, and how it was watched.
fn watched(video: &VideoReport) -> String {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let looks: Vec<_> = video.looks.iter().map(|(class, n)| format!("{} in {n}", class.plural())).collect();
    format!(
        "    {}, {}x{}, {:.2} s, {}, {}\n    looked for {} of the frames and followed between\n    would cover {:.1} % \
         of the picture, at most {:.1} % in a frame\n",
        video.coding,
        video.size.width,
        video.size.height,
        video.duration_us as f64 / 1e6,
        count(number(video.frames), "frame", "frames"),
        count(number(video.scenes), "scene", "scenes"),
        looks.join(", "),
        video.covered_mean * 100.0,
        video.covered_max * 100.0,
    )
}
