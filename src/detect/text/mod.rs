//! Finding text: printed, written, at any angle, from a caption to a shop sign.
//!
//! Text is found by networks that paint where it is (differentiable binarisation, Liao et al. 2020, arXiv 1911.08947),
//! looked at in several sizes. Nothing is read: what must be read to be covered is missed whenever it is hard to read.
//! Every painted patch becomes the smallest turned rectangle around it, grown outward to the height of its letters.

mod components;
mod contrast;
mod dbnet;
mod pass;
mod quad;

use crate::{
    area::Shape,
    effort::Effort,
    error::{DetectError, InferError},
    finding::{Class, Finding},
    geom::Point,
    infer::registry::Registry,
};

use super::{Detector, Glance, Glimpse, Picture};
use components::components;
use contrast::evened;
use dbnet::text_map;
use pass::Pass;
use quad::{TurnedRect, without_covered};

/// How far outward a patch is grown, as a share of its area over its half perimeter: the networks are trained to paint
/// a shrunken core of each line, and this undoes the shrinking (the paper's unclip ratio, there 1.5).
///
/// 1.9 with [`PAD_PX`]: on 80 street photos, 12 receipts and 12 forms (2,751 words and lines) 1.6 lost four words that
/// 1.9 covered; 2.2 covered one more and cost a sixth more of the innocent pixels.
const UNCLIP_RATIO: f32 = 1.9;

/// Added to the growth, in pixels of the network's input, so that antialiased rims and thin lines go too.
const PAD_PX: f32 = 1.0;

/// Whether something that is seen in a picture of which all text was destroyed is text for all that, though it cannot be
/// read: the newer network must be sure of it. On 26 labelled pictures 107 lines were seen in drafts only, none of them a
/// labelled one. Of 20 that were looked at, seen by a score above .6, the newer network saw 4, of which two were blurred
/// signs; the older one saw jewellery, legs and lights, and perhaps one sign.
pub fn is_sure_alone(finding: &Finding) -> bool {
    finding.source == pass::V6 && finding.score >= 0.6
}

/// Finds text. Safe to share between threads.
pub struct TextDetector {
    passes: Vec<Pass>,
    glances: Vec<Pass>,
}

/// The shipped detector.
///
/// # Errors
/// When a model is missing, is not the one measured, or is refused by the runtime.
pub fn load(registry: &Registry, effort: Effort) -> Result<TextDetector, InferError> {
    Ok(TextDetector { passes: pass::shipped(registry, effort)?, glances: pass::shipped_glances(registry, effort)? })
}

impl TextDetector {
    fn look(pass: &Pass, picture: &dyn Picture) -> Result<Vec<(TurnedRect, f32)>, DetectError> {
        let size = picture.size();
        let input = pass.input_size(size);
        let mut pixels = picture.sample(size.px_rect(), input)?;
        if pass.evens_contrast {
            pixels = evened(&pixels);
        }
        let map = text_map(pass.model.as_ref(), pass.name, &pixels)?;
        let (sx, sy) = (size.width as f32 / input.width as f32, size.height as f32 / input.height as f32);
        Ok(components(&map, pass.paint_min)
            .into_iter()
            .filter(|component| component.mean >= pass.score_min)
            .map(|component| (TurnedRect::around(&component.corners()), component.mean))
            .filter(|(core, _)| pass.core_short_px.contains(&core.short_side()))
            .map(|(core, score)| (core.unclipped(UNCLIP_RATIO, PAD_PX).scaled(sx, sy), score))
            .collect())
    }
}

impl TextDetector {
    fn seen_in(&self, picture: &dyn Picture, passes: &[Pass]) -> Result<Vec<Finding>, DetectError> {
        let mut found: Vec<(TurnedRect, f32, &str)> = Vec::new();
        for pass in passes {
            let seen = Self::look(pass, picture)?;
            found.extend(seen.into_iter().map(|(rect, score)| (rect, score, pass.name)));
        }
        Ok(without_covered(found)
            .into_iter()
            .map(|(rect, score, source)| Finding {
                class: Class::Text,
                shape: Shape::Quad(rect.corners().map(|[x, y]| Point::new(x, y))),
                score,
                source: source.to_owned(),
            })
            .collect())
    }
}

