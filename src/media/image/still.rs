//! A source of exactly one picture. Separate because most formats are that, and decoding can wait until the picture is
//! asked for: opening reads headers only.

use std::time::Duration;

use image::RgbImage;

use crate::{
    error::MediaError,
    frame::{Frame, Raw, TimedFrame},
    media::{Source, SourceInfo},
};

type Decode = Box<dyn FnOnce() -> Result<RgbImage, MediaError> + Send>;

/// One picture, decoded on demand.
pub(crate) struct Still {
    info: SourceInfo,
    decode: Option<Decode>,
}

impl Still {
    /// `decode` gives the upright sRGB picture.
    pub(crate) fn new(
        info: SourceInfo,
        decode: impl FnOnce() -> Result<RgbImage, MediaError> + Send + 'static,
    ) -> Self {
        Self { info, decode: Some(Box::new(decode)) }
    }
}

impl Source for Still {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        let Some(decode) = self.decode.take() else { return Ok(None) };
        Ok(Some(TimedFrame { frame: Frame::new(decode()?), duration: Duration::ZERO }))
    }
}
