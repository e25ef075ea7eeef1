//! JPEG out, with one fixed profile. Separate because the profile is a promise that the verifier holds it to.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{failed, store_only, whole};
use crate::{
    error::MediaError,
    frame::{Redacted, TimedFrame},
    media::Sink,
};

pub(super) struct JpegSink {
    quality: u8,
    file: Option<Vec<u8>>,
}

impl JpegSink {
    pub(super) fn new(quality: u8) -> Self {
        Self { quality: quality.clamp(1, 100), file: None }
    }
}

impl Sink for JpegSink {
    fn push(&mut self, frame: TimedFrame<Redacted>) -> Result<(), MediaError> {
        let picture = frame.frame.into_pixels();
        let side = |px: u32| u16::try_from(px).map_err(|_| failed("JPEG", "a side is longer than 65,535 pixels"));
        let (width, height) = (side(picture.width())?, side(picture.height())?);
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.quality);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        encoder.set_progressive(false);
        encoder.set_optimized_huffman_tables(false);
        encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(|e| failed("JPEG", e))?;
        store_only(&mut self.file, "JPEG", file)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, MediaError> {
        whole("JPEG", self.file)
    }
}
