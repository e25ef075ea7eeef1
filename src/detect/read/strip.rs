//! Straightening the outline of a line to an upright strip. Separate because it knows pixels and perspective, and nothing
//! about reading.

use image::{Rgb, RgbImage};

use super::way::{height, length};
use crate::{
    detect::Picture,
    error::DetectError,
    geom::{Point, Rect, Size},
};

/// Height of a strip in pixels, which the network wants.
pub(super) const HEIGHT: u32 = 48;

/// Widths are multiples of this: the network gives one answer for so many columns.
const STEP: u32 = 8;

/// Narrowest strip, in pixels.
const WIDTH_MIN: u32 = 16;

/// Widest strip, in pixels: some 150 letters. Longer lines are squeezed, so that a hostile outline cannot ask for
/// any amount of memory (about 45 MiB go to the widest).
const WIDTH_MAX: u32 = 3200;

/// Lines are fetched from the picture at this height at most, in pixels, shrunk with averaging where they are larger: half
/// as much again as the strip needs, because turning softens.
const FETCH_HEIGHT: f32 = 72.0;

/// The inside of `quad` (clockwise from the top left of the first letter) as a strip of [`HEIGHT`] pixels, its
/// proportions kept; `None` where none of it is in the picture. What sticks out of the picture repeats its rim.
///
/// # Errors
/// When the picture cannot be sampled.
pub(super) fn straightened(picture: &dyn Picture, quad: &[Point; 4]) -> Result<Option<RgbImage>, DetectError> {
    let (long, high) = (length(quad), height(quad));
    let Some(part) = Rect::around(quad).to_px(picture.size()) else { return Ok(None) };
    if !(long > 0.0 && high > 0.0) {
        return Ok(None);
    }
    let steps = (long / high * HEIGHT as f32 / STEP as f32).round().min(1e6) as u32;
    let width = (steps * STEP).clamp(WIDTH_MIN, WIDTH_MAX);
    let scale = (FETCH_HEIGHT / high).min(1.0);
    let shrunk = |px: u32| ((px as f32 * scale).ceil() as u32).max(1);
    let fetched = picture.sample(part, Size::new(shrunk(part.width()), shrunk(part.height())))?;
    let sx = fetched.width() as f32 / part.width() as f32;
    let sy = fetched.height() as f32 / part.height() as f32;
    let in_part = quad.map(|p| Point::new((p.x - part.x0 as f32) * sx, (p.y - part.y0 as f32) * sy));
    let view = View::of(&in_part);
    Ok(Some(RgbImage::from_fn(width, HEIGHT, |x, y| {
        let across = (x as f32 + 0.5) / width as f32;
        let down = (y as f32 + 0.5) / HEIGHT as f32;
        mixed(&fetched, view.at(across, down))
    })))
}

/// The map from the unit square onto a convex quadrilateral, straight lines to straight lines (Heckbert 1989).
struct View {
    x: [f32; 3],
    y: [f32; 3],
    g: f32,
    h: f32,
}

impl View {
    fn of([a, b, c, d]: &[Point; 4]) -> Self {
        let (dx1, dx2, sx) = (b.x - c.x, d.x - c.x, a.x - b.x + c.x - d.x);
        let (dy1, dy2, sy) = (b.y - c.y, d.y - c.y, a.y - b.y + c.y - d.y);
        let area = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area);
        let row = |a: f32, b: f32, d: f32| [b - a + g * b, d - a + h * d, a];
        Self { x: row(a.x, b.x, d.x), y: row(a.y, b.y, d.y), g, h }
    }

    fn at(&self, u: f32, v: f32) -> Point {
        let w = self.g * u + self.h * v + 1.0;
        let value = |row: &[f32; 3]| (row[0] * u + row[1] * v + row[2]) / w;
        Point::new(value(&self.x), value(&self.y))
    }
}

/// The colour at `p`, mixed from the four pixels around it.
fn mixed(pixels: &RgbImage, p: Point) -> Rgb<u8> {
    let place = |at: f32, count: u32| {
        let at = (at - 0.5).clamp(0.0, (count - 1) as f32);
        let first = at as u32;
        (first, (first + 1).min(count - 1), at - first as f32)
    };
    let ((x0, x1, tx), (y0, y1, ty)) = (place(p.x, pixels.width()), place(p.y, pixels.height()));
    let [a, b, c, d] = [(x0, y0), (x1, y0), (x0, y1), (x1, y1)].map(|(x, y)| pixels.get_pixel(x, y).0);
    Rgb(std::array::from_fn(|i| {
        let mix = |a: u8, b: u8| f32::from(a) + tx * (f32::from(b) - f32::from(a));
        let (upper, lower) = (mix(a[i], b[i]), mix(c[i], d[i]));
        (upper + ty * (lower - upper)).round() as u8
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, y: f32) -> Point {
        Point::new(x, y)
    }

    /// Red grows to the right, green downward.
    fn ramp() -> RgbImage {
        RgbImage::from_fn(200, 200, |x, y| Rgb([x as u8, y as u8, 0]))
    }

    #[test]
    fn an_upright_line_keeps_its_pixels_and_its_proportions() {
        let quad = Rect::new(20.0, 30.0, 116.0, 78.0).corners();
        let strip = straightened(&ramp(), &quad).unwrap().unwrap();
        assert_eq!(strip.dimensions(), (96, 48));
        assert_eq!(*strip.get_pixel(0, 0), Rgb([20, 30, 0]));
        assert_eq!(*strip.get_pixel(95, 47), Rgb([115, 77, 0]));
    }

    #[test]
    fn a_line_that_leans_is_straightened() {
        // Runs straight down: its top is on the right.
        let quad = [at(100.0, 20.0), at(100.0, 180.0), at(60.0, 180.0), at(60.0, 20.0)];
        let strip = straightened(&ramp(), &quad).unwrap().unwrap();
        assert_eq!(strip.dimensions(), (192, 48));
        let (left, right) = (strip.get_pixel(2, 24).0, strip.get_pixel(189, 24).0);
        assert!(left[0].abs_diff(80) <= 1 && right[0].abs_diff(80) <= 1, "{left:?} {right:?}");
        assert!(left[1].abs_diff(22) <= 1 && right[1].abs_diff(178) <= 1, "{left:?} {right:?}");
    }

    #[test]
    fn corners_go_to_corners_under_perspective_and_lines_stay_straight() {
        let quad = [at(10.0, 10.0), at(110.0, 30.0), at(100.0, 60.0), at(20.0, 90.0)];
        let view = View::of(&quad);
        for (i, (u, v)) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().enumerate() {
            let p = view.at(u, v);
            assert!((p.x - quad[i].x).abs() < 1e-3 && (p.y - quad[i].y).abs() < 1e-3, "{p:?}");
        }
        let [a, b, c] = [view.at(0.2, 0.1), view.at(0.5, 0.4), view.at(0.8, 0.7)];
        let bend = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        assert!(bend.abs() < 1e-2, "{bend}");
    }

    #[test]
    fn a_huge_or_endless_outline_stays_within_bounds() {
        for rect in [Rect::new(-1e9, 0.0, 1e9, 1.0), Rect::new(0.0, 0.0, 200.0, 200.0)] {
            let strip = straightened(&ramp(), &rect.corners()).unwrap().unwrap();
            assert!((WIDTH_MIN..=WIDTH_MAX).contains(&strip.width()) && strip.height() == HEIGHT);
        }
    }
}
