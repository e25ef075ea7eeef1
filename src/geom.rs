//! Points, sizes and boxes, in pixels. Separate because every stage speaks in them and none owns them.
//!
//! Boxes are half-open (`x0 <= x < x1`). Floating boxes ([`Rect`]) may stick out of the picture; they are clipped
//! exactly once, by [`Rect::to_px`], which rounds outward so that no touched pixel is ever left out.

use serde::{Deserialize, Serialize};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// A size of `width` columns and `height` rows.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels; cannot overflow.
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// The longer side.
    pub fn long_side(self) -> u32 {
        self.width.max(self.height)
    }

    /// The shorter side.
    pub fn short_side(self) -> u32 {
        self.width.min(self.height)
    }

    /// The whole picture as a floating box.
    pub fn rect(self) -> Rect {
        Rect::new(0.0, 0.0, self.width as f32, self.height as f32)
    }

    /// The whole picture as a pixel box.
    pub fn px_rect(self) -> PxRect {
        PxRect { x0: 0, y0: 0, x1: self.width, y1: self.height }
    }

    /// The size after turning by a quarter.
    pub fn transposed(self) -> Self {
        Self::new(self.height, self.width)
    }
}

/// A point in pixels; `(0, 0)` is the outer corner of the first pixel, not its centre.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downward.
    pub y: f32,
}

impl Point {
    /// A point at `(x, y)`.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
}

/// A floating, half-open box in pixels; may lie partly or wholly outside the picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge, inside.
    pub x0: f32,
    /// Top edge, inside.
    pub y0: f32,
    /// Right edge, outside.
    pub x1: f32,
    /// Bottom edge, outside.
    pub y1: f32,
}

impl Rect {
    /// A box from its edges.
    pub const fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// A box from its top left corner and its size.
    pub fn from_xywh(x: f32, y: f32, w: f32, h: f32) -> Self {
        Self::new(x, y, x + w, y + h)
    }

    /// A box from its centre and its size.
    pub fn from_center(center: Point, w: f32, h: f32) -> Self {
        Self::from_xywh(center.x - w / 2.0, center.y - h / 2.0, w, h)
    }

    /// The smallest box around `points`; empty at the origin when there are none.
    pub fn around(points: &[Point]) -> Self {
        let Some(first) = points.first() else { return Self::new(0.0, 0.0, 0.0, 0.0) };
        points.iter().fold(Self::new(first.x, first.y, first.x, first.y), |r, p| {
            Self::new(r.x0.min(p.x), r.y0.min(p.y), r.x1.max(p.x), r.y1.max(p.y))
        })
    }

    /// Width in pixels, never negative.
    pub fn width(&self) -> f32 {
        (self.x1 - self.x0).max(0.0)
    }

    /// Height in pixels, never negative.
    pub fn height(&self) -> f32 {
        (self.y1 - self.y0).max(0.0)
    }

    /// Area in square pixels.
    pub fn area(&self) -> f32 {
        self.width() * self.height()
    }

