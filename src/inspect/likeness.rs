//! Whether a small picture shows the same as a large one. Separate because it is arithmetic on pixels: a thumbnail that
//! differs still shows what somebody covered or cropped away in the picture.

use image::{RgbImage, imageops};

use crate::metadata::Likeness;

/// Cells on each side in which colours are compared; fewer where the smaller picture has fewer than six pixels a cell.
const CELLS: u32 = 16;

/// Larger pictures are shrunk to this side first, which is quick and changes no mean.
const ENOUGH_PX: u32 = 512;

/// A cell's mean colour may be off by this much, 0 to 255: thumbnails of the pictures in `samples/`, shrunk to 160 pixels in
/// three ways and coded at quality 30 and 70, are off by at most 14 in any cell, and this is twice that.
const OFF_MOST: f32 = 28.0;

/// How dark a border of a thumbnail may be to be taken for a frame and not for the picture.
const BLACK: u8 = 20;

/// Compares in every quarter turn, since thumbnails are often stored as the sensor lay.
pub(super) fn compare(shown: &RgbImage, embedded: &RgbImage) -> Likeness {
    let inner = without_border(embedded);
    let side = (inner.width().min(inner.height()) / 6).clamp(2, CELLS);
    let want = cells(shown, side);
    let shape = |p: &RgbImage| p.width() as f32 / p.height() as f32;
    let differing = (0..4u8).filter_map(|turns| {
        let turned = match turns {
            0 => inner.clone(),
            1 => imageops::rotate90(&inner),
            2 => imageops::rotate180(&inner),
            _ => imageops::rotate270(&inner),
        };
        let ratio = shape(&turned) / shape(shown);
        (0.93..1.07).contains(&ratio).then(|| differing(&want, &cells(&turned, side)))
    });
    match differing.min() {
        // Another shape: something was cropped, in one of the two.
        None => Likeness::Differs { percent: 100 },
        Some(0) => Likeness::Same,
        Some(cells) => Likeness::Differs { percent: (cells * 100).div_ceil((side * side) as usize) as u8 },
    }
}

/// The picture without the black bars that cameras put around thumbnails of another shape; at most a quarter on a side.
fn without_border(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let black_row = |y: u32| (0..width).all(|x| picture.get_pixel(x, y).0.iter().all(|&v| v < BLACK));
    let black_column = |x: u32| (0..height).all(|y| picture.get_pixel(x, y).0.iter().all(|&v| v < BLACK));
    let top = (0..height / 4).take_while(|&y| black_row(y)).count() as u32;
    let bottom = (0..height / 4).take_while(|&y| black_row(height - 1 - y)).count() as u32;
    let left = (0..width / 4).take_while(|&x| black_column(x)).count() as u32;
    let right = (0..width / 4).take_while(|&x| black_column(width - 1 - x)).count() as u32;
    imageops::crop_imm(picture, left, top, width - left - right, height - top - bottom).to_image()
}

/// Mean colour of every cell, `side` on each side.
fn cells(picture: &RgbImage, side: u32) -> Vec<[f32; 3]> {
    let (width, height) = picture.dimensions();
    let most = width.max(height);
    let small = if most > ENOUGH_PX {
        let scaled = |px: u32| (u64::from(px) * u64::from(ENOUGH_PX) / u64::from(most)).max(1) as u32;
        imageops::thumbnail(picture, scaled(width), scaled(height))
    } else {
        picture.clone()
    };
    let cells = imageops::resize(&small, side, side, imageops::FilterType::Triangle);
    cells.pixels().map(|pixel| pixel.0.map(f32::from)).collect()
}

/// Cells whose colours differ, after what all cells have in common: a thumbnail may be lighter as a whole.
fn differing(a: &[[f32; 3]], b: &[[f32; 3]]) -> usize {
    let mut apart: Vec<[f32; 3]> = a.iter().zip(b).map(|(a, b)| [a[0] - b[0], a[1] - b[1], a[2] - b[2]]).collect();
    let middle: [f32; 3] = std::array::from_fn(|c| {
        let mut one: Vec<f32> = apart.iter().map(|d| d[c]).collect();
        one.sort_by(f32::total_cmp);
        one[one.len() / 2]
    });
    apart.iter_mut().for_each(|d| d.iter_mut().zip(middle).for_each(|(v, m)| *v -= m));
    apart.iter().filter(|d| d.iter().any(|v| v.abs() > OFF_MOST)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> RgbImage {
        RgbImage::from_fn(640, 480, |x, y| {
            let face = x.abs_diff(300).pow(2) + y.abs_diff(200).pow(2) < 60 * 60;
            let wave = ((x / 24 + y / 18) % 5 * 22) as u8;
            if face { image::Rgb([228, 180, 150]) } else { image::Rgb([60 + wave, 90, 130 - wave]) }
        })
    }

    fn shrunk(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
        imageops::resize(picture, width, height, imageops::FilterType::Triangle)
    }

    #[test]
    fn a_small_copy_is_the_same_in_every_turn_and_with_bars() {
        let picture = scene();
        let small = shrunk(&picture, 160, 120);
        assert_eq!(compare(&picture, &small), Likeness::Same);
        assert_eq!(compare(&picture, &imageops::rotate270(&small)), Likeness::Same);
        let mut barred = RgbImage::new(160, 140);
        imageops::replace(&mut barred, &small, 0, 10);
        assert_eq!(compare(&picture, &barred), Likeness::Same);
        let light =
            RgbImage::from_fn(160, 120, |x, y| image::Rgb(small.get_pixel(x, y).0.map(|v| v.saturating_add(15))));
        assert_eq!(compare(&picture, &light), Likeness::Same);
    }

    #[test]
    fn a_copy_from_before_something_was_covered_differs() {
        let picture = scene();
        let small = shrunk(&picture, 160, 120);
        let mut covered = picture.clone();
        for y in 140..260 {
            for x in 240..360 {
                covered.put_pixel(x, y, image::Rgb([70, 90, 120]));
            }
        }
        assert!(matches!(compare(&covered, &small), Likeness::Differs { percent: 2..20 }));
        let cropped = imageops::crop_imm(&picture, 0, 0, 400, 480).to_image();
        assert_eq!(compare(&cropped, &small), Likeness::Differs { percent: 100 });
    }
}
