//! Turning and scaling a face to the place where the network learned faces. Separate because it is geometry and pixels only.

use image::{Rgb, RgbImage};

use crate::geom::Point;

/// Side of the aligned picture in pixels.
pub(super) const SIDE: u32 = 112;

/// Where the points of a face lie in it: the template that face embedding networks are commonly trained with (ArcFace, Deng
/// et al. 2019, arXiv 1801.07698, as in its published code).
const TEMPLATE: [Point; 5] = [
    Point::new(38.2946, 51.6963),
    Point::new(73.5318, 51.5014),
    Point::new(56.0252, 71.7366),
    Point::new(41.5493, 92.3655),
    Point::new(70.7299, 92.2041),
];

/// At most so many samples a side are averaged for one pixel: a face of some 900 pixels.
const SAMPLES_MOST: u32 = 8;

/// The face at `points`, as [`SIDE`] by [`SIDE`] pixels; black where it sticks out of the picture. `None` when the points lie
/// in one place or are not finite.
pub(super) fn aligned(picture: &RgbImage, points: &[Point; 5]) -> Option<RgbImage> {
    let map = Similarity::onto(&TEMPLATE, points)?;
    let samples = (map.scale().ceil() as u32).clamp(1, SAMPLES_MOST);
    Some(RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let mut sum = [0.0f32; 3];
        for (i, j) in (0..samples).flat_map(|i| (0..samples).map(move |j| (i, j))) {
            let within = |at: u32, i: u32| at as f32 + (i as f32 + 0.5) / samples as f32;
            let colour = mixed(picture, map.at(Point::new(within(x, i), within(y, j))));
            sum = std::array::from_fn(|c| sum[c] + colour[c]);
        }
        Rgb(sum.map(|total| (total / (samples * samples) as f32).round() as u8))
    }))
}

/// A turn, a scale and a shift.
struct Similarity {
    /// Scale times cosine and sine of the turn.
    turn: (f32, f32),
    shift: Point,
}

impl Similarity {
    /// The one that brings `from` closest to `to` in the sum of squares (Umeyama 1991, in the plane and without mirroring).
    fn onto(from: &[Point; 5], to: &[Point; 5]) -> Option<Self> {
        let middle = |points: &[Point; 5]| {
            let sum = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
            Point::new(sum.0 / 5.0, sum.1 / 5.0)
        };
        let (a, b) = (middle(from), middle(to));
        let (mut cos, mut sin, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let ((px, py), (qx, qy)) = ((p.x - a.x, p.y - a.y), (q.x - b.x, q.y - b.y));
            cos += px * qx + py * qy;
            sin += px * qy - py * qx;
            spread += px * px + py * py;
        }
        let turn = (cos / spread, sin / spread);
        let shift = Point::new(b.x - turn.0 * a.x + turn.1 * a.y, b.y - turn.1 * a.x - turn.0 * a.y);
        let map = Self { turn, shift };
        (map.scale() > 1e-3 && map.scale().is_finite() && shift.x.is_finite() && shift.y.is_finite()).then_some(map)
    }

    fn scale(&self) -> f32 {
        self.turn.0.hypot(self.turn.1)
    }

    fn at(&self, p: Point) -> Point {
        let (cos, sin) = self.turn;
        Point::new(cos * p.x - sin * p.y + self.shift.x, sin * p.x + cos * p.y + self.shift.y)
    }
}

/// The colour at `p`, mixed from the four pixels around it; black outside of the picture.
fn mixed(picture: &RgbImage, p: Point) -> [f32; 3] {
    let (x, y) = (p.x - 0.5, p.y - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let pixel = |dx: f32, dy: f32| {
        let (x, y) = (left + dx, top + dy);
        let inside = x >= 0.0 && y >= 0.0 && x < picture.width() as f32 && y < picture.height() as f32;
        if inside { picture.get_pixel(x as u32, y as u32).0.map(f32::from) } else { [0.0; 3] }
    };
    let (tx, ty) = (x - left, y - top);
    let [a, b, c, d] = [pixel(0.0, 0.0), pixel(1.0, 0.0), pixel(0.0, 1.0), pixel(1.0, 1.0)];
    std::array::from_fn(|i| {
        let (upper, lower) = (a[i] + tx * (b[i] - a[i]), c[i] + tx * (d[i] - c[i]));
        upper + ty * (lower - upper)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(scale: f32, angle: f32, x: f32, y: f32) -> [Point; 5] {
        let (sin, cos) = angle.sin_cos();
        TEMPLATE.map(|p| Point::new(scale * (cos * p.x - sin * p.y) + x, scale * (sin * p.x + cos * p.y) + y))
    }

    #[test]
    fn a_face_that_is_in_place_stays_as_it_is() {
        let picture = RgbImage::from_fn(112, 112, |x, y| Rgb([x as u8, y as u8, 7]));
        let same = aligned(&picture, &TEMPLATE).unwrap();
        assert!(
            same.enumerate_pixels().all(|(x, y, p)| p.0[0].abs_diff(x as u8) <= 1 && p.0[1].abs_diff(y as u8) <= 1)
        );
    }

    #[test]
    fn a_turned_and_scaled_face_comes_upright() {
        for (scale, angle) in [(0.5, 0.4), (2.0, -0.7), (4.0, 0.1)] {
            let points = moved(scale, angle, 250.0, 150.0);
            let mut picture = RgbImage::new(900, 800);
            let eye = points[0];
            for (x, y, pixel) in picture.enumerate_pixels_mut() {
                if (x as f32 + 0.5 - eye.x).hypot(y as f32 + 0.5 - eye.y) < 4.0 * scale {
                    *pixel = Rgb([255; 3]);
                }
            }
            let face = aligned(&picture, &points).unwrap();
            assert!(face.get_pixel(38, 51).0[0] > 200, "the eye is where it belongs: {scale} {angle}");
            assert!(face.get_pixel(73, 51).0[0] < 50 && face.get_pixel(56, 72).0[0] < 50);
        }
    }

    #[test]
    fn points_in_one_place_or_nowhere_are_no_face() {
        let picture = RgbImage::new(10, 10);
        assert!(aligned(&picture, &[Point::new(3.0, 3.0); 5]).is_none());
        assert!(aligned(&picture, &[Point::new(f32::NAN, 3.0); 5]).is_none());
    }
}
