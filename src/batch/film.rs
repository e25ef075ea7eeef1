//! One video of a batch: hashed and cleaned piece by piece, straight into its draft. Separate from pictures, which are
//! read whole.

use std::path::Path;

use super::{
    Ending,
    publish::Made,
    run::{Job, Worker},
    walk::Item,
};
use crate::{
    audit::OutputRow,
    error::CleanError,
    media::{self, draft::Draft},
    pipeline::{FrameNote, InputReport, Notes, Outcome},
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
        if let Some(before) = self.done.take(&sha256, &self.options.out, stem) {
            return Ok(before);
        }
        // One at a time: a video keeps every core busy by itself.
        let _alone = self.alone();
        let boxes = self.boxes;
        let mut write = |note: &FrameNote<'_>| boxes.map_or(Ok(()), |boxes| boxes.frame(index, note));
        let notes: Option<&mut Notes<'_>> = if boxes.is_some() { Some(&mut write) } else { None };
        if self.options.dry_run {
            let report = self.cleaner.video(&item.path, None, notes)?;
            return Ok(Ending::Clean { report, outputs: Vec::new() });
        }
        let draft = Draft::empty(&self.options.out)?;
        let report = self.cleaner.video(&item.path, Some(&draft), notes)?;
        if let Outcome::Withheld { reason } = &report.outcome {
            return Ok(Ending::Withheld { reason: reason.clone(), report });
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
        let (sha256, bytes) = media::hash_file(draft.path())?;
        let (extension, size, frames) = match &report.video {
            Some(video) => (video.container.extension(), video.output_size, video.frames),
            None => unreachable!("a video's report says what became of the video"),
        };
        let name = self.output_name(stem, 0, 1, extension)?;
        let row = OutputRow {
            name: name.to_string_lossy().into_owned(),
            sha256,
            bytes,
            width: size.width,
            height: size.height,
            frames: u32::try_from(frames).unwrap_or(u32::MAX),
        };
        self.publish(vec![Made { name, draft, row }], job)?;
        Ok(Ending::Clean { report, outputs: job.paths.clone() })
    }
}
