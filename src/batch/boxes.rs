//! What was destroyed where, one line of JSON a frame, for those who want to check or reuse it. Holds places and
//! classes only: no name, no text.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

use crate::{area::Area, error::MediaError, pipeline::FrameNote};

/// The file, open for writing.
pub struct Boxes {
    file: Mutex<BufWriter<File>>,
}

#[derive(Serialize)]
struct Line<'a> {
    /// Place of the input in the list, from 0.
    input: usize,
    /// Number of the frame or page, from 0.
    frame: u64,
    /// When it is shown, in microseconds from the first one.
    at_us: u64,
    areas: &'a [Area],
}

impl Boxes {
    /// Makes the file, or empties it.
    ///
    /// # Errors
    /// [`MediaError::Io`], as for everything here.
    pub fn create(path: &Path) -> Result<Self, MediaError> {
        let file = File::create(path).map_err(failed)?;
        Ok(Self { file: Mutex::new(BufWriter::new(file)) })
    }

    /// A frame of a video; `input` is its place in the list.
    ///
    /// # Errors
    /// [`MediaError::Io`].
    pub fn frame(&self, input: usize, note: &FrameNote<'_>) -> Result<(), MediaError> {
        self.line(&Line { input, frame: note.frame, at_us: note.at_us, areas: note.areas })
    }

    /// A picture or a page.
    pub(super) fn picture(&self, input: usize, page: usize, areas: &[Area]) -> Result<(), MediaError> {
        self.line(&Line { input, frame: page as u64, at_us: 0, areas })
    }

    fn line(&self, line: &Line<'_>) -> Result<(), MediaError> {
        let mut text = serde_json::to_string(line).map_err(|e| failed(e.into()))?;
        text.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_bytes()).map_err(failed)
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// [`MediaError::Io`].
    pub fn finish(&self) -> Result<(), MediaError> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).flush().map_err(failed)
    }
}

fn failed(source: std::io::Error) -> MediaError {
    MediaError::Io { doing: "writing the boxes", source }
}
