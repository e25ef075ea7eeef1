//! The sound of an output: one unbroken run of samples from 0, coded afresh. Separate because encoders begin before the
//! first sample, and that beginning must neither be heard nor move the sound against the pictures.

use super::super::{
    Sound,
    av::{AvError, Encoder, Frame, Muxer},
};
use crate::clip::Container;

/// Bits a second for each channel: speech and surroundings sound as before.
const BIT_RATE: u32 = 80_000;
/// Samples in a frame when the encoder does not care.
const USUAL: usize = 960;
/// Longest silence that is made up, in samples (an hour).
const LONGEST_GAP: i64 = 3600 * 48_000;

pub(super) struct SoundOut {
    encoder: Encoder,
    track: usize,
    channels: u16,
    planar: bool,
    frame_samples: usize,
    /// What is before 0 is dropped behind the encoder instead of being hidden by an edit list.
    drop_lead_in: bool,
    /// Samples by which packets are moved: a container with a field for the lead-in counts from its start.
    lead_in: i64,
    /// Interleaved samples that do not fill a frame yet.
    rest: Vec<f32>,
    /// Samples that were taken.
    taken: i64,
    /// Samples that were sent.
    sent: i64,
}

impl SoundOut {
    pub(super) fn new(muxer: &mut Muxer, container: Container, channels: u16) -> Result<Self, AvError> {
        let channels = channels.clamp(1, 2);
        let opus = container == Container::WebM;
        let rate = (BIT_RATE * u32::from(channels)).to_string();
        let options = [("b", rate)];
        let apart = muxer.keeps_headers_apart();
        let encoder = Encoder::audio(if opus { c"libopus" } else { c"aac" }, channels, !opus, apart, &options)?;
        let frame_samples = Some(encoder.frame_samples()).filter(|&n| n > 0).unwrap_or(USUAL);
        let track = muxer.add(&encoder, None, None)?;
        let drop_lead_in = !opus;
        let lead_in = if opus { encoder.lead_in() } else { 0 };
        Ok(Self {
            encoder,
            track,
            channels,
            planar: !opus,
            frame_samples,
            drop_lead_in,
            lead_in,
            rest: Vec::new(),
            taken: 0,
            sent: 0,
        })
    }

    /// Takes a piece: what is missing before it is silence, what overlaps is left out.
    pub(super) fn push(&mut self, muxer: &mut Muxer, sound: &Sound) -> Result<(), AvError> {
        let channels = usize::from(self.channels);
        if !sound.samples.len().is_multiple_of(channels) || sound.at - self.taken > LONGEST_GAP {
            return Err(AvError::INVALID);
        }
        for from in (self.taken..sound.at).step_by(self.frame_samples) {
            let silence = (sound.at - from).min(self.frame_samples as i64);
            self.add(muxer, &vec![0.0; silence as usize * channels])?;
        }
        let known = (self.taken - sound.at).max(0) as usize * channels;
        self.add(muxer, sound.samples.get(known..).unwrap_or_default())
    }

    fn add(&mut self, muxer: &mut Muxer, samples: &[f32]) -> Result<(), AvError> {
        self.rest.extend_from_slice(samples);
        self.taken += (samples.len() / usize::from(self.channels)) as i64;
        let whole = self.frame_samples * usize::from(self.channels);
        let mut done = 0;
        while self.rest.len() - done >= whole {
            self.send(muxer, done, done + whole)?;
            done += whole;
        }
        self.rest.drain(..done);
        Ok(())
    }

    fn send(&mut self, muxer: &mut Muxer, from: usize, to: usize) -> Result<(), AvError> {
        let frame = Frame::of_floats(&self.rest[from..to], self.channels, self.planar, self.sent)?;
        self.sent += ((to - from) / usize::from(self.channels)) as i64;
        self.encoder.send(Some(&frame))?;
        self.receive(muxer)
    }

    fn receive(&mut self, muxer: &mut Muxer) -> Result<(), AvError> {
        while let Some(mut packet) = self.encoder.receive()? {
            if self.drop_lead_in && packet.pts().is_some_and(|pts| pts < 0) {
                continue;
            }
            packet.shift(self.lead_in);
            muxer.write(self.track, packet)?;
        }
        Ok(())
    }

    /// Codes what is left.
    pub(super) fn finish(&mut self, muxer: &mut Muxer) -> Result<(), AvError> {
        if !self.rest.is_empty() {
            self.send(muxer, 0, self.rest.len())?;
            self.rest.clear();
        }
        self.encoder.send(None)?;
        self.receive(muxer)
    }
}
