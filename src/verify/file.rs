//! A file of unknown origin, held against the lists that outputs are held against. Separate from the checks of outputs,
//! because nothing is known here of what the file should hold: what its structure says is compared with what is decoded.

use std::{fs::File, path::Path};

use serde::Serialize;

use super::{ExpectedVideo, Refutation, same, video::decode_all};
use crate::{
    clip::{Container, TimeBase},
    error::MediaError,
    limits::Limits,
    media,
    metadata::{self, Form, Proof, Refuted, VideoForm, VideoProof, prove::prove_any},
};

/// What a proved file is, and what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Proved {
    /// A picture or an animation.
    Picture {
        /// How it is coded.
        form: Form,
        /// What it shows.
        #[serde(flatten)]
        proof: Proof,
    },
    /// A video.
    Video {
        /// Its container.
        form: VideoForm,
        /// What it shows.
        #[serde(flatten)]
        proof: VideoProof,
    },
}

impl Proved {
    /// The form's name, for reports.
    pub const fn name(self) -> &'static str {
        match self {
            Proved::Picture { form, .. } => form.name(),
            Proved::Video { form, .. } => form.name(),
        }
    }
}

/// Why a file is not proved.
#[derive(Debug, thiserror::Error)]
pub enum Unproved {
    /// It could not be read, so that nothing is known about it.
    #[error("{0}")]
    Unread(MediaError),
    /// Something is in it that is not on the list, or it does not show what it says.
    #[error("{0}")]
    Refuted(Refutation),
}

impl From<Refutation> for Unproved {
    fn from(refutation: Refutation) -> Self {
        match refutation {
            // A build without the decoder, or a disk that fails, says nothing about the file.
            Refutation::Decode(error @ (MediaError::NotBuilt { .. } | MediaError::Io { .. })) => {
                Unproved::Unread(error)
            }
            Refutation::VideoStructure(Refuted::Unread(source)) => Unproved::Unread(unread(source)),
            refutation => Unproved::Refuted(refutation),
        }
    }
}

fn unread(source: std::io::Error) -> MediaError {
    MediaError::Io { doing: "reading the file", source }
}

/// Proves that a file, whatever its origin and its name, holds its picture or video and nothing else: the structure
/// that outputs have, every byte accounted for, and as many pictures decoded as it says. A file of any other form is
/// refuted, whatever it holds.
///
/// # Errors
/// The first thing that refutes it, or why it could not be read.
pub fn prove_file(path: &Path, limits: &Limits) -> Result<Proved, Unproved> {
    let head = match media::head(path) {
        Ok(head) => head,
        Err(MediaError::Empty) => Vec::new(),
        Err(error) => return Err(Unproved::Unread(error)),
    };
    match VideoForm::of(&head) {
        Some(form) => video(path, form, limits),
        None => picture(path, limits),
    }
}

fn picture(path: &Path, limits: &Limits) -> Result<Proved, Unproved> {
    let bytes = match media::read_file(path, limits) {
        Err(MediaError::Empty) => Vec::new(),
        read => read.map_err(Unproved::Unread)?,
    };
    let proof = prove_any(&bytes).map_err(Refutation::from)?;
    let Some(form) = Form::of(&bytes) else { unreachable!("what was proved has a form") };
    let decode = || -> Result<(), Refutation> {
        let mut source = media::image::open(bytes, limits)?;
        let mut frames = 0;
        while let Some(timed) = source.next_frame()? {
            same("frame size", timed.frame.size(), proof.size)?;
            frames += 1;
        }
        same("decoded frames", frames, proof.frames)
    };
    decode()?;
    Ok(Proved::Picture { form, proof })
}

fn video(path: &Path, form: VideoForm, limits: &Limits) -> Result<Proved, Unproved> {
    let mut file = File::open(path).map_err(|e| Unproved::Unread(unread(e)))?;
    let mut shown_us = Vec::new();
    let mut on_frame = |ticks: i64, base: TimeBase| shown_us.push(base.us(ticks));
    let proof = metadata::prove_video(&mut file, form, true, &mut on_frame).map_err(Refutation::from)?;
    let container = match form {
        VideoForm::Mp4 | VideoForm::FragmentedMp4 => Container::Mp4,
        VideoForm::Mkv => Container::Mkv,
        VideoForm::WebM => Container::WebM,
        VideoForm::Ts => Container::Ts,
    };
    let sound = proof.channels.is_some();
    // Times count from the first picture there, and from the start of the file here.
    let first = shown_us.iter().copied().min().unwrap_or(0);
    shown_us.iter_mut().for_each(|at| *at -= first);
    let expected = ExpectedVideo { container, codec: proof.codec, size: proof.size, shown_us: &shown_us, sound };
    decode_all::<Refutation>(path, &expected, limits, &mut |_, _| Ok(()))?;
    Ok(Proved::Video { form, proof })
}
