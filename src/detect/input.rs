//! Pixels as networks take them, and the best of what networks give. Separate because several networks share both.

use image::RgbImage;
use ndarray::{Array4, s};

/// `pixels` as planes, 1 x 3 x H x W in the order red, green, blue, 0 to 255; both sides are rounded up to multiples of
/// `multiple`, and what is beyond the picture is `fill`.
pub(super) fn planes(pixels: &RgbImage, multiple: u32, fill: f32) -> Array4<f32> {
    let padded = |px: u32| px.next_multiple_of(multiple) as usize;
    let mut input = Array4::from_elem((1, 3, padded(pixels.height()), padded(pixels.width())), fill);
    let (mut red, mut green, mut blue) =
        input.multi_slice_mut((s![0, 0, .., ..], s![0, 1, .., ..], s![0, 2, .., ..]));
    let rows = red.outer_iter_mut().zip(green.outer_iter_mut()).zip(blue.outer_iter_mut());
    let row_bytes = 3 * pixels.width().max(1) as usize;
    for (((mut red, mut green), mut blue), row) in rows.zip(pixels.as_raw().chunks_exact(row_bytes)) {
        let values = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
        for (((red, green), blue), pixel) in values.zip(row.as_chunks::<3>().0) {
            (*red, *green, *blue) = (f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2]));
        }
    }
    input
}

/// The one with the highest score of every heap of `seen` that are the `same`, best first (greedy non-maximum
/// suppression).
pub(super) fn strongest<T>(mut seen: Vec<T>, score: impl Fn(&T) -> f32, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    seen.sort_by(|a, b| score(b).total_cmp(&score(a)));
    let mut kept: Vec<T> = Vec::new();
    for candidate in seen {
        if !kept.iter().any(|k| same(k, &candidate)) {
            kept.push(candidate);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn planes_are_red_green_blue_and_padded_on_the_right_and_below() {
        let input = planes(&RgbImage::from_pixel(3, 5, Rgb([1, 2, 3])), 4, 9.0);
        assert_eq!(input.shape(), [1, 3, 8, 4]);
        assert_eq!([0, 1, 2].map(|channel| input[[0, channel, 4, 2]]), [1.0, 2.0, 3.0]);
        assert_eq!((input[[0, 0, 4, 3]], input[[0, 2, 5, 0]]), (9.0, 9.0));
    }

    #[test]
    fn of_every_heap_the_best_stays() {
        let kept =
            strongest(vec![(0, 0.2), (1, 0.9), (10, 0.5)], |s| s.1, |a: &(i32, f32), b| (a.0 - b.0).abs() < 3);
        assert_eq!(kept, [(1, 0.9), (10, 0.5)]);
    }
}
