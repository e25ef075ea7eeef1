//! Cheap looks at the frames of a video. Separate from the look at a still, which must see everything at once: here the
//! next look comes a few frames later, in another size, and a tracker puts them together, so one size at a time is
//! enough.

use super::{
    EVIDENCE_FLOOR, FaceDetector, SIDEWAYS_SCORE_MIN, TURN_MARGIN, UPRIGHT_BIAS, centerface, head, pyramid,
    turn::{Turn, Turned},
};
use crate::{
    detect::{Glance, Glimpse, Picture},
    effort::Effort,
    error::DetectError,
    finding::{Class, Finding},
};

/// Long sides of the input, one for each look in turn.
///
/// Balanced: on six clips with exact truth (222 tracks), 1280 covers .978 of the face-frames, exposes 15 tracks and covers 8.0 %
/// needlessly; 1152 .982, 12 and 8.2 %, for nine tenths of the time; 1088 .983, 16 and 8.3 %; 1024 .980, 17 and 8.3 %; 960 .985,
/// 18 and 8.2 %. With 1280, a look every 8 frames instead of 6 covers .974 and exposes 20, every 10 .965 and 21.
const fn cycle(effort: Effort) -> &'static [u32] {
    match effort {
        Effort::Fast => &[640],
        Effort::Balanced => &[1152, 480],
        Effort::Thorough => &[1280, 480, 1920, 640],
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

    /// The look that is due: at one size the way that is up, and now and then at a small size the other ways, which
    /// finds people who lie, and tells when another way is up.
    pub(super) fn glance_at(&self, picture: &dyn Picture, glance: Glance) -> Result<Glimpse, DetectError> {
        let turned = upright(glance.roll);
        let sides = cycle(self.effort);
        let side = sides[(glance.number % sides.len() as u64) as usize];
        let others: &[u8] = match (glance.number, glance.number / SIDEWAYS_EVERY % 3) {
            (0, _) => &[1, 2, 3],
            (number, _) if !number.is_multiple_of(SIDEWAYS_EVERY) => &[],
            (_, 0) => &[1],
            (_, 1) => &[3],
            (_, _) => &[2],
        };
        let mut up = glance.up;
        let mut found = Vec::new();
        if !others.is_empty() {
            let held = self.look(picture, SIDEWAYS_SIDE_PX, turned + up)?;
            let mut most = evidence(&held) * UPRIGHT_BIAS + TURN_MARGIN;
            found.extend(held);
            for quarters in others {
                let way = (glance.up + quarters) % 4;
                let seen = self.look(picture, SIDEWAYS_SIDE_PX, turned + way)?;
                if evidence(&seen) > most {
                    most = evidence(&seen);
                    up = way;
                }
                found.extend(seen.into_iter().filter(|f| f.score >= SIDEWAYS_SCORE_MIN));
            }
        }
        if side != SIDEWAYS_SIDE_PX || others.is_empty() || up != glance.up {
            found.extend(self.look(picture, side, turned + up)?);
        }
        Ok(Glimpse { found: without_doubles(found), up })
    }
}

/// What speaks for a way up: the faces that are seen so.
fn evidence(seen: &[Finding]) -> f32 {
    seen.iter().map(|f| (f.score - EVIDENCE_FLOOR).max(0.0)).sum()
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
