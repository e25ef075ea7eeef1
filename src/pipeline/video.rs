//! One video, from its first unit to a finished, unpublished file. Decoding, watching, looking, and redacting with
//! encoding each have a thread; between them are short queues, so memory does not grow with the length.

use std::{
    collections::BTreeMap,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use serde::{Deserialize, Serialize};

use super::{
    Cleaner, Step,
    looks::Looks,
    refute::{Hints, Known, Packed, Shown},
    report::Reading,
    study::Along,
    watch::{Tally, Watch, Watched},
};
use crate::{
    area::Area,
    clip::{Audio, Codec, Container, TimeBase},
    error::{CleanError, MediaError},
    finding::Class,
    frame::{HdrTransfer, Redacted, TimedYuv, Yuv},
    geom::Size,
    media::{
        image::fit,
        video::{Sound, Unit, VideoInfo, VideoSink, VideoSource},
    },
    policy::decide::decide_at,
    redact::{coverage, redact_yuv},
    resample::resample_plane,
};

/// Units that may wait between two threads.
pub(super) const QUEUE: usize = 3;

/// What happened to a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoReport {
    /// Container and codec of the input.
    pub coding: String,
    /// Size of the upright input in pixels.
    pub size: Size,
    /// Size of the output in pixels, as it is displayed.
    pub output_size: Size,
    /// Container of the output; where the caller's own sink writes none, the one that the policy names.
    pub container: Container,
    /// Codec of the output, likewise.
    pub codec: Codec,
    /// High dynamic range that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hdr: Option<HdrTransfer>,
    /// Frames in the output.
    pub frames: u64,
    /// Of those, frames that are black because they could not be decoded.
    pub damaged_frames: u64,
    /// Length of the output in microseconds.
    pub duration_us: u64,
    /// Scenes, told by hard cuts.
    pub scenes: u64,
    /// Things of each class that were followed and covered.
    pub tracks: BTreeMap<Class, u64>,
    /// Frames that a detector looked at, for each class; all others were covered by tracking.
    pub looks: BTreeMap<Class, u64>,
    /// Mean share of the picture that was destroyed, 0 to 1.
    pub covered_mean: f32,
    /// Largest share of the picture that was destroyed in one frame.
    pub covered_max: f32,
    /// Faces that stay visible in all their frames, as tracks, by authorization; not among `tracks`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, u64>,
    /// What the lines of text hold that were followed, each counted once; `None` where they were not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// What became of the sound; `None` when the input has none or its sound was dropped.
    pub audio: Option<Audio>,
}

impl VideoReport {
    /// Counts what an earlier round saw and followed, too.
    pub(super) fn add(&mut self, earlier: &Self) {
        for (mine, theirs) in [(&mut self.tracks, &earlier.tracks), (&mut self.looks, &earlier.looks)] {
            for (class, n) in theirs {
                *mine.entry(*class).or_default() += n;
            }
        }
        self.kept.clone_from(&earlier.kept);
        self.reading.clone_from(&earlier.reading);
    }
}

/// What was destroyed in one frame of a video, for [`Cleaner`]'s callers who want to see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FrameNote<'a> {
    /// Number of the frame, from 0.
    pub frame: u64,
    /// When it is shown, in microseconds from the first one.
    pub at_us: u64,
    /// What was destroyed, in pixels of the upright input.
    pub areas: &'a [Area],
}

/// Begins the output of a video, once its size is known.
pub type CreateSink<'a> = dyn FnMut(&VideoInfo) -> Result<Box<dyn VideoSink>, MediaError> + 'a;

/// Told of every frame in order; an error stops the video.
pub type Notes<'a> = dyn FnMut(&FrameNote<'_>) -> Result<(), MediaError> + Send + 'a;

/// What a run tells besides its report.
#[derive(Default)]
pub(super) struct Told<'a, 'n, 'c> {
    /// Told of every frame.
    pub notes: Option<&'a mut Notes<'n>>,
    /// Sees every frame before it is destroyed.
    pub along: Option<&'a mut Along<'c>>,
    /// Gets every frame that was written; `None` for streams, which may be endless.
    pub shown: Option<&'a mut Vec<Shown>>,
}

/// What goes to the thread that redacts and encodes.
pub(super) enum Work {
    Frame(Box<Watched>),
    Sound(Sound),
    /// Everything came. Without this word the end of the queue is that of somebody who failed, and the output must not
    /// be completed.
    End,
}

impl Cleaner {
    /// Runs a whole video from `source` into the sink that `create` makes for it; looks at nothing when `known` says what
    /// there is.
    pub(super) fn run_video(
        &self,
        source: Box<dyn VideoSource>,
        create: &mut CreateSink<'_>,
        told: Told<'_, '_, '_>,
        known: Option<&Known>,
    ) -> Result<VideoReport, CleanError> {
        let info = source.info().clone();
        let out = VideoInfo { size: self.output_size(info.size), ..info.clone() };
        let sink = create(&out)?;
        let hints = known.map(|known| &known.hints);
        self.follow(source, hints, |to_do| self.finish(&to_do, sink, &info, out.size, told, known))
    }

