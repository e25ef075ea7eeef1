//! One video of a batch: hashed and cleaned piece by piece, straight into its draft. Separate from pictures, which are
//! read whole.

use std::path::{Path, PathBuf};

use super::{
    Ending,
    publish::Made,
    run::{Job, Worker},
    walk::Item,
    withheld::aside,
};
use crate::{
    audit::OutputRow,
    error::{CleanError, MediaError},
    media::{self, draft::Draft},
    pipeline::{FrameNote, InputReport, Notes, Outcome, VideoReport},
};

impl Worker<'_> {
    /// Cleans one video; `index` is its number in the list.
    pub(super) fn handle_video(
        &self,
        index: usize,
        item: &Item,
        stem: Option<&Path>,
        job: &mut Job,
    ) -> Result<Ending, CleanError> {
        // From before the hash on: what is written down and what is cleaned must be one file.
        let stamp = media::Stamp::of(&item.path)?;
        let (sha256, _) = media::hash_file(&item.path)?;
        job.input_sha256 = Some(sha256.clone());
        if let Some(before) = self.done.take(&sha256, &job.limited_to, &self.options.out, stem) {
            return Ok(before);
        }
        // One at a time: a video keeps every core busy by itself.
        let _alone = self.alone();
        let boxes = self.boxes;
        let mut write = |note: &FrameNote<'_>| boxes.map_or(Ok(()), |boxes| boxes.frame(index, note));
        let notes: Option<&mut Notes<'_>> = if boxes.is_some() { Some(&mut write) } else { None };
        if self.options.dry_run {
            let report = self.cleaner.video(&item.path, &item.relative, None, notes)?;
            return Ok(Ending::Clean { report, outputs: Vec::new() });
        }
        let draft = Draft::empty(&self.options.out)?;
        let report = self.cleaner.video(&item.path, &item.relative, Some(&draft), notes)?;
        if let Outcome::Withheld { reason } = &report.outcome {
            let reason = reason.clone();
            return self.withhold_video(stem, draft, report, reason, job);
        }
        stamp.check(&item.path)?;
        self.publish_video(stem, draft, report, job)
    }

    fn publish_video(
        &self,
        stem: Option<&Path>,
        draft: Draft,
        report: InputReport,
        job: &mut Job,
    ) -> Result<Ending, CleanError> {
        let video = of_video(&report);
        let name = self.output_name(stem, 0, 1, video.container.extension())?;
        self.publish(vec![film(name, draft, video)?], job)?;
        Ok(Ending::Clean { report, outputs: job.paths.clone() })
    }

    /// Puts a video aside, if it is only what it shows that was refuted.
    fn withhold_video(
        &self,
        stem: Option<&Path>,
        draft: Draft,
        report: InputReport,
        reason: String,
        job: &mut Job,
    ) -> Result<Ending, CleanError> {
        let mut made = Vec::new();
        if !report.verification.left.is_empty() {
            let video = of_video(&report);
            made.push(film(aside(self.output_name(stem, 0, 1, video.container.extension())?), draft, video)?);
        }
        self.put_aside(made, report, reason, job)
    }
}

fn film(name: PathBuf, draft: Draft, video: &VideoReport) -> Result<Made, MediaError> {
    let (sha256, bytes) = media::hash_file(draft.path())?;
    let row = OutputRow {
        name: name.to_string_lossy().into_owned(),
        sha256,
        bytes,
        width: video.output_size.width,
        height: video.output_size.height,
        frames: u32::try_from(video.frames).unwrap_or(u32::MAX),
    };
    Ok(Made { name, draft, row })
}

fn of_video(report: &InputReport) -> &VideoReport {
    match &report.video {
        Some(video) => video,
        None => unreachable!("a video's report says what became of the video"),
    }
}
