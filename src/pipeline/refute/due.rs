//! Which frames of a finished video are looked at, and what for. Separate because it is arithmetic on what was destroyed where:
//! no picture is needed to tell.

use std::collections::{BTreeMap, BTreeSet};

use super::Shown;
use crate::{
    area::Area,
    finding::Class,
    geom::{Rect, Size},
    policy::Depth,
};

/// Microseconds between two looks when those are to cost little.
pub(super) const FAST_US: u64 = 1_000_000;

/// The same when they may cost more than the first run's: a frame is shorter than this only in slow motion.
pub(super) const FULL_US: u64 = 160_000;

/// Frames around the beginning or end of what is followed that are looked at when looks may cost much.
const AROUND: usize = 2;

/// Frames within which one look for something of `class` tells of all that begins or ends there, when looks are to cost
/// little: with lines that are many and stand still, half of what lies between two looks of the first run.
fn close_together(class: Class) -> usize {
    if class == Class::Text { 7 } else { 3 }
}

/// A part of a frame in which a face may have been left is as large as this many of its outlines...
const NEAR_SIDES: f32 = 4.0;

/// ... and at least so many pixels.
const NEAR_PX: f32 = 128.0;

/// Looks at parts that have more than this many pixels together are one look at the whole frame: parts are enlarged, so that
/// about a tenth of a frame of 1280 x 720 costs a third of it.
const NEAR_AREA_MOST: f32 = 90_000.0;

/// What is looked for in a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Due {
    /// All over it.
    pub classes: Vec<Class>,
    /// Faces, in these parts of it alone, in pixels of the input.
    pub near: Vec<Rect>,
}

impl Due {
    fn all_over(classes: &[Class]) -> Self {
        Self { classes: classes.to_vec(), near: Vec::new() }
    }

    /// Looks for a face where one was followed in `outline`.
    fn look_near(&mut self, outline: Rect) {
        if self.classes.contains(&Class::Face) {
            return;
        }
        let side = (outline.width().max(outline.height()) * NEAR_SIDES).max(NEAR_PX);
        let part = Rect::from_center(outline.center(), side, side);
        if self.near.iter().any(|near| outline.share_inside(near) >= 1.0 && near.iou(&part) > 0.5) {
            return;
        }
        self.near.push(part);
        if self.near.iter().map(Rect::area).sum::<f32>() > NEAR_AREA_MOST {
            self.near.clear();
            self.classes.push(Class::Face);
        }
    }
}

/// The frames to look at, by number, and for which of `all` classes.
pub(super) fn looks(shown: &[Shown], size: Size, depth: Depth, all: &[Class]) -> BTreeMap<usize, Due> {
    let every = match depth {
        Depth::Off => return BTreeMap::new(),
        Depth::Fast => FAST_US,
        Depth::Full => FULL_US,
    };
    let mut looks: BTreeMap<usize, Due> = BTreeMap::new();
    // Half a step in: the first run looks at the first frame of every scene.
    let mut next = every / 2;
    for (number, frame) in shown.iter().enumerate() {
        if frame.at_us >= next {
            looks.insert(number, Due::all_over(all));
            next = frame.at_us + every;
        }
    }
    for End { frame, class, outline } in ends(shown, size) {
        let around = |reach: usize| frame.saturating_sub(reach)..=(frame + reach).min(shown.len() - 1);
        match depth {
            Depth::Off => {}
            Depth::Fast if !all.contains(&class) => {}
            Depth::Fast => {
                // One of several close together tells of all.
                if looks.range(around(close_together(class))).any(|(_, due)| due.classes.contains(&class)) {
                    continue;
                }
                if class != Class::Face {
                    looks.entry(frame).or_default().classes.push(class);
                    continue;
                }
                // A face ends in a place, which is about the same in frames close by.
                let close = looks.range(around(close_together(class))).find(|(_, due)| !due.near.is_empty());
                let frame = close.map_or(frame, |(&frame, _)| frame);
                looks.entry(frame).or_default().look_near(outline);
            }
            Depth::Full => looks.extend(around(AROUND).map(|number| (number, Due::all_over(all)))),
        }
    }
    looks
}

/// Where something ceases to be followed, or is not yet.
#[derive(Clone, Debug, PartialEq)]
struct End {
    /// The frame without it.
    frame: usize,
    class: Class,
    /// Where it is in the frame before or behind.
    outline: Rect,
}

