//! From sightings on some frames to outlines on every frame. A face must not flash for one frame: what was seen in two
//! frames is drawn in all between, what is seen is drawn back to where it came in, and what is lost is held. Nothing
//! crosses a cut. Needs neither pixels nor models.
//!
//! Frames go in with their motion and, when detectors looked, with what was found; outlines come out later by
//! [`Habits::look_ahead`], because only the future tells what a weak or missing sighting was.

mod carry;
mod kalman;
mod matching;
mod one;
mod pace;

use std::{collections::VecDeque, sync::Arc};

use crate::{
    area::{Area, Shape},
    finding::{Class, Finding},
    geom::{Rect, Size},
    motion::Motion,
};
use one::Track;

pub use pace::Pace;

/// How a tracker behaves, for one class of things.
#[derive(Clone, Debug, PartialEq)]
pub struct Habits {
    /// Frames that are held back before their outlines are given.
    pub look_ahead: u64,
    /// A finding of at least this score takes part in the first round of matching and begins a track at once.
    pub score_certain: f32,
    /// Weaker findings down to this score begin tracks that must be confirmed...
    pub score_first: f32,
    /// ... and those down to this one confirm tracks.
    pub score_start: f32,
    /// A track with one sighting of at least this score is believed...
    pub score_sure: f32,
    /// ... and one whose scores add up to this.
    pub evidence_min: f32,
    /// Frames for which a track stays covered after its last sighting.
    pub hold_frames: u64,
    /// The same for tracks with fewer than three sightings.
    pub hold_frames_weak: u64,
    /// Frames that are covered before the first sighting.
    pub back_frames: u64,
    /// The same for tracks that are not believed after their first sighting.
    pub back_frames_weak: u64,
    /// Frames after which a track that is not seen is given up.
    pub lost_frames: u64,
    /// Frames for which a track that left the picture is remembered: a camera that shakes or turns brings it back.
    pub away_frames: u64,
    /// The side, in pixels, of things that need [`Habits::evidence_min`]; smaller ones need less, because being wrong about
    /// them costs less, and larger ones more. `None` where size says nothing.
    pub side_usual_px: Option<f32>,
    /// How much an outline grows for every frame in which it was not seen, as a share of its short side.
    pub growth_per_frame: f32,
    /// The most that it grows so.
    pub growth_max: f32,
    /// Pixels added around every outline.
    pub pad_px: f32,
    /// How much an outline grows when the picture moves under it, as a share of the way since the frame before: what
    /// moves while the shutter is open is smeared over that way.
    pub smear: f32,
    /// How much an outline grows that is cut by the edge of the picture, as a share of its short side.
    pub edge_growth: f32,
}

impl Habits {
    /// How many times as dear as usual it is to be wrong about a thing with a side of `side_px`.
    fn price(&self, side_px: f32) -> f32 {
        self.side_usual_px.map_or(1.0, |usual| side_px / usual.max(1.0))
    }
}

/// The most that large things must be better seen than others to begin a track.
const FIRST_MOST: f32 = 1.5;

/// The most that an outline grows for smear, as a share of its short side.
const SMEAR_MAX: f32 = 0.35;

/// The motions of the frames that are held, shared by the trackers of all classes.
#[derive(Debug, Default)]
pub(crate) struct Motions {
    /// Frame of the first one.
    from: u64,
    held: VecDeque<Arc<Motion>>,
}

impl Motions {
    /// The motion from the frame before into `frame`.
    fn leading_to(&self, frame: u64) -> Option<&Motion> {
        let index = usize::try_from(frame.checked_sub(self.from)?).ok()?;
        self.held.get(index).map(Arc::as_ref)
    }
}

/// Follows everything of one class.
#[derive(Debug)]
pub struct Tracker {
    class: Class,
    habits: Habits,
    picture: Rect,
    motions: Motions,
    /// Number of frames that came in.
    count: u64,
    /// The next frame to be given.
    next: u64,
    tracks: Vec<Track>,
    next_id: u64,
    /// Tracks of which an outline was given.
    shown: u64,
}

impl Tracker {
    /// A tracker of `class` in pictures of `size`.
    pub fn new(class: Class, size: Size, habits: Habits) -> Self {
        Self {
            class,
            habits,
            picture: size.rect(),
            motions: Motions::default(),
            count: 0,
            next: 0,
            tracks: Vec::new(),
            next_id: 0,
            shown: 0,
        }
    }

    /// The same tracker, numbering its tracks from `first` on, so that those of several trackers differ.
    #[must_use]
    pub fn numbered_from(mut self, first: u64) -> Self {
        self.next_id = first;
        self
    }

    /// Tracks that the frame to be given next shows for certain: it lies between their first sighting and the last that is
    /// known so far. Elsewhere they are only thought to be.
    pub fn sighted(&self) -> impl Iterator<Item = u64> {
        let next = self.next;
        self.tracks.iter().filter(move |t| (t.born_at..=t.seen_at).contains(&next)).map(|t| t.id)
    }

    /// The next frame: how it moved since the one before, and what was found in it, if anyone looked. Findings of
    /// other classes are ignored.
    pub fn push(&mut self, motion: Arc<Motion>, found: Option<&[Finding]>) {
        let frame = self.count;
        self.count += 1;
        if motion.cut {
            for track in self.tracks.iter_mut().filter(|t| t.alive) {
                track.end_before(frame);
            }
        }
        for track in self.tracks.iter_mut().filter(|t| t.alive) {
            track.advance(&motion, self.picture);
        }
        self.motions.held.push_back(motion);
        if let Some(found) = found {
            let found: Vec<&Finding> =
                found.iter().filter(|f| f.class == self.class && f.score >= self.habits.score_start).collect();
            self.look(frame, &found);
        }
        for track in self.tracks.iter_mut().filter(|t| t.alive) {
            let away = if track.is_believed(&self.habits) { self.habits.away_frames } else { 0 };
            track.alive = track.unseen() <= self.habits.lost_frames && track.away() <= away;
        }
    }

