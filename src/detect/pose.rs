//! Bodies, for the heads that they carry: MoveNet multipose, at most six people a look. Separate from faces because it
//! sees what has no face (turned away, masked and goggled, lying) and may serve other detectors.

use ndarray::Array4;

use crate::{
    error::{DetectError, InferError},
    geom::{Point, Size},
    infer::{Model, Tensor},
};

use super::Picture;

/// The network's name in the manifest.
pub(super) const NAME: &str = "movenet-multipose";

/// Both sides of the input are multiples of this many pixels; the rest is padded with black.
const SIDE_MULTIPLE: u32 = 32;

/// Numbers a person: 17 points as y, x, score; a box; a score.
const NUMBERS: usize = 56;
const POINTS: usize = 17;

/// A point of a body, in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Joint {
    /// Where.
    pub at: Point,
    /// How sure, 0 to 1.
    pub score: f32,
}

/// The points of a body that tell where its head is. Left and right are the person's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Person {
    /// How sure it is that this is a person, 0 to 1.
    pub score: f32,
    /// Nose, left eye, right eye, left ear, right ear.
    pub face: [Joint; 5],
    /// Left and right shoulder.
    pub shoulders: [Joint; 2],
}

/// The people in `picture`, whose long side is shrunk or enlarged to `long_side` pixels.
///
/// # Errors
/// When the picture cannot be sampled, the network fails or answers in another shape.
pub(super) fn look(model: &dyn Model, picture: &dyn Picture, long_side: u32) -> Result<Vec<Person>, DetectError> {
    let size = picture.size();
    let scale = f64::from(long_side) / f64::from(size.long_side().max(1));
    let scaled = |px: u32| ((f64::from(px) * scale).round() as u32).max(1);
    let to = Size::new(scaled(size.width), scaled(size.height));
    let pixels = picture.sample(size.px_rect(), to)?;
    let padded = Size::new(to.width.next_multiple_of(SIDE_MULTIPLE), to.height.next_multiple_of(SIDE_MULTIPLE));
    let mut input = Array4::<i32>::zeros((1, padded.height as usize, padded.width as usize, 3));
    for (x, y, pixel) in pixels.enumerate_pixels() {
        for (channel, value) in pixel.0.iter().enumerate() {
            input[[0, y as usize, x as usize, channel]] = i32::from(*value);
        }
    }
    let answer = model.run(Tensor::I32(input.into_dyn()))?;
    let numbers = answer
        .first()
        .filter(|a| a.ndim() == 3 && a.shape()[2] == NUMBERS)
        .map(|a| a.iter().copied().collect::<Vec<f32>>())
        .ok_or_else(|| InferError::BadOutput {
            name: NAME.to_owned(),
            detail: format!("it does not give {NUMBERS} numbers a person"),
        })?;
    // Points are shares of the padded input.
    let sx = padded.width as f32 * size.width as f32 / to.width as f32;
    let sy = padded.height as f32 * size.height as f32 / to.height as f32;
    Ok(numbers
        .chunks_exact(NUMBERS)
        .map(|person| {
            let joint = |index: usize| {
                let [y, x, score] = [0, 1, 2].map(|part| person[index * 3 + part]);
                Joint { at: Point::new(x * sx, y * sy), score }
            };
            Person {
                score: person[POINTS * 3 + 4],
                face: std::array::from_fn(joint),
                shoulders: [joint(5), joint(6)],
            }
        })
        .collect())
}

#[cfg(test)]
pub(super) mod tests {
    use image::RgbImage;
    use ndarray::ArrayD;

    use super::*;

    /// Always sees the same people, given as 56 numbers each.
    pub struct Always(pub Vec<[f32; NUMBERS]>);

    impl Model for Always {
        fn run(&self, _input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let flat = self.0.iter().flatten().copied().collect();
            Ok(vec![ArrayD::from_shape_vec(vec![1, self.0.len(), NUMBERS], flat).expect("56 numbers each")])
        }
    }

    #[test]
    fn points_are_shares_of_the_padded_input_and_come_back_in_pixels_of_the_picture() {
        let mut numbers = [0.0; NUMBERS];
        // The nose in the middle of the padded input: 500 x 250 is shrunk to 100 x 50 and padded to 128 x 64.
        numbers[..3].copy_from_slice(&[0.5, 0.5, 0.75]);
        numbers[55] = 0.5;
        let people = look(&Always(vec![numbers]), &RgbImage::new(500, 250), 100).unwrap();
        assert_eq!(people.len(), 1);
        assert_eq!((people[0].score, people[0].face[0].score), (0.5, 0.75));
        let Point { x, y } = people[0].face[0].at;
        assert!((x - 320.0).abs() < 1e-3 && (y - 160.0).abs() < 1e-3, "{x} {y}");
    }

    #[test]
    fn an_answer_in_another_shape_is_an_error() {
        struct Wrong;
        impl Model for Wrong {
            fn run(&self, _input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
                Ok(vec![ArrayD::zeros(vec![1, 6, 17])])
            }
        }
        assert!(look(&Wrong, &RgbImage::new(64, 64), 64).is_err());
    }
}
