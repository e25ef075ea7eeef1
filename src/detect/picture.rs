//! What a detector is given to look at: something with a size that can be sampled, so that a detector never holds a
//! full copy, and a video frame need not be converted to RGB as a whole.

use image::RgbImage;

use crate::{
    error::DetectError,
    geom::{PxRect, Size},
    resample::{Filter, resample},
};

/// An upright picture that can be sampled.
pub trait Picture: Sync {
    /// Its size in pixels.
    fn size(&self) -> Size;

    /// The part inside `roi`, resampled to `to`: 8-bit RGB, bilinear with antialiasing when shrinking.
    ///
    /// # Errors
    /// When `roi` is empty or not inside the picture, or `to` has a zero side.
    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError>;
}

impl Picture for RgbImage {
    fn size(&self) -> Size {
        Size::new(self.width(), self.height())
    }

    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError> {
        resample(self, roi, to, Filter::Bilinear).map_err(|e| DetectError::Resize { detail: e.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn sampling_a_part_sees_only_that_part() {
        let picture = RgbImage::from_fn(20, 10, |x, _| if x < 10 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
        let right = picture.sample(PxRect { x0: 10, y0: 0, x1: 20, y1: 10 }, Size::new(7, 3)).unwrap();
        assert!(right.pixels().all(|p| *p == Rgb([0, 0, 255])));
    }

    #[test]
    fn an_empty_part_is_an_error() {
        let picture = RgbImage::new(4, 4);
        assert!(picture.sample(PxRect { x0: 2, y0: 0, x1: 2, y1: 4 }, Size::new(2, 2)).is_err());
    }
}