    fn look(&mut self, frame: u64, found: &[&Finding]) {
        let mut live: Vec<&mut Track> = self.tracks.iter_mut().filter(|t| t.alive).collect();
        let expected: Vec<Rect> = live.iter().map(|t| t.now()).collect();
        let boxes: Vec<Rect> = found.iter().map(|f| f.shape.bounds()).collect();
        let certain: Vec<bool> = found.iter().map(|f| f.score >= self.habits.score_certain).collect();
        let given = matching::assign(&expected, &boxes, &certain);
        let mut matched = vec![false; found.len()];
        for (track, given) in live.iter_mut().zip(&given) {
            match given {
                Some(index) => {
                    matched[*index] = true;
                    let doubted = !track.is_believed(&self.habits);
                    track.see(frame, found[*index], self.picture, &self.motions);
                    if doubted && track.is_believed(&self.habits) {
                        let until = track.born_at.saturating_sub(self.habits.back_frames).max(self.next);
                        track.fill_back(until, self.picture, &self.motions);
                    }
                }
                // Lines of text are found now as one, now as two: the same place, and nothing to follow anew.
                None if boxes.iter().any(|b| track.now().share_inside(b) > 0.8) => track.hint(frame),
                None => {}
            }
        }
        for (finding, _) in found.iter().zip(&matched).filter(|(_, matched)| !**matched) {
            let price = self.habits.price(finding.shape.bounds().area().sqrt()).clamp(1.0, FIRST_MOST);
            if finding.score < self.habits.score_first * price {
                continue;
            }
            let mut track = Track::new(self.next_id, frame, finding, self.picture);
            self.next_id += 1;
            let back = if track.is_believed(&self.habits) {
                self.habits.back_frames
            } else {
                self.habits.back_frames_weak
            };
            track.fill_back(frame.saturating_sub(back).max(self.next), self.picture, &self.motions);
            self.tracks.push(track);
        }
    }

    /// The outlines of the oldest frame that was not given yet; `None` until enough of its future is known, or, with
    /// `ended`, until every frame was given.
    pub fn pop(&mut self, ended: bool) -> Option<Vec<Area>> {
        let known = self.count.checked_sub(self.next + 1)?;
        if !ended && known < self.habits.look_ahead {
            return None;
        }
        let frame = self.next;
        let areas = self.areas(frame);
        for track in self.tracks.iter_mut().filter(|t| !t.shown) {
            track.shown = areas.iter().any(|a| a.track == Some(track.id));
            self.shown += u64::from(track.shown);
        }
        self.next += 1;
        for track in &mut self.tracks {
            track.forget(self.next);
        }
        self.tracks.retain(|t| !t.is_over(frame));
        // The motion into the oldest frame that is held is needed by nothing: filling back stops at that frame.
        while self.motions.from < self.next && self.motions.held.len() > 1 {
            self.motions.held.pop_front();
            self.motions.from += 1;
        }
        Some(areas)
    }

    fn areas(&self, frame: u64) -> Vec<Area> {
        let motion = self.motions.leading_to(frame);
        let believed = self.tracks.iter().filter(|t| t.is_believed(&self.habits));
        believed
            .filter_map(|track| {
                let shape: Shape = track.outline(frame, &self.habits)?;
                let smear = motion.map_or(0.0, |motion| self.smear(&shape, motion));
                let shape = self.at_edge(shape.padded(smear));
                // What is away may come back, but nothing of it shows.
                shape.bounds().intersection(&self.picture)?;
                Some(Area { shape, class: self.class, track: Some(track.id) })
            })
            .collect()
    }

    /// What is cut by the edge of the picture is drawn too small, because what lies outside is not seen: it becomes larger on
    /// all sides.
    fn at_edge(&self, shape: Shape) -> Shape {
        let (rect, picture) = (shape.bounds(), self.picture);
        let inside = rect.x0 > picture.x0 + 1.0
            && rect.y0 > picture.y0 + 1.0
            && rect.x1 < picture.x1 - 1.0
            && rect.y1 < picture.y1 - 1.0;
        // Of what is on its way out less than half is left, and the box covers that.
        let middle = rect.center();
        let leaves = !(picture.x0..picture.x1).contains(&middle.x) || !(picture.y0..picture.y1).contains(&middle.y);
        match shape {
            Shape::Rect(_) | Shape::Ellipse(_) if !inside && !leaves => {
                shape.padded(rect.width().min(rect.height()) * self.habits.edge_growth)
            }
            Shape::Rect(_) | Shape::Ellipse(_) | Shape::Quad(_) => shape,
        }
    }

    /// Pixels by which motion smears what is inside `shape`.
    fn smear(&self, shape: &Shape, motion: &Motion) -> f32 {
        let rect = shape.bounds();
        let (from, to) = (rect.center(), motion.camera.apply(rect.center()));
        let way = (to.x - from.x).hypot(to.y - from.y);
        (way * self.habits.smear).min(rect.width().min(rect.height()) * SMEAR_MAX)
    }

    /// Tracks that were covered in at least one frame so far.
    pub fn shown(&self) -> u64 {
        self.shown
    }
}

#[cfg(test)]
mod tests;
