//! What a detector says it saw. Separate from [`crate::area`]: a finding is a claim with a score, an area is a
//! decision to destroy.

use serde::{Deserialize, Serialize};

use crate::area::Shape;

/// What kind of thing identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A face or a head, also masked, in profile, lying, on a screen or on a wall.
    Face,
    /// Written or printed text at any angle.
    Text,
    /// A lit or dark display: a monitor, a laptop's, a telephone's, a bedside monitor's; its whole front.
    Screen,
    /// A sheet, chart, form, label sheet, board or poster with writing; the whole of it, not only its lines.
    Document,
    /// An identification band on a wrist or a forearm.
    Wristband,
    /// An identification card that somebody wears or holds.
    Badge,
    /// A bar code or a matrix code, whether it can be decoded or not.
    Code,
    /// A place that the user named; no detector looks for it.
    Region,
}

impl Class {
    /// Every class that is looked for, in the order in which reports list them.
    pub const ALL: &'static [Class] =
        &[Class::Face, Class::Text, Class::Screen, Class::Document, Class::Wristband, Class::Badge, Class::Code];

    /// The name used in policies, options and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Face => "face",
            Class::Text => "text",
            Class::Screen => "screen",
            Class::Document => "document",
            Class::Wristband => "wristband",
            Class::Badge => "badge",
            Class::Code => "code",
            Class::Region => "region",
        }
    }

    /// The plural used in options and summaries.
    pub const fn plural(self) -> &'static str {
        match self {
            Class::Face => "faces",
            Class::Text => "text",
            Class::Screen => "screens",
            Class::Document => "documents",
            Class::Wristband => "wristbands",
            Class::Badge => "badges",
            Class::Code => "codes",
            Class::Region => "regions",
        }
    }
}

/// One thing that a detector saw in one frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub class: Class,
    /// Where it is, in pixels of the upright picture, already grown to all that must go.
    pub shape: Shape,
    /// The detector's confidence, 0 to 1; comparable only within one source.
    pub score: f32,
    /// Which detector said so, for the report (for instance `centerface` or `pose`).
    pub source: String,
}
