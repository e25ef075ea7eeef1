//! What a detector is given to look at: something with a size that can be sampled, so that a detector never holds a
//! full copy, and a video frame need not be converted to RGB as a whole.

use image::RgbImage;

use crate::{
    error::DetectError,
    finding::Finding,
    frame::{Matrix, Yuv},
    geom::{PxRect, Size},
    resample::{Filter, ResampleError, resample, resample_plane},
};

/// An upright picture that can be sampled.
pub trait Picture: Sync {
    /// Its size in pixels.
    fn size(&self) -> Size;

    /// The part inside `roi`, resampled to `to`: 8-bit RGB, bilinear with antialiasing when shrinking.
    ///
    /// # Errors
    /// When `roi` is empty or not inside the picture, or `to` has a zero side.
    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError>;
}

impl Picture for RgbImage {
    fn size(&self) -> Size {
        Size::new(self.width(), self.height())
    }

    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError> {
        resample(self, roi, to, Filter::Bilinear).map_err(refused)
    }
}

/// A part of a picture, as a picture of its own.
pub struct Part<'a> {
    /// The picture.
    pub picture: &'a dyn Picture,
    /// What of it; must lie inside.
    pub roi: PxRect,
}

impl Part<'_> {
    /// What was found in the part, in pixels of the picture.
    pub fn back(&self, found: Vec<Finding>) -> Vec<Finding> {
        let shift = (self.roi.x0 as f32, self.roi.y0 as f32);
        found.into_iter().map(|f| Finding { shape: f.shape.mapped((1.0, 1.0), shift), ..f }).collect()
    }
}

impl Picture for Part<'_> {
    fn size(&self) -> Size {
        self.roi.size()
    }

    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError> {
        let PxRect { x0, y0, .. } = self.roi;
        let roi = PxRect { x0: roi.x0 + x0, y0: roi.y0 + y0, x1: roi.x1 + x0, y1: roi.y1 + y0 };
        self.picture.sample(roi, to)
    }
}

fn refused(error: ResampleError) -> DetectError {
    DetectError::Resize { detail: error.to_string() }
}

/// The planes are resampled one by one, and only the small result becomes RGB.
impl<State: Sync> Picture for Yuv<State> {
    fn size(&self) -> Size {
        Yuv::size(self)
    }

    fn sample(&self, roi: PxRect, to: Size) -> Result<RgbImage, DetectError> {
        let [y, u, v] = self.planes();
        let (size, chroma_size) = (Yuv::size(self), self.chroma_size());
        // Half a chroma sample off at odd edges, which is less than any detector can tell.
        let half = PxRect { x0: roi.x0 / 2, y0: roi.y0 / 2, x1: roi.x1.div_ceil(2), y1: roi.y1.div_ceil(2) };
        let y = resample_plane(y, size, roi, to).map_err(refused)?;
        let [u, v] = [u, v].map(|plane| resample_plane(plane, chroma_size, half, to));
        Ok(rgb(&y, &u.map_err(refused)?, &v.map_err(refused)?, to, self.matrix()))
    }
}

/// Planes of one size as RGB, in fixed point with 13 bits after the point.
fn rgb(y: &[u8], u: &[u8], v: &[u8], size: Size, matrix: Matrix) -> RgbImage {
    let (kr, kb) = matrix.weights();
    let fixed = |v: f32| (v * 8192.0).round() as i32;
    let luma = fixed(255.0 / 219.0);
    let (red, blue) = (fixed(255.0 / 112.0 * (1.0 - kr)), fixed(255.0 / 112.0 * (1.0 - kb)));
    let kg = 1.0 - kr - kb;
    let (green_u, green_v) =
        (fixed(255.0 / 112.0 * (1.0 - kb) * kb / kg), fixed(255.0 / 112.0 * (1.0 - kr) * kr / kg));
    let mut picture = RgbImage::new(size.width, size.height);
    let pixels = picture.as_flat_samples_mut().samples.as_chunks_mut::<3>().0;
    for (pixel, ((&y, &u), &v)) in pixels.iter_mut().zip(y.iter().zip(u).zip(v)) {
        let y = luma * (i32::from(y) - 16) + 4096;
        let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
        let clip = |value: i32| (value >> 13).clamp(0, 255) as u8;
        *pixel = [clip(y + red * v), clip(y - green_u * u - green_v * v), clip(y + blue * u)];
    }
    picture
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;
    use crate::{area::Shape, finding::Class, geom::Rect};

    #[test]
    fn sampling_a_part_sees_only_that_part() {
        let picture = RgbImage::from_fn(20, 10, |x, _| if x < 10 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
        let right = picture.sample(PxRect { x0: 10, y0: 0, x1: 20, y1: 10 }, Size::new(7, 3)).unwrap();
        assert!(right.pixels().all(|p| *p == Rgb([0, 0, 255])));
    }

    #[test]
    fn a_video_frame_is_seen_in_the_colours_that_its_samples_stand_for() {
        let size = Size::new(9, 7);
        for matrix in [Matrix::Bt601, Matrix::Bt709, Matrix::Bt2020] {
            for colour in [[255, 0, 0], [0, 255, 0], [0, 0, 255], [12, 130, 77], [255; 3], [0; 3]] {
                let [y, u, v] = matrix.samples(colour);
                let planes = [vec![y; 63], vec![u; 20], vec![v; 20]];
                let frame = Yuv::new(size, matrix, planes).unwrap();
                let seen = frame.sample(PxRect { x0: 1, y0: 1, x1: 8, y1: 6 }, Size::new(4, 3)).unwrap();
                let close = |p: &Rgb<u8>| (0..3).all(|c| p.0[c].abs_diff(colour[c]) <= 3);
                assert!(seen.pixels().all(close), "{matrix:?} {colour:?} {:?}", seen.get_pixel(0, 0));
            }
        }
    }

    #[test]
    fn a_part_is_a_picture_and_what_is_found_in_it_comes_back_to_its_place() {
        let picture = RgbImage::from_fn(20, 10, |x, y| Rgb([x as u8, y as u8, 0]));
        let part = Part { picture: &picture, roi: PxRect { x0: 5, y0: 2, x1: 15, y1: 8 } };
        assert_eq!(part.size(), Size::new(10, 6));
        let seen = part.sample(PxRect { x0: 1, y0: 1, x1: 2, y1: 2 }, Size::new(1, 1)).unwrap();
        assert_eq!(seen.get_pixel(0, 0), &Rgb([6, 3, 0]));
        let shape = Shape::Rect(Rect::from_xywh(1.0, 1.0, 4.0, 3.0));
        let found = Finding { class: Class::Face, shape, score: 0.5, source: "fake".to_owned() };
        assert_eq!(part.back(vec![found])[0].shape.bounds(), Rect::from_xywh(6.0, 3.0, 4.0, 3.0));
    }

    #[test]
    fn an_empty_part_is_an_error() {
        let picture = RgbImage::new(4, 4);
        assert!(picture.sample(PxRect { x0: 2, y0: 0, x1: 2, y1: 4 }, Size::new(2, 2)).is_err());
    }
}