    /// Finds and follows everything from `source`; `finish` gets every frame with what must go in it, on a thread of its own.
    pub(super) fn follow(
        &self,
        mut source: Box<dyn VideoSource>,
        hints: Option<&Hints>,
        finish: impl FnOnce(Receiver<Work>) -> Result<Done, CleanError> + Send,
    ) -> Result<VideoReport, CleanError> {
        let info = source.info().clone();
        let rate = rate(source.as_ref());
        thread::scope(|scope| {
            let looks = Looks::beside(&self.detectors, self.second.as_ref(), scope);
            let (units, decoded) = sync_channel(QUEUE);
            scope.spawn(move || decode(source.as_mut(), &units));
            let (work, to_do) = sync_channel(QUEUE);
            // Owned there, so that a sink that fails unblocks whoever feeds it.
            let finishing = scope.spawn(|| finish(to_do));
            let watch = Watch::new(&self.wanted(), self.policy.effort, info.size, rate, looks, hints);
            let watched = self.watch(decoded, work, watch, &info);
            let finished = finishing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // Who stopped first tells why: the watch only sees that nobody takes its frames any more.
            match (watched, finished) {
                (Err(Stopped::Because(error)), _) | (_, Err(error)) => Err(error),
                (Err(Stopped::NobodyListens), Ok(_)) => Err(CleanError::Interrupted),
                (Ok(tally), Ok(done)) => Ok(done.report(tally)),
            }
        })
    }

    pub(super) fn output_size(&self, size: Size) -> Size {
        match self.policy.max_side_px {
            0 => size,
            most => fit(size, most),
        }
    }

    fn watch(
        &self,
        decoded: Receiver<Result<Option<Unit>, MediaError>>,
        work: SyncSender<Work>,
        mut watch: Watch<'_>,
        info: &VideoInfo,
    ) -> Result<Tally, Stopped> {
        let mut frames = 0;
        loop {
            // A decoder that is gone without a word did not reach the end.
            let unit = decoded.recv().map_err(|_| CleanError::Interrupted)?;
            let Some(unit) = unit.map_err(CleanError::from)? else { break };
            match unit {
                Unit::Sound(sound) => {
                    work.send(Work::Sound(sound)).map_err(|_| Stopped::NobodyListens)?;
                    continue;
                }
                Unit::Frame(timed) => watch.push(timed)?,
                Unit::Damaged { pts, duration } => {
                    let frame = info.black();
                    watch.push_damaged(TimedYuv { frame, pts, duration })?;
                }
            }
            self.observer.step(Step::Decoding(frames))?;
            frames = frames.saturating_add(1);
            give(&mut watch, &work, false)?;
        }
        if frames == 0 {
            let detail = "it has no frame to show".to_owned();
            return Err(CleanError::from(MediaError::Damaged { format: "video", detail }).into());
        }
        watch.end()?;
        give(&mut watch, &work, true)?;
        work.send(Work::End).map_err(|_| Stopped::NobodyListens)?;
        Ok(watch.tally())
    }

    fn finish(
        &self,
        to_do: &Receiver<Work>,
        mut sink: Box<dyn VideoSink>,
        info: &VideoInfo,
        size: Size,
        mut told: Told<'_, '_, '_>,
        known: Option<&Known>,
    ) -> Result<Done, CleanError> {
        let mut done = Done::new(self, info, size);
        for work in to_do {
            match work {
                Work::End => {
                    // Whoever asks to stop also closes the input, in a pipe; that is not its end.
                    self.observer.step(Step::Encoding)?;
                    sink.finish()?;
                    return Ok(done);
                }
                Work::Sound(sound) => sink.push_sound(sound)?,
                Work::Frame(mut watched) => {
                    let number = done.report.frames;
                    if let Some(known) = known {
                        watched.areas.extend(known.of(number));
                    }
                    let at_us = info.time_base.us(watched.timed.pts);
                    if let Some(along) = told.along.as_mut() {
                        along.see(&watched, at_us)?;
                    }
                    let (cut, pts, duration) = (watched.cut, watched.timed.pts, watched.timed.duration);
                    let stays = known.and_then(|known| known.unchanged(number, &watched.areas));
                    let areas = match stays {
                        Some(areas) if sink.push_again(pts, duration)? => areas,
                        _ => {
                            let (timed, areas) = self.redact_watched(*watched, info.time_base);
                            sink.push(shrunk(timed, size)?)?;
                            areas
                        }
                    };
                    if let Some(notes) = told.notes.as_mut() {
                        notes(&FrameNote { frame: number, at_us, areas: &areas })?;
                    }
                    done.add(info.time_base.us(pts + duration), coverage(&areas, info.size));
                    if let Some(shown) = told.shown.as_mut() {
                        let kept = known.map_or_else(Packed::default, |known| known.kept_in(number));
                        shown.push(Shown { at_us, cut, areas: Packed::of(&areas), kept });
                    }
                    self.observer.frames(done.report.frames, info.frames);
                }
            }
        }
        // The sink is dropped unfinished: what it wrote has no end.
        Err(CleanError::Interrupted)
    }

