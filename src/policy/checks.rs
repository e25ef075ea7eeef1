//! How hard outputs are attacked before they may exist. Separate because it is a small language of its own, used by
//! policies, reports and options.

use serde::{Deserialize, Serialize};

/// How hard one output is looked at again. Its structure is proved and every frame is decoded and counted whatever
/// this says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// No detector looks again.
    Off,
    /// One cheap look a detector: at every picture, and at some frames of a video.
    Fast,
    /// Every detector looks at pictures as hard as it did at the input; in videos at many frames, and at all frames
    /// near those where something began or ended to be followed.
    #[default]
    Full,
}

/// How hard outputs of each kind are looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checks {
    /// Pictures, pages and animations. Default: `full`.
    pub stills: Depth,
    /// Videos. Default: `fast`.
    pub videos: Depth,
}

impl Default for Checks {
    fn default() -> Self {
        Self { stills: Depth::Full, videos: Depth::Fast }
    }
}