/// Frames without something that is followed in the frame before or behind: where a mask may have ended too early or begun
/// too late. Cuts, and what leaves by the edge of the picture, are no such ends.
fn ends(shown: &[Shown], size: Size) -> Vec<End> {
    let inside = |area: &Area| {
        let b = area.shape.bounds();
        b.x0 > 0.0 && b.y0 > 0.0 && b.x1 < size.width as f32 && b.y1 < size.height as f32
    };
    // What `a` covers within the picture and nothing follows in `b`; of the lines of text, of which there are many, one.
    let lost = |a: &[Area], b: &[Area]| -> Vec<(Class, Rect)> {
        let followed = a.iter().filter(|area| area.track.is_some() && inside(area));
        let lost = |area: &&Area| b.iter().all(|other| (other.track, other.class) != (area.track, area.class));
        let mut told = BTreeSet::new();
        let once = |area: &&Area| told.insert(area.class) || area.class == Class::Face;
        followed.filter(lost).filter(once).map(|area| (area.class, area.shape.bounds())).collect()
    };
    let mut found = Vec::new();
    let mut before: Option<Vec<Area>> = None;
    for (number, frame) in shown.iter().enumerate() {
        let here = frame.areas.areas();
        if let Some(before) = before.filter(|_| !frame.cut) {
            let end = |frame| move |(class, outline)| End { frame, class, outline };
            found.extend(lost(&before, &here).into_iter().map(end(number)));
            found.extend(lost(&here, &before).into_iter().map(end(number - 1)));
        }
        before = Some(here);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{
        super::film::tests::{SIZE, clip},
        *,
    };

    #[test]
    fn looks_are_where_something_began_or_ended_to_be_followed() {
        let outline = Rect::from_xywh(40.0, 40.0, 20.0, 20.0);
        let face = |frames: &[usize]| {
            frames.iter().map(|&frame| End { frame, class: Class::Face, outline }).collect::<Vec<_>>()
        };
        assert_eq!(ends(&clip(40.0, 20..50, None), SIZE), face(&[19, 50]));
        assert_eq!(ends(&clip(40.0, 20..50, Some(50)), SIZE), face(&[19]), "a cut ends everything");
        assert!(ends(&clip(-5.0, 20..50, None), SIZE).is_empty(), "it left by the edge");
    }

    #[test]
    fn a_fast_check_looks_once_a_second_for_everything_and_at_the_ends_for_what_ends() {
        let all = [Class::Face, Class::Text];
        let looks = looks(&clip(40.0, 20..50, None), SIZE, Depth::Fast, &all);
        assert_eq!(looks.keys().copied().collect::<Vec<_>>(), [16, 47, 78], "both ends are close to a look");
        assert!(looks.values().all(|due| due == &Due::all_over(&all)));
        let looks = super::looks(&clip(40.0, 26..60, None), SIZE, Depth::Fast, &all);
        assert_eq!(looks.keys().copied().collect::<Vec<_>>(), [16, 25, 47, 60, 78]);
        let near = vec![Rect::from_center(crate::geom::Point::new(50.0, 50.0), 128.0, 128.0)];
        for frame in [25, 60] {
            assert_eq!(looks[&frame], Due { classes: Vec::new(), near: near.clone() }, "only beside the face");
        }
        let looks = super::looks(&clip(40.0, 26..60, None), SIZE, Depth::Fast, &all[1..]);
        assert_eq!(looks.keys().copied().collect::<Vec<_>>(), [16, 47, 78], "nobody looks for faces");
    }

    #[test]
    fn a_full_check_looks_often_and_all_around_the_ends_and_none_looks_never() {
        let (clip, all) = (clip(40.0, 20..50, None), [Class::Face]);
        let full = looks(&clip, SIZE, Depth::Full, &all);
        assert!((17..=21).chain(48..=52).all(|number| full.contains_key(&number)), "{full:?}");
        assert!(full.len() >= 90 / 5);
        assert!(looks(&clip, SIZE, Depth::Off, &all).is_empty());
        assert!(looks(&[], SIZE, Depth::Full, &all).is_empty());
    }

    #[test]
    fn where_many_faces_end_at_once_one_look_at_the_whole_frame_costs_less() {
        let face = |n: usize| Rect::from_xywh(200.0 * n as f32, 300.0, 20.0, 20.0);
        let mut due = Due::default();
        (0..5).for_each(|n| due.look_near(face(n)));
        assert_eq!((due.near.len(), due.classes.len()), (5, 0));
        due.look_near(face(2).translated(3.0, 0.0));
        assert_eq!(due.near.len(), 5, "a look that is made already tells of it");
        due.look_near(face(5));
        assert_eq!(due, Due::all_over(&[Class::Face]));
    }
}
