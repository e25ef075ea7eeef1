//! Which of the faces that are followed through a video may stay. Separate from pictures, because a face stays in all frames
//! or in none, and only the end of its track tells: files are therefore gone through once before anything of them is written,
//! and in streams nobody stays.
//!
//! A face stays when several looks along its whole track are clearly one person, none contradicts, none is too long apart from
//! the next, and no other face that is followed comes near enough to be taken for it.

use std::{collections::BTreeMap, path::Path};

use image::RgbImage;

use super::{Keeper, alike};
use crate::{
    detect::Picture,
    error::DetectError,
    geom::Rect,
    identity::Faceprint,
    policy::consent::{
        Person, Scope,
        matching::{Likeness, likeness},
        trial::Trial,
    },
};

/// Time between two looks at who the faces are, in microseconds.
const LOOK_EVERY_US: u64 = 250_000;

/// At one look of so many, faces that cannot stay any more are looked at too: one of them may be like a person who seems to
/// be elsewhere in the frame.
const OTHERS_EVERY: u64 = 4;

/// Heads that are narrower, in pixels, hold no face whose points would be trusted.
const WIDTH_MIN_PX: f32 = 40.0;

/// What is cut out around a head to be looked at, as a multiple of its longer side: more than is looked at.
const AROUND: f32 = 2.0;

/// Two heads of which the smaller lies in the other by more than this share may change places unseen.
const TOUCH_MOST: f32 = 0.15;

/// A face that is followed, in one frame.
#[derive(Clone, Copy, Debug)]
pub(in crate::pipeline) struct Followed {
    /// Its track.
    pub track: u64,
    /// Where it is, in pixels of the frame.
    pub head: Rect,
    /// Whether it is there for certain, between its first sighting and its last.
    pub sighted: bool,
}

/// Everybody who is followed, on trial.
pub(in crate::pipeline) struct Trials<'a> {
    keeper: &'a Keeper,
    known: Vec<(&'a Person, &'a [Faceprint])>,
    /// For each of `known` whether the face may be seen in this video.
    allowed: Vec<bool>,
    trials: BTreeMap<u64, Trial>,
    /// When to look again.
    next_us: u64,
    looks: u64,
}

impl Keeper {
    /// The trials of a video in the file at `place` below the folder that is cleaned; `None` when nobody may stay in it.
    pub(in crate::pipeline) fn trials(&self, place: Option<&Path>) -> Option<Trials<'_>> {
        let (known, may_stay) = (self.known(), self.allowed(Scope::Videos, place));
        let allowed: Vec<bool> = known.iter().map(|(person, _)| may_stay.contains(person)).collect();
        let trials = BTreeMap::new();
        allowed.contains(&true).then_some(Trials { keeper: self, known, allowed, trials, next_us: 0, looks: 0 })
    }

    /// Whether the face at `head`, kept under `authorization`, is clearly not that person's in this frame.
    pub(in crate::pipeline) fn contradicts(
        &self,
        frame: &dyn Picture,
        head: &Rect,
        authorization: &str,
    ) -> Result<bool, DetectError> {
        let known = self.known();
        let Some(face) = self.face_in(frame, head)? else { return Ok(false) };
        let (Likeness::Clear(person) | Likeness::Unclear(person)) = likeness(&[alike(&known, &face)])[0] else {
            return Ok(true);
        };
        Ok(known[person].0.authorization != authorization)
    }

    fn face_in(&self, frame: &dyn Picture, head: &Rect) -> Result<Option<Faceprint>, DetectError> {
        let Some((picture, head)) = cut_out(frame, head)? else { return Ok(None) };
        self.faces.face(&picture, &head)
    }
}

impl Trials<'_> {
    /// The next frame, shown at `at_us`, with every face that is followed in it; `cut` says that it begins a scene.
    pub fn see(
        &mut self,
        frame: &dyn Picture,
        faces: &[Followed],
        cut: bool,
        at_us: u64,
    ) -> Result<(), DetectError> {
        for (at, face) in faces.iter().enumerate() {
            let trial = self.trials.entry(face.track).or_default();
            if face.sighted {
                trial.followed(at_us);
            }
            if faces.iter().enumerate().any(|(other, near)| other != at && touch(&face.head, &near.head)) {
                trial.doubt();
            }
        }
        if !cut && at_us < self.next_us {
            return Ok(());
        }
        let large = |face: &&Followed| face.sighted && face.head.width() >= WIDTH_MIN_PX;
        let is_open = |face: &Followed| self.trials.get(&face.track).is_some_and(Trial::is_open);
        if !faces.iter().filter(large).any(is_open) {
            return Ok(());
        }
        let others = self.looks.is_multiple_of(OTHERS_EVERY);
        let (mut seen, mut similarities) = (Vec::new(), Vec::new());
        for face in faces.iter().filter(large).filter(|face| others || is_open(face)) {
            if let Some(print) = self.keeper.face_in(frame, &face.head)? {
                similarities.push(alike(&self.known, &print));
                seen.push(face.track);
            }
        }
        for (track, likeness) in seen.into_iter().zip(likeness(&similarities)) {
            let trial = self.trials.entry(track).or_default();
            trial.look(at_us, likeness);
            if let Likeness::Clear(person) | Likeness::Unclear(person) = likeness
                && !self.allowed[person]
            {
                trial.doubt();
            }
        }
        self.next_us = at_us + LOOK_EVERY_US;
        self.looks += 1;
        Ok(())
    }

    /// The tracks that stay in every frame of the video, each with its authorization.
    pub fn kept(&self) -> BTreeMap<u64, String> {
        let verdicts = self.trials.iter().filter_map(|(track, trial)| Some((*track, trial.verdict()?)));
        verdicts.map(|(track, person)| (track, self.known[person].0.authorization.clone())).collect()
    }
}

fn touch(a: &Rect, b: &Rect) -> bool {
    let common = a.intersection(b).map_or(0.0, |common| common.area());
    // Places that are no numbers may be anywhere.
    !(a.is_valid() && b.is_valid()) || common > TOUCH_MOST * a.area().min(b.area())
}

/// The surroundings of a head, and where it is in them; `None` where it lies outside of the frame.
fn cut_out(frame: &dyn Picture, head: &Rect) -> Result<Option<(RgbImage, Rect)>, DetectError> {
    let side = AROUND * head.width().max(head.height());
    let Some(roi) = Rect::from_center(head.center(), side, side).to_px(frame.size()) else { return Ok(None) };
    let picture = frame.sample(roi, crate::geom::Size::new(roi.width(), roi.height()))?;
    Ok(Some((picture, head.translated(-(roi.x0 as f32), -(roi.y0 as f32)))))
}

#[cfg(test)]
mod tests;
