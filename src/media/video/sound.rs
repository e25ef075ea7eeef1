//! The sound track: decoded, resampled, and put on the clock of the pictures to the sample. Separate from the pictures,
//! because sound has no frames to show: what is missing becomes silence.

use std::collections::VecDeque;

use super::{
    Sound, SoundInfo,
    av::{AudioPad, AvError, Decoder, Demuxer, Frame, Graph, Packet, Stream},
    disguise::Disguise,
    film::damaged,
};
use crate::{
    clip::{Audio, Span, TimeBase, VideoOptions},
    error::MediaError,
};

/// Samples a second.
pub(super) const RATE: i64 = 48_000;
/// Sound that is off by less than this many samples (10 ms) only jitters: Matroska rounds times to 1 ms. More is a gap,
/// an overlap, or a clock that has drifted away.
const JITTER: i64 = 480;
/// Longest silence that is filled in, in samples (an hour): more is no gap but a broken clock.
const LONGEST_GAP: i64 = 3600 * RATE;
/// Most samples a channel that wait for their picture (five minutes).
const MOST_WAITING: usize = 300 * RATE as usize;
/// Samples of silence in one piece.
const SILENCE: i64 = RATE;

/// Keeps one unbroken run of samples out of pieces that leave gaps or overlap.
#[derive(Debug, Default)]
struct Placer {
    next: Option<i64>,
}

/// What to do with a piece.
#[derive(Debug, PartialEq, Eq)]
struct Placed {
    at: i64,
    silence: i64,
    skip: i64,
}

impl Placer {
    /// Where a piece of `count` samples goes whose container says `at`.
    fn place(&mut self, at: Option<i64>, count: i64) -> Placed {
        let next = self.next.or(at).unwrap_or(0);
        let off = at.map_or(0, |at| at.saturating_sub(next));
        let (silence, skip) = if off.abs() <= JITTER { (0, 0) } else { (off.max(0), (-off).max(0).min(count)) };
        self.next = Some(next.saturating_add(silence).saturating_add(count - skip));
        Placed { at: next, silence, skip }
    }
}

pub(super) struct Track {
    pub(super) index: usize,
    decoder: Decoder,
    /// Resampler for frames of this rate, format and number of channels.
    graph: Option<((i32, i32, i32), Graph)>,
    info: SoundInfo,
    time_base: TimeBase,
    film_base: TimeBase,
    span: Span,
    allow_damaged: bool,
    placer: Placer,
    disguise: Option<Disguise>,
    /// Unbroken sound whose place relative to the pictures is not known yet, by the container's clock.
    waiting: VecDeque<(i64, Vec<f32>)>,
    waiting_samples: usize,
    /// The end of the span by the container's clock, once it is known.
    end: Option<i64>,
    over: bool,
}

/// Ticks in samples, rounded to the nearest.
fn samples(ticks: i64, base: TimeBase) -> i64 {
    let den = i128::from(base.den.max(1));
    let exact = i128::from(ticks) * i128::from(base.num) * i128::from(RATE);
    i64::try_from((exact + den / 2).div_euclid(den)).unwrap_or(i64::MAX)
}

fn unsupported(error: AvError) -> MediaError {
    MediaError::UnsupportedFeature { format: "sound", feature: format!("a form that cannot be decoded ({error})") }
}

impl Track {
    pub(super) fn new(
        demuxer: &Demuxer,
        index: usize,
        stream: &Stream,
        options: &VideoOptions,
        span: Span,
        film_base: TimeBase,
    ) -> Result<Self, MediaError> {
        let channels = if stream.channels == 1 { 1 } else { 2 };
        let disguise = match options.audio {
            Audio::Disguise => Some(Disguise::new(channels)?),
            Audio::Keep | Audio::Drop => None,
        };
        let (num, den) = stream.time_base;
        Ok(Self {
            index,
            decoder: Decoder::audio(demuxer, index).map_err(unsupported)?,
            graph: None,
            info: SoundInfo { channels, audio: options.audio },
            time_base: TimeBase { num: num.unsigned_abs().max(1), den: den.unsigned_abs().max(1) },
            film_base,
            span,
            allow_damaged: options.allow_damaged,
            placer: Placer::default(),
            disguise,
            waiting: VecDeque::new(),
            waiting_samples: 0,
            end: None,
            over: false,
        })
    }

