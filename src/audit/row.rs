//! What a row holds. Plain data; how rows hang together is [`super::chain`]'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::device::Share;

/// Version of the row format.
pub const VERSION: u32 = 2;

/// One line of the trail, without its seal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// [`VERSION`] at the time of writing.
    pub v: u32,
    /// Number of the row, from 0; goes on counting over a purge.
    pub row: u64,
    /// SHA-256 of the row before, over the exact bytes of its line without the line's end; zeros in the first row.
    pub prev: String,
    /// When it was written, seconds since 1970 UTC by this machine's clock.
    pub time_unix_s: u64,
    /// What it says.
    #[serde(flatten)]
    pub what: What,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The first row.
    Genesis(Genesis),
    /// A run that is about to add rows.
    Run(Run),
    /// An input that was handled.
    Input(Box<Input>),
    /// What a run that was cut off had begun to write stands before this row.
    Torn(Torn),
    /// Rows were removed because of their age.
    Purge(Purge),
}

/// How a trail begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    /// Random, 128 bits in hexadecimal: tells this trail from every other.
    pub trail: String,
    /// Program and version.
    pub tool: String,
    /// Tells whether a key is the one of this trail, and nothing else about it.
    pub key_id: String,
    /// The file of version 1 that this trail goes on from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earlier: Option<Earlier>,
}

/// A file of version 1, which has no chain of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// SHA-256 of the whole file.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// What a run worked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Program and version.
    pub tool: String,
    /// Hash of the policy in force.
    pub policy_sha256: String,
    /// Hash over the names and hashes of the models in use.
    pub models_sha256: String,
    /// The models in use.
    pub models: Vec<ModelRow>,
    /// Who ran it, where that was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<String>,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRow {
    /// Its name.
    pub name: String,
    /// SHA-256 of its file, lower-case hexadecimal.
    pub sha256: String,
    /// What it ran on; absent for what is no network, and in rows of earlier versions.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub device: Option<String>,
    /// How much of it that device took, the processor having run the rest; absent on the processor.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub taken: Option<Share>,
}

/// One handled input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Number of the row of its run.
    pub run: u64,
    /// Program and version.
    pub tool: String,
    /// Hash of the policy in force.
    pub policy_sha256: String,
    /// Hash over the names and hashes of the models in use.
    pub models_sha256: String,
    /// Who ran it, where that was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<String>,
    /// The input's content as a keyed hash, see [`Key::input`](super::Key::input); absent when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input_hmac: Option<String>,
    /// `clean`, `withheld` or `failed`.
    pub outcome: String,
    /// Why it was withheld or failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Whether the output passed its checks: `passed`, `refuted`, or `none` where nothing was made.
    pub verification: String,
    /// How many things of each class were found.
    pub found: BTreeMap<String, u64>,
    /// How many identifiers of each kind were told in the text, where it was read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub identifiers: BTreeMap<String, u64>,
    /// Lines of text that stay visible, because the policy spares them.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub spared: u64,
    /// How many faces stay visible under each authorization.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub authorized: BTreeMap<String, u64>,
    /// Authorizations for some files only that were for this one, whether or not their face was seen.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub limited_to: Vec<String>,
    /// The files that were written.
    pub outputs: Vec<OutputRow>,
    /// The whole report, without the places of what was found; absent when the input failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub report: Option<Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// One output file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputRow {
    /// Path inside the output folder. Where the input's own name was kept, `*` stands in its place.
    pub name: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the file.
    pub bytes: u64,
    /// Columns in pixels.
    pub width: u32,
    /// Rows in pixels.
    pub height: u32,
    /// Frames; 1 for a still.
    pub frames: u32,
}

/// Lines before this row that hold the beginning of a row whose writer was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Torn {
    /// How many.
    pub lines: u64,
    /// Their bytes with their ends.
    pub bytes: u64,
    /// SHA-256 of those bytes.
    pub sha256: String,
}

/// Rows that are no longer there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// Number of the last row that was removed; all from row 1 on went with it.
    pub to: u64,
    /// Hash of that row.
    pub last_sha256: String,
    /// How many bytes went.
    pub bytes: u64,
    /// SHA-256 of all that went, as it stood in the file.
    pub bytes_sha256: String,
    /// Age that was asked for.
    pub years: u32,
    /// Who removed them, where that was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<String>,
}
