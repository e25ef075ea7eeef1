//! One thing over time: where it was seen, where it is thought to be, and the outline of every frame that is not yet
//! given away.

use std::collections::VecDeque;

use super::{
    Habits,
    carry::{between, carried, moved, own_shift, placed},
    kalman::Axis,
};
use crate::{
    area::Shape,
    finding::Finding,
    geom::{Point, Rect},
    motion::Motion,
};

/// A thing that is followed.
#[derive(Debug)]
pub(super) struct Track {
    pub id: u64,
    /// First frame of `path`.
    from: u64,
    /// One outline a frame, the last one for the newest frame.
    path: VecDeque<Shape>,
    x: Axis,
    y: Axis,
    /// Frame of the last sighting.
    pub seen_at: u64,
    /// Frame of the first sighting.
    pub born_at: u64,
    /// Whether it was ever seen without being cut by the edge of the picture.
    whole: bool,
    /// Number of sightings.
    pub sightings: u32,
    best: f32,
    evidence: f32,
    /// Whether it is still followed; the path of one that is not may still be needed.
    pub alive: bool,
    /// Whether an outline of it was given.
    pub shown: bool,
}

impl Track {
    pub fn new(id: u64, frame: u64, finding: &Finding, picture: Rect) -> Self {
        let rect = finding.shape.bounds();
        let center = rect.center();
        Self {
            id,
            from: frame,
            path: VecDeque::from([finding.shape]),
            x: Axis::new(center.x, rect.width()),
            y: Axis::new(center.y, rect.height()),
            seen_at: frame,
            born_at: frame,
            whole: !touches(&rect, &picture),
            sightings: 1,
            best: finding.score,
            evidence: finding.score,
            alive: true,
            shown: false,
        }
    }

    /// Where it is thought to be in the newest frame.
    pub fn now(&self) -> Rect {
        self.shape().bounds()
    }

    fn shape(&self) -> &Shape {
        // A path is made with one outline, and only `forget` shortens it, never to nothing while the track lives.
        self.path.back().unwrap_or(&Shape::Rect(Rect { x0: 0.0, y0: 0.0, x1: 0.0, y1: 0.0 }))
    }

    /// One frame on.
    pub fn advance(&mut self, motion: &Motion) {
        let shape = *self.shape();
        let rect = shape.bounds();
        let with_camera = moved(&shape, &motion.camera);
        let center = with_camera.bounds().center();
        let scale = motion.camera.scale();
        self.x.replace(center.x, scale);
        self.y.replace(center.y, scale);
        match own_shift(rect, motion) {
            Some((x, y)) => {
                self.x.carried(x, rect.width());
                self.y.carried(y, rect.height());
            }
            None => {
                self.x.coast(rect.width());
                self.y.coast(rect.height());
            }
        }
        self.path.push_back(placed(&with_camera, Point::new(self.x.at(), self.y.at()), (1.0, 1.0)));
    }

    /// Seen in the newest frame: the way there since the last sighting is drawn again with what is known now.
    pub fn see(&mut self, frame: u64, finding: &Finding, picture: Rect, motions: &super::Motions) {
        let whole = !touches(&finding.shape.bounds(), &picture);
        // Of what the edge cuts only a part is seen: where it was thought to be counts as much.
        let seen = if whole { finding.shape } else { united(&finding.shape, &self.now()) };
        let rect = seen.bounds();
        self.x.seen(rect.center().x, rect.width());
        self.y.seen(rect.center().y, rect.height());
        let shape = self.settled(&seen);
        if let Some(last) = self.path.back_mut() {
            *last = shape;
        }
        self.draw_back(frame, shape, whole, motions);
        self.whole |= whole;
        self.seen_at = frame;
        self.sightings += 1;
        self.best = self.best.max(finding.score);
        self.evidence += finding.score;
    }

    /// Draws the way back from a sighting in `frame` to the one before. What came in over the edge and is seen whole
    /// for the first time is drawn back further, to where it came in: the parts that were seen before were too small.
    fn draw_back(&mut self, frame: u64, shape: Shape, whole: bool, motions: &super::Motions) {
        let gap = frame - self.seen_at;
        let first_whole = whole && !self.whole;
        let mut back = shape;
        for at in (self.from..frame).rev() {
            let step = frame - at;
            if step >= gap && !first_whole {
                break;
            }
            let Some(motion) = motions.leading_to(at + 1) else { break };
            back = carried(&back, &motion.reversed());
            let index = (at - self.from) as usize;
            self.path[index] = if step < gap {
                between(&self.path[index], &back, 1.0 - step as f32 / gap as f32)
            } else {
                united(&self.path[index], &back.bounds())
            };
        }
    }

