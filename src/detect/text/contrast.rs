//! Evening out contrast, so that faint and dim text stands out. Separate because it is a look of its own: what it
//! brings out is added to what is seen in the picture as it is.
//!
//! Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994) of the brightness alone.

use image::{Rgb, RgbImage};

/// Cells along each side.
const CELLS: u32 = 8;

/// How many times its fair share one brightness may hold before the rest is spread over all. The limit keeps noise in
/// flat places from being drawn up; 3 is the one value that was measured.
const CLIP: u32 = 3;

/// A copy of `pixels` in which every neighbourhood uses the whole range from dark to bright; colours shift with it.
pub(super) fn evened(pixels: &RgbImage) -> RgbImage {
    let (across, down) = (Cells::of(pixels.width()), Cells::of(pixels.height()));
    let curves: Vec<[f32; 256]> = (0..down.count)
        .flat_map(|row| (0..across.count).map(move |column| (column, row)))
        .map(|(column, row)| curve(pixels, across.range(column), down.range(row)))
        .collect();
    let columns: Vec<_> = (0..pixels.width()).map(|x| across.between(x)).collect();
    let mut out = pixels.clone();
    for (y, row) in out.rows_mut().enumerate() {
        let (top, bottom, fy) = down.between(y as u32);
        for (pixel, &(left, right, fx)) in row.zip(&columns) {
            let value = luma(pixel);
            let at = |row: u32, column: u32| curves[(row * across.count + column) as usize][usize::from(value)];
            let upper = at(top, left) * (1.0 - fx) + at(top, right) * fx;
            let lower = at(bottom, left) * (1.0 - fx) + at(bottom, right) * fx;
            let shift = upper * (1.0 - fy) + lower * fy - f32::from(value);
            pixel.0 = pixel.0.map(|channel| (f32::from(channel) + shift).round() as u8);
        }
    }
    out
}

/// Brightness, with the weights of Rec. 601.
fn luma(pixel: &Rgb<u8>) -> u8 {
    let [r, g, b] = pixel.0.map(u32::from);
    ((77 * r + 150 * g + 29 * b) >> 8) as u8
}

/// One side cut into cells.
#[derive(Clone, Copy)]
struct Cells {
    length: u32,
    count: u32,
}

impl Cells {
    fn of(length: u32) -> Self {
        Self { length, count: CELLS.min(length) }
    }

    fn range(self, cell: u32) -> std::ops::Range<u32> {
        self.length * cell / self.count..self.length * (cell + 1) / self.count
    }

    /// The two cells whose centres lie around `at`, and how far it is from the first to the second.
    fn between(self, at: u32) -> (u32, u32, f32) {
        let place = ((at as f32 + 0.5) * self.count as f32 / self.length as f32 - 0.5).max(0.0);
        let first = (place as u32).min(self.count - 1);
        (first, (first + 1).min(self.count - 1), place - first as f32)
    }
}

/// Where each brightness of a cell goes, 0 to 255.
fn curve(pixels: &RgbImage, columns: std::ops::Range<u32>, rows: std::ops::Range<u32>) -> [f32; 256] {
    let mut counts = [0u32; 256];
    for y in rows.clone() {
        for x in columns.clone() {
            counts[usize::from(luma(pixels.get_pixel(x, y)))] += 1;
        }
    }
    let total = columns.len() as u32 * rows.len() as u32;
    let limit = (CLIP * total / 256).max(1);
    let excess: u32 = counts.iter().map(|count| count.saturating_sub(limit)).sum();
    let mut curve = [0.0; 256];
    let mut sum = 0.0;
    for (value, count) in curve.iter_mut().zip(counts) {
        sum += count.min(limit) as f32 + excess as f32 / 256.0;
        *value = sum * 255.0 / total as f32;
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn faint_letters_stand_out_more() {
        let faint = RgbImage::from_fn(256, 128, |x, _| Rgb([if x % 8 < 4 { 100 } else { 106 }; 3]));
        let out = evened(&faint);
        let step = i32::from(out.get_pixel(126, 64).0[0]) - i32::from(out.get_pixel(122, 64).0[0]);
        // The limit of three lets a step of six grow by half, not further.
        assert!((8..=10).contains(&step), "{step}");
    }

    #[test]
    fn a_flat_picture_stays_flat() {
        let out = evened(&RgbImage::from_pixel(90, 50, Rgb([30, 90, 200])));
        assert!(out.pixels().all(|p| p == out.get_pixel(0, 0)));
    }

    proptest! {
        #[test]
        fn within_a_cell_brighter_stays_brighter(values in prop::collection::vec(0u8..=255, 64)) {
            let pixels = RgbImage::from_fn(8, 8, |x, y| Rgb([values[(y * 8 + x) as usize]; 3]));
            let curve = curve(&pixels, 0..8, 0..8);
            prop_assert!(curve.windows(2).all(|pair| pair[0] <= pair[1]) && curve[255] <= 255.01);
        }

        #[test]
        fn pictures_of_any_size_keep_it(width in 1u32..40, height in 1u32..40) {
            prop_assert_eq!(evened(&RgbImage::new(width, height)).dimensions(), (width, height));
        }
    }
}
