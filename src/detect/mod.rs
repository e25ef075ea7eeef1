//! Finding what identifies. One folder or file a kind of thing; all are [`Detector`]s over a [`Picture`].

pub mod face;
pub mod picture;
mod pose;
pub mod text;

pub use picture::Picture;

use crate::{
    effort::Effort,
    error::{DetectError, InferError},
    finding::{Class, Finding},
    infer::registry::Registry,
};

/// Looks at one upright picture and says what it sees.
///
/// Findings are in pixels of that picture and already grown to everything that must go (a face to its head, a line of
/// text to its ascenders). A detector may be called from several threads at once.
pub trait Detector: Send + Sync {
    /// The class of everything it finds.
    fn class(&self) -> Class;

    /// Everything it sees; an empty list means that it looked and saw nothing.
    ///
    /// # Errors
    /// When a model fails or gives an impossible answer; the picture must then be withheld.
    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError>;

    /// One cheap look at a frame of a video, one of many: what it misses, the next may see, and a tracker puts them
    /// together. Weak findings are given too, with their scores.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    fn glance(&self, picture: &dyn Picture, _glance: Glance) -> Result<Vec<Finding>, DetectError> {
        self.detect(picture)
    }
}

/// Which of many looks at a scene this is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Glance {
    /// How many looks for this class the scene had before.
    pub number: u64,
    /// How far the camera turned the picture since the scene began, in radians, clockwise on the screen.
    pub roll: f32,
}

/// The shipped detectors for `classes`.
///
/// # Errors
/// When a model that one of them needs is missing, is not the one measured, or is refused by the runtime.
pub fn load(classes: &[Class], effort: Effort, registry: &Registry) -> Result<Vec<Box<dyn Detector>>, InferError> {
    let mut detectors: Vec<Box<dyn Detector>> = Vec::new();
    for class in classes {
        match class {
            Class::Face => detectors.push(Box::new(face::load(registry, effort)?)),
            Class::Text => detectors.push(Box::new(text::load(registry, effort)?)),
            // Named by the user, not found.
            Class::Region => {}
        }
    }
    Ok(detectors)
}
