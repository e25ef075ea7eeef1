//! Finding faces, and the heads that only bodies give away: masked, in profile, lying, tiny, on a screen.
//!
//! The picture is looked at in several sizes (`pyramid`); what overlaps is put together and weighed (`fuse`). A
//! quick look at every quarter turn tells which way is up, and finds people who lie while others stand. A pose network
//! adds heads where no face was seen. Boxes are grown to heads: a face is told by its hair, ears and chin too.

mod body;
mod centerface;
mod detail;
mod fuse;
mod glance;
mod head;
pub mod marks;
mod pyramid;
mod turn;

use std::sync::Arc;

use crate::{
    area::Shape,
    effort::Effort,
    error::{DetectError, InferError},
    finding::{Class, Finding},
    geom::{Point, PxRect, Rect},
    infer::{Model, registry::Registry},
};

use super::{Detector, Glance, Glimpse, Part, Picture, pose};
use centerface::Seen;
use pyramid::Pyramid;
use turn::{Turn, Turned};

/// How much more evidence another way up needs than the picture as it is: this many times, and [`TURN_MARGIN`] more.
/// Of 419 upright photos two were taken for turned ones; of the same photos turned by a quarter, 360 were told, and most
/// of the others are close-ups, which are seen any way round.
const UPRIGHT_BIAS: f32 = 1.15;

/// See [`UPRIGHT_BIAS`].
const TURN_MARGIN: f32 = 0.1;

/// What a face adds to the evidence for a way up: its score above this.
const EVIDENCE_FLOOR: f32 = 0.25;

/// A face that is seen only sideways to everybody else counts from this score on. On 499 photos .45 covered 0.04 % of
/// innocent pixels, .35 covered 0.12 %.
const SIDEWAYS_SCORE_MIN: f32 = 0.45;

/// How much a part of a frame is enlarged, in which a face may have been left, so that small ones are seen too...
const PART_ENLARGED: u32 = 2;

/// ... up to this long side in pixels: of what fills a quarter of it enough is seen.
const PART_SIDE_MOST_PX: u32 = 480;

/// Finds faces and heads. Safe to share between threads.
pub struct FaceDetector {
    centerface: Arc<dyn Model>,
    pose: Arc<dyn Model>,
    pyramid: Pyramid,
    pose_long_sides: &'static [u32],
    effort: Effort,
}

/// The shipped detector.
///
/// # Errors
/// When a model is missing, is not the one measured, or is refused by the runtime.
pub fn load(registry: &Registry, effort: Effort) -> Result<FaceDetector, InferError> {
    Ok(FaceDetector::new(registry.load_for(centerface::NAME, effort)?, registry.load(pose::NAME)?, effort))
}

/// A head, in pixels of the picture.
struct Head {
    /// What must go.
    rect: Rect,
    /// The face or the middle of it, by which two findings are told to be the same.
    face: Rect,
    score: f32,
    source: &'static str,
}

impl Head {
    fn shape(&self) -> Shape {
        // A pose says less exactly than a face where a head ends.
        if self.source == pose::NAME { Shape::Rect(self.rect) } else { head::outline(self.rect, self.score) }
    }

    fn same_as(&self, other: &Self) -> bool {
        let holds = |rect: &Rect, p: Point| (rect.x0..rect.x1).contains(&p.x) && (rect.y0..rect.y1).contains(&p.y);
        holds(&other.face, self.face.center()) || holds(&self.face, other.face.center())
    }
}

impl FaceDetector {
    fn new(centerface: Arc<dyn Model>, pose: Arc<dyn Model>, effort: Effort) -> Self {
        let pyramid = |long_sides| Pyramid { long_sides, enlarge_max: 4, native_max: 4096 };
        let (pyramid, pose_long_sides): (_, &[u32]) = match effort {
            Effort::Fast => (pyramid(&[480, 960]), &[]),
            Effort::Balanced => (pyramid(&[480, 960, 1920]), &[512]),
            Effort::Thorough => (pyramid(&[480, 640, 960, 1280, 1920]), &[512, 768]),
        };
        Self { centerface, pose, pyramid, pose_long_sides, effort }
    }