    /// The middle.
    pub fn center(&self) -> Point {
        Point::new((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }

    /// Corners clockwise from the top left.
    pub fn corners(&self) -> [Point; 4] {
        [
            Point::new(self.x0, self.y0),
            Point::new(self.x1, self.y0),
            Point::new(self.x1, self.y1),
            Point::new(self.x0, self.y1),
        ]
    }

    /// Whether all edges are finite and the area is positive.
    pub fn is_valid(&self) -> bool {
        [self.x0, self.y0, self.x1, self.y1].iter().all(|v| v.is_finite()) && self.x1 > self.x0 && self.y1 > self.y0
    }

    /// The part common to both, if there is any.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let r =
            Self::new(self.x0.max(other.x0), self.y0.max(other.y0), self.x1.min(other.x1), self.y1.min(other.y1));
        (r.x1 > r.x0 && r.y1 > r.y0).then_some(r)
    }

    /// The smallest box around both.
    pub fn union(&self, other: &Self) -> Self {
        Self::new(self.x0.min(other.x0), self.y0.min(other.y0), self.x1.max(other.x1), self.y1.max(other.y1))
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &Self) -> f32 {
        let Some(common) = self.intersection(other) else { return 0.0 };
        let union = self.area() + other.area() - common.area();
        if union > 0.0 { common.area() / union } else { 0.0 }
    }

    /// Share of this box that lies inside `other`, 0 to 1.
    pub fn share_inside(&self, other: &Self) -> f32 {
        match self.intersection(other) {
            Some(common) if self.area() > 0.0 => common.area() / self.area(),
            _ => 0.0,
        }
    }

    /// Moved by `(dx, dy)` pixels.
    pub fn translated(&self, dx: f32, dy: f32) -> Self {
        Self::new(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)
    }

    /// Every coordinate multiplied, as when the picture is resized.
    pub fn scaled(&self, sx: f32, sy: f32) -> Self {
        Self::new(self.x0 * sx, self.y0 * sy, self.x1 * sx, self.y1 * sy)
    }

    /// Grown about its centre: `1.3` makes it 30 % wider and 30 % higher.
    pub fn grown(&self, factor: f32) -> Self {
        Self::from_center(self.center(), self.width() * factor, self.height() * factor)
    }

    /// Every edge moved outward by `pad_px`.
    pub fn padded(&self, pad_px: f32) -> Self {
        Self::new(self.x0 - pad_px, self.y0 - pad_px, self.x1 + pad_px, self.y1 + pad_px)
    }

    /// Clipped to a picture and rounded outward to whole pixels; `None` when nothing of it is inside.
    pub fn to_px(&self, size: Size) -> Option<PxRect> {
        if !self.is_valid() {
            return None;
        }
        // `as` saturates, so huge and negative values clip instead of wrapping.
        let px = PxRect {
            x0: self.x0.floor() as u32,
            y0: self.y0.floor() as u32,
            x1: (self.x1.ceil() as u32).min(size.width),
            y1: (self.y1.ceil() as u32).min(size.height),
        };
        (px.x0 < px.x1 && px.y0 < px.y1).then_some(px)
    }
}

/// A half-open box of whole pixels, inside a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PxRect {
    /// First column inside.
    pub x0: u32,
    /// First row inside.
    pub y0: u32,
    /// First column outside.
    pub x1: u32,
    /// First row outside.
    pub y1: u32,
}

impl PxRect {
    /// Number of columns.
    pub fn width(&self) -> u32 {
        self.x1 - self.x0
    }

    /// Number of rows.
    pub fn height(&self) -> u32 {
        self.y1 - self.y0
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        Size::new(self.width(), self.height())
    }

    /// The same box with floating edges.
    pub fn rect(&self) -> Rect {
        Rect::new(self.x0 as f32, self.y0 as f32, self.x1 as f32, self.y1 as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn iou_of_equal_boxes_is_one_and_of_separate_boxes_zero() {
        let a = Rect::new(0.0, 0.0, 4.0, 2.0);
        assert_eq!(a.iou(&a), 1.0);
        assert_eq!(a.iou(&a.translated(10.0, 0.0)), 0.0);
        assert!((a.iou(&a.translated(2.0, 0.0)) - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn a_box_that_is_not_a_number_never_becomes_pixels() {
        let size = Size::new(10, 10);
        assert_eq!(Rect::new(f32::NAN, 0.0, 5.0, 5.0).to_px(size), None);
        assert_eq!(Rect::new(5.0, 5.0, 5.0, 9.0).to_px(size), None);
    }

    proptest! {
        #[test]
        fn every_pixel_that_a_box_touches_is_inside_its_pixel_box(
            x0 in -20f32..120.0, y0 in -20f32..120.0, w in 0.01f32..150.0, h in 0.01f32..150.0,
        ) {
            let size = Size::new(100, 80);
            let rect = Rect::from_xywh(x0, y0, w, h);
            let px = rect.to_px(size);
            for y in 0..size.height {
                for x in 0..size.width {
                    let pixel = Rect::from_xywh(x as f32, y as f32, 1.0, 1.0);
                    if pixel.intersection(&rect).is_some() {
                        let px = px.expect("a touched picture has a pixel box");
                        prop_assert!(px.x0 <= x && x < px.x1 && px.y0 <= y && y < px.y1);
                    }
                }
            }
        }
    }
}
