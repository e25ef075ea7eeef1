//! Still and animated pictures out: one file a format, each with one fixed profile, so that an output tells nothing
//! about the encoder's past or the input's. No writer here can be handed anything but redacted frames.

mod apng;
mod gif;
mod jpeg;
mod png;
#[cfg(test)]
mod tests;

use crate::{
    error::MediaError,
    media::{Format, Kind, Sink, SourceInfo},
};

/// What an output is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    /// Baseline JPEG, 4:2:0, standard tables, JFIF header, no other metadata.
    Jpeg,
    /// PNG, 8-bit RGB; only the chunks IHDR, IDAT and IEND.
    Png,
    /// Animated GIF: whole frames, a fresh palette each, nothing kept from the frame before.
    Gif,
    /// Animated PNG, 8-bit RGB, whole frames; only the chunks IHDR, acTL, fcTL, IDAT, fdAT and IEND.
    Apng,
}

/// Options of the writers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputOptions {
    /// JPEG quality, 1 to 100; other values are clamped. Default: 90.
    pub quality: u8,
    /// How often an animation plays, as [`SourceInfo::loops`] gives it; `None` is for ever. Default: `None`.
    pub loops: Option<u32>,
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self { quality: 90, loops: None }
    }
}

impl OutputFormat {
    /// The format that suits an input: JPEG for stills that were coded with loss, PNG where nothing was lost so far
    /// (screenshots, scans, drawings). GIF animations stay GIF, whose colours they have already; every other animation
    /// becomes APNG, which keeps all colours and plays in browsers.
    pub fn choose(info: &SourceInfo) -> Self {
        match (info.kind, info.format) {
            (Kind::Animation, Format::Gif) => Self::Gif,
            (Kind::Animation, _) => Self::Apng,
            (Kind::Still | Kind::Pages | Kind::Video, _) if info.lossless => Self::Png,
            (Kind::Still | Kind::Pages | Kind::Video, _) => Self::Jpeg,
        }
    }

    /// The file name's ending, without the dot. APNG uses `png`, as its specification recommends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png | Self::Apng => "png",
            Self::Gif => "gif",
        }
    }

    /// A writer into memory. JPEG and PNG take exactly one frame; GIF and APNG take any number of one size.
    pub fn sink(self, options: OutputOptions) -> Box<dyn Sink> {
        match self {
            Self::Jpeg => Box::new(jpeg::JpegSink::new(options.quality)),
            Self::Png => Box::new(png::PngSink::default()),
            Self::Gif => Box::new(gif::GifSink::new(options.loops)),
            Self::Apng => Box::new(apng::ApngSink::new(options.loops)),
        }
    }
}

fn failed(format: &'static str, detail: impl std::fmt::Display) -> MediaError {
    MediaError::Encode { format, detail: detail.to_string() }
}

/// Stores the one file of a still writer.
fn store_only(slot: &mut Option<Vec<u8>>, format: &'static str, file: Vec<u8>) -> Result<(), MediaError> {
    if slot.replace(file).is_some() { Err(failed(format, "it holds one picture only")) } else { Ok(()) }
}

/// The file, if a frame was pushed.
fn whole(format: &'static str, file: Option<Vec<u8>>) -> Result<Vec<u8>, MediaError> {
    file.ok_or_else(|| failed(format, "no picture was given"))
}
