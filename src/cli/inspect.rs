//! `safepost inspect`: what a file gives away and what would be redacted. Writes nothing.

use std::{fmt::Write, fs::File, path::Path};

use serde::Serialize;

use super::{
    Exit, Fatal,
    args::{InspectArgs, RuntimeArgs},
    print::{self, count},
    progress::{found, printable},
    setup,
};
use crate::{
    error::{CleanError, MediaError},
    limits::Limits,
    media,
    metadata::{self, Entry, Listing},
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
    let mut inspection = Inspection {
        file,
        format: None,
        metadata: Vec::new(),
        outside: shown(metadata::outside(file).unwrap_or_default()),
        findings: None,
        error: None,
    };
    let looked = match media::head(file).and_then(|head| media::sniff(&head)) {
        Ok(format) if format.is_video() => video(file, cleaner),
        // What no opener knows is listed too, as far as it goes.
        Ok(_) | Err(_) => picture(file, limits, cleaner),
    };
    match looked {
        Ok((listing, report)) => {
            inspection.format = listing.format;
            inspection.metadata = shown(listing.entries);
            match report {
                Some(Ok(report)) => inspection.findings = Some(report),
                Some(Err(error)) => inspection.error = Some(error.to_string()),
                None => {}
            }
        }
        Err(error) => inspection.error = Some(error.to_string()),
    }
    inspection
}

/// What a file gives away, and what would be redacted in it, if anyone is to look.
type Looked = (Listing, Option<Result<InputReport, CleanError>>);

fn picture(file: &Path, limits: &Limits, cleaner: Option<&Cleaner>) -> Result<Looked, MediaError> {
    let bytes = media::read_file(file, limits)?;
    let listing = metadata::list(&bytes);
    Ok((listing, cleaner.map(|cleaner| cleaner.inspect_bytes(bytes))))
}

/// A video is not read into memory, neither for its metadata nor for its frames.
fn video(file: &Path, cleaner: Option<&Cleaner>) -> Result<Looked, MediaError> {
    let mut open = File::open(file).map_err(|source| MediaError::Io { doing: "reading the input", source })?;
    Ok((metadata::list_video(&mut open), cleaner.map(|cleaner| cleaner.inspect_video(file, None))))
}

fn describe(inspection: &Inspection<'_>, values: bool) -> String {
    let mut text = format!(
        "{}: {}\n",
        printable(&inspection.file.to_string_lossy()),
        inspection.format.unwrap_or("neither a picture nor a video that is read")
    );
    let mut section = |title: &str, entries: &[Shown]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {title}: {}", if entries.is_empty() { "nothing" } else { "" });
        for Shown { entry, value } in entries {
            let value = value.as_ref().map(|v| format!(" = {}", printable(v))).unwrap_or_default();
            let _ = writeln!(text, "    {:<14} {}{value}\n{:19}{}", entry.class.name(), entry.place, "", entry.why);
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
