//! Video frames as decoders give them: three planes, the two of colour at half the size. Separate from the RGB frame,
//! because a video is destroyed on these planes and never converted as a whole.

use std::marker::PhantomData;

use super::{Deep, Frame, Raw, Redacted};
use crate::geom::Size;

/// Which numbers turn YCbCr into RGB. Samples always have limited range: luma 16 to 235, chroma 16 to 240.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matrix {
    /// ITU-R BT.601, standard definition.
    Bt601,
    /// ITU-R BT.709, high definition.
    #[default]
    Bt709,
    /// ITU-R BT.2020, non-constant luminance.
    Bt2020,
}

impl Matrix {
    /// The weights of red and blue in luma (ITU-R BT.601-7, BT.709-6, BT.2020-2).
    pub const fn weights(self) -> (f32, f32) {
        match self {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
            Matrix::Bt2020 => (0.2627, 0.0593),
        }
    }

    /// The samples of an 8-bit sRGB colour: luma, blue difference, red difference.
    pub fn samples(self, [r, g, b]: [u8; 3]) -> [u8; 3] {
        let (kr, kb) = self.weights();
        let [r, g, b] = [r, g, b].map(|v| f32::from(v) / 255.0);
        let luma = kr * r + (1.0 - kr - kb) * g + kb * b;
        let chroma = |v: f32, k: f32| 128.0 + 224.0 * (v - luma) / (2.0 * (1.0 - k));
        [16.0 + 219.0 * luma, chroma(b, kb), chroma(r, kr)].map(|v| v.round() as u8)
    }
}

/// One upright video frame: 8-bit planar YCbCr 4:2:0, limited range, rows without gaps.
///
/// The luma plane has `width * height` samples; each chroma plane has half as many columns and rows, rounded up.
#[derive(Clone)]
pub struct Yuv<State> {
    size: Size,
    matrix: Matrix,
    planes: [Vec<u8>; 3],
    /// The picture that the planes were made of, where a stream carries RGB: it is looked at on the planes, and
    /// destroyed itself, so that what is not redacted goes out exactly as it came.
    packed: Option<Box<Frame<State>>>,
    /// The frame in high dynamic range, where the output keeps that: looked at on the planes, and destroyed itself.
    deep: Option<Box<Deep<State>>>,
    state: PhantomData<State>,
}

impl<State> Yuv<State> {
    /// Columns and rows of the luma plane.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Columns and rows of each chroma plane.
    pub fn chroma_size(&self) -> Size {
        chroma_size(self.size)
    }

    /// How the samples become RGB.
    pub fn matrix(&self) -> Matrix {
        self.matrix
    }

    /// Luma, blue difference and red difference, row after row.
    pub fn planes(&self) -> [&[u8]; 3] {
        [&self.planes[0], &self.planes[1], &self.planes[2]]
    }

    /// The same picture in RGB, when the stream carries that.
    pub fn packed(&self) -> Option<&Frame<State>> {
        self.packed.as_deref()
    }

    /// The same picture in high dynamic range, where that is kept.
    pub fn deep(&self) -> Option<&Deep<State>> {
        self.deep.as_deref()
    }
}

/// Size of a chroma plane of a picture of `size`.
pub fn chroma_size(size: Size) -> Size {
    Size::new(size.width.div_ceil(2), size.height.div_ceil(2))
}

impl Yuv<Raw> {
    /// Wraps decoded planes; `None` when one of them has not exactly the samples that `size` asks for.
    pub fn new(size: Size, matrix: Matrix, planes: [Vec<u8>; 3]) -> Option<Self> {
        let (luma, chroma) = (size.pixels(), chroma_size(size).pixels());
        let fits = planes.iter().zip([luma, chroma, chroma]).all(|(plane, want)| plane.len() as u64 == want);
        (fits && luma > 0).then_some(Self { size, matrix, planes, packed: None, deep: None, state: PhantomData })
    }

    /// The same frame with the picture that its planes were made of; `None` when that has another size.
    pub fn with_packed(self, packed: Frame<Raw>) -> Option<Self> {
        (packed.size() == self.size).then(|| Self { packed: Some(Box::new(packed)), ..self })
    }

