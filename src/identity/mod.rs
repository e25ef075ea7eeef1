//! Telling whether two pictures show the same face. Used only for people who agreed to be seen, and to measure that redacted
//! faces cannot be told; nothing else in the program knows who anybody is.
//!
//! A face is turned and scaled so that its eyes, nose and mouth lie where the network expects them, and becomes 192 numbers
//! (MobileFaceNet, Chen et al. 2018, arXiv 1804.07573). The numbers identify a person as a fingerprint does: they are never
//! printed, and kept only in the store, closed to everybody else.

mod align;
pub mod store;

use std::sync::Arc;

use image::{RgbImage, imageops};
use ndarray::{Array4, ArrayViewD, Axis, Ix2};

use crate::{
    error::InferError,
    geom::Point,
    hash::sha256_hex,
    infer::{Model, Tensor, registry::Registry},
    secret::Secret,
};

/// The network's name in the manifest.
pub const NAME: &str = "mobilefacenet";

/// Numbers of a face.
const NUMBERS: usize = 192;

/// A face as numbers, of length one.
#[derive(Clone, Debug, PartialEq)]
pub struct Faceprint(Secret<Vec<f32>>);

impl Faceprint {
    /// From numbers of any length; `None` when they are not as many as the network gives, not finite, or all zero.
    pub fn new(numbers: Vec<f32>) -> Option<Self> {
        let length = numbers.iter().map(|n| n * n).sum::<f32>().sqrt();
        let usable = numbers.len() == NUMBERS && length.is_finite() && length > 0.0;
        usable.then(|| Self(Secret::new(numbers.into_iter().map(|n| n / length).collect())))
    }

    /// A short hash, to tell whether two are the same; says nothing about the face.
    pub fn fingerprint(&self) -> String {
        let bytes: Vec<u8> = self.0.expose().iter().flat_map(|n| n.to_le_bytes()).collect();
        sha256_hex(&bytes).split_off(48)
    }

    /// How much alike two faces are: the cosine of their angle, 1 for the same picture, about 0 for strangers.
    pub fn similarity(&self, other: &Self) -> f32 {
        self.0.expose().iter().zip(other.0.expose()).map(|(a, b)| a * b).sum()
    }
}

/// Makes numbers of faces. Safe to share between threads.
pub struct Embedder {
    network: Arc<dyn Model>,
}

impl Embedder {
    /// The shipped network.
    ///
    /// # Errors
    /// When the model is missing, is not the one measured, or is refused by the runtime.
    pub fn load(registry: &Registry) -> Result<Self, InferError> {
        Ok(Self::new(registry.load(NAME)?))
    }

    /// An embedder with `network`: from 2 x 112 x 112 x 3 pixels (red, green, blue, about -1 to 1) to 2 x 192 numbers.
    pub fn new(network: Arc<dyn Model>) -> Self {
        Self { network }
    }

    /// The face in `picture` whose eyes (left of the picture, right of it), nose and corners of the mouth (left, right) are
    /// at `points`, in pixels; `None` when these are no face.
    ///
    /// The network takes two pictures at a time: the face and its mirror image, whose numbers are added.
    ///
    /// # Errors
    /// When the network fails or gives an impossible answer.
    pub fn print(&self, picture: &RgbImage, points: &[Point; 5]) -> Result<Option<Faceprint>, InferError> {
        let Some(face) = align::aligned(picture, points) else { return Ok(None) };
        let mirrored = imageops::flip_horizontal(&face);
        let outputs = self.network.run(Tensor::F32(batch([&face, &mirrored]).into_dyn()))?;
        let numbers = outputs.first().ok_or_else(|| wrong("no output"))?;
        sum(numbers.view())
    }
}

fn wrong(detail: &str) -> InferError {
    InferError::BadOutput { name: NAME.to_owned(), detail: detail.to_owned() }
}

/// The two pictures in the order and range of the package that the weights come from.
fn batch(faces: [&RgbImage; 2]) -> Array4<f32> {
    let side = align::SIDE as usize;
    Array4::from_shape_fn((2, side, side, 3), |(face, y, x, channel)| {
        (f32::from(faces[face].get_pixel(x as u32, y as u32).0[channel]) - 127.5) / 128.0
    })
}

fn sum(numbers: ArrayViewD<'_, f32>) -> Result<Option<Faceprint>, InferError> {
    let rows = numbers.into_dimensionality::<Ix2>().map_err(|_| wrong("its answer has not two dimensions"))?;
    if rows.dim() != (2, NUMBERS) {
        return Err(wrong("its answer is not two rows of 192 numbers"));
    }
    let unit = |row: usize| Faceprint::new(rows.index_axis(Axis(0), row).to_vec());
    let (Some(face), Some(mirrored)) = (unit(0), unit(1)) else { return Ok(None) };
    Ok(Faceprint::new(face.0.expose().iter().zip(mirrored.0.expose()).map(|(a, b)| a + b).collect()))
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use ndarray::{Array2, ArrayD};

    use super::*;

    /// Numbers that say how bright each channel is, around a base.
    struct Brightness;

    impl Model for Brightness {
        fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
            let Tensor::F32(input) = input else { unreachable!("it takes floats") };
            assert_eq!(input.shape(), [2, 112, 112, 3]);
            let mut numbers = Array2::zeros((2, NUMBERS));
            for (face, channel) in (0..2).flat_map(|f| (0..3).map(move |c| (f, c))) {
                numbers[[face, channel]] = input[[face, 56, 56, channel]] + 1.0;
            }
            Ok(vec![numbers.into_dyn()])
        }
    }

    const FACE: [Point; 5] = [
        Point::new(38.0, 52.0),
        Point::new(74.0, 52.0),
        Point::new(56.0, 72.0),
        Point::new(42.0, 92.0),
        Point::new(70.0, 92.0),
    ];

    fn print(colour: [u8; 3]) -> Faceprint {
        let picture = RgbImage::from_pixel(112, 112, Rgb(colour));
        Embedder::new(Arc::new(Brightness)).print(&picture, &FACE).unwrap().unwrap()
    }

    #[test]
    fn the_same_face_is_alike_and_another_is_not() {
        assert!((print([200, 10, 10]).similarity(&print([200, 10, 10])) - 1.0).abs() < 1e-5);
        assert!(print([200, 0, 0]).similarity(&print([0, 0, 200])) < 0.1);
    }

    #[test]
    fn points_in_one_place_are_no_face() {
        let nowhere = [Point::new(5.0, 5.0); 5];
        let embedder = Embedder::new(Arc::new(Brightness));
        assert_eq!(embedder.print(&RgbImage::new(20, 20), &nowhere).unwrap(), None);
    }

    #[test]
    fn a_face_is_never_printed() {
        let text = format!("{:?}", print([200, 10, 10]));
        assert_eq!(text, "Faceprint(<secret>)");
    }

    #[test]
    fn numbers_that_say_nothing_are_no_face() {
        assert!(Faceprint::new(vec![0.0; NUMBERS]).is_none() && Faceprint::new(vec![1.0; 3]).is_none());
        assert!(Faceprint::new(vec![f32::NAN; NUMBERS]).is_none());
    }
}
