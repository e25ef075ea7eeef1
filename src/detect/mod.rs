//! Finding what identifies. One folder or file a kind of thing; all are [`Detector`]s over a [`Picture`].

pub mod code;
pub mod evidence;
pub mod face;
mod input;
pub mod object;
pub mod palm;
pub mod picture;
mod plane;
mod pose;
pub mod read;
pub mod second;
pub mod text;
mod tile;

pub use picture::{Part, Picture};
pub use second::SecondLook;

use crate::{
    effort::Effort,
    error::{DetectError, InferError},
    finding::{Class, Finding},
    geom::PxRect,
    infer::registry::Registry,
};

/// Looks at one upright picture and says what it sees.
///
/// Findings are in pixels of that picture and already grown to everything that must go (a face to its head, a line of
/// text to its ascenders). A detector may be called from several threads at once.
pub trait Detector: Send + Sync {
    /// The classes of everything it finds.
    fn classes(&self) -> &[Class];

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
    fn glance(&self, picture: &dyn Picture, glance: Glance) -> Result<Glimpse, DetectError> {
        Ok(Glimpse { found: self.detect(picture)?, up: glance.up })
    }

    /// One cheap look at `part` of a frame alone, for what is about a quarter as large as that part; in pixels of the frame.
    ///
    /// # Errors
    /// As [`Detector::detect`].
    fn glance_at_part(&self, picture: &dyn Picture, part: PxRect) -> Result<Vec<Finding>, DetectError> {
        let part = Part { picture, roi: part };
        Ok(part.back(self.glance(&part, Glance { number: 1, ..Glance::default() })?.found))
    }
}

/// What one look saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glimpse {
    /// Everything that may be there.
    pub found: Vec<Finding>,
    /// Which way is up in this scene as far as is known now, to be handed to its next look: see [`Glance::up`].
    pub up: u8,
}

/// Which of many looks at a scene this is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Glance {
    /// How many looks for this class the scene had before.
    pub number: u64,
    /// How far the camera turned the picture since the scene began, in radians, clockwise on the screen.
    pub roll: f32,
    /// Quarter turns, clockwise, that would have brought the scene's first frame upright; 0 for the first look.
    pub up: u8,
}

/// The shipped detectors for `classes`.
///
/// # Errors
/// When a model that one of them needs is missing, is not the one measured, or is refused by the runtime.
pub fn load(classes: &[Class], effort: Effort, registry: &Registry) -> Result<Vec<Box<dyn Detector>>, InferError> {
    let mut detectors: Vec<Box<dyn Detector>> = Vec::new();
    for class in classes {
        // One detector may find several classes.
        if detectors.iter().any(|d| d.classes().contains(class)) {
            continue;
        }
        match class {
            Class::Face => detectors.push(Box::new(face::load(registry, effort)?)),
            Class::Text => detectors.push(Box::new(text::load(registry, effort)?)),
            Class::Code => detectors.push(Box::new(code::Codes)),
            Class::Screen | Class::Document | Class::Wristband | Class::Badge => {
                detectors.push(Box::new(object::load(registry, effort)?));
            }
            // Named by the user, not found.
            Class::Region => {}
        }
    }
    Ok(detectors)
}