    /// The same frame with what it was in high dynamic range; `None` when that has another size.
    pub fn with_deep(self, deep: Deep<Raw>) -> Option<Self> {
        (deep.size() == self.size).then(|| Self { deep: Some(Box::new(deep)), ..self })
    }

    /// A black frame: stands in for one that could not be decoded, and holds nothing.
    pub fn black(size: Size, matrix: Matrix) -> Self {
        let (luma, chroma) = (size.pixels() as usize, chroma_size(size).pixels() as usize);
        let planes = [vec![16; luma], vec![128; chroma], vec![128; chroma]];
        Self { size, matrix, planes, packed: None, deep: None, state: PhantomData }
    }

    /// The one way across; called by [`crate::redact`] when every area is destroyed. What lies raw beside the planes
    /// stays behind.
    pub(crate) fn into_redacted(self) -> Yuv<Redacted> {
        Yuv {
            size: self.size,
            matrix: self.matrix,
            planes: self.planes,
            packed: None,
            deep: None,
            state: PhantomData,
        }
    }

    /// The picture beside the planes, to be destroyed like them.
    pub(crate) fn take_packed(&mut self) -> Option<Frame<Raw>> {
        self.packed.take().map(|packed| *packed)
    }

    /// The frame in high dynamic range, to be destroyed like the planes.
    pub(crate) fn take_deep(&mut self) -> Option<Deep<Raw>> {
        self.deep.take().map(|deep| *deep)
    }

    /// The planes, to be destroyed in place.
    pub(crate) fn planes_mut(&mut self) -> &mut [Vec<u8>; 3] {
        &mut self.planes
    }
}

impl Yuv<Redacted> {
    /// The same frame with its picture in RGB and in high dynamic range, in which the same areas were destroyed.
    pub(crate) fn beside(self, packed: Option<Frame<Redacted>>, deep: Option<Deep<Redacted>>) -> Self {
        Self { packed: packed.map(Box::new), deep: deep.map(Box::new), ..self }
    }

    /// The same frame with nothing beside its planes, and with those passed through `map`, which must not bring in samples
    /// from elsewhere; `None` when they do not fit `size`.
    pub(crate) fn resized(self, size: Size, map: impl Fn(&[u8], Size, Size) -> Vec<u8>) -> Option<Self> {
        let (from, chroma, to) = (self.size, chroma_size(self.size), chroma_size(size));
        let [y, u, v] = &self.planes;
        let planes = [map(y, from, size), map(u, chroma, to), map(v, chroma, to)];
        Yuv::new(size, self.matrix, planes).map(Yuv::into_redacted)
    }

    /// Unwraps the planes, for an encoder or for a pool of buffers.
    pub fn into_planes(self) -> [Vec<u8>; 3] {
        self.planes
    }
}

impl<State> std::fmt::Debug for Yuv<State> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The samples are the secret: never print them.
        write!(f, "Yuv({}x{})", self.size.width, self.size.height)
    }
}

/// A video frame and when it is shown.
#[derive(Clone, Debug)]
pub struct TimedYuv<State> {
    /// The picture.
    pub frame: Yuv<State>,
    /// When it is shown, in ticks of the video's time base, from 0 for the first frame; strictly increasing.
    pub pts: i64,
    /// How long it stays, in ticks; at least 1.
    pub duration: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_of_another_size_are_no_frame() {
        let size = Size::new(5, 3);
        assert!(Yuv::new(size, Matrix::Bt709, [vec![0; 15], vec![0; 6], vec![0; 6]]).is_some());
        assert!(Yuv::new(size, Matrix::Bt709, [vec![0; 15], vec![0; 4], vec![0; 6]]).is_none());
        assert!(Yuv::new(Size::new(0, 0), Matrix::Bt709, [vec![], vec![], vec![]]).is_none());
    }

    #[test]
    fn black_grey_and_primaries_have_the_samples_of_the_standard() {
        assert_eq!(Matrix::Bt709.samples([0; 3]), [16, 128, 128]);
        assert_eq!(Matrix::Bt709.samples([255; 3]), [235, 128, 128]);
        assert_eq!(Matrix::Bt601.samples([255, 0, 0]), [81, 90, 240]);
        assert_eq!(Matrix::Bt709.samples([255, 0, 0]), [63, 102, 240]);
    }
}
