//! The attack on pictures: the detectors look once more, as hard as the policy says.

use std::collections::BTreeMap;

use image::RgbImage;

use super::{Judged, carried, finished::smooth, scale, unexplained};
use crate::{
    area::Area,
    detect::{Glance, Picture, text::is_sure_alone},
    error::CleanError,
    finding::{Class, Finding},
    geom::{PxRect, Size},
    pipeline::{Cleaner, FrameReport, habits::sure},
    policy::{Depth, decide::decide},
};

/// How hard the drafts of one picture are looked at, and at what: everything at first; after that only the frames that had
/// to be destroyed further, and only for what was missed there. All else in them was looked at already and is as it was.
pub(in crate::pipeline) struct Attack {
    depth: Depth,
    open: Option<BTreeMap<usize, Vec<Class>>>,
}

impl Attack {
    /// Before the first draft.
    pub fn new(depth: Depth) -> Self {
        Self { depth, open: None }
    }

    /// Before the next draft, when in the last one `missed` was seen, by number of the frame.
    pub fn after(&mut self, missed: &[(usize, Vec<Finding>)]) {
        let classes = |found: &[Finding]| {
            let mut classes: Vec<Class> = found.iter().map(|finding| finding.class).collect();
            classes.sort();
            classes.dedup();
            classes
        };
        self.open = Some(missed.iter().map(|(frame, found)| (*frame, classes(found))).collect());
    }

    /// The classes to look for in frame number `frame`; `None` when it is not looked at.
    fn classes<'a>(&'a self, frame: usize, all: &'a [Class]) -> Option<&'a [Class]> {
        match &self.open {
            _ if self.depth == Depth::Off => None,
            None => Some(all),
            Some(open) => open.get(&frame).map(Vec::as_slice),
        }
    }
}

impl Cleaner {
    /// How hard this cleaner looks at outputs when the policy says `wanted`: without detectors nobody can look.
    pub(in crate::pipeline) fn depth(&self, wanted: Depth) -> Depth {
        if self.wanted().is_empty() { Depth::Off } else { wanted }
    }

    /// What is seen in `output`, frame number `number`, and not explained by what was destroyed, in pixels of the input that
    /// `known` describes; `None` when `attack` does not look at it.
    pub(in crate::pipeline) fn missed(
        &self,
        output: &RgbImage,
        number: usize,
        known: &FrameReport,
        attack: &Attack,
    ) -> Result<Option<Judged>, CleanError> {
        let Some(classes) = attack.classes(number, &self.policy.redact) else { return Ok(None) };
        let (seen, doubtful) = match attack.depth {
            Depth::Off => return Ok(None),
            Depth::Fast => self.glimpse_in_draft(output, 0, classes)?,
            Depth::Full => stand_alone(self.find_of(output, classes)?),
        };
        let areas = decide(&self.policy, &known.findings);
        self.judge(output, (seen, doubtful), &areas, &known.visible.places, known.size).map(Some)
    }

    /// Weighs what was `seen` in a picture: findings that count as they are, and those that do only when they can be read.
    /// `areas` and `visible` are in pixels of the input, which is of `size`, and so is the answer.
    pub(super) fn judge(
        &self,
        picture: &dyn Picture,
        (seen, doubtful): (Vec<Finding>, Vec<Finding>),
        areas: &[Area],
        visible: &[Finding],
        size: Size,
    ) -> Result<Judged, CleanError> {
        let there = picture.size();
        let (seen, doubtful) = (textured(picture, seen)?, textured(picture, doubtful)?);
        let masks =
            areas.iter().cloned().chain(visible.iter().filter(|left| left.class == Class::Text).map(spared));
        let masks: Vec<Area> = masks
            .map(|area| {
                let (sx, sy) = scale(size, there);
                Area { shape: area.shape.mapped((sx, sy), (0.0, 0.0)), ..area }
            })
            .collect();
        let mut read = Judged::default();
        let lines: Vec<_> = seen.iter().chain(&doubtful).cloned().collect();
        self.read_outside(picture, &lines, &masks, &mut read)?;
        let to_input = |finding| carried(finding, there, size);
        let mut missed = unexplained(seen.into_iter().map(to_input).collect(), areas, visible, size);
        for legible in read.missed.into_iter().map(to_input) {
            let bounds = legible.shape.bounds();
            let known =
                |other: &Finding| other.class == Class::Text && bounds.share_inside(&other.shape.bounds()) > 0.9;
            if !missed.iter().any(known) {
                missed.push(legible);
            }
        }
        Ok(Judged { missed, identifying: read.identifying })
    }

