//! How hard to look: a noun that policies, detectors and options share.

use serde::{Deserialize, Serialize};

/// How hard the detectors look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Fewer passes and smaller inputs: for previews and slow machines; misses more of what is small.
    Fast,
    /// The measured default.
    #[default]
    Balanced,
    /// Larger models and more passes: slower, finds a little more, covers a little more that is innocent.
    Thorough,
}