    /// The outline of a sighting, made steady: its centre as the filter has it, its sides falling slowly and rising at
    /// once, because a box that is too small for one look uncovers what it should cover.
    fn settled(&self, seen: &Shape) -> Shape {
        let (held, rect) = (self.now(), seen.bounds());
        let side = |held: f32, seen: f32| {
            // Something else altogether, or seen much closer: nothing to hold on to.
            if held > 2.0 * seen || held <= 0.0 { seen } else { seen.max(held * 0.8 + seen * 0.2) }
        };
        let factor = (
            side(held.width(), rect.width()) / rect.width().max(1e-3),
            side(held.height(), rect.height()) / rect.height().max(1e-3),
        );
        match seen {
            // Lines of text are drawn exactly where they are.
            Shape::Quad(_) => *seen,
            Shape::Rect(_) | Shape::Ellipse(_) => placed(seen, Point::new(self.x.at(), self.y.at()), factor),
        }
    }

    /// Something else was found all over its place: it is still there, in no better known place.
    pub fn hint(&mut self, frame: u64) {
        self.seen_at = frame;
    }

    /// Draws the frames before the first sighting, back to `until`, as long as it is in the picture.
    pub fn fill_back(&mut self, until: u64, picture: Rect, motions: &super::Motions) {
        while self.from > until {
            let (Some(motion), Some(first)) = (motions.leading_to(self.from), self.path.front()) else { break };
            if motion.cut {
                break;
            }
            let earlier = carried(first, &motion.reversed());
            if earlier.bounds().intersection(&picture).is_none() {
                break;
            }
            self.path.push_front(earlier);
            self.from -= 1;
        }
    }

    /// Whether enough was seen of it to believe that it is there.
    pub fn is_believed(&self, habits: &Habits) -> bool {
        self.best >= habits.score_sure || self.evidence >= habits.evidence_min
    }

    /// How many frames it stays covered after it was seen last.
    pub fn held_frames(&self, habits: &Habits) -> u64 {
        if self.sightings >= 3 { habits.hold_frames } else { habits.hold_frames_weak }
    }

    /// Its outline in `frame`, if it is covered there.
    pub fn outline(&self, frame: u64, habits: &Habits) -> Option<Shape> {
        let index = usize::try_from(frame.checked_sub(self.from)?).ok()?;
        let shape = *self.path.get(index)?;
        let unseen = frame.saturating_sub(self.seen_at);
        if unseen > self.held_frames(habits) {
            return None;
        }
        // What is not seen may be anywhere near: more so the longer it is not seen.
        let unseen = unseen.max(self.born_at.saturating_sub(frame)) as f32;
        let rect = shape.bounds();
        let pad = (unseen * habits.growth_per_frame).min(habits.growth_max) * rect.width().min(rect.height());
        Some(shape.padded(pad + habits.pad_px))
    }

    /// Frames before `frame` were given away.
    pub fn forget(&mut self, frame: u64) {
        while self.from < frame && self.path.len() > 1 {
            self.path.pop_front();
            self.from += 1;
        }
    }

    /// Whether nothing of it can be needed from `frame` on.
    pub fn is_over(&self, frame: u64) -> bool {
        !self.alive && self.from + self.path.len() as u64 <= frame + 1
    }

    /// Takes back what was drawn for the newest frame: it belongs to another scene.
    pub fn end_before(&mut self, frame: u64) {
        self.alive = false;
        while self.from + self.path.len() as u64 > frame && self.path.len() > 1 {
            self.path.pop_back();
        }
    }
}

/// Whether the edge of the picture cuts `rect`, or nearly.
fn touches(rect: &Rect, picture: &Rect) -> bool {
    let near = 3.0;
    rect.x0 < picture.x0 + near
        || rect.y0 < picture.y0 + near
        || rect.x1 > picture.x1 - near
        || rect.y1 > picture.y1 - near
}

/// `shape` together with `rect`, if they are of one kind of size; quadrilaterals stay as they are.
fn united(shape: &Shape, rect: &Rect) -> Shape {
    let both = shape.bounds().union(rect);
    match shape {
        Shape::Rect(own) | Shape::Ellipse(own) if both.area() < 3.0 * own.area().max(rect.area()) => {
            Shape::Rect(both)
        }
        Shape::Rect(_) | Shape::Ellipse(_) | Shape::Quad(_) => *shape,
    }
}

/// The shift between two frames of a still camera.
#[cfg(test)]
pub(super) fn shifted(x: f32) -> Motion {
    Motion { camera: crate::motion::Similarity::shift(x, 0.0), ..Motion::still() }
}
