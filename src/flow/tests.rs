//! Motion measured on pictures whose motion is known.

use super::*;
use crate::frame::{Matrix, Raw};

/// Something that looks different everywhere, seen through a camera.
fn frame(camera: &Similarity, scene: u32, light: f32) -> Yuv<Raw> {
    let size = Size::new(640, 360);
    let back = camera.inverse();
    let hash = |x: i32, y: i32| {
        let h = (x as u32).wrapping_mul(0x9E37_79B9) ^ (y as u32).wrapping_mul(0x85EB_CA6B) ^ scene;
        let h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
        ((h ^ (h >> 13)) >> 24) as f32
    };
    let value = |p: Point| {
        // Value noise with features of 17 pixels.
        let (x, y) = (p.x / 17.0, p.y / 17.0);
        let (x0, y0) = (x.floor(), y.floor());
        let (u, v) = (x - x0, y - y0);
        let at = |dx: i32, dy: i32| hash(x0 as i32 + dx, y0 as i32 + dy);
        let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * u;
        let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * u;
        (upper + (lower - upper) * v) * 0.7 + 30.0
    };
    let luma = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (x, y)))
        .map(|(x, y)| (value(back.apply(Point::new(x as f32 + 0.5, y as f32 + 0.5))) + light) as u8)
        .collect();
    let chroma = vec![128; 320 * 180];
    Yuv::new(size, Matrix::Bt709, [luma, chroma.clone(), chroma]).unwrap()
}

fn error(got: &Similarity, want: &Similarity) -> f32 {
    [(0.0, 0.0), (640.0, 0.0), (0.0, 360.0), (640.0, 360.0)]
        .map(|(x, y)| {
            let (a, b) = (got.apply(Point::new(x, y)), want.apply(Point::new(x, y)));
            (a.x - b.x).hypot(a.y - b.y)
        })
        .into_iter()
        .fold(0.0, f32::max)
}

#[test]
fn pans_zooms_and_turns_are_measured_to_a_fraction_of_a_pixel() {
    let turn = |r: f32, scale: f32, dx, dy| Similarity { a: scale * r.cos(), b: scale * r.sin(), dx, dy };
    for camera in [
        Similarity::shift(3.3, -1.7),
        Similarity::shift(41.0, 22.0),
        turn(0.03, 1.0, -6.0, 4.0),
        turn(0.0, 1.03, -9.0, -5.0),
    ] {
        let mut flow = Flow::new();
        flow.step(&frame(&Similarity::IDENTITY, 1, 0.0));
        let motion = flow.step(&frame(&camera, 1, 0.0));
        assert!(!motion.cut);
        assert!(error(&motion.camera, &camera) < 1.0, "{camera:?} {:?}", motion.camera);
        assert!(motion.vectors.len() > 30, "{}", motion.vectors.len());
    }
}

#[test]
fn light_that_changes_is_no_motion() {
    let mut flow = Flow::new();
    flow.step(&frame(&Similarity::IDENTITY, 1, 0.0));
    let motion = flow.step(&frame(&Similarity::IDENTITY, 1, 25.0));
    assert!(!motion.cut && error(&motion.camera, &Similarity::IDENTITY) < 0.5);
}

#[test]
fn another_scene_is_a_cut_and_the_first_frame_too() {
    let mut flow = Flow::new();
    assert!(flow.step(&frame(&Similarity::IDENTITY, 1, 0.0)).cut);
    assert!(flow.step(&frame(&Similarity::IDENTITY, 99, 0.0)).cut);
    assert!(!flow.step(&frame(&Similarity::IDENTITY, 99, 0.0)).cut);
}

#[test]
fn an_even_picture_neither_moves_nor_cuts() {
    let grey = || {
        let planes = [vec![90; 64 * 36], vec![128; 32 * 18], vec![128; 32 * 18]];
        Yuv::<Raw>::new(Size::new(64, 36), Matrix::Bt709, planes).unwrap()
    };
    let mut flow = Flow::new();
    flow.step(&grey());
    assert_eq!(flow.step(&grey()), Motion::still());
}

#[test]
fn tiny_frames_are_no_trouble() {
    for (w, h) in [(1, 1), (2, 700), (9, 3)] {
        let size = Size::new(w, h);
        let chroma = vec![128; crate::frame::chroma_size(size).pixels() as usize];
        let mut flow = Flow::new();
        for value in [10, 200] {
            let planes = [vec![value; size.pixels() as usize], chroma.clone(), chroma.clone()];
            flow.step(&Yuv::<Raw>::new(size, Matrix::Bt709, planes).unwrap());
        }
    }
}