    /// Destroys what must go in one frame.
    pub(super) fn redact_watched(&self, watched: Watched, time_base: TimeBase) -> (TimedYuv<Redacted>, Vec<Area>) {
        let Watched { timed: TimedYuv { frame, pts, duration }, areas, .. } = watched;
        let areas = decide_at(&self.policy, &areas, time_base.us(pts));
        (TimedYuv { frame: redact_yuv(frame, &areas, &self.policy.style), pts, duration }, areas)
    }
}

/// Why the watch ended early.
enum Stopped {
    Because(CleanError),
    NobodyListens,
}

impl From<CleanError> for Stopped {
    fn from(error: CleanError) -> Self {
        Self::Because(error)
    }
}

fn decode(source: &mut dyn VideoSource, units: &SyncSender<Result<Option<Unit>, MediaError>>) {
    loop {
        let unit = source.next_unit();
        let over = !matches!(unit, Ok(Some(_)));
        if units.send(unit).is_err() || over {
            break;
        }
    }
}

fn give(watch: &mut Watch<'_>, work: &SyncSender<Work>, ended: bool) -> Result<(), Stopped> {
    while let Some(watched) = watch.pop(ended) {
        work.send(Work::Frame(Box::new(watched))).map_err(|_| Stopped::NobodyListens)?;
    }
    Ok(())
}

/// Frames a second that the container promises, or that it says, or the usual ones.
pub(super) fn rate(source: &dyn VideoSource) -> f32 {
    let info = source.info();
    match (info.frames, info.duration_us) {
        (Some(frames), Some(us)) if frames > 1 && us > 0 => (frames as f64 * 1e6 / us as f64) as f32,
        // A clock without frame rate gives its ticks for frames.
        _ => source.rate().filter(|rate| (1.0..=240.0).contains(rate)).unwrap_or(30.0),
    }
}

fn shrunk(timed: TimedYuv<Redacted>, size: Size) -> Result<TimedYuv<Redacted>, MediaError> {
    if timed.frame.size() == size {
        return Ok(timed);
    }
    let resize =
        |plane: &[u8], from: Size, to: Size| resample_plane(plane, from, from.px_rect(), to).unwrap_or_default();
    let frame: Option<Yuv<Redacted>> = timed.frame.resized(size, resize);
    let failed = || MediaError::Encode { format: "video", detail: "a frame could not be shrunk".to_owned() };
    Ok(TimedYuv { frame: frame.ok_or_else(failed)?, ..timed })
}

/// What was written so far.
pub(super) struct Done {
    report: VideoReport,
    covered: f64,
}

impl Done {
    pub fn new(cleaner: &Cleaner, info: &VideoInfo, size: Size) -> Self {
        let options = &cleaner.policy.video;
        let codec = if options.container == Container::WebM { Codec::Vp9 } else { options.codec };
        let report = VideoReport {
            coding: info.coding.clone(),
            size: info.size,
            output_size: codec.displayed(size),
            container: options.container,
            codec,
            hdr: info.hdr,
            frames: 0,
            damaged_frames: 0,
            duration_us: 0,
            scenes: 0,
            tracks: BTreeMap::new(),
            looks: BTreeMap::new(),
            covered_mean: 0.0,
            covered_max: 0.0,
            kept: BTreeMap::new(),
            reading: None,
            audio: info.sound.map(|sound| sound.audio),
        };
        Self { report, covered: 0.0 }
    }

    pub fn add(&mut self, until_us: u64, covered: f32) {
        self.report.frames += 1;
        self.report.duration_us = until_us;
        self.report.covered_max = self.report.covered_max.max(covered);
        self.covered += f64::from(covered);
    }

    fn report(mut self, tally: Tally) -> VideoReport {
        self.report.scenes = tally.scenes;
        self.report.damaged_frames = tally.damaged;
        self.report.covered_mean = (self.covered / self.report.frames.max(1) as f64) as f32;
        for (class, looks, tracks) in tally.classes {
            // Two detectors may find the same class.
            *self.report.looks.entry(class).or_default() += looks;
            *self.report.tracks.entry(class).or_default() += tracks;
        }
        self.report
    }
}
