//! What clips and the metric promise, on small pictures made here.

use std::{f64::consts::TAU, fs};

use image::{Rgb, RgbImage};

use crate::clips::{
    Media,
    board::Board,
    ffmpeg,
    kinds::{Format, Kind},
    make,
    occluder::Occluder,
    planes::Planes,
    random::Random,
    scene::{Scene, Shot, times},
    score::{Report, Score, pooled},
    stills::{Mark, Part, stills},
    truth::Truth,
    truth_of,
    view::{Path, View},
};

const SIZE: [usize; 2] = [320, 180];

/// A dark board, roughened, with one bright thing of `side` pixels, itself rough, labelled as a face.
fn board(side: u32) -> Board {
    let mut random = Random::new(1);
    let corner = 300;
    let inside = |v: u32| (corner..corner + side).contains(&v);
    let picture = RgbImage::from_fn(900, 700, |x, y| {
        let base = if inside(x) && inside(y) { 150.0 } else { 40.0 };
        let spread = if x / 3 % 2 == y / 3 % 2 { 25.0 } else { 0.0 };
        Rgb([(base + spread + random.range(0.0, 8.0)) as u8; 3])
    });
    let [low, high] = [corner, corner + side].map(f64::from);
    let quad = [[low, low], [high, low], [high, high], [low, high]];
    let mut board = Board::new([900, 700]);
    board.put(&picture, &[Mark { label: "face".to_owned(), quad, ignore: false }], 1.0, [0, 0]);
    board
}

/// A clip over [`board`] from one view to another, at 30 frames a second.
fn scene(side: u32, frames: usize, from: View, to: View) -> Scene {
    let times = times(frames, &[(1, 30)]);
    let last = (frames - 1) as f64 / 30.0;
    let path = Path { keys: vec![(0.0, from), (last, to)], shake: Vec::new(), even: true };
    Scene {
        size: SIZE,
        times,
        shutter: 0.0,
        exposures: 1,
        grain: 0.0,
        shots: vec![Shot { first: 0, board: board(side), path }],
        occluders: Vec::new(),
        captions: Vec::new(),
        seed: 1,
    }
}

fn view(x: f64, y: f64) -> View {
    View { centre: [x, y], zoom: 1.0, angle: 0.0 }
}

#[test]
fn the_truth_of_a_pan_is_the_shifted_box() {
    let scene = scene(40, 11, view(300.0, 320.0), view(350.0, 310.0));
    for frame in 0..11 {
        let region = &scene.truth(frame).regions[0];
        let moved = frame as f64;
        assert_eq!(region.bounds, [160.0 - 5.0 * moved, 70.0 + moved, 40.0, 40.0]);
        assert_eq!((region.track, region.visible, region.ignore), (0, 1.0, false));
    }
}

#[test]
fn the_truth_of_a_rotation_is_the_turned_quad() {
    let turned = |angle| View { centre: [320.0, 320.0], zoom: 1.0, angle };
    let scene = scene(40, 3, turned(0.0), turned(TAU / 2.0));
    let quads = [0, 1, 2].map(|frame| scene.truth(frame).regions[0].quad);
    assert_eq!(quads[0], [[140.0, 70.0], [180.0, 70.0], [180.0, 110.0], [140.0, 110.0]]);
    assert_eq!(quads[1], [[180.0, 70.0], [180.0, 110.0], [140.0, 110.0], [140.0, 70.0]]);
    assert_eq!(quads[2], [[180.0, 110.0], [140.0, 110.0], [140.0, 70.0], [180.0, 70.0]]);
}

#[test]
fn what_is_drawn_lies_where_the_truth_says() {
    let from = View { centre: [310.0, 330.0], zoom: 0.8, angle: 0.3 };
    let to = View { centre: [330.0, 312.0], zoom: 1.7, angle: 2.0 };
    let scene = scene(40, 9, from, to);
    for frame in 0..9 {
        let region = &scene.truth(frame).regions[0];
        let drawn = scene.draw(frame, 2);
        let luma = |u: f64, v: f64| {
            let [x, y] = region.point(u, v);
            drawn.luma()[y as usize * SIZE[0] + x as usize]
        };
        for step in 0..=10 {
            let along = f64::from(step) / 10.0;
            let (inner, outer) = (0.04 + 0.92 * along, -0.06 + 1.12 * along);
            for edge in [0.06, 0.94] {
                assert!(luma(inner, edge) > 120 && luma(edge, inner) > 120, "frame {frame} is dark at {inner}");
            }
            for edge in [-0.06, 1.06] {
                assert!(luma(outer, edge) < 100 && luma(edge, outer) < 100, "frame {frame} is bright at {outer}");
            }
        }
    }
}