    pub(super) fn info(&self) -> SoundInfo {
        self.info
    }

    /// Whether no sound that comes can be kept any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes a packet of the track.
    pub(super) fn packet(&mut self, packet: &Packet) -> Result<(), MediaError> {
        if packet.data().is_empty() {
            return Ok(());
        }
        if packet.is_corrupt() {
            return self.spoilt("a packet of sound is incomplete");
        }
        match self.decoder.send(Some(packet)) {
            Ok(()) => self.receive(),
            Err(e) => self.spoilt(e),
        }
    }

    /// The track is over.
    pub(super) fn finish(&mut self) -> Result<(), MediaError> {
        if self.decoder.send(None).is_ok() {
            self.receive()?;
        }
        self.flush_graph()?;
        if let Some(disguise) = &mut self.disguise {
            let rest = disguise.finish()?;
            self.wait(rest);
        }
        Ok(())
    }

    /// What cannot be decoded becomes silence when damage is allowed, by the gap that it leaves.
    fn spoilt(&mut self, what: impl std::fmt::Display) -> Result<(), MediaError> {
        if self.allow_damaged { Ok(()) } else { Err(damaged(format!("sound: {what}"))) }
    }

    fn receive(&mut self) -> Result<(), MediaError> {
        loop {
            match self.decoder.receive() {
                Ok(None) => return Ok(()),
                Ok(Some(frame)) if frame.is_hidden() || frame.samples() == 0 => {}
                Ok(Some(frame)) => self.resample(frame)?,
                Err(e) => return self.spoilt(e),
            }
        }
    }

    fn resample(&mut self, mut frame: Frame) -> Result<(), MediaError> {
        let form = (frame.rate(), frame.format(), frame.channels());
        if frame.rate() <= 0 {
            return self.spoilt("it has no sample rate");
        }
        if self.graph.as_ref().is_none_or(|(current, _)| *current != form) {
            self.flush_graph()?;
            let layout = if self.info.channels == 1 { "mono" } else { "stereo" };
            let chain = format!("aresample={RATE},aformat=sample_fmts=flt:channel_layouts={layout}");
            self.graph = Some((form, Graph::audio(&AudioPad(&frame), &chain).map_err(unsupported)?));
        }
        // The chain's clock ticks once a sample of the input.
        if let Some(pts) = frame.pts() {
            let (rate, den) = (i128::from(frame.rate()), i128::from(self.time_base.den));
            let exact = i128::from(pts) * i128::from(self.time_base.num) * rate;
            frame.set_pts(i64::try_from((exact + den / 2).div_euclid(den)).unwrap_or(0));
        }
        if let Some((_, graph)) = &mut self.graph {
            graph.push(Some(frame)).map_err(unsupported)?;
        }
        self.pull()
    }

    fn flush_graph(&mut self) -> Result<(), MediaError> {
        if let Some((_, graph)) = &mut self.graph {
            graph.push(None).map_err(unsupported)?;
            self.pull()?;
        }
        self.graph = None;
        Ok(())
    }

    fn pull(&mut self) -> Result<(), MediaError> {
        let channels = usize::from(self.info.channels);
        while let Some((_, graph)) = &mut self.graph {
            let Some(frame) = graph.pull().map_err(unsupported)? else { break };
            let Some(floats) = frame.floats() else { return Err(unsupported(AvError::INVALID)) };
            let count = (floats.len() / channels) as i64;
            let placed = self.placer.place(frame.pts(), count);
            if placed.silence > LONGEST_GAP {
                return Err(damaged("sound: its clock jumps"));
            }
            let mut at = placed.at;
            for from in (0..placed.silence).step_by(SILENCE as usize) {
                let silence = (placed.silence - from).min(SILENCE);
                self.continued(at, vec![0.0; silence as usize * channels])?;
                at += silence;
            }
            // Not-a-number and infinities would spread through filters and encoders.
            let kept = floats.iter().skip(placed.skip as usize * channels);
            let kept: Vec<f32> = kept.map(|v| if v.is_finite() { v.clamp(-1.0, 1.0) } else { 0.0 }).collect();
            self.continued(at, kept)?;
        }
        Ok(())
    }

