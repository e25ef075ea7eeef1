//! Samples that can be painted on: an interleaved picture, or one plane of a video frame. Separate so that nothing
//! below it knows how many channels there are or what they mean.

use crate::geom::Size;

/// Borrowed 8-bit samples, `C` a pixel, row after row without gaps.
pub(crate) struct Canvas<'a, const C: usize> {
    samples: &'a mut [u8],
    size: Size,
}

impl<'a, const C: usize> Canvas<'a, C> {
    /// Wraps `samples`; `None` when there are fewer than `size` needs.
    pub(crate) fn new(samples: &'a mut [u8], size: Size) -> Option<Self> {
        let needed = size.pixels().checked_mul(C as u64)?;
        (samples.len() as u64 >= needed).then_some(Self { samples, size })
    }

    pub(super) fn size(&self) -> Size {
        self.size
    }

    /// The pixels of row `y`.
    pub(super) fn row(&self, y: u32) -> &[[u8; C]] {
        let width = self.size.width as usize;
        self.samples[y as usize * width * C..][..width * C].as_chunks().0
    }

    /// The pixels of row `y`, to paint on.
    pub(super) fn row_mut(&mut self, y: u32) -> &mut [[u8; C]] {
        let width = self.size.width as usize;
        self.samples[y as usize * width * C..][..width * C].as_chunks_mut().0
    }
}

/// What the channels mean to a fill, where it cannot take it from the surroundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ink<const C: usize> {
    /// What `solid` paints.
    pub(crate) solid: [u8; C],
    /// What the other styles start from when there are no surroundings: a grey.
    pub(crate) neutral: [f32; C],
    /// How strongly each channel follows synthetic changes of brightness: 1 for red, green, blue and luma, 0 for
    /// chroma.
    pub(crate) tone: [f32; C],
    /// Cells across the short side of an area when the surroundings are read: 16 in a picture that is looked at for
    /// long, fewer in a frame that is seen for a moment, and fewest for colour.
    pub(crate) cells_across: f64,
}

/// `value` as a sample, rounded and clipped.
pub(super) fn sample(value: f32) -> u8 {
    (value + 0.5) as u8
}