#[test]
fn a_face_that_is_mostly_hidden_or_outside_is_not_scored() {
    let mut clip = scene(40, 3, view(320.0, 320.0), view(320.0, 320.0));
    assert!(!clip.truth(1).regions[0].ignore);
    clip.occluders = vec![Occluder::across(&mut Random::new(2), [160.0, 90.0], 60.0, 1.0 / 30.0, 1.0 / 30.0)];
    let hidden = clip.truth(1);
    assert!(hidden.regions[0].occluded > 0.5 && hidden.regions[0].ignore && hidden.occluders.len() == 1);
    let leaving = scene(40, 2, view(476.0, 320.0), view(490.0, 320.0));
    assert!(leaving.truth(0).regions[0].visible > 0.5 && !leaving.truth(0).regions[0].ignore);
    assert!(leaving.truth(1).regions[0].visible < 0.5 && leaving.truth(1).regions[0].ignore);
}

/// The frame as a coder gives it back: every sample off by up to `noise`.
fn coded(frame: &Planes, noise: f64) -> Planes {
    let mut random = Random::new(9);
    let samples = frame.samples.iter().map(|v| (f64::from(*v) + random.range(-noise, noise)).round() as u8);
    Planes { size: frame.size, samples: samples.collect() }
}

/// Paints columns and rows of luma.
fn paint(frame: &mut Planes, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>, value: u8) {
    let width = frame.size[0];
    for row in rows {
        frame.samples[row * width..][columns.clone()].fill(value);
    }
}

/// The figures of a still clip of `frames` frames whose output is made by `change` from the frame's number.
fn judged(side: u32, frames: usize, change: &dyn Fn(usize, &mut Planes)) -> Report {
    let middle = 300.0 + f64::from(side) / 2.0;
    let scene = scene(side, frames, view(middle, middle), view(middle, middle));
    let truth = truth_of(&scene, "still", Kind::Pan);
    let mut score = Score::new(&truth);
    for frame in 0..frames {
        let input = scene.draw(frame, 1);
        let mut output = coded(&input, 3.0);
        change(frame, &mut output);
        score.frame(frame, &input, &output);
    }
    score.finish(frames).0
}

#[test]
fn a_clip_that_was_only_coded_again_is_exposed() {
    for side in [10, 20, 40, 120] {
        let report = judged(side, 2, &|_, _| {});
        let face = &report.labels["face"];
        assert_eq!((face.scored, face.covered, face.tracks, face.exposed_tracks), (2, 0, 1, 1), "{side} px");
        assert!(report.over == 0.0 && report.times_kept, "{side} px: {report:?}");
    }
}

#[test]
fn a_solid_box_covers_and_half_of_one_does_not() {
    for side in [10usize, 20, 40, 120] {
        let (x, y) = (160 - side / 2, 90 - side / 2);
        let whole = judged(side as u32, 2, &|_, frame| paint(frame, x..x + side, y..y + side, 16));
        assert_eq!((whole.labels["face"].covered, whole.labels["face"].exposed_tracks), (2, 0), "{side} px");
        assert_eq!(whole.over, 0.0, "a box on a face is not needless");
        if side < 20 {
            // Half a face of ten pixels is judged together with the box beside it.
            continue;
        }
        let half = judged(side as u32, 2, &|_, frame| paint(frame, x..x + side / 2, y..y + side, 16));
        assert_eq!(half.labels["face"].covered, 0, "{side} px");
    }
}

#[test]
fn a_gap_of_two_frames_is_found_and_counted() {
    let report = judged(40, 9, &|number, frame| {
        if !(4..6).contains(&number) {
            paint(frame, 135..185, 65..115, 16);
        }
    });
    let face = &report.labels["face"];
    assert_eq!((face.scored, face.covered, face.exposed_tracks), (9, 7, 1));
    assert_eq!(face.gaps.iter().map(|(n, c)| (n.as_str(), *c)).collect::<Vec<_>>(), [("2-3", 1)]);
}

