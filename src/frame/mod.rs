//! Pictures in memory. A raw and a redacted frame are different types, and only [`crate::redact`] turns one into the
//! other: a sink cannot be handed a frame that was not redacted.

mod deep;
mod yuv;

use std::{marker::PhantomData, time::Duration};

use image::RgbImage;

use crate::geom::Size;

pub use deep::{Deep, HdrTransfer};
pub use yuv::{Matrix, TimedYuv, Yuv, chroma_size};

/// Marks a frame whose pixels still hold what the camera saw.
#[derive(Clone, Copy, Debug)]
pub struct Raw;

/// Marks a frame in which every decided area was destroyed.
#[derive(Clone, Copy, Debug)]
pub struct Redacted;

/// One upright picture: 8-bit sRGB, three interleaved channels in the order red, green, blue.
#[derive(Clone)]
pub struct Frame<State> {
    pixels: RgbImage,
    state: PhantomData<State>,
}

impl<State> Frame<State> {
    /// Columns and rows.
    pub fn size(&self) -> Size {
        Size::new(self.pixels.width(), self.pixels.height())
    }

    /// The pixels, RGB, row after row.
    pub fn pixels(&self) -> &RgbImage {
        &self.pixels
    }
}

impl Frame<Raw> {
    /// Wraps decoded pixels.
    pub fn new(pixels: RgbImage) -> Self {
        Self { pixels, state: PhantomData }
    }

    /// The one way across; called by [`crate::redact`] when every area is destroyed.
    pub(crate) fn into_redacted(self) -> Frame<Redacted> {
        Frame { pixels: self.pixels, state: PhantomData }
    }

    /// The pixels, to be destroyed in place.
    pub(crate) fn pixels_mut(&mut self) -> &mut RgbImage {
        &mut self.pixels
    }
}

impl Frame<Redacted> {
    /// The same frame with its pixels passed through `map`, which must not bring in pixels from elsewhere.
    pub(crate) fn try_map<E>(self, map: impl FnOnce(RgbImage) -> Result<RgbImage, E>) -> Result<Self, E> {
        Ok(Self { pixels: map(self.pixels)?, state: PhantomData })
    }

    /// Unwraps the pixels for an encoder.
    pub fn into_pixels(self) -> RgbImage {
        self.pixels
    }
}

impl<State> std::fmt::Debug for Frame<State> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The pixels are the secret: never print them.
        write!(f, "Frame({}x{})", self.pixels.width(), self.pixels.height())
    }
}

/// A frame and when it is shown.
#[derive(Clone, Debug)]
pub struct TimedFrame<State> {
    /// The picture.
    pub frame: Frame<State>,
    /// How long it stays; zero for stills and pages.
    pub duration: Duration,
}
