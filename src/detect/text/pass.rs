//! What is looked at, with which network, at which size. Separate because these are the tuned numbers: every row says
//! what it is for and what it was measured to be worth.

use std::{ops::RangeInclusive, sync::Arc};

use crate::{
    effort::Effort,
    error::InferError,
    geom::Size,
    infer::{Model, registry::Registry},
};

/// The name of the larger, newer network in the manifest.
const V6: &str = "ppocr-v6-det-small";
/// The name of the smaller, older network in the manifest. It sees what the newer one misses, and the other way round.
const V4: &str = "ppocr-v4-det";

/// One look at the whole picture.
pub(super) struct Pass {
    /// The network.
    pub model: Arc<dyn Model>,
    /// The network's name in the manifest.
    pub name: &'static str,
    /// The long side at which the picture is looked at.
    pub side: Side,
    /// The least paint, of 255, that counts as text.
    pub paint_min: u8,
    /// The least mean paint of a patch, 0 to 1.
    pub score_min: f32,
    /// The short sides of a patch, before it is grown, that this look is trusted with, in pixels of the input.
    pub core_short_px: RangeInclusive<f32>,
}

/// How long the long side of a network's input is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// The long side in pixels for photos of usual size.
    pub px: u32,
    /// The most that a small picture is enlarged.
    pub enlarge_max: u32,
    /// The long side in pixels up to which a large picture is looked at without shrinking it.
    pub native_max: u32,
}

impl Pass {
    /// The size of the network's input for a picture of `size`: the same proportions, no side below one pixel.
    pub fn input_size(&self, size: Size) -> Size {
        let long = size.long_side().max(1);
        let Side { px, enlarge_max, native_max } = self.side;
        let target = long.clamp(px, native_max).min(long.saturating_mul(enlarge_max));
        let side = |px: u32| ((f64::from(px) * f64::from(target) / f64::from(long)).round() as u32).max(1);
        Size::new(side(size.width), side(size.height))
    }
}

/// The looks of `effort`.
///
/// # Errors
/// When a model is missing or wrong.
pub(super) fn shipped(registry: &Registry, effort: Effort) -> Result<Vec<Pass>, InferError> {
    let (v4, v6) = (registry.load(V4)?, registry.load(V6)?);
    let large = Pass {
        model: v4.clone(),
        name: V4,
        side: Side { px: 640, enlarge_max: 2, native_max: 640 },
        paint_min: PAINT_MIN,
        score_min: SCORE_MIN,
        core_short_px: 12.0..=64.0,
    };
    let usual = Pass {
        model: v6,
        name: V6,
        side: Side { px: 1280, enlarge_max: 2, native_max: 1280 },
        core_short_px: 0.0..=48.0,
        ..large.clone()
    };
    let small = Pass {
        side: Side { px: 2560, enlarge_max: 4, native_max: 3200 },
        core_short_px: 0.0..=64.0,
        ..large.clone()
    };
    Ok(vec![large, usual, small])
}
