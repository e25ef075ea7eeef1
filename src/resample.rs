//! Resizing of 8-bit RGB pictures and of single planes, for detectors' inputs and for shrunk outputs. One module,
//! because the resizer is compiled anew for every pixel type it is asked for; here it is asked for two.

use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedCroppedImage, TypedImage, TypedImageRef},
    pixels::{U8, U8x3},
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
    let mut resized = RgbImage::new(to.width, to.height);
    let size = Size::new(picture.width(), picture.height());
    let filter = match filter {
        Filter::Bilinear => FilterType::Bilinear,
        Filter::Lanczos3 => FilterType::Lanczos3,
    };
    run::<U8x3>(picture.as_raw(), size, part, resized.as_flat_samples_mut().samples, to, filter)?;
    Ok(resized)
}

/// The samples of `part` of a plane of `size`, resampled to `to`, row after row: bilinear, with averaging when
/// shrinking.
///
/// # Errors
/// As [`resample`], and when `plane` has fewer samples than `size` asks for.
pub fn resample_plane(plane: &[u8], size: Size, part: PxRect, to: Size) -> Result<Vec<u8>, ResampleError> {
    if part == size.px_rect() && to == size && plane.len() as u64 == size.pixels() {
        return Ok(plane.to_vec());
    }
    let mut resized = vec![0; to.width as usize * to.height as usize];
    run::<U8>(plane, size, part, &mut resized, to, FilterType::Bilinear)?;
    Ok(resized)
}

fn run<P: PixelTrait>(
    samples: &[u8],
    size: Size,
    part: PxRect,
    resized: &mut [u8],
    to: Size,
    filter: FilterType,
) -> Result<(), ResampleError> {
    let refused = |detail: &dyn std::fmt::Display| ResampleError(detail.to_string());
    // The resizer does nothing and reports success here, and a detector would look at a black picture.
    if part.x1 <= part.x0 || part.y1 <= part.y0 || to.width == 0 || to.height == 0 {
        return Err(refused(&"an empty part or an empty target"));
    }
    let whole = TypedImageRef::<P>::from_buffer(size.width, size.height, samples).map_err(|e| refused(&e))?;
    // A view, not the resizer's own cropping option: that one blends in pixels from outside the part at its rim.
    let part = TypedCroppedImage::from_ref(&whole, part.x0, part.y0, part.width(), part.height())
        .map_err(|e| refused(&e))?;
    let mut target = TypedImage::<P>::from_buffer(to.width, to.height, resized).map_err(|e| refused(&e))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize_typed(&part, &mut target, &options).map_err(|e| refused(&e))
}
