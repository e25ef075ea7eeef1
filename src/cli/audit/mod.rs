//! `safepost audit`: looks after the trail that `clean` and `watch` write. Nothing here opens a picture.

mod args;

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    time::SystemTime,
};

use self::args::{AuditCommand, TrailArgs};
use super::{
    Exit, Fatal,
    print::{self, count},
    progress::printable,
};
use crate::{
    audit::{self, AuditError, Chain, Key, Tail, Totals, What},
    batch::Options,
    date::utc,
    media, private,
};

pub use args::AuditArgs;

pub fn run(args: &AuditArgs) -> Result<Exit, Fatal> {
    match &args.command {
        AuditCommand::Verify { trail, expect } => verify(trail, expect.as_deref()),
        AuditCommand::Show { trail, of: Some(input), .. } => show_one(trail, input),
        AuditCommand::Show { trail, of: None, json } => show(trail, *json),
        AuditCommand::Export { trail, csv, html, overwrite } => {
            export(trail, csv.as_deref(), html.as_deref(), *overwrite)
        }
        AuditCommand::Purge { file, years, operator, dry_run } => {
            purge(file, *years, operator.as_deref(), *dry_run)
        }
    }
}

/// What is said about the trail after a run that wrote one.
pub fn after_run(head: Option<&str>, options: &Options) -> Vec<String> {
    let Some(head) = head else { return Vec::new() };
    let mut lines = Vec::new();
    if !options.private {
        let names = audit::names_file(&options.manifest);
        lines.push(format!("private: {} says which output came from which input; never post it", names.display()));
    }
    lines.push(format!("trail:   {}, last row {head}", options.manifest.display()));
    lines
}

fn key(args: &TrailArgs) -> Result<Option<Key>, AuditError> {
    match &args.key {
        Some(given) => Key::read(given).map(Some),
        None => match Key::read(&audit::key_file(&args.file)) {
            Err(AuditError::NoKey { .. }) => Ok(None),
            read => read.map(Some),
        },
    }
}

fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

fn verify(args: &TrailArgs, expect: Option<&str>) -> Result<Exit, Fatal> {
    let (chain, met) = audit::verify(&args.file, key(args)?.as_ref(), expect)?;
    let mut lines = vec![match &chain.broken {
        Some(broken) => format!("{}: BROKEN in line {}: {}", shown(&args.file), broken.line, broken.why),
        None if !met => format!(
            "{}: BROKEN: no row has the hash that is expected; rows are missing at the end, or it is another trail",
            shown(&args.file)
        ),
        None => format!("{}: holds", shown(&args.file)),
    }];
    lines.extend(facts(&chain));
    print::out(lines.join("\n"))?;
    Ok(if chain.broken.is_none() && met { Exit::Clean } else { Exit::Withheld })
}

/// The lines about a chain that `verify` and `show` share.
fn facts(chain: &Chain) -> Vec<String> {
    let mut lines = vec![format!("rows:     {}", chain.rows)];
    if let Some(genesis) = &chain.genesis {
        lines.push(format!("trail:    {}", printable(&genesis.trail)));
        lines.push(format!("last row: {}", chain.head));
        if genesis.earlier.is_some() {
            lines.push("before:   goes on from a file of version 1, which has no chain".to_owned());
        }
    }
    lines.push(match chain.sealed {
        true => "seals:    checked with the key".to_owned(),
        false => "seals:    not checked, there is no key; the last row could have been changed".to_owned(),
    });
    if chain.torn > 0 {
        lines.push(format!("torn:     {}, sealed", count(chain.torn as usize, "torn line", "torn lines")));
    }
    if let Tail::Torn { .. } = chain.tail {
        lines.push("torn:     the end is the beginning of a row: a run is writing it, or was cut off".to_owned());
    }
    if chain.purged > 0 {
        lines.push(format!("purged:   rows 1 to {}", chain.purged));
    }
    lines
}