impl Detector for TextDetector {
    fn classes(&self) -> &[Class] {
        &[Class::Text]
    }

    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        self.seen_in(picture, &self.passes)
    }

    fn glance(&self, picture: &dyn Picture, glance: Glance) -> Result<Glimpse, DetectError> {
        let found = match self.glances.len() as u64 {
            0 => self.detect(picture)?,
            n => self.seen_in(picture, &self.glances[(glance.number % n) as usize..][..1])?,
        };
        Ok(Glimpse { found, up: glance.up })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use image::{Rgb, RgbImage};
    use ndarray::{ArrayD, Axis};

    use super::*;
    use crate::{
        area::Area,
        geom::Size,
        infer::{Model, Tensor},
        redact::Mask,
    };

    /// Paints what is bright.
    struct Bright;

    impl Model for Bright {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(input) = input else { unreachable!("text networks take floats") };
            Ok(vec![input.slice_axis(Axis(1), (0..1).into()).mapv(|v| (v + 1.0) / 2.0)])
        }
    }

    fn detector(core_short_px: std::ops::RangeInclusive<f32>) -> TextDetector {
        let side = pass::Side { px: 200, enlarge_max: 2, native_max: 200 };
        let (model, name) = (Arc::new(Bright), "bright");
        let (evens_contrast, paint_min, score_min) = (false, 51, 0.5);
        TextDetector {
            passes: vec![Pass { model, name, side, evens_contrast, paint_min, score_min, core_short_px }],
            glances: Vec::new(),
        }
    }

    /// Whether a pixel belongs to a bar of 60 x 6 pixels, turned by about 37 degrees.
    fn on_bar(x: u32, y: u32) -> bool {
        let (x, y) = (f64::from(x) - 60.0, f64::from(y) - 50.0);
        (x * 0.8 + y * 0.6).abs() < 30.0 && (y * 0.8 - x * 0.6).abs() < 3.0
    }

    fn picture(size: Size, bright: impl Fn(u32, u32) -> bool) -> RgbImage {
        RgbImage::from_fn(size.width, size.height, |x, y| Rgb([if bright(x, y) { 255 } else { 0 }; 3]))
    }

    fn covered(findings: &[Finding], size: Size) -> Mask {
        let area = |f: &Finding| Area { shape: f.shape, class: f.class, track: None };
        Mask::of(&findings.iter().map(area).collect::<Vec<_>>(), size)
    }

    #[test]
    fn a_slanting_line_is_covered_whole_by_one_slanting_area() {
        let size = Size::new(120, 100);
        let found = detector(0.0..=48.0).detect(&picture(size, on_bar)).unwrap();
        assert_eq!(found.len(), 1);
        let mask = covered(&found, size);
        for (x, y) in (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))) {
            assert!(mask.contains(x, y) || !on_bar(x, y), "({x}, {y}) is left");
        }
        // An upright box would take five times as much.
        assert!(mask.pixels() < 2_500, "{}", mask.pixels());
        assert!((0.5..=1.0).contains(&found[0].score));
    }

    #[test]
    fn text_cut_by_the_edge_leaves_nothing_at_the_edge() {
        let size = Size::new(100, 60);
        let cut = |x: u32, y: u32| (92..100).contains(&x) && (30..60).contains(&y);
        let mask = covered(&detector(0.0..=48.0).detect(&picture(size, cut)).unwrap(), size);
        assert!((30..60).all(|y| (92..100).all(|x| mask.contains(x, y))));
    }

    #[test]
    fn a_picture_without_paint_has_no_finding() {
        assert!(detector(0.0..=48.0).detect(&picture(Size::new(90, 70), |_, _| false)).unwrap().is_empty());
    }

    #[test]
    fn a_look_is_not_trusted_with_patches_outside_its_sizes() {
        let size = Size::new(120, 100);
        assert!(detector(0.0..=4.0).detect(&picture(size, on_bar)).unwrap().is_empty());
        assert!(detector(30.0..=48.0).detect(&picture(size, on_bar)).unwrap().is_empty());
    }

    #[test]
    fn what_a_second_look_sees_again_is_reported_once() {
        let mut twice = detector(0.0..=48.0);
        twice.passes.push(twice.passes[0].clone());
        assert_eq!(twice.detect(&picture(Size::new(120, 100), on_bar)).unwrap().len(), 1);
    }
}
