//! What an earlier run has done already, so that it need not be done again.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{Ending, trail};
use crate::{
    audit::{Input, Key},
    media::hash_file,
};

/// Rows of earlier runs that still hold, by content of the input.
///
/// Two inputs with the same bytes were given two outputs, so each row answers for one input only.
#[derive(Debug, Default)]
pub struct Done {
    /// Inputs stand in the trail as a keyed hash. Without a trail there are no rows.
    key: Option<Key>,
    /// Outputs need not be there any more.
    trusting: bool,
    rows: Mutex<HashMap<String, Vec<Input>>>,
}

impl Done {
    /// Of rows that [count](Self::counts).
    pub fn new(rows: Vec<Input>, key: Key) -> Self {
        let mut by_content: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            if let Some(content) = row.input_hmac.clone() {
                by_content.entry(content).or_default().push(row);
            }
        }
        Self { key: Some(key), trusting: false, rows: Mutex::new(by_content) }
    }

    /// Whether a row was made by the same tool, policy and models, and ended with files that were written: clean ones, or
    /// such as were put aside.
    pub fn counts(row: &Input, fingerprint: &Fingerprint) -> bool {
        let kept = row.outcome == "clean" || (row.outcome == "withheld" && !row.outputs.is_empty());
        kept && fingerprint.made(row)
    }

    /// From now on outputs need not be there any more: somebody may have taken them out of their folder.
    pub fn without_looking(&mut self) {
        self.trusting = true;
    }

    /// The earlier ending of an input with this content, if its outputs are still there, byte for byte, under the
    /// stem that is wanted now (or under neutral names, if those are), and if the same authorizations for some files only
    /// were for it.
    pub fn take(
        &self,
        input_sha256: &str,
        limited_to: &[String],
        out: &Path,
        stem: Option<&Path>,
    ) -> Option<Ending> {
        let content = self.key.as_ref()?.input(input_sha256);
        let mut by_content = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = by_content.get_mut(&content)?;
        let paths = |row: &Input| {
            let paths = row.outputs.iter().map(|output| {
                let there = |path: &PathBuf| self.trusting || is_file_with_hash(&out.join(path), &output.sha256);
                trail::path(&output.name, stem).filter(there)
            });
            paths.collect::<Option<Vec<PathBuf>>>()
        };
        let mut same = rows.iter().enumerate().filter(|(_, row)| row.limited_to == limited_to);
        let (found, outputs) = same.find_map(|(at, row)| Some((at, paths(row)?)))?;
        let row = rows.swap_remove(found);
        let report = serde_json::from_value(row.report?).ok()?;
        Some(match row.outcome.as_str() {
            "withheld" => {
                Ending::Withheld { report, reason: row.reason.unwrap_or_default(), outputs, before: true }
            }
            _ => Ending::DoneBefore { report, outputs },
        })
    }
}

fn is_file_with_hash(path: &Path, sha256: &str) -> bool {
    hash_file(path).is_ok_and(|(got, _)| got == sha256)
}

/// Everything besides the input that decides what an output looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Program and version.
    pub tool: String,
    /// Hash of the policy.
    pub policy_sha256: String,
    /// Hash over the names and hashes of the models.
    pub models_sha256: String,
}

impl Fingerprint {
    fn made(&self, row: &Input) -> bool {
        row.tool == self.tool && row.policy_sha256 == self.policy_sha256 && row.models_sha256 == self.models_sha256
    }
}
