//! Cutting a picture that is too large for one run of a network into overlapping tiles, so that what lies across a seam
//! is whole in one of them and counted once. Separate because it is arithmetic on sizes alone, for every network.

use crate::geom::{Point, PxRect, Rect, Size};

/// How a picture is cut, in pixels of the network's input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// The longest side of a tile.
    pub tile_px: u32,
    /// How much neighbours overlap at least.
    pub overlap_px: u32,
}

/// One tile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tile {
    /// The part of the picture.
    pub roi: PxRect,
    /// The size to which it is resampled.
    pub to: Size,
    /// Where centres belong to this tile and to no other, in pixels of the picture.
    core: Rect,
}

impl Tile {
    /// The part `roi` of a picture on its own, its long side resampled to `long_side` pixels.
    pub fn whole(roi: PxRect, long_side: u32) -> Self {
        let scale = f64::from(long_side) / f64::from(roi.size().long_side().max(1));
        let scaled = |px: u32| ((f64::from(px) * scale).round() as u32).max(1);
        let everywhere = Rect::new(f32::NEG_INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::INFINITY);
        Self { roi, to: Size::new(scaled(roi.width()), scaled(roi.height())), core: everywhere }
    }

    /// A `part` of this tile, in pixels of the network's input: the part of the picture, and the size to which it is
    /// resampled, in the tile's own scale.
    pub fn part(&self, part: PxRect) -> (PxRect, Size) {
        let cut = |at: u32, to: u32, roi: u32| (f64::from(at) * f64::from(roi) / f64::from(to)).round() as u32;
        let across = |at| self.roi.x0 + cut(at, self.to.width, self.roi.width());
        let down = |at| self.roi.y0 + cut(at, self.to.height, self.roi.height());
        let roi = PxRect { x0: across(part.x0), y0: down(part.y0), x1: across(part.x1), y1: down(part.y1) };
        (roi, part.size())
    }

    /// Whether what has its centre at `center` is this tile's to report.
    pub fn owns(&self, center: Point) -> bool {
        (self.core.x0..self.core.x1).contains(&center.x) && (self.core.y0..self.core.y1).contains(&center.y)
    }
}

impl Grid {
    /// The tiles of a picture of `size` whose long side is resampled to `long_side` pixels; one, where that is enough.
    pub fn cut(&self, size: Size, long_side: u32) -> Vec<Tile> {
        let scale = f64::from(long_side) / f64::from(size.long_side().max(1));
        let scaled = |px: u32| ((f64::from(px) * scale).round() as u32).max(1);
        let input = Size::new(scaled(size.width), scaled(size.height));
        let (columns, rows) = (self.along(input.width), self.along(input.height));
        let tile = |row: &Stretch, column: &Stretch| {
            // Cut in pixels of the picture, so that the tile is resampled from whole pixels.
            let cut =
                |at: u32, whole: u32, of: u32| (f64::from(at) * f64::from(of) / f64::from(whole)).round() as u32;
            let roi = PxRect {
                x0: cut(column.from, input.width, size.width),
                y0: cut(row.from, input.height, size.height),
                x1: cut(column.to, input.width, size.width),
                y1: cut(row.to, input.height, size.height),
            };
            let core = Rect::new(column.core.0, row.core.0, column.core.1, row.core.1)
                .scaled(size.width as f32 / input.width as f32, size.height as f32 / input.height as f32);
            Tile { roi, to: Size::new(column.to - column.from, row.to - row.from), core }
        };
        rows.iter().flat_map(|row| columns.iter().map(move |column| tile(row, column))).collect()
    }

    fn along(&self, length: u32) -> Vec<Stretch> {
        let Self { tile_px, overlap_px } = *self;
        let count = length.saturating_sub(overlap_px).div_ceil(tile_px - overlap_px).max(1);
        let start = |i: u32| {
            if count == 1 {
                0
            } else {
                ((u64::from(length.saturating_sub(tile_px)) * u64::from(i)) / u64::from(count - 1)) as u32
            }
        };
        let end = |i: u32| (start(i) + tile_px).min(length);
        (0..count)
            .map(|i| Stretch {
                from: start(i),
                to: end(i),
                core: (
                    if i == 0 { f32::NEG_INFINITY } else { (start(i) + end(i - 1)) as f32 / 2.0 },
                    if i + 1 == count { f32::INFINITY } else { (start(i + 1) + end(i)) as f32 / 2.0 },
                ),
            })
            .collect()
    }
}

/// A tile along one axis, in pixels of the input: first pixel, first pixel beyond, and where centres are its own.
struct Stretch {
    from: u32,
    to: u32,
    core: (f32, f32),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GRID: Grid = Grid { tile_px: 1280, overlap_px: 128 };

    #[test]
    fn a_part_of_a_tile_keeps_its_scale() {
        let tile = GRID.cut(Size::new(8000, 6000), 4000)[1];
        let (roi, to) = tile.part(PxRect { x0: 100, y0: 50, x1: 164, y1: 90 });
        assert_eq!(to, Size::new(64, 40));
        assert_eq!((roi.x0, roi.y0), (tile.roi.x0 + 200, tile.roi.y0 + 100));
        assert_eq!(roi.size(), Size::new(128, 80));
        let whole = PxRect { x0: 0, y0: 0, x1: tile.to.width, y1: tile.to.height };
        assert_eq!(tile.part(whole), (tile.roi, tile.to));
    }

    proptest! {
        #[test]
        fn tiles_cover_every_pixel_and_overlap_enough(length in 1u32..9000) {
            let tiles = GRID.along(length);
            prop_assert_eq!(tiles[0].from, 0);
            prop_assert_eq!(tiles.last().unwrap().to, length);
            for pair in tiles.windows(2) {
                prop_assert!(pair[1].from + GRID.overlap_px <= pair[0].to);
                prop_assert_eq!(pair[0].core.1, pair[1].core.0);
            }
            for tile in &tiles {
                prop_assert!(tile.to > tile.from && tile.to - tile.from <= GRID.tile_px);
            }
        }

        #[test]
        fn every_point_of_a_picture_belongs_to_one_tile(
            (width, height, long) in (1u32..4000, 1u32..4000, 32u32..4000),
            (x, y) in (0.0f32..1.0, 0.0f32..1.0),
        ) {
            let tiles = GRID.cut(Size::new(width, height), long);
            let at = Point::new(x * width as f32, y * height as f32);
            prop_assert_eq!(tiles.iter().filter(|t| t.owns(at)).count(), 1);
            prop_assert!(tiles.iter().all(|t| t.roi.x1 <= width && t.roi.y1 <= height && t.roi.x0 < t.roi.x1));
        }
    }
}
