//! Makes a voice another voice: pitch and formants shifted together. Separate because it delays what goes through it,
//! and the delay is taken out again to the sample.

use super::{
    av::{AudioPad, AvError, Frame, Graph, has_filter},
    sound::RATE,
};
use crate::error::MediaError;

/// Factor by which every frequency is lowered. Four semitones: the length of the vocal tract that a listener infers
/// grows by a quarter, more than between most adults, and speech stays intelligible.
const PITCH: f32 = 0.8;
/// Samples in a piece that goes through the filter at once.
const PIECE: usize = 4096;
/// Pieces of silence after which everything must have come out: far more than any delay.
const MOST_SILENCE: usize = 64;
/// Samples between the parts of the signal that measures the delay.
const BURST: usize = 12_000;

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
        let delay = delay()?;
        Ok(Self::with(chain(channels)?, channels, delay))
    }

    fn with(graph: Graph, channels: u16, delay: i64) -> Self {
        Self { graph, channels, start: None, taken: 0, given: 0, delay }
    }

    /// Takes the next piece of unbroken sound and gives what is done.
    pub(super) fn push(&mut self, at: i64, piece: &[f32]) -> Result<Vec<(i64, Vec<f32>)>, MediaError> {
        self.start.get_or_insert(at);
        for part in piece.chunks(PIECE * usize::from(self.channels)) {
            self.send(part)?;
        }
        self.pull(i64::MAX)
    }

    fn send(&mut self, part: &[f32]) -> Result<(), MediaError> {
        let frame = Frame::of_floats(part, self.channels, false, self.taken).map_err(failed)?;
        self.taken += (part.len() / usize::from(self.channels)) as i64;
        self.graph.push(Some(frame)).map_err(failed)
    }

    /// What is left, so that exactly as many samples come out as went in.
    pub(super) fn finish(&mut self) -> Result<Vec<(i64, Vec<f32>)>, MediaError> {
        let total = self.taken;
        let silence = vec![0.0; PIECE * usize::from(self.channels)];
        let mut done = Vec::new();
        // The end comes out when something follows it. Telling the filter that the sound is over instead makes it fail
        // when it happens to hold nothing (FFmpeg 5.1).
        for _ in 0..MOST_SILENCE {
            if self.given >= total {
                break;
            }
            self.send(&silence)?;
            done.extend(self.pull(total)?);
        }
        if self.given < total { Err(failed(AvError::INVALID)) } else { Ok(done) }
    }

    fn pull(&mut self, total: i64) -> Result<Vec<(i64, Vec<f32>)>, MediaError> {
        let mut done = Vec::new();
        let channels = usize::from(self.channels);
        while let Some(frame) = self.graph.pull().map_err(failed)? {
            let floats = frame.floats().ok_or_else(|| failed(AvError::INVALID))?;
            let skip = self.delay.min((floats.len() / channels) as i64);
            self.delay -= skip;
            let most = usize::try_from(total - self.given).unwrap_or(0).saturating_mul(channels);
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

/// The delay of the chain in samples, measured on a burst of noise by where its energy lies: it differs between versions
/// of the filter, and it is no property that can be asked for.
fn delay() -> Result<i64, MediaError> {
    let mut state = 1_u32;
    let mut noise = || {
        // Numerical Recipes' generator: any noise will do, as long as it is the same everywhere.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let mut burst = vec![0.0; 5 * BURST];
    burst[2 * BURST..][..BURST / 50].fill_with(&mut noise);
    let mut probe = Disguise::with(chain(1)?, 1, 0);
    let mut heard = probe.push(0, &burst)?;
    heard.extend(probe.finish()?);
    let heard: Vec<f32> = heard.into_iter().flat_map(|(_, piece)| piece).collect();
    let late = centre(&heard) - centre(&burst);
    Ok((late.round() as i64).clamp(0, RATE / 4))
}

/// Where the energy of a signal lies, in samples.
fn centre(signal: &[f32]) -> f64 {
    let energy = |v: &f32| f64::from(*v).powi(2);
    let total: f64 = signal.iter().map(energy).sum();
    let moment: f64 = signal.iter().enumerate().map(|(at, v)| at as f64 * energy(v)).sum();
    if total > 0.0 { moment / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(signal: &[f32]) -> Vec<f32> {
        let mut disguise = Disguise::new(1).expect("the filter is there");
        let mut out = Vec::new();
        for (i, piece) in signal.chunks(1000).enumerate() {
            out.extend(disguise.push(i as i64 * 1000, piece).expect("sound is taken"));
        }
        out.extend(disguise.finish().expect("the rest comes"));
        let mut next = 0;
        for (at, piece) in &out {
            assert_eq!(*at, next, "the run has no hole");
            next += piece.len() as i64;
        }
        out.into_iter().flat_map(|(_, piece)| piece).collect()
    }

    /// A hum of `hz` between two moments, in samples.
    fn hum(hz: f64, from: usize, to: usize) -> Vec<f32> {
        let wave = |i: usize| (i as f64 * hz * std::f64::consts::TAU / RATE as f64).sin() as f32 * 0.5;
        (0..96_000).map(|i| if (from..to).contains(&i) { wave(i) } else { 0.0 }).collect()
    }

    /// First and last sample that is heard.
    fn edges(signal: &[f32]) -> (usize, usize) {
        let heard = |v: &f32| v.abs() > 0.2;
        (signal.iter().position(heard).unwrap_or(0), signal.iter().rposition(heard).unwrap_or(0))
    }

    fn crossings(signal: &[f32]) -> usize {
        signal.windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count()
    }

    #[test]
    fn a_voice_comes_out_lower_at_the_same_time_and_as_long() {
        let voice = hum(400.0, 30_000, 70_000);
        let other = through(&voice);
        assert_eq!(other.len(), voice.len());
        for (was, is) in [(edges(&voice).0, edges(&other).0), (edges(&voice).1, edges(&other).1)] {
            assert!(was.abs_diff(is) < 240, "{was} became {is}: 5 ms is far less than a frame");
        }
        let (before, after) = (crossings(&voice[35_000..65_000]), crossings(&other[35_000..65_000]));
        let ratio = after as f32 / before as f32;
        assert!((ratio - PITCH).abs() < 0.03, "{ratio}");
    }

    #[test]
    fn a_piece_too_short_for_the_filter_keeps_its_length() {
        assert_eq!(through(&hum(400.0, 0, 96_000)[..77]).len(), 77);
        assert_eq!(through(&[]).len(), 0);
    }
}
