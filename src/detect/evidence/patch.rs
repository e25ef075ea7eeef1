//! A turned part of a picture as a small upright one, so that the sides of a sheet are nearly level and upright in it.
//! Separate because only this file samples the picture.

use crate::{
    detect::{Picture, plane::Frame},
    error::DetectError,
    geom::{Point, Rect, Size},
};

/// Nothing is printed on paper darker than this (of 255), so letters on it glow.
pub(super) const DARK: f32 = 80.0;

/// A colour: red, green, blue, 0 to 255.
pub(super) type Colour = [f32; 3];

/// A turned part of a picture, resampled.
pub(super) struct Patch {
    /// Columns and rows.
    size: (usize, usize),
    /// Row after row; `None` outside the picture.
    pixels: Vec<Option<Colour>>,
    /// Pixels of the picture in one of the patch.
    pub scale: f32,
    /// Where the first pixel begins, in the frame.
    corner: Point,
}

impl Patch {
    /// The part `rect` (in `u` and `v` of `frame`) of `picture`, its long side at most `side_px` pixels and never
    /// enlarged; `None` when nothing of it lies in the picture.
    ///
    /// # Errors
    /// When the picture cannot be sampled.
    pub fn of(picture: &dyn Picture, frame: &Frame, rect: Rect, side_px: u32) -> Result<Option<Self>, DetectError> {
        let Some(roi) = Rect::around(&frame.quad(rect)).to_px(picture.size()) else { return Ok(None) };
        let scale = (rect.width().max(rect.height()) / side_px as f32).max(1.0);
        let shrunk = |px: u32| ((px as f32 / scale).ceil() as u32).max(1);
        let to = Size::new(shrunk(roi.width()), shrunk(roi.height()));
        let seen = picture.sample(roi, to)?;
        let (sx, sy) = (to.width as f32 / roi.width() as f32, to.height as f32 / roi.height() as f32);
        let cells = |length: f32| ((length / scale).ceil() as usize).clamp(1, side_px as usize + 1);
        let size = (cells(rect.width()), cells(rect.height()));
        let mut pixels = Vec::with_capacity(size.0 * size.1);
        for row in 0..size.1 {
            for column in 0..size.0 {
                let p =
                    frame.picture(rect.x0 + (column as f32 + 0.5) * scale, rect.y0 + (row as f32 + 0.5) * scale);
                let (x, y) = ((p.x - roi.x0 as f32) * sx, (p.y - roi.y0 as f32) * sy);
                let inside = x >= 0.0 && y >= 0.0 && x < to.width as f32 && y < to.height as f32;
                pixels.push(inside.then(|| seen.get_pixel(x as u32, y as u32).0.map(f32::from)));
            }
        }
        Ok(Some(Self { size, pixels, scale, corner: Point::new(rect.x0, rect.y0) }))
    }

    /// The colour at `u` and `v` of the frame; `None` outside the picture or the part.
    pub fn at(&self, u: f32, v: f32) -> Option<Colour> {
        let (x, y) = ((u - self.corner.x) / self.scale, (v - self.corner.y) / self.scale);
        if x < 0.0 || y < 0.0 || x >= self.size.0 as f32 || y >= self.size.1 as f32 {
            return None;
        }
        self.pixels.get(y as usize * self.size.0 + x as usize).copied().flatten()
    }

    /// The colour of the ground inside `rect`, on which letters stand: the middle one when letters are few, but shrinking
    /// mixes both, so that on light paper it is among the lightest and on a glowing panel among the darkest.
    pub fn ground(&self, rect: Rect) -> Option<Colour> {
        let across = |length: f32| ((length / self.scale) as usize).clamp(1, 96);
        let (columns, rows) = (across(rect.width()), across(rect.height()));
        let at = |from: f32, length: f32, i: usize, n: usize| from + length * (i as f32 + 0.5) / n as f32;
        let inside = (0..rows * columns).filter_map(|i| {
            self.at(at(rect.x0, rect.width(), i % columns, columns), at(rect.y0, rect.height(), i / columns, rows))
        });
        let mut colours: Vec<Colour> = inside.collect();
        colours.sort_by(|a, b| brightness(*a).total_cmp(&brightness(*b)));
        let middle = brightness(*colours.get(colours.len() / 2)?);
        let share = if middle < DARK { 0.2 } else { 0.8 };
        colours.get((colours.len() as f32 * share) as usize).copied()
    }
}

/// The middle of `colours`, channel by channel; `None` when there are none.
pub(super) fn middle_of(colours: impl Iterator<Item = Colour>) -> Option<Colour> {
    let colours: Vec<Colour> = colours.collect();
    let middle = |channel: usize| {
        let mut values: Vec<f32> = colours.iter().map(|c| c[channel]).collect();
        let half = values.len() / 2;
        (half < values.len()).then(|| *values.select_nth_unstable_by(half, f32::total_cmp).1)
    };
    Some([middle(0)?, middle(1)?, middle(2)?])
}

/// How far apart two colours are: 441 from black to white.
pub(super) fn apart(a: Colour, b: Colour) -> f32 {
    (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f32>().sqrt()
}

/// How bright a colour looks, 0 to 255 (BT.601).
pub(super) fn brightness([r, g, b]: Colour) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn a_turned_part_is_seen_upright_and_nothing_outside_the_picture_is() {
        // Left of a slanting line red, right of it blue.
        let along = Point::new(0.8, 0.6);
        let frame = Frame { origin: Point::new(100.0, 80.0), along };
        let picture = RgbImage::from_fn(200, 160, |x, y| {
            let u = frame.local(Point::new(x as f32 + 0.5, y as f32 + 0.5)).x;
            Rgb(if u < 0.0 { [255, 0, 0] } else { [0, 0, 255] })
        });
        let patch = Patch::of(&picture, &frame, Rect::new(-150.0, -40.0, 150.0, 40.0), 100).unwrap().unwrap();
        assert_eq!(patch.scale, 3.0);
        for v in [-30.0, 0.0, 30.0] {
            assert!(apart(patch.at(-20.0, v).unwrap(), [255.0, 0.0, 0.0]) < 60.0);
            assert!(apart(patch.at(20.0, v).unwrap(), [0.0, 0.0, 255.0]) < 60.0);
        }
        assert_eq!(patch.at(-149.0, 0.0), None);
        assert_eq!(patch.at(0.0, 41.0), None);
    }

    #[test]
    fn the_ground_is_the_paper_and_on_a_glowing_panel_the_dark() {
        let frame = Frame { origin: Point::new(0.0, 0.0), along: Point::new(1.0, 0.0) };
        let rect = Rect::new(0.0, 0.0, 60.0, 60.0);
        for (ink, ground) in [(20, 240), (240, 20)] {
            let picture = RgbImage::from_fn(60, 60, |_, y| Rgb([if y % 10 < 3 { ink } else { ground }; 3]));
            let patch = Patch::of(&picture, &frame, rect, 60).unwrap().unwrap();
            assert_eq!(patch.ground(rect), Some([f32::from(ground); 3]));
        }
    }
}
