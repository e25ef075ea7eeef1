//! The checks of a finished video: its structure, and every frame decoded again. Separate from the checks of pictures,
//! because a video is read from disk piece by piece.

use std::{fs::File, path::Path};

use super::{Refutation, same};
use crate::{
    clip::{Audio, Codec, Container, Span, TimeBase, VideoOptions},
    frame::{Raw, Yuv},
    geom::Size,
    limits::Limits,
    media::video::{Input, Unit, open},
    metadata::{VideoForm, VideoProof, prove_video},
};

/// What a finished video should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedVideo<'a> {
    /// The container.
    pub container: Container,
    /// The codec of the pictures.
    pub codec: Codec,
    /// Size of what is displayed, in pixels.
    pub size: Size,
    /// When each frame is shown, in microseconds.
    pub shown_us: &'a [u64],
    /// Whether there is sound.
    pub sound: bool,
}

/// What a finished video should say of itself, whenever its frames are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Film {
    /// The container.
    pub container: Container,
    /// The codec of the pictures.
    pub codec: Codec,
    /// Size of what is displayed, in pixels.
    pub size: Size,
    /// Number of frames.
    pub frames: u64,
    /// Whether there is sound.
    pub sound: bool,
}

impl Film {
    /// The form to be proved of a file.
    fn form(&self) -> VideoForm {
        match self.container {
            Container::Mp4 => VideoForm::Mp4,
            Container::Mkv => VideoForm::Mkv,
            Container::WebM => VideoForm::WebM,
            Container::Ts => VideoForm::Ts,
        }
    }
}

impl ExpectedVideo<'_> {
    fn film(&self) -> Film {
        let Self { container, codec, size, shown_us, sound } = *self;
        Film { container, codec, size, frames: shown_us.len() as u64, sound }
    }

    /// How far a time may be from what was encoded, in microseconds: the container's own resolution.
    fn tolerance_us(&self) -> u64 {
        match self.container {
            Container::Mp4 => 1,
            Container::Mkv | Container::WebM => 1000,
            Container::Ts => 12,
        }
    }

    fn check_time(&self, index: usize, got_us: u64) -> Result<(), Refutation> {
        match self.shown_us.get(index) {
            Some(&want) if want.abs_diff(got_us) <= self.tolerance_us() => Ok(()),
            Some(want) => Err(Refutation::Content {
                got: format!("frame {index} at {got_us} us"),
                want: format!("{want} us"),
            }),
            None => Err(Refutation::Content {
                got: format!("a frame {index}"),
                want: format!("{} frames", self.shown_us.len()),
            }),
        }
    }
}

/// Told of every decoded frame of a finished video by its number, and may refute it too.
pub type OnFrame<'a, E> = dyn FnMut(usize, &Yuv<Raw>) -> Result<(), E> + 'a;

/// Tries every check on a finished video.
///
/// # Errors
/// With the first check that refutes it, or when it cannot be read.
pub fn refute_video<E: From<Refutation>>(
    path: &Path,
    expected: &ExpectedVideo<'_>,
    limits: &Limits,
    on_frame: &mut OnFrame<'_, E>,
) -> Result<(), E> {
    prove(path, expected)?;
    decode_all(path, expected, limits, on_frame)
}

fn prove(path: &Path, expected: &ExpectedVideo<'_>) -> Result<(), Refutation> {
    let (mut index, mut wrong) = (0, None);
    prove_film(path, &expected.film(), &mut |ticks, base| {
        let checked = expected.check_time(index, base.us(ticks));
        index += 1;
        if wrong.is_none() {
            wrong = checked.err();
        }
    })?;
    wrong.map_or(Ok(()), Err)
}

/// The checks of a finished video that decode no picture: nothing is in the file that is not on the list, and it says
/// that it shows what was expected. `on_frame` is told when each frame is shown, in ticks. Calls no foreign code, so that it
/// may be run on what nobody trusts.
///
/// # Errors
/// With the first check that refutes it, or when it cannot be read.
pub fn prove_film(
    path: &Path,
    film: &Film,
    on_frame: &mut dyn FnMut(i64, TimeBase),
) -> Result<VideoProof, Refutation> {
    let io = |source| crate::error::MediaError::Io { doing: "reading the output again", source };
    let mut file = File::open(path).map_err(io)?;
    let proof = prove_video(&mut file, film.form(), film.sound, on_frame)?;
    let pair = |size: Size| (size.width, size.height);
    same("size", pair(proof.size), pair(film.size))?;
    same("frame count", proof.frames, film.frames)?;
    same("codec", proof.codec, film.codec)?;
    same("sound", proof.channels.is_some(), film.sound)?;
    Ok(proof)
}

pub(super) fn decode_all<E: From<Refutation>>(
    path: &Path,
    expected: &ExpectedVideo<'_>,
    limits: &Limits,
    on_frame: &mut OnFrame<'_, E>,
) -> Result<(), E> {
    let audio = if expected.sound { Audio::Keep } else { Audio::Drop };
    let options = VideoOptions { audio, ..VideoOptions::default() };
    let mut source = open(Input::File(path), &options, Span::default(), limits).map_err(Refutation::from)?;
    let base = source.info().time_base;
    let mut frames = 0;
    while let Some(unit) = source.next_unit().map_err(Refutation::from)? {
        match unit {
            Unit::Frame(timed) => {
                let pair = |size: Size| (size.width, size.height);
                same("frame size", pair(timed.frame.size()), pair(expected.size))?;
                expected.check_time(frames, base.us(timed.pts))?;
                on_frame(frames, &timed.frame)?;
                frames += 1;
            }
            Unit::Damaged { .. } => same("damaged frames", 1, 0)?,
            Unit::Sound(_) => {}
        }
    }
    Ok(same("decoded frames", frames, expected.shown_us.len())?)
}
