//! Going through a video without writing it: everything is found and followed, so that what can only be told from whole tracks
//! is known before the first frame is written. Separate because a stream cannot be gone through twice.

use std::{collections::BTreeMap, path::Path, sync::mpsc::Receiver};

use super::{
    Cleaner, FrameNote, Notes, Step, VideoReport,
    keep::{Followed, Trials},
    refute::{Known, Packed, Shown},
    report::Reading,
    video::{Done, Work},
    watch::Watched,
    words::{self, Lines},
};
use crate::{
    error::CleanError,
    finding::Class,
    media::video::{VideoInfo, VideoSource},
    policy::decide::decide_at,
    redact::coverage,
};

/// What looks at frames along with whoever follows things through them.
#[derive(Default)]
pub(super) struct Along<'a> {
    /// Who the faces are; `None` where nobody may stay.
    trials: Option<Trials<'a>>,
    /// What the lines of text hold; `None` where nobody wants to know.
    lines: Option<Lines<'a>>,
}

impl Along<'_> {
    /// A frame with all that is followed in it, shown at `at_us`.
    pub fn see(&mut self, watched: &Watched, at_us: u64) -> Result<(), CleanError> {
        if let Some(trials) = &mut self.trials {
            let faces = watched.areas.iter().filter(|area| area.class == Class::Face);
            let faces: Vec<_> = faces
                .filter_map(|area| {
                    let (track, head) = (area.track?, area.shape.bounds());
                    Some(Followed { track, head, sighted: watched.sighted.contains(&track) })
                })
                .collect();
            trials.see(&watched.timed.frame, &faces, watched.cut, at_us)?;
        }
        if let Some(lines) = &mut self.lines {
            let texts = watched.areas.iter().filter(|area| area.class == Class::Text);
            let texts: Vec<_> = texts
                .filter_map(|area| {
                    let (track, outline) = (area.track?, area.shape);
                    Some(words::Followed { track, outline, sighted: watched.sighted.contains(&track) })
                })
                .collect();
            lines.see(&watched.timed.frame, &texts, watched.cut, at_us)?;
        }
        Ok(())
    }

    /// What was read, once no frame follows.
    pub fn reading(self) -> Result<Option<Reading>, CleanError> {
        Ok(self.lines.map(Lines::finish).transpose()?)
    }
}

/// What is known of a video that was gone through.
pub(super) struct Study {
    /// What was followed, without what stays.
    pub report: VideoReport,
    /// What must go, and what stays.
    pub known: Known,
}

impl Cleaner {
    /// Whether faces may stay in the video at `place` below the folder that is cleaned, so that it must be studied first.
    pub(super) fn may_keep(&self, place: Option<&Path>) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| keeper.trials(place).is_some())
    }

    /// Whoever reads lines along the way, where the policy asks for what they hold.
    pub(super) fn along(&self) -> Along<'_> {
        let reader = self.reader.as_ref().filter(|_| self.policy.identifiers && words::wanted(&self.policy));
        Along { trials: None, lines: reader.map(Lines::new) }
    }

    /// Goes through a video in the file at `place`.
    pub(super) fn study(&self, source: Box<dyn VideoSource>, place: Option<&Path>) -> Result<Study, CleanError> {
        let trials = self.keeper.as_ref().and_then(|keeper| keeper.trials(place));
        let mut along = Along { trials, ..self.along() };
        let (info, mut shown) = (source.info().clone(), Vec::new());
        let done = Done::new(self, &info, self.output_size(info.size));
        let mut report =
            self.follow(source, None, |to_do| self.look_on(&to_do, &info, done, &mut along, &mut shown))?;
        let kept = along.trials.as_ref().map(Trials::kept).unwrap_or_default();
        for frame in &mut shown {
            frame.keep(&kept);
        }
        if let Some(faces) = report.tracks.get_mut(&Class::Face) {
            *faces = faces.saturating_sub(kept.len() as u64);
        }
        report.kept = by_authorization(&kept);
        report.reading = along.reading()?;
        Ok(Study { report, known: Known { shown, kept, ..Known::default() } })
    }

    fn look_on(
        &self,
        to_do: &Receiver<Work>,
        info: &VideoInfo,
        mut done: Done,
        along: &mut Along<'_>,
        shown: &mut Vec<Shown>,
    ) -> Result<Done, CleanError> {
        for work in to_do {
            match work {
                Work::End => return Ok(done),
                Work::Sound(_) => {}
                Work::Frame(watched) => {
                    let at_us = info.time_base.us(watched.timed.pts);
                    along.see(&watched, at_us)?;
                    done.add(info.time_base.us(watched.timed.pts + watched.timed.duration), 0.0);
                    shown.push(Shown {
                        at_us,
                        cut: watched.cut,
                        areas: Packed::of(&watched.areas),
                        kept: Packed::default(),
                    });
                    self.observer.step(Step::Redacting)?;
                }
            }
        }
        Err(CleanError::Interrupted)
    }

    /// What would go in a video that was gone through, told frame by frame.
    pub(super) fn foretell(&self, study: Study, notes: Option<&mut Notes<'_>>) -> Result<VideoReport, CleanError> {
        let Study { mut report, known } = study;
        let (mut notes, mut sum) = (notes, 0.0);
        for (frame, shown) in known.shown.iter().enumerate() {
            let areas = decide_at(&self.policy, &shown.areas.areas(), shown.at_us);
            let covered = coverage(&areas, report.size);
            report.covered_max = report.covered_max.max(covered);
            sum += f64::from(covered);
            if let Some(notes) = notes.as_mut() {
                notes(&FrameNote { frame: frame as u64, at_us: shown.at_us, areas: &areas })?;
            }
        }
        report.covered_mean = (sum / known.shown.len().max(1) as f64) as f32;
        Ok(report)
    }
}

/// How many tracks stay under each authorization.
pub(super) fn by_authorization(kept: &BTreeMap<u64, String>) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for authorization in kept.values() {
        *counts.entry(authorization.clone()).or_default() += 1;
    }
    counts
}
