//! Videos from file to file: opened by content, run, checked, and only then published.

use std::path::Path;

use super::{
    Cleaner, CreateSink, FrameNote, InputReport, Notes, Outcome, Step, Verification, VideoReport,
    refute::{FilmSeen, Known, ROUNDS_MOST, Shown, Stop},
    study::{Along, by_authorization},
    video::Told,
};
use crate::{
    clip::{Audio, VideoOptions},
    error::{CleanError, MediaError},
    finding::Class,
    media::{
        self,
        draft::Draft,
        video::{self, Input, VideoSource},
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
        let report = self.clean_video_into(input, None, &draft, None)?;
        if report.outcome == Outcome::Clean {
            draft.publish(output, false)?;
        }
        Ok(report)
    }

    /// Cleans a video into a draft, to be published by the caller when the outcome is [`Outcome::Clean`]; `notes` is
    /// told what was destroyed in each frame, and `place` is the path below the folder that is cleaned, for authorizations
    /// that are for some files only.
    ///
    /// Where faces may stay, the video is gone through once more before anything is written.
    ///
    /// # Errors
    /// As [`Cleaner::clean_video`].
    pub fn clean_video_into(
        &self,
        input: &Path,
        place: Option<&Path>,
        draft: &Draft,
        notes: Option<&mut Notes<'_>>,
    ) -> Result<InputReport, CleanError> {
        let before = media::Stamp::of(input)?;
        let format = media::sniff(&media::head(input)?)?;
        let options = &self.policy.video;
        let mut verification = Verification::default();
        let mut known: Option<Known> = None;
        let mut first: Option<VideoReport> = None;
        if self.may_keep(place) {
            let study = self.study(self.silent(input)?, place)?;
            (first, known) = (Some(study.report), Some(study.known));
        }
        loop {
            let source = video::open(Input::File(input), options, self.policy.span, &self.policy.limits)?;
            let dropped = source.info().dropped.clone();
            let earlier = known.as_ref().filter(|known| known.has_draft()).and_then(|_| draft.set_aside());
            let mut create = |info: &video::VideoInfo| video::create_again(draft.path(), earlier, info, options);
            let mut shown = Vec::new();
            // What was read once need not be read again.
            let mut along = if first.is_none() { self.along() } else { Along::default() };
            let told = Told { along: Some(&mut along), shown: Some(&mut shown), ..Told::default() };
            let mut video = self.run_video(source, &mut create, told, known.as_ref())?;
            match &first {
                Some(first) => video.add(first),
                None => video.reading = along.reading()?,
            }
            before.check(input)?;
            if known.as_ref().is_some_and(|known| !known.is_of(&shown)) {
                // What is known of each frame would lie over other ones.
                let detail = "it does not give the same frames twice".to_owned();
                return Err(MediaError::Damaged { format: "video", detail }.into());
            }
            draft.settle()?;
            self.observer.step(Step::Verifying)?;
            let seen = self.attack(draft, &video, &shown, known.as_ref(), &mut verification);
            let mut report = InputReport::of_video(format, dropped, video, self.looked_for(), self.device());
            match seen {
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Refuted(refutation)) => {
                    report.outcome = Outcome::Withheld { reason: refutation.to_string() };
                }
                Ok(seen) if seen.missed.is_empty() => {}
                Ok(seen) if verification.rounds == ROUNDS_MOST => {
                    report.verification = verification;
                    let left = seen.missed.values().flatten().map(|finding| finding.class);
                    report.leave(left, seen.identifying);
                    verification = report.verification.clone();
                }
                Ok(seen) => {
                    verification.take_up(seen.missed.values().flatten());
                    let strangers = seen.strangers.len() as u64;
                    let known = known.get_or_insert_default();
                    known.learn(shown, seen);
                    first = report.video.map(|mut video| {
                        *video.tracks.entry(Class::Face).or_default() += strangers;
                        video.kept = by_authorization(&known.kept);
                        video
                    });
                    continue;
                }
            }
            report.verification = verification;
            if let Some(notes) = notes {
                for (frame, Shown { at_us, areas, .. }) in shown.iter().enumerate() {
                    notes(&FrameNote { frame: frame as u64, at_us: *at_us, areas: &areas.areas() })?;
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
        known: Option<&Known>,
        verification: &mut Verification,
    ) -> Result<FilmSeen, Stop> {
        let shown_us: Vec<_> = shown.iter().map(|frame| frame.at_us).collect();
        let expected = ExpectedVideo {
            container: video.container,
            codec: video.codec,
            size: video.output_size,
            shown_us: &shown_us,
            sound: video.audio.is_some(),
        };
        verification.depth = Some(self.depth(self.policy.verify.videos));
        let seen = self.refute_film(draft.path(), &expected, shown, video.size, known)?;
        verification.looks += seen.looks;
        Ok(seen)
    }

    /// A video without its sound, for whoever only looks.
    fn silent(&self, input: &Path) -> Result<Box<dyn VideoSource>, MediaError> {
        let options = VideoOptions { audio: Audio::Drop, ..self.policy.video.clone() };
        video::open(Input::File(input), &options, self.policy.span, &self.policy.limits)
    }

    /// Everything found in a video, and who would stay; nothing is written or encoded. `notes` and `place` as for
    /// [`Cleaner::clean_video_into`].
    ///
    /// # Errors
    /// As [`Cleaner::clean_video`].
    pub fn inspect_video(
        &self,
        input: &Path,
        place: Option<&Path>,
        notes: Option<&mut Notes<'_>>,
    ) -> Result<InputReport, CleanError> {
        let format = media::sniff(&media::head(input)?)?;
        let source = self.silent(input)?;
        let dropped = source.info().dropped.clone();
        let video = self.foretell(self.study(source, place)?, notes)?;
        Ok(InputReport::of_video(format, dropped, video, self.looked_for(), self.device()))
    }

    /// Cleans a video as it comes, for pipes: what `create` makes gets frames while `source` is read, later by
    /// [`Cleaner::delay`]. Memory does not grow with the length. Every face goes, whoever agreed to be seen: who somebody is
    /// is only known at the end of a track.
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
        let mut along = self.along();
        let told = Told { notes, along: Some(&mut along), shown: None };
        let mut report = self.run_video(source, create, told, None)?;
        report.reading = along.reading()?;
        Ok(report)
    }
}
