//! What a worker hands over, proved once more by whoever publishes it. Separate from the worker's own checks, which a decoder
//! that was taken over by its file can pass by: it must not get the file's metadata, or anything else behind the picture,
//! published. Nothing is decoded here, and the walkers call no foreign code.

use crate::{
    clip::Container,
    error::WorkerError,
    media::draft::Draft,
    metadata::VideoProof,
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
    let proof = prove_film(draft.path(), &film, &mut |_, _| ()).map_err(unproved)?;
    lasts(&proof, report.container, report.duration_us)
}

/// Holds the length that the worker tells against the tables of the draft: a film that shows its frames at other times
/// than it was said to is not the one that was checked.
fn lasts(proof: &VideoProof, container: Container, told_us: u64) -> Result<(), WorkerError> {
    let us = |ticks: i64| proof.time_base.us(ticks.saturating_sub(proof.first));
    let last_us = us(proof.last);
    let end_us = match container {
        // Its tables say how long the last picture is shown, to the tick; one tick more for rounding.
        Container::Mp4 => proof.end.map(us),
        // The length there may be that of the sound, and is none of the pictures' in a transport stream.
        Container::Mkv | Container::WebM | Container::Ts => None,
    };
    let tick_us = proof.time_base.us(1) + 1;
    if last_us <= told_us.saturating_add(ROUNDED_US) && end_us.is_none_or(|end| end.abs_diff(told_us) <= tick_us) {
        return Ok(());
    }
    let reason = format!("it lasts {} us, and {told_us} us were told", end_us.unwrap_or(last_us));
    Err(WorkerError::Unproved { reason })
}

/// Times in Matroska are in thousandths of a second.
const ROUNDED_US: u64 = 1000;

fn unproved(refutation: Refutation) -> WorkerError {
    WorkerError::Unproved { reason: refutation.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clip::{Codec, TimeBase},
        geom::Size,
    };

    #[test]
    fn a_film_that_lasts_longer_or_less_than_was_told_is_not_believed() {
        let proof = VideoProof {
            size: Size::new(16, 16),
            pixel_aspect: (1, 1),
            codec: Codec::H264,
            frames: 3,
            channels: None,
            time_base: TimeBase { num: 1001, den: 30_000 },
            first: 0,
            last: 2,
            end: Some(3),
        };
        let believed = |container, told_us| lasts(&proof, container, told_us).is_ok();
        assert!(believed(Container::Mp4, 100_100));
        assert!(!believed(Container::Mp4, 200_100) && !believed(Container::Mp4, 60_000));
        for container in [Container::Mkv, Container::WebM, Container::Ts] {
            // The last frame begins at 66.7 ms; how long it stays is not in the tables.
            assert!(believed(container, 100_100) && !believed(container, 40_000), "{container:?}");
        }
    }
}
