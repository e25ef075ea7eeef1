//! Measuring how the picture moves, in pixels: points that stand out are followed from frame to frame on a small copy
//! of the luma plane, and what most of them do is the motion of the camera. Separate from [`crate::track`], which
//! works on numbers alone.
//!
//! Points: minimum eigenvalue of the structure tensor (Shi and Tomasi 1994). Following: pyramidal Lucas-Kanade, forward
//! and backward (Bouguet 2001; Kalal et al. 2010). Camera: a similarity by RANSAC (Fischler and Bolles 1981).

mod camera;
mod corners;
mod follow;
mod small;

use crate::{
    frame::Yuv,
    geom::{Point, Size},
    motion::{Motion, Similarity, Vector},
};
use small::Small;

/// A scene ends when fewer than this share of the points are found again...
const CUT_FOUND_MAX: f32 = 0.3;
/// ... and the frames, laid over each other as the camera moved, correlate less than this.
const CUT_CORRELATION_MAX: f32 = 0.45;

/// Follows the picture from frame to frame.
#[derive(Default)]
pub struct Flow {
    last: Option<Small>,
}

impl Flow {
    /// A flow that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How the picture moved since the frame that was given last; the first frame, or one of another size, begins a
    /// scene. Places are in luma pixels of the frame.
    pub fn step<State>(&mut self, frame: &Yuv<State>) -> Motion {
        let small = Small::of(frame.planes()[0], frame.size());
        let motion = match &self.last {
            Some(last) if last.same_shape(&small) => between(last, &small),
            _ => Motion::cut(),
        };
        self.last = Some(small);
        motion
    }
}

fn between(last: &Small, next: &Small) -> Motion {
    let points = corners::corners(last.finest());
    let mut found: Vec<Vector> = Vec::with_capacity(points.len());
    for &from in &points {
        if let Some(to) = follow::there_and_back(last, next, from) {
            found.push(Vector { from, to });
        }
    }
    let camera = camera::camera(&found);
    let share = if points.is_empty() { 1.0 } else { found.len() as f32 / points.len() as f32 };
    let motion = camera.unwrap_or(Similarity::IDENTITY);
    if share < CUT_FOUND_MAX && small::correlation(last.coarse(), next.coarse(), &motion) < CUT_CORRELATION_MAX {
        return Motion::cut();
    }
    let scale = last.scale();
    let full = |p: Point| Point::new(p.x * scale, p.y * scale);
    Motion {
        camera: Similarity { dx: motion.dx * scale, dy: motion.dy * scale, ..motion },
        vectors: found.iter().map(|v| Vector { from: full(v.from), to: full(v.to) }).collect(),
        cut: false,
    }
}

/// One level of a small copy: luma as floats, row after row.
#[derive(Clone)]
struct Plane {
    size: Size,
    px: Vec<f32>,
}

impl Plane {
    /// The value at whole pixels, the edge repeated outside.
    fn at(&self, x: i32, y: i32) -> f32 {
        let x = x.clamp(0, self.size.width as i32 - 1) as usize;
        let y = y.clamp(0, self.size.height as i32 - 1) as usize;
        self.px[y * self.size.width as usize + x]
    }

    /// The `SIDE` by `SIDE` values around `center` (pixel centres lie at halves), bilinear.
    fn patch<const SIDE: usize>(&self, center: Point) -> [[f32; SIDE]; SIDE] {
        let (left, top) = (center.x - 0.5 - (SIDE / 2) as f32, center.y - 0.5 - (SIDE / 2) as f32);
        let (x0, y0) = (left.floor(), top.floor());
        let (u, v) = (left - x0, top - y0);
        let (x0, y0) = (x0 as i32, y0 as i32);
        let (w, h) = (self.size.width as i32, self.size.height as i32);
        let mut out = [[0.0; SIDE]; SIDE];
        if x0 >= 0 && y0 >= 0 && x0 + (SIDE as i32) < w && y0 + (SIDE as i32) < h {
            for (row, line) in out.iter_mut().enumerate() {
                let at = (y0 as usize + row) * w as usize + x0 as usize;
                let (upper, lower) = (&self.px[at..=at + SIDE], &self.px[at + w as usize..=at + w as usize + SIDE]);
                for (i, value) in line.iter_mut().enumerate() {
                    let a = upper[i] + (upper[i + 1] - upper[i]) * u;
                    let b = lower[i] + (lower[i + 1] - lower[i]) * u;
                    *value = a + (b - a) * v;
                }
            }
            return out;
        }
        for (row, line) in out.iter_mut().enumerate() {
            for (i, value) in line.iter_mut().enumerate() {
                let (x, y) = (x0 + i as i32, y0 + row as i32);
                let a = self.at(x, y) + (self.at(x + 1, y) - self.at(x, y)) * u;
                let b = self.at(x, y + 1) + (self.at(x + 1, y + 1) - self.at(x, y + 1)) * u;
                *value = a + (b - a) * v;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
