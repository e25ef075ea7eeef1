//! Caps that stop a hostile or absurd file before it allocates.

use serde::{Deserialize, Serialize};

/// How much a single input may cost. The defaults let a 200-megapixel phone photo through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest input file in bytes. Default: 4 GiB.
    pub max_file_bytes: u64,
    /// Largest picture in pixels (width times height). Default: 250,000,000.
    pub max_pixels: u64,
    /// Longest side in pixels. Default: 65,535, the most that JPEG can hold.
    pub max_side_px: u32,
    /// Most frames or pages in one still or animated input. Default: 2,000.
    pub max_frames: u32,
    /// Most pixels over all frames of an animated input. Default: 4,000,000,000.
    pub max_total_pixels: u64,
    /// Most memory that a decoder may take for one picture, in bytes. Default: 1,500,000,000.
    pub max_decode_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_file_bytes: 4 << 30,
            max_pixels: 250_000_000,
            max_side_px: 65_535,
            max_frames: 2_000,
            max_total_pixels: 4_000_000_000,
            max_decode_bytes: 1_500_000_000,
        }
    }
}