    /// Takes the next piece of the unbroken run.
    fn continued(&mut self, at: i64, piece: Vec<f32>) -> Result<(), MediaError> {
        let done = match &mut self.disguise {
            Some(disguise) => disguise.push(at, &piece)?,
            None => vec![(at, piece)],
        };
        self.wait(done);
        if self.waiting_samples > MOST_WAITING * usize::from(self.info.channels) {
            let feature = "sound that lies minutes before its pictures".to_owned();
            return Err(MediaError::UnsupportedFeature { format: "video", feature });
        }
        Ok(())
    }

    fn wait(&mut self, pieces: Vec<(i64, Vec<f32>)>) {
        for piece in pieces.into_iter().filter(|p| !p.1.is_empty()) {
            self.waiting_samples += piece.1.len();
            self.waiting.push_back(piece);
        }
    }

    /// Sound whose place is known, from the times of the first kept picture and of the first at all, in ticks of the
    /// film.
    pub(super) fn take(&mut self, origin: Option<i64>, first: Option<i64>) -> Result<Vec<Sound>, MediaError> {
        let Some(first) = first else { return Ok(Vec::new()) };
        let us = |us: u64| samples(i64::try_from(us).unwrap_or(i64::MAX), TimeBase { num: 1, den: 1_000_000 });
        let film = samples(first, self.film_base);
        let end = *self.end.get_or_insert(self.span.to_us.map_or(i64::MAX, |to| film.saturating_add(us(to))));
        let start = match origin {
            Some(origin) => samples(origin, self.film_base),
            None => film.saturating_add(us(self.span.from_us)),
        };
        let channels = usize::from(self.info.channels);
        let mut out = Vec::new();
        while let Some((at, piece)) = self.waiting.front() {
            let (at, count) = (*at, (piece.len() / channels) as i64);
            self.over |= at >= end;
            let (from, to) = (at.max(start), (at + count).min(end));
            if from < to && origin.is_none() {
                break;
            }
            let Some((_, mut piece)) = self.waiting.pop_front() else { break };
            self.waiting_samples -= piece.len();
            if from < to {
                piece.truncate((to - at) as usize * channels);
                piece.drain(..(from - at) as usize * channels);
                out.push(Sound { at: from - start, samples: piece });
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_follow_each_other_stay_as_they_are_whatever_the_clock_rounds() {
        let mut placer = Placer::default();
        assert_eq!(placer.place(Some(-100), 1024), Placed { at: -100, silence: 0, skip: 0 });
        assert_eq!(placer.place(Some(940), 1024), Placed { at: 924, silence: 0, skip: 0 });
        assert_eq!(placer.place(None, 1024), Placed { at: 1948, silence: 0, skip: 0 });
    }

    #[test]
    fn gaps_become_silence_and_overlaps_are_skipped() {
        let mut placer = Placer::default();
        placer.place(Some(0), 1000);
        assert_eq!(placer.place(Some(3000), 1000), Placed { at: 1000, silence: 2000, skip: 0 });
        assert_eq!(placer.place(Some(3400), 1000), Placed { at: 4000, silence: 0, skip: 600 });
        assert_eq!(placer.next, Some(4400));
        assert_eq!(placer.place(Some(0), 1000), Placed { at: 4400, silence: 0, skip: 1000 });
    }

    #[test]
    fn ticks_become_samples() {
        assert_eq!(samples(1, TimeBase { num: 1, den: 48_000 }), 1);
        assert_eq!(samples(1001, TimeBase { num: 1, den: 30_000 }), 1602);
        assert_eq!(samples(-1, TimeBase { num: 1, den: 1000 }), -48);
    }
}
