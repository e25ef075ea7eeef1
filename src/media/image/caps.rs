//! Holds declared sizes against the caps before anything is allocated. Separate so that every decoder asks the same
//! questions, and a bomb is refused with the same words whatever its format.

use crate::{error::MediaError, geom::Size, limits::Limits};

fn too_large(what: &'static str, got: u64, limit: u64, option: &'static str) -> Result<(), MediaError> {
    if got > limit { Err(MediaError::TooLarge { what, got, limit, option }) } else { Ok(()) }
}

/// Checks one picture. `decode_bytes_per_px` is the most memory that its decoder needs for a pixel at any time.
///
/// # Errors
/// [`MediaError::TooLarge`] over a cap, [`MediaError::Damaged`] for a picture without pixels.
pub(crate) fn check_picture(
    format: &'static str,
    size: Size,
    decode_bytes_per_px: u64,
    limits: &Limits,
) -> Result<(), MediaError> {
    if size.width == 0 || size.height == 0 {
        return Err(MediaError::Damaged { format, detail: "the picture has no pixels".to_owned() });
    }
    too_large("the longer side in pixels", size.long_side().into(), limits.max_side_px.into(), "max_side_px")?;
    too_large("width times height", size.pixels(), limits.max_pixels, "max_pixels")?;
    check_bytes(size.pixels().saturating_mul(decode_bytes_per_px), limits)
}

/// Checks what a decoder is about to allocate for one picture.
///
/// # Errors
/// [`MediaError::TooLarge`] over the cap.
pub(crate) fn check_bytes(bytes: u64, limits: &Limits) -> Result<(), MediaError> {
    too_large("the memory to decode it in bytes", bytes, limits.max_decode_bytes, "max_decode_bytes")
}

/// Checks how much all frames or pages come to.
///
/// # Errors
/// [`MediaError::TooLarge`] over a cap.
pub(crate) fn check_frames(frames: u64, total_pixels: u64, limits: &Limits) -> Result<(), MediaError> {
    too_large("the number of frames", frames, limits.max_frames.into(), "max_frames")?;
    too_large("the pixels of all frames together", total_pixels, limits.max_total_pixels, "max_total_pixels")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cap_names_the_option_that_raises_it() {
        let limits = Limits::default();
        let option = |r: Result<(), MediaError>| match r {
            Err(MediaError::TooLarge { option, .. }) => option,
            other => panic!("{other:?}"),
        };
        assert_eq!(option(check_picture("PNG", Size::new(70_000, 1), 3, &limits)), "max_side_px");
        assert_eq!(option(check_picture("PNG", Size::new(60_000, 60_000), 3, &limits)), "max_pixels");
        assert_eq!(option(check_picture("PNG", Size::new(16_000, 15_000), 8, &limits)), "max_decode_bytes");
        assert_eq!(option(check_frames(1_000_000, 1, &limits)), "max_frames");
        assert_eq!(option(check_frames(10, u64::MAX, &limits)), "max_total_pixels");
    }

    #[test]
    fn a_phone_photo_of_200_megapixels_passes() {
        assert!(check_picture("HEIC", Size::new(16_320, 12_240), 7, &Limits::default()).is_ok());
    }
}
