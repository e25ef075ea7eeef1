//! The attack on pictures: the detectors look once more, as hard as the policy says.

use image::RgbImage;

use super::{carried, finished::smooth, unexplained};
use crate::{
    detect::{Glance, Picture},
    error::CleanError,
    finding::{Class, Finding},
    geom::Size,
    pipeline::{Cleaner, FrameReport, habits::sure},
    policy::{Depth, decide::decide},
};

impl Cleaner {
    /// How hard this cleaner looks at outputs when the policy says `wanted`: without detectors nobody can look.
    pub(in crate::pipeline) fn depth(&self, wanted: Depth) -> Depth {
        if self.wanted().is_empty() { Depth::Off } else { wanted }
    }

    /// What is seen in `output` and not explained by what was destroyed, in pixels of the input that `known` describes.
    pub(in crate::pipeline) fn missed(
        &self,
        output: &RgbImage,
        known: &FrameReport,
        depth: Depth,
    ) -> Result<Vec<Finding>, CleanError> {
        let seen = match depth {
            Depth::Off => Vec::new(),
            Depth::Fast => self.glimpse(output, 0)?,
            Depth::Full => self.find(output)?,
        };
        let size = Size::new(output.width(), output.height());
        let seen = textured(output, seen)?.into_iter().map(|finding| carried(finding, size, known.size)).collect();
        Ok(unexplained(seen, &decide(&self.policy, &known.findings), &known.visible.places, known.size))
    }

    /// One cheap look a detector at a picture on its own, number `number` of several: only what is sure counts.
    pub(in crate::pipeline) fn glimpse(
        &self,
        picture: &dyn Picture,
        number: u64,
    ) -> Result<Vec<Finding>, CleanError> {
        let (mut seen, glance) = (Vec::new(), Glance { number, ..Glance::default() });
        for (detector, _) in self.wanted() {
            seen.extend(self.detectors[detector].glance(picture, glance)?.found);
        }
        seen.retain(|finding| self.policy.redact.contains(&finding.class) && finding.score >= sure(finding.class));
        Ok(seen)
    }
}

/// Those of `seen` in which there is something to recognise. Faces all stay: where the masks are is known here, and a face
/// in fog or out of focus is a face.
pub(super) fn textured(picture: &dyn Picture, seen: Vec<Finding>) -> Result<Vec<Finding>, CleanError> {
    let mut kept = Vec::with_capacity(seen.len());
    for finding in seen {
        if finding.class == Class::Face || !smooth(picture, &finding)? {
            kept.push(finding);
        }
    }
    Ok(kept)
}
