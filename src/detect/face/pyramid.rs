//! In which sizes a picture is looked at, and in how many tiles. Separate because it is arithmetic on sizes alone.
//!
//! The network sees faces of about 8 to 100 pixels best, so the picture is looked at in steps of two: close-ups are
//! shrunk, small photos enlarged, and large ones looked at in full. What is too large for one run goes in tiles.

use crate::{
    error::DetectError,
    geom::{PxRect, Rect, Size},
    infer::Model,
};

use super::{
    super::Picture,
    centerface::{self, Seen},
};

/// How much the overlap of two tiles is, in pixels of the input: a face up to this size is whole in one of them, and
/// larger ones are seen in the next smaller size.
const OVERLAP_PX: u32 = 128;

/// The longest side of a tile in pixels of the input: 1.2 million pixels at 4:3 take about 0.9 GB, four times as many
/// about 3 GB.
const TILE_PX: u32 = 1280;

/// The long sides, in pixels, at which a picture is looked at.
#[derive(Clone, Debug)]
pub(super) struct Pyramid {
    /// Looked at whatever the picture's size, smallest first.
    pub long_sides: &'static [u32],
    /// The most that a small picture is enlarged.
    pub enlarge_max: u32,
    /// Pictures larger than the last step are also looked at in their own size, up to this long side.
    pub native_max: u32,
}

impl Pyramid {
    /// The long sides for a picture of `size`, smallest first, none twice.
    pub fn steps(&self, size: Size) -> Vec<u32> {
        let long = size.long_side();
        let most = long.saturating_mul(self.enlarge_max).next_multiple_of(32);
        let mut steps: Vec<u32> = self.long_sides.iter().map(|&side| side.min(most)).collect();
        // A last step that is nearly the one before it finds nothing new.
        let native = long.min(self.native_max);
        if steps.last().is_some_and(|&last| native * 4 > last * 5) {
            steps.push(native);
        }
        steps.dedup();
        steps
    }
}

/// Everything the network sees in `picture` when its long side is `long_side` pixels.
///
/// # Errors
/// When the picture cannot be sampled or the network fails.
pub(super) fn look(model: &dyn Model, picture: &dyn Picture, long_side: u32) -> Result<Vec<Seen>, DetectError> {
    let size = picture.size();
    let scale = f64::from(long_side) / f64::from(size.long_side().max(1));
    let scaled = |px: u32| ((f64::from(px) * scale).round() as u32).max(1);
    let input = Size::new(scaled(size.width), scaled(size.height));
    let columns = tiles(input.width);
    let mut seen = Vec::new();
    for row in tiles(input.height) {
        for column in &columns {
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
            let to = Size::new(column.to - column.from, row.to - row.from);
            seen.extend(centerface::look(model, picture, roi, to)?.into_iter().filter(|s| {
                let center = s.rect.center();
                (core.x0..core.x1).contains(&center.x) && (core.y0..core.y1).contains(&center.y)
            }));
        }
    }
    Ok(seen)
}

/// One tile along one axis.
struct Tile {
    /// First pixel.
    from: u32,
    /// First pixel beyond.
    to: u32,
    /// Where centres belong to this tile and to no other.
    core: (f32, f32),
}

fn tiles(length: u32) -> Vec<Tile> {
    let step = TILE_PX - OVERLAP_PX;
    let count = length.saturating_sub(OVERLAP_PX).div_ceil(step).max(1);
    let start = |i: u32| {
        if count == 1 {
            0
        } else {
            ((u64::from(length.saturating_sub(TILE_PX)) * u64::from(i)) / u64::from(count - 1)) as u32
        }
    };
    let end = |i: u32| (start(i) + TILE_PX).min(length);
    (0..count)
        .map(|i| Tile {
            from: start(i),
            to: end(i),
            core: (
                if i == 0 { f32::NEG_INFINITY } else { (start(i) + end(i - 1)) as f32 / 2.0 },
                if i + 1 == count { f32::INFINITY } else { (start(i + 1) + end(i)) as f32 / 2.0 },
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};
    use proptest::prelude::*;

    use super::{super::centerface::tests::RedIsFace, *};

    const PYRAMID: Pyramid = Pyramid { long_sides: &[480, 960, 1920], enlarge_max: 4, native_max: 4096 };

    #[test]
    fn small_photos_are_enlarged_at_most_fourfold_and_large_ones_also_seen_in_full() {
        assert_eq!(PYRAMID.steps(Size::new(400, 300)), [480, 960, 1600]);
        assert_eq!(PYRAMID.steps(Size::new(100, 80)), [416]);
        assert_eq!(PYRAMID.steps(Size::new(1080, 1920)), [480, 960, 1920]);
        assert_eq!(PYRAMID.steps(Size::new(4000, 3000)), [480, 960, 1920, 4000]);
        assert_eq!(PYRAMID.steps(Size::new(9000, 6000)), [480, 960, 1920, 4096]);
    }

    #[test]
    fn a_face_in_a_tiled_picture_is_seen_exactly_once_wherever_it_is() {
        for at in [(4, 8), (1216, 400), (1280, 1200), (1290, 1284), (2392, 1292)] {
            let mut picture = RgbImage::new(2400, 1300);
            for (x, y) in (0..4).flat_map(|y| (0..4).map(move |x| (x, y))) {
                picture.put_pixel(at.0 + x, at.1 + y, Rgb([255, 0, 0]));
            }
            let seen = look(&RedIsFace { side: 24.0 }, &picture, 2400).unwrap();
            assert_eq!(seen.len(), 1, "{at:?}");
            let center = seen[0].rect.center();
            assert!((center.x - at.0 as f32 - 2.0).abs() < 4.0 && (center.y - at.1 as f32 - 2.0).abs() < 4.0);
        }
    }

    proptest! {
        #[test]
        fn tiles_cover_every_pixel_and_overlap_enough(length in 1u32..9000) {
            let tiles = tiles(length);
            prop_assert_eq!(tiles[0].from, 0);
            prop_assert_eq!(tiles.last().unwrap().to, length);
            for pair in tiles.windows(2) {
                prop_assert!(pair[1].from + OVERLAP_PX <= pair[0].to);
                prop_assert_eq!(pair[0].core.1, pair[1].core.0);
            }
            for tile in &tiles {
                prop_assert!(tile.to > tile.from && tile.to - tile.from <= TILE_PX);
            }
        }
    }
}
