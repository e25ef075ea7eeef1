//! Running a text network over a picture: tile, normalise, stitch. Separate so that everything behind it works
//! on plain maps of bytes and is tested with maps drawn by hand.

use std::ops::Range;

use image::RgbImage;
use ndarray::{Array4, ArrayViewD, Axis, Ix4};

use crate::{
    error::{DetectError, InferError},
    geom::{PxRect, Size},
    infer::{Model, Tensor},
};

/// Both networks halve their input five times.
const STRIDE: u32 = 32;

/// The longest side of one run, in pixels. Larger inputs are cut into tiles: a run at 2560 x 1920 takes 880 MiB, one at
/// 1280 x 1280 takes 220 MiB.
const TILE_MAX_PX: u32 = 1664;

/// How far tiles overlap, in pixels: two lines of the largest text that is left to tiled looks.
const OVERLAP_PX: u32 = 128;

/// Where a network sees text: one byte a pixel, 0 (none) to 255 (certain), row after row.
#[derive(Clone, Debug)]
pub(super) struct TextMap {
    /// Columns and rows.
    pub size: Size,
    /// The paint.
    pub values: Vec<u8>,
}

impl TextMap {
    /// The paint of row `y`.
    pub fn row(&self, y: u32) -> &[u8] {
        let width = self.size.width as usize;
        &self.values[y as usize * width..(y as usize + 1) * width]
    }
}

/// Looks at `pixels` and returns a map of their size. `name` is for errors.
///
/// # Errors
/// When the network fails, or its answer is not one value between 0 and 1 a pixel.
pub(super) fn text_map(model: &dyn Model, name: &str, pixels: &RgbImage) -> Result<TextMap, DetectError> {
    let size = Size::new(pixels.width(), pixels.height());
    let mut map = TextMap { size, values: vec![0; size.pixels() as usize] };
    for rows in tiles(size.height) {
        for columns in tiles(size.width) {
            let tile = PxRect { x0: columns.start, y0: rows.start, x1: columns.end, y1: rows.end };
            let mut outputs = model.run(Tensor::F32(normalised(pixels, tile).into_dyn()))?;
            let paint = outputs.drain(..).next().ok_or_else(|| bad_output(name, "no output"))?;
            stitch(&mut map, tile, paint.view()).map_err(|detail| bad_output(name, detail))?;
        }
    }
    Ok(map)
}

fn bad_output(name: &str, detail: &str) -> DetectError {
    InferError::BadOutput { name: name.to_owned(), detail: detail.to_owned() }.into()
}

/// The part of `pixels` inside `tile` as the networks want it: 1x3xHxW, blue, green, red, -1 to 1, sides rounded up to
/// the stride with mid grey (0). Order and range as in the packages that the weights come from.
fn normalised(pixels: &RgbImage, tile: PxRect) -> Array4<f32> {
    let padded = |px: u32| (px.div_ceil(STRIDE) * STRIDE) as usize;
    let mut input = Array4::zeros((1, 3, padded(tile.height()), padded(tile.width())));
    for (from_red, mut plane) in input.index_axis_mut(Axis(0), 0).axis_iter_mut(Axis(0)).rev().enumerate() {
        for (y, mut row) in (tile.y0..tile.y1).zip(plane.rows_mut()) {
            for (x, value) in (tile.x0..tile.x1).zip(row.iter_mut()) {
                *value = f32::from(pixels.get_pixel(x, y).0[from_red]) / 127.5 - 1.0;
            }
        }
    }
    input
}

/// Paints a tile's answer into the map; where tiles overlap the stronger paint stays.
fn stitch(map: &mut TextMap, tile: PxRect, paint: ArrayViewD<'_, f32>) -> Result<(), &'static str> {
    let paint = paint.into_dimensionality::<Ix4>().map_err(|_| "the map has not four dimensions")?;
    let (batch, channels, height, width) = paint.dim();
    if (batch, channels) != (1, 1) || height < tile.height() as usize || width < tile.width() as usize {
        return Err("the map is smaller than the picture");
    }
    let columns = map.size.width as usize;
    for (y, row) in (tile.y0..tile.y1).zip(paint.index_axis(Axis(0), 0).index_axis(Axis(0), 0).rows()) {
        let start = y as usize * columns;
        let values = &mut map.values[start + tile.x0 as usize..start + tile.x1 as usize];
        for (value, paint) in values.iter_mut().zip(row) {
            if !(-0.01..=1.01).contains(paint) {
                return Err("a value is not between 0 and 1");
            }
            *value = (*value).max((paint * 255.0 + 0.5) as u8);
        }
    }
    Ok(())
}

/// Ranges of equal length that cover `0..length` and overlap by at least [`OVERLAP_PX`], each at most [`TILE_MAX_PX`].
fn tiles(length: u32) -> Vec<Range<u32>> {
    let count = length.saturating_sub(OVERLAP_PX).div_ceil(TILE_MAX_PX - OVERLAP_PX).max(1);
    let each = (length + (count - 1) * OVERLAP_PX).div_ceil(count).next_multiple_of(STRIDE).min(length);
    (0..count)
        .map(|i| {
            // The last tile ends with the picture, and the ones between are spread evenly.
            let start = u64::from(length - each) * u64::from(i) / u64::from((count - 1).max(1));
            start as u32..start as u32 + each
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use ndarray::ArrayD;
    use proptest::prelude::*;

    use super::*;

    /// Paints what is bright in the red channel.
    struct Red;

    impl Model for Red {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(input) = input else { unreachable!("text networks take floats") };
            assert!(input.shape()[2].is_multiple_of(32) && input.shape()[3].is_multiple_of(32));
            let red = input.slice_axis(Axis(1), (2..3).into());
            Ok(vec![red.mapv(|v| (v + 1.0) / 2.0)])
        }
    }

    /// Answers with one value too few dimensions.
    struct Flat(Vec<usize>);

    impl Model for Flat {
        fn run(&self, _: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            Ok(vec![ArrayD::from_elem(self.0.clone(), 0.5)])
        }
    }

    fn gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7 + y * 13) as u8, 1, 2]))
    }

    #[test]
    fn a_map_of_many_tiles_is_the_map_of_one() {
        let picture = gradient(3001, 1777);
        let map = text_map(&Red, "red", &picture).unwrap();
        for (x, y, pixel) in picture.enumerate_pixels() {
            assert_eq!(map.row(y)[x as usize], pixel.0[0]);
        }
    }

    #[test]
    fn sides_that_are_no_multiple_of_the_stride_are_padded_and_cut_back() {
        let picture = gradient(33, 5);
        let map = text_map(&Red, "red", &picture).unwrap();
        assert_eq!(map.values.len(), 33 * 5);
        assert_eq!(map.row(4)[32], picture.get_pixel(32, 4).0[0]);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        for shape in [vec![1, 1, 16, 64], vec![1, 2, 64, 64], vec![64, 64]] {
            assert!(text_map(&Flat(shape), "flat", &gradient(64, 64)).is_err());
        }
    }

    proptest! {
        #[test]
        fn tiles_cover_everything_overlap_and_stay_small(length in 1u32..20_000) {
            let tiles = tiles(length);
            prop_assert_eq!(tiles[0].start, 0);
            prop_assert_eq!(tiles[tiles.len() - 1].end, length);
            for tile in &tiles {
                prop_assert!(tile.end - tile.start <= TILE_MAX_PX && tile.end <= length);
            }
            for pair in tiles.windows(2) {
                prop_assert!(pair[0].end >= pair[1].start + OVERLAP_PX);
            }
        }
    }
}
