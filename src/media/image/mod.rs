//! Still and animated pictures: one file a format, behind one [`open`]. Orientation, colour and alpha are settled
//! here, once.

mod canvas;
mod caps;
mod colour;
pub(crate) mod ifd;
mod jpeg;
#[cfg(feature = "heic")]
pub mod libheif;
mod orientation;
mod out;
mod png;
mod resize;
mod samples;
mod still;

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
    match format {
        Format::Jpeg => jpeg::open(bytes, limits),
        Format::Png => png::open(bytes, limits),
        _ => Err(MediaError::Unsupported { looks_like: None }),
    }
}
