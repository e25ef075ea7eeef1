//! How the library says what it is doing. It never prints: whoever wants to know passes an [`Observer`].

use serde::{Deserialize, Serialize};

use crate::{error::CleanError, finding::Class};

/// What is about to happen to the current input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The next frame is decoded; the number counts from zero.
    Decoding(u32),
    /// A detector looks for this class.
    Detecting(Class),
    /// Areas are destroyed.
    Redacting,
    /// The output is encoded.
    Encoding,
    /// The output is opened again and checked.
    Verifying,
}

/// Told of every step.
pub trait Observer: Send + Sync {
    /// Called before each step.
    ///
    /// # Errors
    /// Returning [`CleanError::Interrupted`] stops the current input; nothing is written for it.
    fn step(&self, step: Step) -> Result<(), CleanError>;

    /// Called when a frame of a video is finished: how many are, and of how many if the container says.
    fn frames(&self, _done: u64, _of: Option<u64>) {}
}

/// Hears everything and says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {
    fn step(&self, _step: Step) -> Result<(), CleanError> {
        Ok(())
    }
}