    /// The faces of `picture` turned upright, of which `first` was seen at the first step already.
    fn faces(&self, upright: &dyn Picture, first: Vec<Seen>, steps: &[u32]) -> Result<Vec<Seen>, DetectError> {
        let mut seen = first;
        for &long_side in steps {
            seen.extend(self.pyramid.look(self.centerface.as_ref(), upright, long_side)?);
        }
        Ok(fuse::faces(seen, upright.size()))
    }

    fn heads(&self, picture: &dyn Picture) -> Result<Vec<Head>, DetectError> {
        let size = picture.size();
        let steps = self.pyramid.steps(size);
        let Some((&first_step, further_steps)) = steps.split_first() else { return Ok(Vec::new()) };
        let mut looks = Vec::new();
        for turn in Turn::ALL {
            let seen = pyramid::look(self.centerface.as_ref(), &Turned::new(picture, turn), first_step)?;
            looks.push((turn, seen));
        }
        let (up, first) = looks.swap_remove(way_up(&looks));
        let upright = Turned::new(picture, up);
        let found = |turn: Turn, seen: Seen, company: usize| Head {
            rect: turn.back(head::head(seen, company), size),
            face: turn.back(seen.rect, size),
            score: seen.score,
            source: centerface::NAME,
        };
        let faces = self.faces(&upright, first, further_steps)?;
        let company = faces.len();
        let mut heads: Vec<Head> = faces.into_iter().map(|seen| found(up, seen, company)).collect();
        for (turn, seen) in looks {
            let sideways = seen.into_iter().filter(|s| s.score > SIDEWAYS_SCORE_MIN);
            add_new(&mut heads, sideways.map(|seen| found(turn, seen, company)));
        }
        for &long_side in self.pose_long_sides {
            let people = pose::look(self.pose.as_ref(), &upright, long_side)?;
            let bodies = people.iter().filter_map(|person| {
                let (rect, middle) = body::head(person, upright.size())?;
                let face = Rect::from_center(middle, rect.width() / 2.0, rect.height() / 2.0);
                let [rect, face] = [rect, face].map(|r| up.back(r, size));
                Some(Head { rect, face, score: person.score, source: pose::NAME })
            });
            add_new(&mut heads, bodies);
        }
        Ok(heads)
    }
}

/// Which of the looks has the most evidence for being the right way up; the first is the picture as it is.
fn way_up(looks: &[(Turn, Vec<Seen>)]) -> usize {
    let evidence =
        |(_, seen): &(Turn, Vec<Seen>)| -> f32 { seen.iter().map(|s| (s.score - EVIDENCE_FLOOR).max(0.0)).sum() };
    let sums: Vec<f32> = looks.iter().map(evidence).collect();
    let best = (0..sums.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b])).unwrap_or(0);
    if sums.first().is_some_and(|upright| sums[best] > upright * UPRIGHT_BIAS + TURN_MARGIN) { best } else { 0 }
}

/// Adds those of `more` that are none of the heads already there.
fn add_new(heads: &mut Vec<Head>, more: impl Iterator<Item = Head>) {
    for candidate in more {
        if !heads.iter().any(|head| head.same_as(&candidate)) {
            heads.push(candidate);
        }
    }
}

impl Detector for FaceDetector {
    fn classes(&self) -> &[Class] {
        &[Class::Face]
    }

    fn glance(&self, picture: &dyn Picture, glance: Glance) -> Result<Glimpse, DetectError> {
        self.glance_at(picture, glance)
    }

    fn glance_at_part(&self, picture: &dyn Picture, part: PxRect) -> Result<Vec<Finding>, DetectError> {
        let part = Part { picture, roi: part };
        let side = (part.roi.size().long_side().saturating_mul(PART_ENLARGED)).min(PART_SIDE_MOST_PX);
        Ok(part.back(self.look(&part, side, 0)?))
    }

    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let heads = self.heads(picture)?;
        Ok(heads
            .into_iter()
            .map(|head| Finding {
                class: Class::Face,
                shape: head.shape(),
                score: head.score,
                source: head.source.to_owned(),
            })
            .collect())
    }
}

#[cfg(test)]
mod tests;
