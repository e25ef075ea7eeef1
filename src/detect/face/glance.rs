//! Cheap looks at the frames of a video. Separate from the look at a still, which must see everything at once: here the
//! next look comes a few frames later, in another size, and a tracker puts them together, so one size at a time is
//! enough.

use super::{
    FaceDetector, SIDEWAYS_SCORE_MIN, centerface, head, pyramid,
    turn::{Turn, Turned},
};
use crate::{
    detect::{Glance, Picture},
    effort::Effort,
    error::DetectError,
    finding::{Class, Finding},
};

/// Long sides of the input, one for each look in turn.
const fn cycle(effort: Effort) -> &'static [u32] {
    match effort {
        Effort::Fast => &[640],
        Effort::Balanced => &[960, 640],
        Effort::Thorough => &[1280, 640, 1920, 960],
    }
}

/// Long side of the looks that only ask which way people are up.
const SIDEWAYS_SIDE_PX: u32 = 480;

/// One in this many looks also looks sideways, another way each time: for people who lie while others stand.
const SIDEWAYS_EVERY: u64 = 6;

/// Boxes below this score are noise at any price.
const SCORE_MIN: f32 = 0.08;

/// How many faces a frame is thought to show when boxes are grown: a tracker has many looks to be sure, and what it is
/// unsure of grows there.
const COMPANY: usize = 16;

impl FaceDetector {
    /// The faces seen in one look with the picture's long side at `long_side_px`, turned clockwise by `quarters`
    /// quarter turns before. Every box that may be a face is there, with its score.
    ///
    /// # Errors
    /// When the network fails.
    pub fn look(
        &self,
        picture: &dyn Picture,
        long_side_px: u32,
        quarters: u8,
    ) -> Result<Vec<Finding>, DetectError> {
        let turn = Turn::ALL[usize::from(quarters % 4)];
        let seen = pyramid::look(self.centerface.as_ref(), &Turned::new(picture, turn), long_side_px)?;
        let size = picture.size();
        Ok(seen
            .into_iter()
            .filter(|seen| seen.score >= SCORE_MIN)
            .map(|seen| Finding {
                class: Class::Face,
                shape: head::outline(turn.back(head::head(seen, COMPANY), size), seen.score),
                score: seen.score,
                source: centerface::NAME.to_owned(),
            })
            .collect())
    }

    pub(super) fn glance_at(&self, picture: &dyn Picture, glance: Glance) -> Result<Vec<Finding>, DetectError> {
        let up = upright(glance.roll);
        let sides = cycle(self.effort);
        let side = sides[(glance.number % sides.len() as u64) as usize];
        let mut found = self.look(picture, side, up)?;
        let sideways: &[u8] = if glance.number == 0 {
            &[1, 2, 3]
        } else if glance.number.is_multiple_of(SIDEWAYS_EVERY) {
            match glance.number / SIDEWAYS_EVERY % 3 {
                0 => &[1],
                1 => &[3],
                _ => &[2],
            }
        } else {
            &[]
        };
        for quarters in sideways {
            let seen = self.look(picture, SIDEWAYS_SIDE_PX, up + quarters)?;
            found.extend(seen.into_iter().filter(|f| f.score >= SIDEWAYS_SCORE_MIN));
        }
        Ok(without_doubles(found))
    }
}

/// The quarter turn, clockwise, that brings a picture that was turned clockwise by `roll` radians nearest to upright.
fn upright(roll: f32) -> u8 {
    let quarters = (-roll / std::f32::consts::FRAC_PI_2).round();
    quarters.rem_euclid(4.0) as u8 % 4
}

/// Of findings on top of each other the one with the best score.
fn without_doubles(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let rect = finding.shape.bounds();
        if kept.iter().all(|k| k.shape.bounds().iou(&rect) < 0.4) {
            kept.push(finding);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_was_turned_is_turned_back() {
        let quarter = std::f32::consts::FRAC_PI_2;
        for (roll, want) in
            [(0.0, 0), (quarter, 3), (-quarter, 1), (2.0 * quarter, 2), (0.3, 0), (-7.0 * quarter, 3)]
        {
            assert_eq!(upright(roll), want, "{roll}");
        }
    }

    #[test]
    fn every_size_comes_in_turn() {
        for effort in [Effort::Fast, Effort::Balanced, Effort::Thorough] {
            assert!(!cycle(effort).is_empty());
        }
    }
}
