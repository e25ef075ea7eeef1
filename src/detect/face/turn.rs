//! Looking at a picture sideways. Separate because neither the networks nor the recipe know about it: a turned picture
//! is a picture, and boxes found in it are turned back.

use image::{RgbImage, imageops};

use crate::{
    detect::Picture,
    error::DetectError,
    geom::{Point, PxRect, Rect, Size},
};

/// How far a picture is turned clockwise before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As it is.
    None,
    /// By 90 degrees.
    Quarter,
    /// By 180 degrees.
    Half,
    /// By 270 degrees.
    ThreeQuarters,
}

impl Turn {
    /// Every turn, upright first.
    pub const ALL: [Turn; 4] = [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters];

    /// A point of the turned picture as a point of the picture, whose size is `size`.
    fn point_back(self, p: Point, size: Size) -> Point {
        let (w, h) = (size.width as f32, size.height as f32);
        match self {
            Turn::None => p,
            Turn::Quarter => Point::new(p.y, h - p.x),
            Turn::Half => Point::new(w - p.x, h - p.y),
            Turn::ThreeQuarters => Point::new(w - p.y, p.x),
        }
    }

    /// A box of the turned picture as a box of the picture, whose size is `size`.
    pub fn back(self, rect: Rect, size: Size) -> Rect {
        let corner = self.point_back(Point::new(rect.x0, rect.y0), size);
        let opposite = self.point_back(Point::new(rect.x1, rect.y1), size);
        Rect::around(&[corner, opposite])
    }
}

/// A picture seen turned.
pub(super) struct Turned<'a> {
    picture: &'a dyn Picture,
    turn: Turn,
}

impl<'a> Turned<'a> {
    /// `picture` turned clockwise by `turn`.
    pub fn new(picture: &'a dyn Picture, turn: Turn) -> Self {
        Self { picture, turn }
    }

    fn swaps(&self) -> bool {
        matches!(self.turn, Turn::Quarter | Turn::ThreeQuarters)
    }
}

impl Picture for Turned<'_> {
    fn size(&self) -> Size {
        let size = self.picture.size();
        if self.swaps() { size.transposed() } else { size }
    }

    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError> {
        // Whole pixels stay whole under quarter turns, so the box comes back exact.
        let back = self.turn.back(roi.rect(), self.picture.size());
        let part = PxRect { x0: back.x0 as u32, y0: back.y0 as u32, x1: back.x1 as u32, y1: back.y1 as u32 };
        let sampled = self.picture.sample(part, if self.swaps() { to.transposed() } else { to })?;
        Ok(match self.turn {
            Turn::None => sampled,
            Turn::Quarter => imageops::rotate90(&sampled),
            Turn::Half => imageops::rotate180(&sampled),
            Turn::ThreeQuarters => imageops::rotate270(&sampled),
        })
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn what_is_seen_in_a_turned_picture_is_found_at_its_place_in_the_picture() {
        let mut picture = RgbImage::new(7, 5);
        picture.put_pixel(5, 1, Rgb([9, 8, 7]));
        for turn in Turn::ALL {
            let turned = Turned::new(&picture, turn);
            let size = turned.size();
            let seen = turned.sample(size.px_rect(), size).unwrap();
            let (x, y, _) = seen.enumerate_pixels().find(|(_, _, p)| **p == Rgb([9, 8, 7])).expect("it is there");
            let back = turn.back(Rect::from_xywh(x as f32, y as f32, 1.0, 1.0), Size::new(7, 5));
            assert_eq!(back, Rect::from_xywh(5.0, 1.0, 1.0, 1.0), "{turn:?}");
        }
    }

    #[test]
    fn a_part_of_a_turned_picture_is_that_part() {
        let picture = RgbImage::from_fn(6, 4, |x, y| Rgb([x as u8, y as u8, 0]));
        for turn in Turn::ALL {
            let turned = Turned::new(&picture, turn);
            let size = turned.size();
            let whole = turned.sample(size.px_rect(), size).unwrap();
            let part = turned.sample(PxRect { x0: 1, y0: 2, x1: 4, y1: 4 }, Size::new(3, 2)).unwrap();
            assert_eq!(part, imageops::crop_imm(&whole, 1, 2, 3, 2).to_image(), "{turn:?}");
        }
    }
}