    /// One cheap look a detector at a picture on its own, number `number` of several: only what is sure counts.
    pub(in crate::pipeline) fn glimpse(
        &self,
        picture: &dyn Picture,
        number: u64,
    ) -> Result<Vec<Finding>, CleanError> {
        let mut seen = self.glance(picture, number, &self.policy.redact)?;
        seen.retain(|finding| finding.score >= sure(finding.class));
        Ok(seen)
    }

    /// One cheap look a detector for `classes` at a draft, number `number` of several: what is sure, and beside it the lines
    /// of text that have to be read to count.
    pub(super) fn glimpse_in_draft(
        &self,
        picture: &dyn Picture,
        number: u64,
        classes: &[Class],
    ) -> Result<(Vec<Finding>, Vec<Finding>), CleanError> {
        let (mut seen, lines) = stand_alone(self.glance(picture, number, classes)?);
        seen.retain(|finding| finding.score >= sure(finding.class));
        Ok((seen, lines))
    }

    /// The faces that are seen for sure in `parts` of a frame of a draft.
    pub(super) fn faces_near(&self, frame: &dyn Picture, parts: &[PxRect]) -> Result<Vec<Finding>, CleanError> {
        let mut seen = Vec::new();
        for (detector, _) in self.wanted().iter().filter(|(_, finds)| finds.contains(&Class::Face)) {
            for part in parts {
                seen.extend(self.detectors[*detector].glance_at_part(frame, *part)?);
            }
        }
        seen.retain(|finding| finding.class == Class::Face && finding.score >= sure(Class::Face));
        Ok(seen)
    }

    fn glance(&self, picture: &dyn Picture, number: u64, classes: &[Class]) -> Result<Vec<Finding>, CleanError> {
        let (mut seen, glance) = (Vec::new(), Glance { number, ..Glance::default() });
        for (detector, finds) in self.wanted() {
            if finds.iter().any(|class| classes.contains(class)) {
                seen.extend(self.detectors[detector].glance(picture, glance)?.found);
            }
        }
        seen.retain(|finding| classes.contains(&finding.class));
        Ok(seen)
    }
}

/// The least score of a face that counts in a draft. Of 320 that were seen only in drafts of 140 labelled photos, 293 were
/// below, one of them on a labelled face, and 27 above, three of them on labelled faces.
const FACE_MIN: f32 = 0.3;

/// What of `seen` counts in a draft as it is, and the lines that have to be read to count: whatever has the look of a face
/// or a line was destroyed already, so that what is left has mostly the look of masks.
fn stand_alone(mut seen: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
    seen.retain(|finding| finding.class != Class::Face || finding.score >= FACE_MIN);
    seen.into_iter().partition(|finding| finding.class != Class::Text || is_sure_alone(finding))
}

/// A line that stays, as if it were masked: it is there to be read.
fn spared(line: &Finding) -> Area {
    Area { shape: line.shape, class: line.class, track: None }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rect;

    #[test]
    fn in_a_draft_weak_faces_are_the_look_of_masks_and_lines_are_read_unless_one_network_is_sure() {
        let seen = |class, score, source: &str| Finding {
            class,
            shape: crate::area::Shape::Rect(Rect::new(0.0, 0.0, 9.0, 9.0)),
            score,
            source: source.to_owned(),
        };
        let (newer, older) = ("ppocr-v6-det-small", "ppocr-v4-det");
        let (counts, read) = stand_alone(vec![
            seen(Class::Face, 0.29, "centerface"),
            seen(Class::Face, 0.31, "centerface"),
            seen(Class::Text, 0.7, newer),
            seen(Class::Text, 0.5, newer),
            seen(Class::Text, 0.9, older),
            seen(Class::Screen, 0.1, "objects"),
        ]);
        let scores = |found: &[Finding]| found.iter().map(|finding| finding.score).collect::<Vec<_>>();
        assert_eq!((scores(&counts), scores(&read)), (vec![0.31, 0.7, 0.1], vec![0.5, 0.9]));
    }

    #[test]
    fn only_what_was_missed_is_looked_for_again_and_only_where() {
        let all = [Class::Face, Class::Text, Class::Screen];
        let seen = |class| Finding {
            class,
            shape: crate::area::Shape::Rect(Rect::new(0.0, 0.0, 9.0, 9.0)),
            score: 0.9,
            source: String::new(),
        };
        let mut attack = Attack::new(Depth::Full);
        assert_eq!(attack.classes(7, &all), Some(&all[..]));
        attack.after(&[(2, vec![seen(Class::Text), seen(Class::Text)]), (5, vec![seen(Class::Screen)])]);
        assert_eq!(attack.classes(2, &all), Some(&[Class::Text][..]));
        assert_eq!(attack.classes(5, &all), Some(&[Class::Screen][..]));
        assert_eq!(attack.classes(3, &all), None);
        assert_eq!(Attack::new(Depth::Off).classes(2, &all), None);
    }
}
