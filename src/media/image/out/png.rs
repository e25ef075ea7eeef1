//! PNG out: 8-bit RGB and no chunk beside the three that must be there. Separate from APNG, which wraps what this writes.

use image::RgbImage;
use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::{failed, store_only, whole};
use crate::{
    error::MediaError,
    frame::{Redacted, TimedFrame},
    media::Sink,
};

#[derive(Default)]
pub(super) struct PngSink {
    file: Option<Vec<u8>>,
}

/// Encodes one picture as a whole file.
pub(super) fn encode(picture: &RgbImage) -> Result<Vec<u8>, MediaError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Adaptive);
    let mut writer = encoder.write_header().map_err(|e| failed("PNG", e))?;
    writer.write_image_data(picture.as_raw()).map_err(|e| failed("PNG", e))?;
    writer.finish().map_err(|e| failed("PNG", e))?;
    Ok(file)
}

impl Sink for PngSink {
    fn push(&mut self, frame: TimedFrame<Redacted>) -> Result<(), MediaError> {
        store_only(&mut self.file, "PNG", encode(frame.frame.pixels())?)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, MediaError> {
        whole("PNG", self.file)
    }
}
