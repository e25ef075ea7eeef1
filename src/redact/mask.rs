//! Which pixels go. Separate because verification asks the same question as the fills: one rasteriser serves both, and
//! it rounds outward: a pixel is inside as soon as its square and the shape have a point in common.
//!
//! A mask is kept as runs of columns in each row, so its memory grows with the height of what it covers, never with
//! the number of pixels.

use super::outline::Outline;
use crate::{
    area::{Area, Shape},
    geom::{PxRect, Size},
};

/// A run of masked columns in one row; half-open and never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First column inside.
    pub x0: u32,
    /// First column outside.
    pub x1: u32,
}

/// A set of pixels of a picture of known size: the union of any number of shapes, clipped once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    size: Size,
    /// The first row that `starts` speaks of.
    y0: u32,
    /// Where each row's spans begin; one more entry than rows.
    starts: Vec<u32>,
    /// Sorted and disjoint within a row, with at least one column between two.
    spans: Vec<Span>,
}

impl Mask {
    /// Every pixel that any of `areas` touches in a picture of `size`.
    pub fn of(areas: &[Area], size: Size) -> Self {
        Self::of_outlines(areas.iter().map(|area| Outline::of(&area.shape, size)), size)
    }

    /// Every pixel that `shape` touches. A shape without width or height still takes the pixels it lies in; one with
    /// coordinates that are not finite takes the whole picture.
    pub fn of_shape(shape: &Shape, size: Size) -> Self {
        Self::of_outlines([Outline::of(shape, size)], size)
    }

    pub(super) fn of_outlines(
        outlines: impl IntoIterator<Item = impl std::borrow::Borrow<Outline>>,
        size: Size,
    ) -> Self {
        let mut runs: Vec<(u32, Span)> = Vec::new();
        for outline in outlines {
            let outline = outline.borrow();
            let (top, bottom) = outline.rows();
            let Some((first, end)) = outward(top, bottom, size.height) else { continue };
            for y in first..end {
                let extent = outline.extent(f64::from(y).min(bottom), f64::from(y + 1).max(top));
                if let Some((x0, x1)) = extent.and_then(|(lo, hi)| outward(lo, hi, size.width)) {
                    runs.push((y, Span { x0, x1 }));
                }
            }
        }
        runs.sort_unstable();
        Self::merged(&runs, size)
    }

    fn merged(runs: &[(u32, Span)], size: Size) -> Self {
        let y0 = runs.first().map_or(0, |run| run.0);
        let (mut starts, mut spans) = (vec![0], Vec::<Span>::with_capacity(runs.len()));
        for &(y, span) in runs {
            while y0 + starts.len() as u32 <= y {
                starts.push(spans.len() as u32);
            }
            let row = *starts.last().unwrap_or(&0) as usize;
            match spans[row..].last_mut() {
                Some(last) if span.x0 <= last.x1 => last.x1 = last.x1.max(span.x1),
                _ => spans.push(span),
            }
        }
        if !runs.is_empty() {
            starts.push(spans.len() as u32);
        }
        Self { size, y0, starts, spans }
    }

