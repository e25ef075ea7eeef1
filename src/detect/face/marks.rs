//! The points of a single face: eyes, nose, mouth. Separate from finding, because nothing that is covered depends on them:
//! they are only needed to tell whether a face is one of those that may stay.

use std::sync::Arc;

use super::centerface::{self, Seen};
use crate::{
    detect::Picture,
    error::{DetectError, InferError},
    geom::{Point, Rect, Size},
    infer::{Model, registry::Registry},
};

/// Long side, in pixels, at which the surroundings of a head are looked at: a face is then some 130 pixels wide, where the
/// network is best.
const LOOK_PX: u32 = 256;

/// The surroundings of a head that are looked at, as a multiple of its longer side.
const AROUND: f32 = 1.3;

/// The least score of a face whose points are trusted; masked faces and profiles mostly have less.
const SCORE_MIN: f32 = 0.7;

/// Another face with this score in the same head makes it doubtful whose points they are.
const OTHER_MIN: f32 = 0.3;

/// The least width of a face in pixels of the picture.
const WIDTH_MIN_PX: f32 = 40.0;

/// The nose lies between the eyes, this share of their distance inside, unless the face is turned away.
const NOSE_INSIDE: f32 = 0.15;

/// The points of a face, in pixels of the picture: the eye on its left side, the eye on its right side, the nose, the left and
/// the right corner of the mouth.
pub type Points = [Point; 5];

/// Finds the points of faces. Safe to share between threads.
pub struct Marks {
    network: Arc<dyn Model>,
}

impl Marks {
    /// The shipped network, which also finds faces.
    ///
    /// # Errors
    /// When the model is missing, is not the one measured, or is refused by the runtime.
    pub fn load(registry: &Registry) -> Result<Self, InferError> {
        Ok(Self { network: registry.load(centerface::NAME)? })
    }

    /// The points of the one face in `head` (pixels of `picture`), which stands upright and looks into the camera; `None`
    /// where there is any doubt: too small, turned away, more than one face, or none that is sure.
    ///
    /// # Errors
    /// When the network fails or gives an impossible answer.
    pub fn of(&self, picture: &dyn Picture, head: &Rect) -> Result<Option<Points>, DetectError> {
        let side = AROUND * head.width().max(head.height());
        let Some(roi) = Rect::from_center(head.center(), side, side).to_px(picture.size()) else { return Ok(None) };
        let scale = LOOK_PX as f32 / roi.width().max(roi.height()) as f32;
        let scaled = |px: u32| ((px as f32 * scale).round() as u32).max(1);
        let to = Size::new(scaled(roi.width()), scaled(roi.height()));
        let seen = centerface::look_closely(self.network.as_ref(), picture, roi, to)?;
        let inside = |p: Point| (head.x0..head.x1).contains(&p.x) && (head.y0..head.y1).contains(&p.y);
        let mut here = seen.into_iter().filter(|(seen, _)| inside(seen.rect.center()) && seen.score >= OTHER_MIN);
        let (Some((face, points)), None) = (here.next(), here.next()) else { return Ok(None) };
        Ok(trusted(&face, &points).then_some(points))
    }
}

fn trusted(face: &Seen, [left, right, nose, ..]: &Points) -> bool {
    let (dx, dy) = (right.x - left.x, right.y - left.y);
    let across = ((nose.x - left.x) * dx + (nose.y - left.y) * dy) / (dx * dx + dy * dy);
    face.score >= SCORE_MIN
        && face.rect.width() >= WIDTH_MIN_PX
        && dx > dy.abs()
        && (NOSE_INSIDE..=1.0 - NOSE_INSIDE).contains(&across)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};
    use ndarray::ArrayD;

    use super::*;
    use crate::infer::Tensor;

    /// Sees a face of 120 input pixels in every cell whose red is above 100, with this score and the nose there.
    struct Fake {
        score: f32,
        nose: f32,
    }

    impl Model for Fake {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(pixels) = input else { unreachable!("it takes floats") };
            let (rows, columns) = (pixels.shape()[2] / 4, pixels.shape()[3] / 4);
            let mut scores = ArrayD::zeros(vec![1, 1, rows, columns]);
            for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
                if pixels[[0, 0, row * 4 + 2, column * 4 + 2]] > 100.0 {
                    scores[[0, 0, row, column]] = self.score;
                }
            }
            let mut marks = ArrayD::zeros(vec![1, 10, rows, columns]);
            for (channel, value) in
                [0.4, 0.3, 0.4, 0.7, 0.6, self.nose, 0.8, 0.35, 0.8, 0.65].into_iter().enumerate()
            {
                marks.index_axis_mut(ndarray::Axis(1), channel).fill(value);
            }
            let two = |v: f32| ArrayD::from_elem(vec![1, 2, rows, columns], v);
            Ok(vec![scores, two(30f32.ln()), two(0.0), marks])
        }
    }

    fn points(score: f32, nose: f32, dots: &[(u32, u32)]) -> Option<Points> {
        let mut picture = RgbImage::new(400, 400);
        for (x, y) in
            dots.iter().flat_map(|(x, y)| (0..4).flat_map(move |dx| (0..4).map(move |dy| (x + dx, y + dy))))
        {
            picture.put_pixel(x, y, Rgb([255, 0, 0]));
        }
        let head = Rect::from_center(Point::new(200.0, 200.0), 140.0, 180.0);
        Marks { network: Arc::new(Fake { score, nose }) }.of(&picture, &head).unwrap()
    }

    #[test]
    fn the_points_of_a_face_are_in_pixels_of_the_picture() {
        let points = points(0.9, 0.5, &[(200, 200)]).unwrap();
        // 234 pixels of the picture are seen at 256, so the face is 110 wide; its middle is that of the dot.
        let expected = [(180.0, 191.0), (224.0, 191.0), (202.0, 213.0), (185.5, 235.0), (218.5, 235.0)];
        for (got, (x, y)) in points.iter().zip(expected) {
            assert!((got.x - x).abs() < 4.0 && (got.y - y).abs() < 4.0, "{points:?}");
        }
    }

    #[test]
    fn a_doubtful_face_has_no_points() {
        assert_eq!(points(0.6, 0.5, &[(200, 200)]), None, "a weak one");
        assert_eq!(points(0.9, 0.72, &[(200, 200)]), None, "one that is turned away");
        assert_eq!(points(0.9, 0.5, &[(150, 140), (240, 260)]), None, "two in one head");
        assert_eq!(points(0.9, 0.5, &[]), None, "none");
    }
}
