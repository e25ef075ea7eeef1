//! What a worker hands over, proved once more by whoever publishes it. Separate from the worker's own checks, which a decoder
//! that was taken over by its file can pass by: it must not get the file's metadata, or anything else behind the picture,
//! published. Nothing is decoded here, and the walkers call no foreign code.

use crate::{
    error::WorkerError,
    media::draft::Draft,
    pipeline::{Output, VideoReport},
    verify::{Expected, Film, Refutation, prove_film, prove_output},
};

/// Proves pictures.
///
/// # Errors
/// [`WorkerError::Unproved`] with the first thing that is not as the worker said.
pub fn pictures(made: &[Output]) -> Result<(), WorkerError> {
    for Output { format, bytes, size, frames } in made {
        prove_output(bytes, &Expected { format: *format, size: *size, frames: *frames }).map_err(unproved)?;
    }
    Ok(())
}

/// Proves a video. The worker that filled the draft must have ended: it could change what was proved.
///
/// # Errors
/// As [`pictures`].
pub fn video(draft: &Draft, report: &VideoReport) -> Result<(), WorkerError> {
    let film = Film {
        container: report.container,
        codec: report.codec,
        size: report.output_size,
        frames: report.frames,
        sound: report.audio.is_some(),
    };
    prove_film(draft.path(), &film, &mut |_, _| ()).map_err(unproved)
}

fn unproved(refutation: Refutation) -> WorkerError {
    WorkerError::Unproved { reason: refutation.to_string() }
}
