//! Reading a trail that nobody adds to: whether it holds, and what it says in numbers.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;

use super::{
    AuditError, Broken, Chain, Key,
    row::{Row, What},
    trail::walk_file,
};

/// Walks over the trail at `path`. With `key` the seals are checked too. The second value says whether one of the rows
/// has the hash `expect`; without one it is true.
///
/// What does not hold is in [`Chain::broken`]; it is no error.
///
/// # Errors
/// When the file cannot be read.
pub fn verify(path: &Path, key: Option<&Key>, expect: Option<&str>) -> Result<(Chain, bool), AuditError> {
    let mut met = expect.is_none();
    let chain = walk_file(path, key, &mut |_, place| met |= expect.is_some_and(|e| e == place.sha256))?;
    Ok((chain, met))
}

/// The trail at `path` with all rows that hold.
///
/// # Errors
/// When the file cannot be read.
pub fn read(path: &Path, key: Option<&Key>) -> Result<(Chain, Vec<Row>), AuditError> {
    let mut rows = Vec::new();
    let chain = walk_file(path, key, &mut |row, _| rows.push(row.clone()))?;
    Ok((chain, rows))
}

/// What the rows of a trail add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Runs that added something.
    pub runs: u64,
    /// Inputs that were handled; one that was handled twice counts twice.
    pub inputs: u64,
    /// Of those, by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Files that were written.
    pub outputs: u64,
    /// Things that were found, by class.
    pub found: BTreeMap<String, u64>,
    /// Identifiers that were told in text, by kind.
    pub identifiers: BTreeMap<String, u64>,
    /// Lines of text that stay visible.
    pub spared: u64,
    /// Faces that stay visible, by authorization.
    pub authorized: BTreeMap<String, u64>,
    /// Who ran it, where that was given, with the inputs handled.
    pub operators: BTreeMap<String, u64>,
    /// When the first and the last of these rows were written, seconds since 1970 UTC.
    pub from_unix_s: Option<u64>,
    /// See [`Totals::from_unix_s`].
    pub to_unix_s: Option<u64>,
}

impl Totals {
    /// Adds up.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut totals = Self::default();
        for row in rows {
            let input = match &row.what {
                What::Input(input) => input,
                What::Run(_) => {
                    totals.runs += 1;
                    continue;
                }
                What::Genesis(_) | What::Torn(_) | What::Purge(_) => continue,
            };
            let time = Some(row.time_unix_s);
            totals.from_unix_s = [totals.from_unix_s, time].into_iter().flatten().min();
            totals.to_unix_s = totals.to_unix_s.max(time);
            totals.inputs += 1;
            totals.outputs += input.outputs.len() as u64;
            *totals.outcomes.entry(input.outcome.clone()).or_default() += 1;
            totals.spared += input.spared;
            add(&mut totals.found, &input.found);
            add(&mut totals.identifiers, &input.identifiers);
            add(&mut totals.authorized, &input.authorized);
            if let Some(operator) = &input.operator {
                *totals.operators.entry(operator.clone()).or_default() += 1;
            }
        }
        totals
    }
}

fn add(totals: &mut BTreeMap<String, u64>, counts: &BTreeMap<String, u64>) {
    for (what, n) in counts {
        *totals.entry(what.clone()).or_default() += n;
    }
}

/// One sentence on whether a chain holds, for people.
pub(super) fn state(chain: &Chain) -> String {
    match chain.broken {
        Some(Broken { line, why }) => format!("BROKEN in line {line}: {why}. Rows from there on are not listed."),
        None if chain.sealed => "holds; the seals were checked with the key".to_owned(),
        None => "holds; the seals were not checked, because the key was not at hand".to_owned(),
    }
}

/// `3 face, 2 text`, or `nothing`.
pub(super) fn counted(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "nothing".to_owned();
    }
    counts.iter().map(|(what, n)| format!("{n} {what}")).collect::<Vec<_>>().join(", ")
}
