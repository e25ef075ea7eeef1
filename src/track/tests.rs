//! A tracker seen from outside: frames go in, outlines come out.

use super::{one::shifted, *};
use crate::geom::Point;

const SIZE: Size = Size::new(400, 200);

fn habits() -> Habits {
    Habits {
        look_ahead: 20,
        score_certain: 0.4,
        score_first: 0.1,
        score_start: 0.1,
        score_sure: 0.5,
        evidence_min: 0.6,
        hold_frames: 10,
        hold_frames_weak: 4,
        back_frames: 10,
        back_frames_weak: 4,
        lost_frames: 30,
        away_frames: 30,
        side_usual_px: None,
        growth_per_frame: 0.0,
        growth_max: 0.0,
        pad_px: 0.0,
        smear: 0.0,
        edge_growth: 0.0,
    }
}

fn face(rect: Rect, score: f32) -> Finding {
    Finding { class: Class::Face, shape: Shape::Rect(rect), score, source: "fake".to_owned() }
}

/// The motion into a frame, and what was found in it if anyone looked.
type Given = (Motion, Option<Vec<Finding>>);

/// What comes out for frames whose motion and findings are given.
fn run(habits: Habits, frames: &[Given]) -> Vec<Vec<Area>> {
    let mut tracker = Tracker::new(Class::Face, SIZE, habits);
    let mut out = Vec::new();
    for (motion, found) in frames {
        tracker.push(Arc::new(motion.clone()), found.as_deref());
        out.extend(tracker.pop(false));
    }
    out.extend(std::iter::from_fn(|| tracker.pop(true)));
    assert_eq!(out.len(), frames.len());
    out
}

fn covers(areas: &[Area], p: Point) -> bool {
    areas.iter().any(|a| {
        let b = a.shape.bounds();
        (b.x0..b.x1).contains(&p.x) && (b.y0..b.y1).contains(&p.y)
    })
}

/// A face that moves by 4 pixels a frame under a still camera, seen every fifth frame except in `missing`.
fn walk(frames: u64, missing: std::ops::Range<u64>) -> (Vec<Given>, impl Fn(u64) -> Rect) {
    let at = |frame: u64| Rect::from_xywh(20.0 + 4.0 * frame as f32, 60.0, 40.0, 50.0);
    let list = (0..frames)
        .map(|frame| {
            let motion = if frame == 0 { Motion::cut() } else { Motion::still() };
            let seen = if missing.contains(&frame) { vec![] } else { vec![face(at(frame), 0.9)] };
            (motion, (frame % 5 == 0).then_some(seen))
        })
        .collect();
    (list, at)
}

#[test]
fn a_face_that_moves_on_its_own_is_covered_tightly_between_the_looks() {
    let (frames, at) = walk(60, 0..0);
    for (frame, areas) in run(habits(), &frames).iter().enumerate() {
        let [area] = areas.as_slice() else { panic!("one area in frame {frame}: {areas:?}") };
        assert!(area.shape.bounds().iou(&at(frame as u64)) > 0.75, "{frame}: {:?}", area.shape);
    }
}

#[test]
fn a_gap_of_ten_frames_is_bridged() {
    let (frames, at) = walk(60, 25..36);
    for (frame, areas) in run(habits(), &frames).iter().enumerate() {
        assert!(covers(areas, at(frame as u64).center()), "{frame}");
    }
}

#[test]
fn a_face_is_covered_from_where_it_came_in_before_it_was_first_seen() {
    // The camera pans by 6 pixels a frame to the right; the face comes in on the right at frame 10, is seen at 20.
    let at = |frame: u64| Rect::from_xywh(460.0 - 6.0 * frame as f32, 60.0, 40.0, 50.0);
    let frames: Vec<_> = (0..60u64)
        .map(|frame| {
            let motion = if frame == 0 { Motion::cut() } else { shifted(-6.0) };
            let seen = if frame >= 20 { vec![face(at(frame), 0.8)] } else { vec![] };
            (motion, (frame % 5 == 0).then_some(seen))
        })
        .collect();
    let out = run(Habits { back_frames: 30, ..habits() }, &frames);
    for frame in 0..60u64 {
        if at(frame).x0 < 400.0 {
            assert!(covers(&out[frame as usize], Point::new(at(frame).x0 + 1.0, 80.0)), "{frame}");
        } else {
            assert!(out[frame as usize].is_empty(), "{frame}");
        }
    }
}

/// A face that the camera loses at frame 20 and brings back at frame 40, seen only before, with the score `score`.
fn lost_and_back(score: f32) -> Vec<Vec<Area>> {
    let mut x = 300.0;
    let frames: Vec<_> = (0..60u64)
        .map(|frame| {
            let step = if frame < 30 { 5.0 } else { -5.0 };
            x += if frame == 0 { 0.0 } else { step };
            let motion = if frame == 0 { Motion::cut() } else { shifted(step) };
            let seen = if frame < 12 { vec![face(Rect::from_xywh(x, 60.0, 40.0, 50.0), score)] } else { vec![] };
            (motion, (frame % 5 == 0).then_some(seen))
        })
        .collect();
    run(Habits { hold_frames: 20, ..habits() }, &frames)
}

#[test]
fn a_face_that_the_camera_loses_is_covered_at_once_when_it_is_back() {
    let out = lost_and_back(0.9);
    assert!(out[24].is_empty() && out[30].is_empty(), "nothing of it shows");
    assert!(covers(&out[42], Point::new(398.0, 80.0)), "{:?}", out[42]);
    assert!(out[55].is_empty(), "held no longer for having been away");
    assert!(lost_and_back(0.15).iter().all(Vec::is_empty), "nobody believed in it");
}

