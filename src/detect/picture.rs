//! What a detector is given to look at: something with a size that can be sampled, so that a detector never holds a
//! full copy, and a video frame need not be converted to RGB as a whole.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{CroppedImage, Image, ImageRef},
};
use image::RgbImage;

use crate::{
    error::DetectError,
    geom::{PxRect, Size},
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
        let failed = |detail: &dyn std::fmt::Display| DetectError::Resize { detail: detail.to_string() };
        let source =
            ImageRef::new(self.width(), self.height(), self.as_raw(), PixelType::U8x3).map_err(|e| failed(&e))?;
        // The resizer does nothing and reports success here, and a detector would look at a black picture.
        if roi.x1 <= roi.x0 || roi.y1 <= roi.y0 || to.width == 0 || to.height == 0 {
            return Err(failed(&"an empty part or an empty target"));
        }
        // A view, not the resizer's own cropping option: that one blends in pixels from outside the part at its rim.
        let part = CroppedImage::new(&source, roi.x0, roi.y0, roi.width(), roi.height()).map_err(|e| failed(&e))?;
        let mut target = Image::new(to.width, to.height, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize(&part, &mut target, &options).map_err(|e| failed(&e))?;
        RgbImage::from_raw(to.width, to.height, target.into_vec()).ok_or_else(|| failed(&"buffer size"))
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
