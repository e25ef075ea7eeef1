//! Finding text: printed, written, at any angle, from a caption to a shop sign.
//!
//! Text is found by networks that paint where it is (differentiable binarisation, Liao et al. 2020, arXiv 1911.08947),
//! looked at in several sizes. Nothing is read: what must be read to be covered is missed whenever it is hard to read.
//! Every painted patch becomes the smallest turned rectangle around it, grown outward to the height of its letters.

mod components;
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

use super::{Detector, Picture};
use components::components;
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

/// Finds text. Safe to share between threads.
pub struct TextDetector {
    passes: Vec<Pass>,
}

/// The shipped detector.
///
/// # Errors
/// When a model is missing, is not the one measured, or is refused by the runtime.
pub fn load(registry: &Registry, effort: Effort) -> Result<TextDetector, InferError> {
    Ok(TextDetector { passes: pass::shipped(registry, effort)? })
}

impl TextDetector {
    fn look(pass: &Pass, picture: &dyn Picture) -> Result<Vec<(TurnedRect, f32)>, DetectError> {
        let size = picture.size();
        let input = pass.input_size(size);
        let map = text_map(pass.model.as_ref(), pass.name, picture, input)?;
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

impl Detector for TextDetector {
    fn class(&self) -> Class {
        Class::Text
    }

    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let mut found: Vec<(TurnedRect, f32, &str)> = Vec::new();
        for pass in &self.passes {
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

#[cfg(test)]
mod tests;