#[test]
fn a_change_counts_as_needless_only_away_from_faces() {
    let beside = judged(40, 1, &|_, frame| paint(frame, 20..60, 20..60, 235));
    let share = 40.0 * 40.0 / (320.0 * 180.0);
    // A change so strong is also seen in the blocks that touch it.
    assert!((1.0..1.25).contains(&(beside.over / share)), "{} instead of {share}", beside.over);
    let near = judged(40, 1, &|_, frame| paint(frame, 126..194, 56..124, 235));
    assert_eq!(near.over, 0.0);
}

#[test]
fn clips_are_pooled_by_their_counts() {
    let open = judged(20, 3, &|_, _| {});
    let shut = judged(40, 9, &|_, frame| paint(frame, 130..190, 60..120, 16));
    let all = pooled(&[open, shut]);
    let face = &all.labels["face"];
    assert_eq!((face.scored, face.covered, face.tracks, face.exposed_tracks, all.frames), (12, 9, 2, 1, 12));
    assert_eq!((face.sizes["16-32"], face.sizes["32-64"]), ([3, 0], [9, 9]));
}

/// A folder of labelled pictures of one tile each.
fn set(folder: &std::path::Path, label: &str) {
    let mut images = Vec::new();
    for n in 0..6u8 {
        let picture = RgbImage::from_fn(400, 300, |x, y| Rgb([(x % 251) as u8, (y % 199) as u8, 20 * n]));
        let file = format!("{n}.png");
        picture.save(folder.join(&file)).expect("a picture is written");
        let region = serde_json::json!({ "label": label, "bbox": [100, 80, 60, 70], "ignore": false });
        images.push(serde_json::json!({ "file": file, "width": 400, "height": 300, "regions": [region] }));
    }
    let list = serde_json::json!({ "images": images });
    fs::write(folder.join("gt.json"), list.to_string()).expect("the list is written");
}

#[test]
fn a_seed_makes_the_same_clip_twice_and_another_seed_another() {
    let folder = tempfile::tempdir().expect("a folder");
    set(folder.path(), "face");
    let format = Format { size: SIZE, frames: 4 };
    let made = |kind, seed| {
        let stills = stills(folder.path(), Part { number: 0, of: 1 }).expect("stills");
        let scene = crate::clips::kinds::scene(kind, seed, format, stills).expect("a scene");
        let truth = serde_json::to_string(&truth_of(&scene, "x", kind)).expect("a truth");
        (truth, scene.draw(3, 2).samples)
    };
    for kind in [Kind::Shake, Kind::Cuts, Kind::Mixed] {
        let (first, again, other) = (made(kind, 1), made(kind, 1), made(kind, 5));
        assert!(first == again, "{} differs from itself", kind.name());
        assert!(first != other, "{} does not heed its seed", kind.name());
    }
}

#[test]
fn the_parts_of_a_set_have_no_picture_in_common() {
    let folder = tempfile::tempdir().expect("a folder");
    set(folder.path(), "face");
    let part = |number| -> Vec<_> {
        let stills = stills(folder.path(), Part { number, of: 2 }).expect("stills");
        stills.into_iter().map(|still| still.path).collect()
    };
    let (even, odd) = (part(0), part(1));
    assert_eq!(even.len() + odd.len(), 6);
    assert!(even.iter().all(|path| !odd.contains(path)));
}

#[test]
fn an_encoded_clip_is_shown_when_its_truth_says() {
    if !ffmpeg::present() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    set(folder.path(), "face");
    let stills = stills(folder.path(), Part { number: 0, of: 1 }).expect("stills");
    let format = Format { size: SIZE, frames: 80 };
    let path = make((Kind::Rates, 2), format, stills, (folder.path(), "rates"), (Media::Mp4, 1)).expect("a clip");
    let truth = Truth::read(&path).expect("its truth");
    assert!(truth.frames.windows(2).map(|w| w[1].pts - w[0].pts).any(|step| step == 24));
    assert!(truth.frames.windows(2).map(|w| w[1].pts - w[0].pts).any(|step| step == 10));
    let video = folder.path().join("rates.mp4");
    let (report, exposed) = crate::clips::score::compare(&truth, &video, &video).expect("figures");
    assert!(report.times_kept && report.matched == 80, "{report:?}");
    assert_eq!(exposed.len(), report.labels["face"].scored);
}
