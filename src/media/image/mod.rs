//! Still and animated pictures: one file a format, behind one [`open`]. Orientation, colour and alpha are settled
//! here, once.

mod bmp;
mod canvas;
mod caps;
mod colour;
#[cfg(test)]
mod fixtures;
mod gif;
mod guard;
#[cfg(feature = "heic")]
mod heif;
pub(crate) mod ifd;
mod jpeg;
mod jxl;
#[cfg(feature = "heic")]
pub mod libheif;
mod orientation;
mod out;
mod png;
mod resize;
mod samples;
mod still;
#[cfg(test)]
mod tests;
mod tiff;
mod webp;

pub use self::{
    out::{OutputFormat, OutputOptions},
    resize::{fit, shrink},
};
use super::{Format, Source, sniff};
use crate::{error::MediaError, limits::Limits};

/// Opens a picture by its content. Headers are read and held against `limits`; pixels are decoded frame by frame when
/// the source is asked for them.
///
/// # Errors
/// [`MediaError::TooLarge`] over a cap (naming its option), [`MediaError::Damaged`] when the file contradicts itself or
/// ends early, [`MediaError::Unsupported`], [`MediaError::Refused`], [`MediaError::UnsupportedFeature`] and
/// [`MediaError::NotBuilt`] for what is not read.
pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    let format = sniff(&bytes)?;
    guard::caught(|| open_as(format, bytes, limits)).map(guard::guarded)
}

fn open_as(format: Format, bytes: Vec<u8>, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    match format {
        Format::Jpeg => jpeg::open(bytes, limits),
        Format::Png => png::open(bytes, limits),
        Format::WebP => webp::open(bytes, limits),
        Format::Gif => gif::open(bytes, limits),
        Format::Tiff => tiff::open(bytes, limits),
        Format::Bmp => bmp::open(bytes, limits),
        Format::Jxl => jxl::open(&bytes, limits),
        Format::Heif | Format::Avif => open_heif(bytes, format, limits),
        Format::Mp4 | Format::Mkv | Format::WebM | Format::Avi | Format::Ts => {
            Err(MediaError::Unsupported { looks_like: Some("a video") })
        }
    }
}

#[cfg(feature = "heic")]
fn open_heif(bytes: Vec<u8>, format: Format, limits: &Limits) -> Result<Box<dyn Source>, MediaError> {
    heif::open(bytes, format, limits)
}

#[cfg(not(feature = "heic"))]
fn open_heif(_: Vec<u8>, _: Format, _: &Limits) -> Result<Box<dyn Source>, MediaError> {
    Err(MediaError::NotBuilt {
        format: "HEIC, HEIF and AVIF",
        advice: "install libheif and build safepost with its feature `heic`",
    })
}
