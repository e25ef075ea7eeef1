//! `safepost verify`: whether files hold their picture or video and nothing else, and whether detectors still see in them
//! what should have gone. Writes nothing.

use std::path::Path;

use serde::Serialize;

use super::{
    Exit, Fatal,
    args::{RuntimeArgs, VerifyArgs},
    print::{self, count},
    progress::printable,
    setup,
};
use crate::{
    batch::{self, Item, Origin},
    finding::Class,
    limits::Limits,
    pipeline::{Cleaner, Seen},
    verify::{Proved, Unproved, prove_file},
};

/// What came of one file.
#[derive(Serialize)]
struct Row<'a> {
    file: &'a Path,
    verdict: Verdict,
    /// Why it is not proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What it is, when it is proved.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    proved: Option<Proved>,
    /// What detectors see in it, when it is proved and they looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    detectors: Option<Seen>,
}

/// The worst verdict decides the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// The file holds its picture or video and nothing else.
    Proved,
    /// It could not be read.
    Failed,
    /// It holds something else too, or is of a form that is never written here.
    NotClean,
    /// It holds nothing else, and detectors see in it what should have gone.
    StillSeen,
}

impl Verdict {
    const fn exit(self) -> Exit {
        match self {
            Verdict::Proved => Exit::Clean,
            Verdict::Failed => Exit::Failed,
            Verdict::NotClean | Verdict::StillSeen => Exit::Withheld,
        }
    }
}

pub fn run(args: &VerifyArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    let items = batch::list(&args.files)?;
    let policy = setup::policy(&args.policy)?;
    let limits = policy.limits.clone();
    let cleaner = match args.metadata_only {
        true => None,
        false => Some(Cleaner::for_looking(policy, &setup::runtime(runtime, 1))?),
    };
    let rows: Vec<_> = items.iter().map(|item| examine(item, &limits, cleaner.as_ref())).collect();
    // An empty folder is more likely a mistyped path than a success.
    let exit = rows.iter().map(|row| row.verdict.exit()).max().unwrap_or(Exit::Nothing);
    if args.json {
        print::json(&rows)?;
        return Ok(exit);
    }
    for row in &rows {
        let name = printable(&row.file.to_string_lossy());
        let reason = row.reason.as_deref().map(printable).unwrap_or_default();
        match (row.verdict, row.proved) {
            (Verdict::Proved, Some(proved)) if !args.quiet => {
                let doubtful = row.detectors.as_ref().map_or(0, |seen| seen.doubtful);
                let doubt = if doubtful > 0 { format!("; {doubtful} doubtful, look at it") } else { String::new() };
                print::out(format!("{name}: {}{doubt}", describe(proved)))?;
            }
            (Verdict::Proved, _) => {}
            (Verdict::Failed, _) => print::out(format!("{name}: FAILED: {reason}"))?,
            (Verdict::NotClean, _) => print::out(format!("{name}: NOT CLEAN: {reason}"))?,
            (Verdict::StillSeen, _) => print::out(format!("{name}: STILL SEEN: {reason}"))?,
        }
    }
    if !args.quiet {
        let number = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
        let not_clean = number(Verdict::NotClean);
        let mut line = format!("{}: {} proved", count(rows.len(), "file", "files"), number(Verdict::Proved));
        let still = number(Verdict::StillSeen);
        for (n, what) in [(not_clean, "NOT CLEAN"), (still, "STILL SEEN"), (number(Verdict::Failed), "FAILED")] {
            if n > 0 {
                line += &format!(", {n} {what}");
            }
        }
        print::out(line)?;
        print::out(match args.metadata_only {
            true => "A proof is about what else is in a file. Nobody looked at what the files show.",
            false => {
                "A proof is about what else is in a file. What detectors do not see may still be there: look yourself."
            }
        })?;
    }
    Ok(exit)
}

/// One file. Whatever is to be known about a file of unknown origin comes together here.
fn examine<'a>(item: &'a Item, limits: &Limits, cleaner: Option<&Cleaner>) -> Row<'a> {
    let row = |verdict, reason, proved| Row { file: &item.path, verdict, reason, proved, detectors: None };
    if let Origin::Unreadable(reason) = &item.origin {
        return row(Verdict::Failed, Some(reason.clone()), None);
    }
    let proved = match prove_file(&item.path, limits) {
        Ok(proved) => proved,
        Err(Unproved::Unread(error)) => return row(Verdict::Failed, Some(error.to_string()), None),
        Err(Unproved::Refuted(refutation)) => return row(Verdict::NotClean, Some(refutation.to_string()), None),
    };
    match cleaner.map(|cleaner| cleaner.look_at(&item.path)).transpose() {
        Ok(None) => row(Verdict::Proved, None, Some(proved)),
        Ok(Some(seen)) if seen.seen.is_empty() => {
            Row { detectors: Some(seen), ..row(Verdict::Proved, None, Some(proved)) }
        }
        Ok(Some(seen)) => {
            let named = |(class, n): (&Class, &u64)| count(*n as usize, class.name(), class.plural());
            let reason = seen.seen.iter().map(named).collect::<Vec<_>>().join(", ");
            Row { detectors: Some(seen), ..row(Verdict::StillSeen, Some(reason), Some(proved)) }
        }
        Err(error) => row(Verdict::Failed, Some(error.to_string()), Some(proved)),
    }
}

fn describe(proved: Proved) -> String {
    let (size, frames) = match proved {
        Proved::Picture { proof, .. } => (proof.size, u64::from(proof.frames)),
        Proved::Video { proof, .. } => (proof.size, proof.frames),
    };
    let frames = if frames == 1 { String::new() } else { format!(", {frames} frames") };
    let sound = match proved {
        Proved::Video { proof, .. } if proof.channels.is_some() => ", with sound",
        Proved::Video { .. } | Proved::Picture { .. } => "",
    };
    format!("proved ({}, {}x{}{frames}{sound})", proved.name(), size.width, size.height)
}
