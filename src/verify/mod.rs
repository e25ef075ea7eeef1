//! Opens a finished output again and tries to refute it. Shares no code with the encoders: the structure is walked by
//! an allow-list of its own, and the pixels are decoded by another library than the one that wrote them.

mod file;
#[cfg(all(test, feature = "video"))]
mod tests;
mod video;

pub use file::{Proved, Unproved, prove_file};
pub use video::{ExpectedVideo, Film, prove_film, refute_video};

use image::RgbImage;

use crate::{
    geom::Size,
    limits::Limits,
    media::{self, image::OutputFormat},
    metadata::{self, Form},
};

/// What the output should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The format.
    pub format: OutputFormat,
    /// Size in pixels.
    pub size: Size,
    /// Number of frames.
    pub frames: u32,
}

/// Why an output may not be published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refutation {
    /// Something in the file is not on the allow-list, or a byte is unaccounted for.
    #[error("the output's structure is not clean: {0}")]
    Structure(#[from] metadata::Violation),
    /// A video's structure is not clean, or it could not be read again.
    #[error("the output's structure is not clean: {0}")]
    VideoStructure(#[from] metadata::Refuted),
    /// It does not decode.
    #[error("the output does not decode: {0}")]
    Decode(#[from] crate::error::MediaError),
    /// It decodes to something else than was encoded.
    #[error("the output has {got}, expected {want}")]
    Content {
        /// What was found.
        got: String,
        /// What was encoded.
        want: String,
    },
}

/// Tries every check on the finished bytes of one output; `on_frame` is told of every frame that was decoded, in order,
/// and may refute it too.
///
/// # Errors
/// With the first check that refutes it.
pub fn refute<E: From<Refutation>>(
    bytes: &[u8],
    expected: &Expected,
    limits: &Limits,
    on_frame: &mut dyn FnMut(&RgbImage) -> Result<(), E>,
) -> Result<(), E> {
    prove_output(bytes, expected)?;
    let mut source = media::image::open(bytes.to_vec(), limits).map_err(Refutation::from)?;
    let mut frames = 0;
    while let Some(timed) = source.next_frame().map_err(Refutation::from)? {
        let size = timed.frame.size();
        same("frame size", (size.width, size.height), (expected.size.width, expected.size.height))?;
        frames += 1;
        on_frame(timed.frame.pixels())?;
    }
    Ok(same("decoded frames", frames, expected.frames)?)
}

/// The checks of finished bytes that decode no picture: nothing is in them that is not on the list, and they say that they
/// show what was expected. Calls no foreign code, so that it may be run on what nobody trusts.
///
/// # Errors
/// With the first check that refutes it.
pub fn prove_output(bytes: &[u8], expected: &Expected) -> Result<(), Refutation> {
    let proof = metadata::prove(bytes, form(expected.format))?;
    same("size", (proof.size.width, proof.size.height), (expected.size.width, expected.size.height))?;
    same("frame count", proof.frames, expected.frames)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, want: T) -> Result<(), Refutation> {
    if got == want {
        return Ok(());
    }
    Err(Refutation::Content { got: format!("{what} {got:?}"), want: format!("{want:?}") })
}

/// What the prover calls a format. The two lists are kept apart because prover and encoders share no code.
fn form(format: OutputFormat) -> Form {
    match format {
        OutputFormat::Jpeg => Form::Jpeg,
        OutputFormat::Png => Form::Png,
        OutputFormat::Apng => Form::Apng,
        OutputFormat::Gif => Form::Gif,
    }
}
