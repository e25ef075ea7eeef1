//! In which sizes a picture is looked at, and in how many tiles. Separate because it is arithmetic on sizes alone.
//!
//! The network sees faces of about 8 to 100 pixels best, so the picture is looked at in steps of two: close-ups are
//! shrunk, small photos enlarged, and large ones looked at in full. What is too large for one run goes in tiles.

use crate::{error::DetectError, geom::Size, infer::Model};

use super::{
    super::{Picture, tile::Grid},
    centerface::{self, Seen},
    detail::detailed,
};

/// A face up to the overlap is whole in one tile, and larger ones are seen in the next smaller size. 1.2 million pixels
/// at 4:3 take about 0.9 GB, four times as many about 3 GB.
const GRID: Grid = Grid { tile_px: 1280, overlap_px: 128 };

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

    /// Whether `long_side` is the step of a large picture in its own size.
    fn is_own_size(&self, long_side: u32) -> bool {
        self.long_sides.last().is_none_or(|&last| long_side > last)
    }

    /// Everything the network sees in `picture` at one of its steps. A large picture in its own size is looked at only
    /// where it shows more than in the step before.
    ///
    /// # Errors
    /// As [`look`].
    pub fn look(&self, model: &dyn Model, picture: &dyn Picture, long_side: u32) -> Result<Vec<Seen>, DetectError> {
        if !self.is_own_size(long_side) {
            return look(model, picture, long_side);
        }
        let mut seen = Vec::new();
        for tile in GRID.cut(picture.size(), long_side) {
            for part in detailed(&picture.sample(tile.roi, tile.to)?) {
                let (roi, to) = tile.part(part);
                let here = centerface::look(model, picture, roi, to)?;
                seen.extend(here.into_iter().filter(|s| tile.owns(s.rect.center())));
            }
        }
        Ok(seen)
    }
}

/// Everything the network sees in `picture` when its long side is `long_side` pixels.
///
/// # Errors
/// When the picture cannot be sampled or the network fails.
pub(super) fn look(model: &dyn Model, picture: &dyn Picture, long_side: u32) -> Result<Vec<Seen>, DetectError> {
    let mut seen = Vec::new();
    for tile in GRID.cut(picture.size(), long_side) {
        let here = centerface::look(model, picture, tile.roi, tile.to)?;
        seen.extend(here.into_iter().filter(|s| tile.owns(s.rect.center())));
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

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
}
