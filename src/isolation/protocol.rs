//! What a program and its workers say to each other over two pipes. Public so that a worker can be written, or played in
//! a test, by somebody else.
//!
//! A message is the length of its head (4 bytes), the length of its body (8 bytes), both little-endian, the head (JSON)
//! and the body (the bytes of files, one after the other). The program begins with [`Ask::Begin`] and hears
//! [`Answer::Ready`] or [`Answer::Refused`]; to every further question it hears any number of [`Answer::Step`],
//! [`Answer::Frames`] and [`Answer::Note`], then one [`Answer::Done`] or [`Answer::Failed`].

use std::io::{Error, ErrorKind, Read, Result, Write};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Protection;
use crate::{
    area::Area,
    exact::ExactPath,
    geom::Size,
    media::image::OutputFormat,
    pipeline::{InputReport, ModelUsed, Step},
};

/// Version of the messages. A worker of another version refuses to begin.
pub const VERSION: u32 = 3;

/// Longest head that is read, in bytes; the report of the longest animation that the default limits let through is a
/// tenth of it.
const MOST_HEAD_BYTES: u32 = 256 << 20;

/// What a worker is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Load what is needed, give up all rights but those named, and say so.
    Begin(Box<Begin>),
    /// Clean the file in the body.
    Picture {
        /// Its path below the folder that is cleaned.
        place: ExactPath,
        /// Only look: no outputs.
        look: bool,
    },
    /// Clean the video that [`Begin::video`] names.
    Video {
        /// Its path below the folder that is cleaned.
        place: ExactPath,
        /// Tell what was destroyed in each frame.
        notes: bool,
    },
}

/// How a worker is set up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Begin {
    /// [`VERSION`].
    pub v: u32,
    /// Program and version; both ends must be of one release.
    pub tool: String,
    /// The policy as TOML.
    pub policy: String,
    /// Look for nothing and need no models: [`Cleaner::metadata_only`](crate::Cleaner::metadata_only).
    pub metadata_only: bool,
    /// ONNX Runtime's library, as an absolute path like all others; absent when nothing is looked for.
    pub library: Option<ExactPath>,
    /// The models folder; absent when nothing is looked for.
    pub models: Option<ExactPath>,
    /// Manifests of the user's own models.
    pub own_models: Vec<ExactPath>,
    /// Threads of one inference.
    pub threads: usize,
    /// Most memory that the worker may hold.
    pub memory_bytes: u64,
    /// The only files that it may open later; absent for pictures, which come as bytes.
    pub video: Option<VideoFiles>,
}

/// The files of a video.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VideoFiles {
    /// Read only.
    pub input: ExactPath,
    /// The draft to be filled, which exists; absent when nothing is to be written.
    pub draft: Option<ExactPath>,
    /// Where an earlier state of the draft is kept, likewise.
    pub spare: Option<ExactPath>,
}

/// What a worker says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is set up.
    Ready {
        /// The models that it loaded.
        models: Vec<ModelUsed>,
        /// What it gave up.
        protections: Vec<Protection>,
    },
    /// It cannot be set up.
    Refused {
        /// What is wrong and what to do.
        message: String,
    },
    /// What happens next.
    Step(Step),
    /// How far a video is.
    Frames {
        /// Finished frames.
        done: u64,
        /// Of how many, if the container says.
        of: Option<u64>,
    },
    /// What was destroyed in a frame of a video.
    Note {
        /// Number of the frame, from 0.
        frame: u64,
        /// When it is shown, in microseconds from the first one.
        at_us: u64,
        /// Places in pixels of the upright input.
        areas: Vec<Area>,
    },
    /// It is finished; the body holds the outputs, or what was withheld, as the report's outcome says.
    Done {
        /// What was found and how it ended.
        report: Box<InputReport>,
        /// The outputs in the body, in order; empty for a video, whose output is the draft.
        outputs: Vec<OutputHead>,
    },
    /// It could not be cleaned.
    Failed {
        /// The words of the error.
        message: String,
        /// Whether a detector failed, and not the file.
        detection: bool,
    },
}

/// One output; its bytes are in the body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutputHead {
    /// Its format.
    pub format: OutputFormat,
    /// Its length in bytes.
    pub bytes: u64,
    /// Size of the picture in pixels.
    pub size: Size,
    /// Number of frames, 1 for a still.
    pub frames: u32,
}

/// Writes one message and flushes.
///
/// # Errors
/// Those of the writer, mostly that nobody listens any more.
pub fn send(to: &mut dyn Write, head: &impl Serialize, body: &[&[u8]]) -> Result<()> {
    let head = serde_json::to_vec(head)?;
    let length = u32::try_from(head.len()).map_err(|_| Error::other("the head is too long"))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&body.iter().map(|part| part.len() as u64).sum::<u64>().to_le_bytes())?;
    to.write_all(&head)?;
    for part in body {
        to.write_all(part)?;
    }
    to.flush()
}

/// Reads one message with a body of at most `most_body_bytes`; `None` at the end.
///
/// Nothing is allocated on the word of the other side: memory grows as bytes arrive.
///
/// # Errors
/// When the other side ends within a message, sends more than is allowed, or what it says is no message.
pub fn receive<T: DeserializeOwned>(from: &mut dyn Read, most_body_bytes: u64) -> Result<Option<(T, Vec<u8>)>> {
    let mut lengths = [0; 12];
    let mut filled = 0;
    while filled < lengths.len() {
        match from.read(&mut lengths[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(n) => filled += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [a, b, c, d, body @ ..] = lengths;
    let (head, body) = (u32::from_le_bytes([a, b, c, d]), u64::from_le_bytes(body));
    if head > MOST_HEAD_BYTES || body > most_body_bytes {
        return Err(Error::new(ErrorKind::InvalidData, "a message is too long"));
    }
    let mut exactly = |length: u64| {
        let mut bytes = Vec::new();
        from.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(Error::from(ErrorKind::UnexpectedEof)) }
    };
    let head = serde_json::from_slice(&exactly(head.into())?)
        .map_err(|_| Error::new(ErrorKind::InvalidData, "a message is not understood"))?;
    Ok(Some((head, exactly(body)?)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn look() -> Ask {
        Ask::Picture { place: ExactPath::of(Path::new("a.jpg")).unwrap(), look: true }
    }

    #[test]
    fn a_message_comes_back_as_it_was_sent_and_its_end_is_seen() {
        let mut pipe = Vec::new();
        send(&mut pipe, &look(), &[b"two ", b"parts"]).unwrap();
        let mut from = pipe.as_slice();
        let (ask, body) = receive::<Ask>(&mut from, 100).unwrap().unwrap();
        assert!(matches!(ask, Ask::Picture { look: true, .. }));
        assert_eq!(body, b"two parts");
        assert!(receive::<Ask>(&mut from, 100).unwrap().is_none());
    }

    #[test]
    fn whatever_is_cut_short_too_long_or_gibberish_is_an_error() {
        let mut pipe = Vec::new();
        send(&mut pipe, &look(), &[b"body"]).unwrap();
        for end in 1..pipe.len() {
            assert!(receive::<Ask>(&mut &pipe[..end], 100).is_err(), "cut at {end}");
        }
        assert!(receive::<Ask>(&mut pipe.as_slice(), 3).is_err(), "a body over the cap");
        assert!(receive::<Ask>(&mut [0xff; 40].as_slice(), u64::MAX).is_err(), "a head over the cap");
        let mut other = Vec::new();
        send(&mut other, &"something else", &[]).unwrap();
        assert!(receive::<Ask>(&mut other.as_slice(), 100).is_err());
    }
}
