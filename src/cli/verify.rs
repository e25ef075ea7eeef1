//! `safepost verify`: whether files hold their picture or video and nothing else. Writes nothing. What a file shows is
//! not looked at here: that is what a detector would add, beside the proof of each file.

use std::path::Path;

use serde::Serialize;

use super::{
    Exit, Fatal,
    args::VerifyArgs,
    print::{self, count},
    progress::printable,
};
use crate::{
    batch::{self, Item, Origin},
    limits::Limits,
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
}

impl Verdict {
    const fn exit(self) -> Exit {
        match self {
            Verdict::Proved => Exit::Clean,
            Verdict::Failed => Exit::Failed,
            Verdict::NotClean => Exit::Withheld,
        }
    }
}

pub fn run(args: &VerifyArgs) -> Result<Exit, Fatal> {
    let items = batch::list(&args.files)?;
    let limits = Limits::default();
    let rows: Vec<_> = items.iter().map(|item| examine(item, &limits)).collect();
    // An empty folder is more likely a mistyped path than a success.
    let exit = rows.iter().map(|row| row.verdict.exit()).max().unwrap_or(Exit::Nothing);
    if args.json {
        print::json(&rows)?;
        return Ok(exit);
    }
    for row in &rows {
        let name = printable(&row.file.to_string_lossy());
        let reason = row.reason.as_deref().unwrap_or_default();
        match (row.verdict, row.proved) {
            (Verdict::Proved, Some(proved)) if !args.quiet => print::out(format!("{name}: {}", describe(proved)))?,
            (Verdict::Proved, _) => {}
            (Verdict::Failed, _) => print::out(format!("{name}: FAILED: {reason}"))?,
            (Verdict::NotClean, _) => print::out(format!("{name}: NOT CLEAN: {reason}"))?,
        }
    }
    if !args.quiet {
        let number = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
        let not_clean = number(Verdict::NotClean);
        let mut line = format!("{}: {} proved", count(rows.len(), "file", "files"), number(Verdict::Proved));
        for (n, what) in [(not_clean, "NOT CLEAN"), (number(Verdict::Failed), "FAILED")] {
            if n > 0 {
                line += &format!(", {n} {what}");
            }
        }
        print::out(line)?;
        print::out("A proof is about what else is in a file. Nobody looked at what the files show.")?;
    }
    Ok(exit)
}

/// One file. Whatever is to be known about a file of unknown origin comes together here.
fn examine<'a>(item: &'a Item, limits: &Limits) -> Row<'a> {
    let row = |verdict, reason, proved| Row { file: &item.path, verdict, reason, proved };
    if let Origin::Unreadable(reason) = &item.origin {
        return row(Verdict::Failed, Some(reason.clone()), None);
    }
    match prove_file(&item.path, limits) {
        Ok(proved) => row(Verdict::Proved, None, Some(proved)),
        Err(Unproved::Unread(error)) => row(Verdict::Failed, Some(error.to_string()), None),
        Err(Unproved::Refuted(refutation)) => row(Verdict::NotClean, Some(refutation.to_string()), None),
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
