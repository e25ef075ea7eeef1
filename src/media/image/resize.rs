//! Shrinks pictures to a longest side. Separate because it is neither reading nor writing: it may run before detection
//! or after redaction, and never enlarges.

use image::RgbImage;

use crate::{
    error::MediaError,
    geom::Size,
    resample::{Filter, resample},
};

/// The size that fits into `max_side_px` with the same proportions; the size itself when it fits already. No side
/// becomes zero.
pub fn fit(size: Size, max_side_px: u32) -> Size {
    let long = size.long_side();
    if long <= max_side_px || max_side_px == 0 {
        return size;
    }
    let side = |px: u32| ((f64::from(px) * f64::from(max_side_px) / f64::from(long)).round() as u32).max(1);
    Size::new(side(size.width), side(size.height))
}

/// Shrinks `picture` so that its longer side is at most `max_side_px` pixels, with a Lanczos filter of three lobes;
/// gives it back as it is when it fits already.
///
/// # Errors
/// [`MediaError::Encode`] when the resizer refuses, which a non-empty picture does not cause.
pub fn shrink(picture: RgbImage, max_side_px: u32) -> Result<RgbImage, MediaError> {
    let (width, height) = picture.dimensions();
    let target = fit(Size::new(width, height), max_side_px);
    if target == Size::new(width, height) {
        return Ok(picture);
    }
    let whole = Size::new(width, height).px_rect();
    resample(&picture, whole, target, Filter::Lanczos3)
        .map_err(|e| MediaError::Encode { format: "resized", detail: e.to_string() })
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn a_picture_shrinks_to_its_longest_side_and_never_grows() {
        let picture = RgbImage::from_pixel(300, 200, Rgb([10, 20, 30]));
        let small = shrink(picture.clone(), 150).unwrap();
        assert_eq!(small.dimensions(), (150, 100));
        assert!(small.pixels().all(|p| p.0 == [10, 20, 30]));
        assert_eq!(shrink(picture.clone(), 300).unwrap(), picture);
        assert_eq!(shrink(picture, 10_000).unwrap().dimensions(), (300, 200));
    }

    #[test]
    fn a_thin_strip_keeps_at_least_one_pixel() {
        assert_eq!(fit(Size::new(5000, 1), 100), Size::new(100, 1));
        assert_eq!(shrink(RgbImage::new(5000, 1), 100).unwrap().dimensions(), (100, 1));
    }
}
