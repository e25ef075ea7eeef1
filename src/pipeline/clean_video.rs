//! Videos from file to file: opened by content, run, checked, and only then published.

use std::path::Path;

use super::{
    Cleaner, CreateSink, FrameNote, InputReport, Notes, Outcome, Step, Verification, VideoReport,
    refute::{Hints, Known, ROUNDS_MOST, Shown, Stop},
    video::Told,
};
use crate::{
    clip::Audio,
    error::{CleanError, MediaError},
    media::{
        self,
        draft::Draft,
        video::{self, Input, Target, VideoSource},
    },
    verify::ExpectedVideo,
};

impl Cleaner {
    /// Cleans a video into a new file `output`, which appears only when it is finished and checked. An existing file is
    /// never replaced. When the outcome is [`Outcome::Withheld`], nothing was written.
    ///
    /// # Errors
    /// When the input cannot be read whole, a detector fails, or the output cannot be written.
    pub fn clean_video(&self, input: &Path, output: &Path) -> Result<InputReport, CleanError> {
        let folder = output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let draft = Draft::empty(folder)?;
        let report = self.clean_video_into(input, &draft, None)?;
        if report.outcome == Outcome::Clean {
            draft.publish(output, false)?;
        }
        Ok(report)
    }

    /// Cleans a video into a draft, to be published by the caller when the outcome is [`Outcome::Clean`]; `notes` is
    /// told what was destroyed in each frame.
    ///
    /// # Errors
    /// As [`Cleaner::clean_video`].
    pub fn clean_video_into(
        &self,
        input: &Path,
        draft: &Draft,
        notes: Option<&mut Notes<'_>>,
    ) -> Result<InputReport, CleanError> {
        let before = media::Stamp::of(input)?;
        let format = media::sniff(&media::head(input)?)?;
        let options = &self.policy.video;
        let mut verification = Verification::default();
        let mut known: Option<Known> = None;
        let mut first: Option<VideoReport> = None;
        loop {
            let source = video::open(Input::File(input), options, self.policy.span, &self.policy.limits)?;
            let dropped = source.info().dropped.clone();
            let mut create = |info: &video::VideoInfo| video::create(Target::File(draft.path()), info, options);
            let mut shown = Vec::new();
            let told = Told { notes: None, shown: Some(&mut shown) };
            let mut video = self.run_video(source, &mut create, told, known.as_ref())?;
            if let Some(first) = &first {
                video.add(first);
            }
            before.check(input)?;
            draft.settle()?;
            self.observer.step(Step::Verifying)?;
            let missed = self.attack(draft, &video, &shown, &mut verification);
            let mut report = InputReport::of_video(format, dropped, video, self.looked_for());
            match missed {
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Refuted(refutation)) => {
                    report.outcome = Outcome::Withheld { reason: refutation.to_string() };
                }
                Ok(missed) if missed.is_empty() => {}
                Ok(missed) if verification.rounds == ROUNDS_MOST => {
                    report.verification = verification;
                    report.leave(missed.values().flatten().map(|finding| finding.class));
                    verification = report.verification.clone();
                }
                Ok(missed) => {
                    verification.take_up(missed.values().flatten());
                    let hints = &mut known.get_or_insert_default().hints;
                    missed.into_iter().for_each(|(number, seen)| hints.entry(number).or_default().extend(seen));
                    known.get_or_insert_default().shown = shown;
                    first = report.video;
                    continue;
                }
            }
            report.verification = verification;
            if let Some(notes) = notes {
                for (frame, Shown { at_us, areas, .. }) in shown.iter().enumerate() {
                    notes(&FrameNote { frame: frame as u64, at_us: *at_us, areas })?;
                }
            }
            return Ok(report);
        }
    }

    /// Every check of a draft: what is seen in it and not explained.
    fn attack(
        &self,
        draft: &Draft,
        video: &VideoReport,
        shown: &[Shown],
        verification: &mut Verification,
    ) -> Result<Hints, Stop> {
        let shown_us: Vec<_> = shown.iter().map(|frame| frame.at_us).collect();
        let expected = ExpectedVideo {
            container: video.container,
            codec: video.codec,
            size: video.output_size,
            shown_us: &shown_us,
            sound: video.audio.is_some(),
        };
        verification.depth = Some(self.depth(self.policy.verify.videos));
        let (looks, missed) = self.refute_film(draft.path(), &expected, shown, video.size)?;
        verification.looks += looks;
        Ok(missed)
    }

    /// Everything found in a video; nothing is written or encoded.
    ///
    /// # Errors
    /// As [`Cleaner::clean_video`].
    pub fn inspect_video(&self, input: &Path, notes: Option<&mut Notes<'_>>) -> Result<InputReport, CleanError> {
        let format = media::sniff(&media::head(input)?)?;
        let options = crate::clip::VideoOptions { audio: Audio::Drop, ..self.policy.video.clone() };
        let source = video::open(Input::File(input), &options, self.policy.span, &self.policy.limits)?;
        let dropped = source.info().dropped.clone();
        let told = Told { notes, shown: None };
        let video = self.run_video(source, &mut |_| Ok(Box::new(Nowhere)), told, None)?;
        Ok(InputReport::of_video(format, dropped, video, self.looked_for()))
    }

    /// Cleans a video as it comes, for pipes: what `create` makes gets frames while `source` is read, later by
    /// [`Cleaner::delay`]. Memory does not grow with the length.
    ///
    /// The output cannot be checked as a whole before it leaves. After an error the sink is dropped unfinished, so that
    /// nothing that ends an output is ever written; what was written until then is not whole.
    ///
    /// # Errors
    /// As [`Cleaner::clean_video`].
    pub fn clean_stream(
        &self,
        source: Box<dyn VideoSource>,
        create: &mut CreateSink<'_>,
        notes: Option<&mut Notes<'_>>,
    ) -> Result<VideoReport, CleanError> {
        self.run_video(source, create, Told { notes, shown: None }, None)
    }
}

/// A sink that keeps nothing.
struct Nowhere;

impl video::VideoSink for Nowhere {
    fn push(&mut self, _: crate::frame::TimedYuv<crate::frame::Redacted>) -> Result<(), MediaError> {
        Ok(())
    }

    fn push_sound(&mut self, _: video::Sound) -> Result<(), MediaError> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), MediaError> {
        Ok(())
    }
}
