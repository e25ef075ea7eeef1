//! What a batch asks of whoever cleans, so that it need not know whether that happens in this process or in another.

use std::path::Path;

use super::{Cleaned, Cleaner, InputReport, ModelUsed, Notes};
use crate::{error::CleanError, media::draft::Draft, policy::Policy};

/// What is wanted of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Finished, checked outputs.
    Clean,
    /// A report only.
    Look,
}

/// Whoever cleans one input after the other, or several at once from several threads.
pub trait Cleaning: Sync {
    /// The policy in force.
    fn policy(&self) -> &Policy;

    /// The models in use, with their hashes.
    fn models(&self) -> &[ModelUsed];

    /// Cleans a picture in memory, or only looks at it; then there are no outputs. `place` is its path below the folder that
    /// is cleaned, for authorizations that are for some files only.
    ///
    /// # Errors
    /// As [`Cleaner::clean_bytes`], and what can happen to a worker.
    fn picture(&self, bytes: Vec<u8>, place: &Path, goal: Goal) -> Result<Cleaned, CleanError>;

    /// Cleans a video into a draft, or only looks at it when there is none; `place` as for pictures; `notes` is told what goes
    /// in each frame.
    ///
    /// # Errors
    /// As [`Cleaner::clean_video_into`], and what can happen to a worker.
    fn video(
        &self,
        input: &Path,
        place: &Path,
        into: Option<&Draft>,
        notes: Option<&mut Notes<'_>>,
    ) -> Result<InputReport, CleanError>;
}

impl Cleaning for Cleaner {
    fn policy(&self) -> &Policy {
        Cleaner::policy(self)
    }

    fn models(&self) -> &[ModelUsed] {
        Cleaner::models(self)
    }

    fn picture(&self, bytes: Vec<u8>, place: &Path, goal: Goal) -> Result<Cleaned, CleanError> {
        match goal {
            Goal::Clean => self.clean_bytes_at(bytes, Some(place)),
            Goal::Look => {
                let report = self.inspect_bytes_at(bytes, Some(place))?;
                Ok(Cleaned { outputs: Vec::new(), withheld: Vec::new(), report })
            }
        }
    }

    fn video(
        &self,
        input: &Path,
        place: &Path,
        into: Option<&Draft>,
        notes: Option<&mut Notes<'_>>,
    ) -> Result<InputReport, CleanError> {
        match into {
            Some(draft) => self.clean_video_into(input, Some(place), draft, notes),
            None => self.inspect_video(input, Some(place), notes),
        }
    }
}
