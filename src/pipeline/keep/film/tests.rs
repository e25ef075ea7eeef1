//! Who stays in a video and who goes, with faces that a fake tells by the colour in the middle of a head.

use image::Rgb;

use super::*;
use crate::pipeline::keep::tests::{BLUE, RED, day, keeper_of, person, valid_for};

const GREEN: [u8; 3] = [0, 250, 0];
const GREY: [u8; 3] = [128; 3];

/// What a track shows over time: a colour for each frame, at a place.
struct Face {
    track: u64,
    x: fn(u64) -> f32,
    colour: fn(u64) -> [u8; 3],
}

fn at_left(_: u64) -> f32 {
    10.0
}

fn at_right(_: u64) -> f32 {
    210.0
}

fn red(_: u64) -> [u8; 3] {
    RED
}

/// The tracks that stay, over `frames` frames at 20 a second.
fn kept(keeper: &Keeper, faces: &[Face], frames: u64) -> BTreeMap<u64, String> {
    let mut trials = keeper.trials(None).expect("somebody may stay");
    for frame in 0..frames {
        let mut picture = RgbImage::new(400, 80);
        let here: Vec<_> = faces
            .iter()
            .map(|face| {
                let head = Rect::from_xywh((face.x)(frame), 10.0, 50.0, 50.0);
                for (x, y) in (0..50).flat_map(|x| (10..60).map(move |y| (x, y))) {
                    picture.put_pixel(head.x0 as u32 + x, y, Rgb((face.colour)(frame)));
                }
                Followed { track: face.track, head, sighted: true }
            })
            .collect();
        trials.see(&picture, &here, frame == 0, frame * 50_000).unwrap();
    }
    trials.kept()
}

fn keeper() -> Keeper {
    keeper_of(vec![valid_for("A-1", Scope::Videos), valid_for("A-2", Scope::Videos)], &[RED, BLUE])
}

fn one(colour: fn(u64) -> [u8; 3]) -> Vec<u64> {
    kept(&keeper(), &[Face { track: 7, x: at_left, colour }], 60).into_keys().collect()
}

#[test]
fn who_agreed_stays_and_whoever_is_beside_goes() {
    let faces = [Face { track: 1, x: at_left, colour: red }, Face { track: 2, x: at_right, colour: |_| GREEN }];
    let kept = kept(&keeper(), &faces, 60);
    assert_eq!(kept.into_iter().collect::<Vec<_>>(), [(1, "A-1".to_owned())]);
}

#[test]
fn a_track_whose_looks_disagree_is_covered_from_its_first_frame() {
    assert_eq!(one(red), [7]);
    assert!(one(|frame| if frame < 55 { RED } else { GREEN }).is_empty(), "somebody else at the end");
    assert!(one(|frame| if frame < 30 { RED } else { BLUE }).is_empty(), "two people who both agreed");
}

#[test]
fn a_track_that_cannot_be_told_for_a_second_is_covered() {
    assert_eq!(one(|frame| if (20..35).contains(&frame) { GREY } else { RED }), [7], "less than a second");
    assert!(one(|frame| if (20..45).contains(&frame) { GREY } else { RED }).is_empty());
    assert!(one(|_| GREY).is_empty());
}

#[test]
fn tracks_that_cross_are_covered_both() {
    let faces = [
        Face { track: 1, x: |frame| 10.0 + 3.0 * frame as f32, colour: red },
        Face { track: 2, x: at_right, colour: |_| BLUE },
    ];
    assert_eq!(kept(&keeper(), &faces, 45).len(), 2, "beside each other until then");
    assert!(kept(&keeper(), &faces, 60).is_empty());
}

#[test]
fn a_person_who_is_there_twice_is_nowhere() {
    let faces = [Face { track: 1, x: at_left, colour: red }, Face { track: 2, x: at_right, colour: red }];
    assert!(kept(&keeper(), &faces, 60).is_empty());
}

#[test]
fn a_glimpse_is_too_little() {
    let face = || [Face { track: 1, x: at_left, colour: red }];
    assert!(kept(&keeper(), &face(), 10).is_empty());
    assert_eq!(kept(&keeper(), &face(), 12).len(), 1);
}

#[test]
fn an_authorization_that_does_not_hold_for_videos_today_keeps_nobody() {
    let none = |person| keeper_of(vec![person], &[RED]).trials(None).is_none();
    assert!(none(valid_for("A-1", Scope::Photos)));
    assert!(none(person("A-1", &[Scope::Videos], "2025-01-01", "2026-06-14")));
    assert!(none(Person { revoked: Some(day("2026-06-01")), ..valid_for("A-1", Scope::Videos) }));
    // Somebody else's holds, so that faces are compared at all.
    let expired = person("A-1", &[Scope::Videos], "2025-01-01", "2026-06-14");
    let keeper = keeper_of(vec![expired, valid_for("B", Scope::Videos)], &[RED, BLUE]);
    assert!(kept(&keeper, &[Face { track: 1, x: at_left, colour: red }], 60).is_empty());
}

#[test]
fn an_authorization_for_some_files_is_none_for_others() {
    let files = vec!["staff/**".to_owned()];
    let keeper = keeper_of(vec![Person { files, ..valid_for("A-1", Scope::Videos) }], &[RED]);
    assert!(keeper.trials(Some(Path::new("staff/a.mp4"))).is_some());
    assert!(keeper.trials(Some(Path::new("ward/a.mp4"))).is_none() && keeper.trials(None).is_none());
}

#[test]
fn a_face_that_is_kept_is_contradicted_by_somebody_else_and_not_by_a_face_that_cannot_be_told() {
    let keeper = keeper();
    let head = Rect::from_xywh(10.0, 10.0, 50.0, 50.0);
    let contradicts =
        |colour: [u8; 3]| keeper.contradicts(&RgbImage::from_pixel(80, 80, Rgb(colour)), &head, "A-1").unwrap();
    assert!(contradicts(GREEN) && contradicts(BLUE));
    assert!(!contradicts(RED) && !contradicts(GREY));
}
