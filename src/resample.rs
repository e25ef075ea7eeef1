//! Resizing of 8-bit RGB pictures, for detectors' inputs and for shrunk outputs. One module, because the resizer is
//! compiled anew for every pixel type it is asked for; here it is asked for one.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedCroppedImage, TypedImage, TypedImageRef},
    pixels::U8x3,
};
use image::RgbImage;

use crate::geom::{PxRect, Size};

/// How pixels are weighed. Both average when shrinking, so that no pixel is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Linear: fast, soft.
    Bilinear,
    /// Three lobes: slower, crisp.
    Lanczos3,
}

/// The resizer refused, in its own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ResampleError(String);

/// The pixels of `part`, resampled to `to`. Nothing outside `part` is read.
///
/// # Errors
/// When `part` is empty or not inside the picture, or `to` has a side of zero.
pub fn resample(picture: &RgbImage, part: PxRect, to: Size, filter: Filter) -> Result<RgbImage, ResampleError> {
    let refused = |detail: &dyn std::fmt::Display| ResampleError(detail.to_string());
    // The resizer does nothing and reports success here, and a detector would look at a black picture.
    if part.x1 <= part.x0 || part.y1 <= part.y0 || to.width == 0 || to.height == 0 {
        return Err(refused(&"an empty part or an empty target"));
    }
    let whole = TypedImageRef::<U8x3>::from_buffer(picture.width(), picture.height(), picture.as_raw())
        .map_err(|e| refused(&e))?;
    // A view, not the resizer's own cropping option: that one blends in pixels from outside the part at its rim.
    let part = TypedCroppedImage::from_ref(&whole, part.x0, part.y0, part.width(), part.height())
        .map_err(|e| refused(&e))?;
    let mut resized = RgbImage::new(to.width, to.height);
    let mut target = TypedImage::<U8x3>::from_buffer(to.width, to.height, resized.as_flat_samples_mut().samples)
        .map_err(|e| refused(&e))?;
    let filter = match filter {
        Filter::Bilinear => FilterType::Bilinear,
        Filter::Lanczos3 => FilterType::Lanczos3,
    };
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize_typed(&part, &mut target, &options).map_err(|e| refused(&e))?;
    Ok(resized)
}
