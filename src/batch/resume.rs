//! What an earlier run has done already, so that it need not be done again.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::Ending;
use crate::{audit::Row, media::hash_file, pipeline::InputReport};

/// Rows of earlier runs that still hold, by content of the input.
///
/// Two inputs with the same bytes were given two outputs, so each row answers for one input only.
#[derive(Debug, Default)]
pub struct Done {
    rows: Mutex<HashMap<String, Vec<Row<InputReport>>>>,
}

impl Done {
    /// The rows that were made by the same tool, policy and models, and ended clean.
    pub fn new(rows: Vec<Row<InputReport>>, fingerprint: &Fingerprint) -> Self {
        let mut by_content: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            if row.outcome == "clean"
                && fingerprint.made(&row)
                && let Some(sha256) = row.input_sha256.clone()
            {
                by_content.entry(sha256).or_default().push(row);
            }
        }
        Self { rows: Mutex::new(by_content) }
    }

    /// The earlier ending of an input with this content, if its outputs are still there, byte for byte, under the
    /// stem that is wanted now (any stem when names are neutral).
    pub fn take(&self, input_sha256: &str, out: &Path, stem: Option<&Path>) -> Option<Ending> {
        let mut by_content = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = by_content.get_mut(input_sha256)?;
        let found = rows.iter().position(|row| {
            let named = |name: &str| {
                stem.is_none_or(|stem| {
                    let tail = name.strip_prefix(&*stem.to_string_lossy());
                    tail.is_some_and(|tail| tail.starts_with('.') || tail.starts_with("-page"))
                })
            };
            row.outputs.iter().all(|o| named(&o.name) && is_file_with_hash(&out.join(&o.name), &o.sha256))
        })?;
        let row = rows.swap_remove(found);
        let outputs = row.outputs.into_iter().map(|o| PathBuf::from(o.name)).collect();
        row.report.map(|report| Ending::DoneBefore { report, outputs })
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
    fn made(&self, row: &Row<InputReport>) -> bool {
        row.tool == self.tool && row.policy_sha256 == self.policy_sha256 && row.models_sha256 == self.models_sha256
    }
}