#[test]
fn small_things_are_believed_on_less_evidence_than_large_ones() {
    let shown = |side: f32, score: f32| {
        let seen = Rect::from_xywh(150.0, 60.0, side, side);
        let frames: Vec<_> = (0..40u64)
            .map(|frame| {
                let motion = if frame == 0 { Motion::cut() } else { Motion::still() };
                let found = if frame < 10 { vec![face(seen, score)] } else { vec![] };
                (motion, (frame % 5 == 0).then_some(found))
            })
            .collect();
        !run(Habits { side_usual_px: Some(50.0), ..habits() }, &frames)[5].is_empty()
    };
    assert!(shown(20.0, 0.2) && !shown(50.0, 0.2) && shown(50.0, 0.35) && !shown(90.0, 0.35));
}

#[test]
fn what_is_believed_late_is_drawn_back_as_far_as_what_was_certain_at_once() {
    let still = Rect::from_xywh(100.0, 100.0, 30.0, 30.0);
    let frames: Vec<_> = (0..40u64)
        .map(|frame| {
            let motion = if frame == 0 { Motion::cut() } else { Motion::still() };
            let seen = if frame < 15 { vec![] } else { vec![face(still, if frame < 20 { 0.2 } else { 0.9 })] };
            (motion, (frame % 5 == 0).then_some(seen))
        })
        .collect();
    let out = run(habits(), &frames);
    assert!(out[5..].iter().all(|areas| covers(areas, still.center())));
}

#[test]
fn what_the_edge_cuts_does_not_grow_inward_look_by_look() {
    let at = |frame: u64| {
        Rect::from_xywh(-20.0, 60.0 + 3.0 * (frame % 2) as f32, 60.0 + 6.0 * (frame % 10 / 5) as f32, 60.0)
    };
    let frames: Vec<_> = (0..60u64)
        .map(|frame| {
            let motion = if frame == 0 { Motion::cut() } else { Motion::still() };
            (motion, (frame % 5 == 0).then(|| vec![face(at(frame), 0.9)]))
        })
        .collect();
    let out = run(habits(), &frames);
    let last = out[59][0].shape.bounds();
    assert!(last.x1 < 50.0 && last.height() < 66.0, "{last:?}");
}

#[test]
fn nothing_is_smeared_over_a_cut_in_either_direction() {
    let (mut frames, at) = walk(60, 0..0);
    frames[30].0 = Motion::cut();
    for (frame, (_, found)) in frames.iter_mut().enumerate() {
        let first_scene_end = 26;
        if (first_scene_end..35).contains(&frame) {
            *found = found.take().map(|_| vec![]);
        }
        if frame >= 35 {
            *found = found.take().map(|_| vec![face(Rect::from_xywh(300.0, 10.0, 30.0, 30.0), 0.9)]);
        }
    }
    let out = run(habits(), &frames);
    let second = Point::new(315.0, 25.0);
    for (frame, areas) in out.iter().enumerate().take(30).skip(26) {
        assert!(covers(areas, at(frame as u64).center()), "held to the cut: {frame}");
        assert!(!covers(areas, second));
    }
    for areas in &out[30..] {
        assert!(covers(areas, second), "back to the cut");
        assert_eq!(areas.len(), 1);
    }
}

#[test]
fn what_was_seen_weakly_once_is_dropped_and_what_was_seen_weakly_often_is_covered_throughout() {
    let still = Rect::from_xywh(100.0, 100.0, 30.0, 30.0);
    let frames = |weak_looks: u64| -> Vec<_> {
        (0..80u64)
            .map(|frame| {
                let motion = if frame == 0 { Motion::cut() } else { Motion::still() };
                let seen = if frame / 5 < weak_looks { vec![face(still, 0.2)] } else { vec![] };
                (motion, (frame % 5 == 0).then_some(seen))
            })
            .collect()
    };
    assert!(run(habits(), &frames(1)).iter().all(Vec::is_empty));
    let out = run(habits(), &frames(4));
    assert!(out[..=15].iter().all(|areas| covers(areas, still.center())));
    assert!(out[40..].iter().all(Vec::is_empty));
}

#[test]
fn a_track_is_sighted_from_the_first_look_that_sees_it_to_the_last() {
    let (frames, _) = walk(60, 45..60);
    let mut tracker = Tracker::new(Class::Face, SIZE, habits()).numbered_from(7000);
    let mut sighted = Vec::new();
    for (frame, (motion, found)) in frames.iter().enumerate() {
        // Seen from frame 10 on.
        let found = found.as_deref().map(|found| if frame < 10 { &[][..] } else { found });
        tracker.push(Arc::new(motion.clone()), found);
        let known: Vec<_> = tracker.sighted().collect();
        if tracker.pop(false).is_some() {
            sighted.push(known);
        }
    }
    let certain: Vec<_> = sighted.iter().enumerate().filter(|(_, s)| !s.is_empty()).map(|(f, _)| f).collect();
    assert_eq!((certain[0], certain[certain.len() - 1]), (10, 39), "60 frames without the look-ahead of 20");
    assert!(sighted.concat().iter().all(|id| *id == 7000));
}

#[test]
fn memory_does_not_grow_with_the_length() {
    let (frames, _) = walk(8, 0..0);
    let mut tracker = Tracker::new(Class::Face, SIZE, habits());
    for round in 0..500 {
        for (motion, _) in &frames {
            let at = Rect::from_xywh((round % 9) as f32 * 40.0, 50.0, 30.0, 30.0);
            tracker.push(Arc::new(motion.clone()), Some(&[face(at, 0.9)]));
            tracker.pop(false);
        }
    }
    assert!(tracker.tracks.len() < 60, "{}", tracker.tracks.len());
    assert!(tracker.motions.held.len() <= 22, "{}", tracker.motions.held.len());
}