fn show(args: &TrailArgs, json: bool) -> Result<Exit, Fatal> {
    let (chain, rows) = audit::read(&args.file, key(args)?.as_ref())?;
    let totals = Totals::of(&rows);
    let exit = if chain.broken.is_some() { Exit::Withheld } else { Exit::Clean };
    if json {
        print::json(&totals)?;
        return Ok(exit);
    }
    let mut lines = Vec::new();
    if let Some(broken) = &chain.broken {
        lines.push(format!("BROKEN in line {}: {}; what follows is not counted", broken.line, broken.why));
    }
    lines.extend(facts(&chain));
    let list = |counts: &std::collections::BTreeMap<String, u64>| {
        let list: Vec<_> = counts.iter().map(|(what, n)| format!("{n} {}", printable(what))).collect();
        if list.is_empty() { "none".to_owned() } else { list.join(", ") }
    };
    let moment = |time: Option<u64>| time.map_or_else(|| "none".to_owned(), utc);
    lines.push(format!("from:     {}", moment(totals.from_unix_s)));
    lines.push(format!("to:       {}", moment(totals.to_unix_s)));
    lines.push(format!("runs:     {}", totals.runs));
    lines.push(format!("inputs:   {} ({})", totals.inputs, list(&totals.outcomes)));
    lines.push(format!("outputs:  {}", totals.outputs));
    lines.push(format!("found:    {}", list(&totals.found)));
    if !totals.identifiers.is_empty() {
        lines.push(format!("told:     {}", list(&totals.identifiers)));
    }
    if !totals.authorized.is_empty() {
        lines.push(format!("kept:     faces under {}", list(&totals.authorized)));
    }
    if totals.spared > 0 {
        lines.push(format!("spared:   {} of text stay visible", count(totals.spared as usize, "line", "lines")));
    }
    if !totals.operators.is_empty() {
        lines.push(format!("operators, with inputs: {}", list(&totals.operators)));
    }
    print::out(lines.join("\n"))?;
    Ok(exit)
}

/// The rows of one photo, by the keyed hash of its content.
fn show_one(args: &TrailArgs, input: &Path) -> Result<Exit, Fatal> {
    let missing = || AuditError::NoKey { path: args.key.clone().unwrap_or_else(|| audit::key_file(&args.file)) };
    let key = key(args)?.ok_or_else(missing)?;
    let (sha256, _) = media::hash_file(input)?;
    let wanted = key.input(&sha256);
    let (chain, rows) = audit::read(&args.file, Some(&key))?;
    let mut met = 0;
    for row in &rows {
        let What::Input(input) = &row.what else { continue };
        if input.input_hmac.as_ref() != Some(&wanted) {
            continue;
        }
        met += 1;
        let outputs: Vec<_> = input.outputs.iter().map(|output| printable(&output.name)).collect();
        let tail = if outputs.is_empty() { String::new() } else { format!(" -> {}", outputs.join(", ")) };
        let (number, time) = (row.row, utc(row.time_unix_s));
        print::out(format!("row {number}, {time}: {}{tail}", printable(&input.outcome)))?;
    }
    if let Some(broken) = &chain.broken {
        print::out(format!("BROKEN in line {}: {}; what follows was not searched", broken.line, broken.why))?;
        return Ok(Exit::Withheld);
    }
    if met == 0 {
        print::out("no row is about this file")?;
        return Ok(Exit::Nothing);
    }
    Ok(Exit::Clean)
}

fn export(args: &TrailArgs, csv: Option<&Path>, html: Option<&Path>, overwrite: bool) -> Result<Exit, Fatal> {
    for path in [csv, html].into_iter().flatten() {
        if audit::part_of(&args.file, args.key.as_deref(), path).is_some() {
            return Err(Fatal::ExportOver { path: path.to_owned() });
        }
    }
    let (chain, rows) = audit::read(&args.file, key(args)?.as_ref())?;
    if let Some(path) = csv {
        write(path, overwrite, |to| audit::write_csv(&rows, to))?;
    }
    if let Some(path) = html {
        write(path, overwrite, |to| audit::write_html(&chain, &rows, now(), to))?;
    }
    if let Some(broken) = &chain.broken {
        print::out(format!("BROKEN in line {}: {}; rows from there on were left out", broken.line, broken.why))?;
        return Ok(Exit::Withheld);
    }
    Ok(Exit::Clean)
}

/// Writes a file for its owner only; one that is there is replaced only when asked.
fn write(path: &Path, overwrite: bool, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fatal> {
    let write = || -> io::Result<()> {
        let mut options = private::options();
        options.write(true).create_new(!overwrite).create(overwrite).truncate(overwrite);
        let mut to = BufWriter::new(options.open(path)?);
        fill(&mut to)?;
        to.flush()
    };
    write().map_err(|source| Fatal::Export { path: path.to_owned(), source })
}

fn purge(file: &Path, years: u32, operator: Option<&str>, dry_run: bool) -> Result<Exit, Fatal> {
    let tool = concat!("safepost ", env!("CARGO_PKG_VERSION"));
    let purged = audit::purge(file, tool, years, now(), operator, dry_run)?;
    let rows = count(usize::try_from(purged.rows).unwrap_or(usize::MAX), "row", "rows");
    let youngest = utc(purged.youngest_unix_s);
    print::out(match dry_run {
        true => format!("{rows} would go, the youngest from {youngest}; nothing was removed"),
        false => format!("{rows} removed, the youngest from {youngest}\nlast row: {}", purged.head),
    })?;
    Ok(Exit::Clean)
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs())
}