    /// The size of the picture that the mask belongs to.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The masked runs of row `y`, from left to right, at least one column apart.
    pub fn row(&self, y: u32) -> &[Span] {
        let Some(i) = y.checked_sub(self.y0).map(|i| i as usize).filter(|i| i + 1 < self.starts.len()) else {
            return &[];
        };
        &self.spans[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Every masked run with its row, from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = (u32, &[Span])> {
        let end = self.y0 + self.starts.len() as u32 - 1;
        (self.y0..end).map(|y| (y, self.row(y)))
    }

    /// Whether the pixel in column `x` and row `y` is masked.
    pub fn contains(&self, x: u32, y: u32) -> bool {
        let row = self.row(y);
        let after = row.partition_point(|span| span.x0 <= x);
        after > 0 && x < row[after - 1].x1
    }

    /// How many pixels are masked.
    pub fn pixels(&self) -> u64 {
        self.spans.iter().map(|span| u64::from(span.x1 - span.x0)).sum()
    }

    /// Whether no pixel is masked.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The smallest box around all masked pixels, `None` when there are none.
    pub fn bounds(&self) -> Option<PxRect> {
        let x0 = self.spans.iter().map(|span| span.x0).min()?;
        let x1 = self.spans.iter().map(|span| span.x1).max()?;
        Some(PxRect { x0, y0: self.y0, x1, y1: self.y0 + self.starts.len() as u32 - 1 })
    }

    /// The runs of row `y` between columns `from` and `to` that are not masked.
    pub fn gaps(&self, y: u32, from: u32, to: u32) -> impl Iterator<Item = Span> {
        let row = self.row(y);
        let row = &row[row.partition_point(|span| span.x1 <= from)..];
        let starts = std::iter::once(from).chain(row.iter().map(|span| span.x1));
        let ends = row.iter().map(|span| span.x0).chain(std::iter::once(to));
        starts.zip(ends).map(move |(x0, x1)| Span { x0, x1: x1.min(to) }).filter(|gap| gap.x0 < gap.x1)
    }
}

/// The pixels that the interval from `lo` to `hi` touches among the first `count`, at least the one that holds `lo`;
/// `None` when they all lie outside.
fn outward(lo: f64, hi: f64, count: u32) -> Option<(u32, u32)> {
    let first = lo.floor();
    let end = hi.ceil().max(first + 1.0).min(f64::from(count));
    let first = first.max(0.0);
    (first < end).then_some((first as u32, end as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Point, Rect};
    use proptest::prelude::*;

    const SIZE: Size = Size::new(40, 30);

    /// Whether the open square of a pixel shrunk or grown by `slack` meets the shape, by exact tests that share
    /// nothing with the rasteriser: separating axes for corners, the closest point for ellipses.
    fn touches(shape: &Shape, x: u32, y: u32, slack: f64) -> bool {
        let (x0, y0) = (f64::from(x) - slack, f64::from(y) - slack);
        let (x1, y1) = (f64::from(x + 1) + slack, f64::from(y + 1) + slack);
        match shape {
            Shape::Rect(r) => {
                f64::from(r.x0) < x1 && f64::from(r.x1) > x0 && f64::from(r.y0) < y1 && f64::from(r.y1) > y0
            }
            Shape::Ellipse(r) => {
                let (a, b) = (f64::from(r.width()) / 2.0, f64::from(r.height()) / 2.0);
                let (cx, cy) = (f64::from(r.x0) + a, f64::from(r.y0) + b);
                (((cx.clamp(x0, x1) - cx) / a).powi(2) + ((cy.clamp(y0, y1) - cy) / b).powi(2)) < 1.0
            }
            Shape::Quad(corners) => {
                let quad = corners.map(|p| [f64::from(p.x), f64::from(p.y)]);
                let square = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
                let mut axes = vec![[1.0, 0.0], [0.0, 1.0]];
                axes.extend((0..4).map(|i| [quad[(i + 1) % 4][1] - quad[i][1], quad[i][0] - quad[(i + 1) % 4][0]]));
                axes.iter().all(|axis| {
                    let span = |points: &[[f64; 2]; 4]| {
                        let dots = points.map(|p| p[0] * axis[0] + p[1] * axis[1]);
                        (
                            dots.iter().copied().fold(f64::MAX, f64::min),
                            dots.iter().copied().fold(f64::MIN, f64::max),
                        )
                    };
                    let ((a0, a1), (b0, b1)) = (span(&quad), span(&square));
                    a0 < b1 && b0 < a1
                })
            }
        }
    }

    fn shapes() -> impl Strategy<Value = Shape> {
        let rect = (-15f32..50.0, -15f32..40.0, 0.05f32..45.0, 0.05f32..45.0)
            .prop_map(|(x, y, w, h)| Rect::from_xywh(x, y, w, h));
        let turned = (rect.clone(), 0f32..6.3).prop_map(|(r, angle)| {
            let (c, (sin, cos)) = (r.center(), angle.sin_cos());
            Shape::Quad(r.corners().map(|p| {
                let (x, y) = (p.x - c.x, p.y - c.y);
                Point::new(c.x + x * cos - y * sin, c.y + x * sin + y * cos)
            }))
        });
        // Thinner ellipses than a pixel are thickened, which this oracle does not know.
        let round = rect
            .clone()
            .prop_map(|r| Shape::Ellipse(Rect::from_xywh(r.x0, r.y0, r.width() + 1.0, r.height() + 1.0)));
        prop_oneof![rect.prop_map(Shape::Rect), round, turned]
    }

    proptest! {
        #[test]
        fn a_pixel_is_masked_exactly_when_a_shape_touches_it(shapes in prop::collection::vec(shapes(), 0..4)) {
            let outlines: Vec<_> = shapes.iter().map(|shape| Outline::of(shape, SIZE)).collect();
            let mask = Mask::of_outlines(&outlines, SIZE);
            let mut count = 0;
            for y in 0..SIZE.height {
                for x in 0..SIZE.width {
                    let inside = mask.contains(x, y);
                    count += u64::from(inside);
                    if shapes.iter().any(|shape| touches(shape, x, y, -1e-6)) {
                        prop_assert!(inside, "({x}, {y}) is touched and not masked");
                    }
                    if inside {
                        let near = shapes.iter().any(|shape| touches(shape, x, y, 1e-3));
                        prop_assert!(near, "({x}, {y}) is masked and not touched");
                    }
                }
                let mut row: Vec<Span> = mask.gaps(y, 3, 37).chain(mask.row(y).iter().copied()).collect();
                row.sort();
                prop_assert!(row.windows(2).all(|pair| pair[0].x1 <= pair[1].x0));
                prop_assert!((3..37).all(|x| row.iter().any(|s| s.x0 <= x && x < s.x1)));
            }
            prop_assert_eq!(mask.pixels(), count);
            prop_assert_eq!(mask.bounds().is_none(), count == 0);
        }
    }

    #[test]
    fn a_box_to_the_edge_takes_the_last_row_and_column() {
        let mask = Mask::of_shape(&Shape::Rect(Rect::new(38.2, 28.9, 40.0, 30.0)), SIZE);
        assert_eq!(mask.bounds(), Some(PxRect { x0: 38, y0: 28, x1: 40, y1: 30 }));
        assert!(mask.contains(39, 29) && !mask.contains(37, 29));
    }

    #[test]
    fn a_shape_without_area_takes_the_pixels_it_lies_in() {
        let line = Mask::of_shape(&Shape::Rect(Rect::new(5.0, 2.5, 5.0, 6.5)), SIZE);
        assert_eq!((line.pixels(), line.contains(5, 2)), (5, true));
        let dot = Mask::of_shape(&Shape::Quad([Point::new(7.0, 8.0); 4]), SIZE);
        assert_eq!((dot.pixels(), dot.contains(7, 8)), (1, true));
    }

    #[test]
    fn a_shape_that_is_not_a_number_takes_the_whole_picture() {
        let mask = Mask::of_shape(&Shape::Rect(Rect::new(0.0, f32::NAN, 1.0, 1.0)), SIZE);
        assert_eq!(mask.pixels(), SIZE.pixels());
    }

    #[test]
    fn a_shape_beside_the_picture_takes_nothing() {
        let mask = Mask::of_shape(&Shape::Ellipse(Rect::new(-9.0, 0.0, 0.0, 9.0)), SIZE);
        assert!(mask.is_empty() && mask.bounds().is_none() && mask.rows().count() == 0);
    }
}
