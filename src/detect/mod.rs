//! Finding what identifies. One folder or file a kind of thing; all are [`Detector`]s over a [`Picture`].

pub mod picture;

pub use picture::Picture;

use crate::{
    error::DetectError,
    finding::{Class, Finding},
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
}
