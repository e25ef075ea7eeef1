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
pub(super) const V6: &str = "ppocr-v6-det-small";
/// The name of the smaller, older network in the manifest. It sees what the newer one misses, and the other way round.
const V4: &str = "ppocr-v4-det";

/// One look at the whole picture.
#[derive(Clone)]
pub(super) struct Pass {
    /// The network.
    pub model: Arc<dyn Model>,
    /// The network's name in the manifest.
    pub name: &'static str,
    /// The long side at which the picture is looked at.
    pub side: Side,
    /// Whether it looks at the picture with its contrast evened out.
    pub evens_contrast: bool,
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

/// The least paint, of 255, that counts as text (0.2). 0.1 found as many words of the street photos and covered 7 % more
/// that is innocent, 0.3 lost one word of 360.
const PAINT_MIN: u8 = 51;

/// The looks of `effort`.
///
/// Evidence: 80 street photos of 1280 x 720 (360 words), 12 receipts and 12 forms (2,391 lines), and 47 photos of faces,
/// rooms and clinics with little or no text. "Over" is the mean share of all pixels covered away from labelled text.
/// - Each network alone at 1280 finds .82 (v4) and .86 (v6) of the street words; the four looks together .94.
/// - No look is trusted with patches of all sizes. Without its limit the newer network paints a third of an average photo
///   without text, on blurred and enlarged ones all of it; with 48 it covers 2 %. Without its limit of 56 the look at
///   2560 covers more than twice as much that is innocent (2.0 % against 0.9 %) for two words.
/// - The look at 640 is for what is too large for the others; below 8 px it merges the lines of a page.
/// - Evened contrast brought five words of 360: as a second look at 1280 it is added to the first, at 640 it replaces one
///   that found fewer words and covered more.
///
/// # Errors
/// When a model is missing or wrong.
pub(super) fn shipped(registry: &Registry, effort: Effort) -> Result<Vec<Pass>, InferError> {
    let (v4, v6) = (registry.load_for(V4, effort)?, registry.load_for(V6, effort)?);
    let v4 = |px, enlarge_max, native_max, core_short_px| Pass {
        model: v4.clone(),
        name: V4,
        side: Side { px, enlarge_max, native_max },
        evens_contrast: false,
        paint_min: PAINT_MIN,
        // This network is sure of what it paints: .2 to .5 kept the same words.
        score_min: 0.5,
        core_short_px,
    };
    let v6 = |px, enlarge_max, score_min, core_short_px| Pass {
        model: v6.clone(),
        name: V6,
        side: Side { px, enlarge_max, native_max: px },
        evens_contrast: false,
        paint_min: PAINT_MIN,
        score_min,
        core_short_px,
    };
    let evened = |pass| Pass { evens_contrast: true, ..pass };
    let mut passes = vec![
        evened(v4(640, 2, 640, 8.0..=64.0)),
        // .5 lost two words of the street photos.
        v6(1280, 2, 0.3, 0.0..=48.0),
        evened(v6(1280, 2, 0.3, 0.0..=48.0)),
        v4(2560, 4, 3200, 0.0..=56.0),
    ];
    match effort {
        Effort::Fast => passes.truncate(2),
        Effort::Balanced => {}
        // .95 of the street words instead of .94, for 0.3 % more over and half as much work again.
        Effort::Thorough => passes.extend([v4(1920, 3, 4096, 0.0..=56.0), evened(v4(1280, 2, 1280, 0.0..=56.0))]),
    }
    Ok(passes)
}

/// The looks at frames of a video, one at a time in turn: the two networks see what the other misses, and evened
/// contrast brings out what is dim.
///
/// # Errors
/// When a model is missing or wrong.
pub(super) fn shipped_glances(registry: &Registry, effort: Effort) -> Result<Vec<Pass>, InferError> {
    let (v4, v6) = (registry.load_for(V4, effort)?, registry.load_for(V6, effort)?);
    let pass = |model: &Arc<dyn Model>, name, px, evens_contrast, score_min, core_short_px| Pass {
        model: model.clone(),
        name,
        side: Side { px, enlarge_max: 2, native_max: px },
        evens_contrast,
        paint_min: PAINT_MIN,
        score_min,
        core_short_px,
    };
    Ok(match effort {
        Effort::Fast => vec![pass(&v4, V4, 960, false, 0.5, 0.0..=64.0)],
        Effort::Balanced => {
            vec![pass(&v6, V6, 1280, false, 0.3, 0.0..=48.0), pass(&v4, V4, 960, false, 0.5, 0.0..=64.0)]
        }
        Effort::Thorough => vec![
            pass(&v4, V4, 1920, false, 0.5, 0.0..=56.0),
            pass(&v6, V6, 1280, true, 0.3, 0.0..=48.0),
            pass(&v4, V4, 1280, true, 0.5, 0.0..=64.0),
        ],
    })
}

#[cfg(test)]
mod tests {
    use ndarray::ArrayD;

    use super::*;
    use crate::infer::Tensor;

    struct Never;

    impl Model for Never {
        fn run(&self, _: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            unreachable!("sizes are planned without a network")
        }
    }

    fn pass(px: u32, enlarge_max: u32, native_max: u32) -> Pass {
        let side = Side { px, enlarge_max, native_max };
        Pass {
            model: Arc::new(Never),
            name: "",
            side,
            evens_contrast: false,
            paint_min: 0,
            score_min: 0.0,
            core_short_px: 0.0..=1.0,
        }
    }

    #[test]
    fn a_usual_photo_is_brought_to_the_look_s_side() {
        assert_eq!(pass(2560, 4, 3200).input_size(Size::new(1280, 720)), Size::new(2560, 1440));
        assert_eq!(pass(1280, 2, 1280).input_size(Size::new(3000, 4000)), Size::new(960, 1280));
    }

    #[test]
    fn a_small_picture_is_enlarged_only_so_far() {
        assert_eq!(pass(2560, 4, 3200).input_size(Size::new(300, 200)), Size::new(1200, 800));
    }

    #[test]
    fn a_large_picture_is_seen_as_it_is_up_to_the_limit() {
        assert_eq!(pass(2560, 4, 3200).input_size(Size::new(3000, 2000)), Size::new(3000, 2000));
        assert_eq!(pass(2560, 4, 3200).input_size(Size::new(16_000, 12_000)), Size::new(3200, 2400));
    }

    #[test]
    fn a_strip_one_pixel_high_keeps_a_row() {
        assert_eq!(pass(640, 2, 640).input_size(Size::new(5000, 1)), Size::new(640, 1));
        assert_eq!(pass(640, 2, 640).input_size(Size::new(1, 1)), Size::new(2, 2));
    }
}
