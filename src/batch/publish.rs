//! From finished bytes to published files: names, drafts, and all files of an input or none. Separate from the run, which
//! decides what is published.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    names,
    run::{Job, Worker},
};
use crate::{audit::OutputRow, error::MediaError, hash::sha256_hex, media::draft::Draft, pipeline::Output};

/// A finished file on its way out.
pub(super) struct Made {
    /// Its path inside the output folder.
    pub name: PathBuf,
    /// The file.
    pub draft: Draft,
    /// How its row describes it.
    pub row: OutputRow,
}

impl Worker<'_> {
    /// Publishes all files of an input, or none.
    pub(super) fn publish(&self, made: Vec<Made>, job: &mut Job) -> Result<(), MediaError> {
        if let Some(intents) = self.intents {
            job.intent = Some(intents.promise(&made)?);
        }
        for Made { name, draft, row } in made {
            if let Err(error) = self.publish_draft(&name, draft) {
                for name in job.paths.drain(..) {
                    // The first error is the one to tell.
                    let _ = fs::remove_file(self.options.out.join(name));
                }
                job.outputs.clear();
                return Err(error);
            }
            job.paths.push(name);
            job.outputs.push(row);
        }
        Ok(())
    }

    /// An output in a draft, ready to be published under `name`.
    pub(super) fn made(&self, name: PathBuf, output: &Output) -> Result<Made, MediaError> {
        let row = OutputRow {
            name: name.to_string_lossy().into_owned(),
            sha256: sha256_hex(&output.bytes),
            bytes: output.bytes.len() as u64,
            width: output.size.width,
            height: output.size.height,
            frames: output.frames,
        };
        // The draft lies in the root of the output folder, where leftovers are looked for.
        Ok(Made { name, draft: Draft::write(&self.options.out, &output.bytes)?, row })
    }

    pub(super) fn output_name(
        &self,
        stem: Option<&Path>,
        page: usize,
        pages: usize,
        extension: &str,
    ) -> Result<PathBuf, MediaError> {
        let tail = if stem.is_some() && pages > 1 { format!("-page{}", page + 1) } else { String::new() };
        let stem = match stem {
            Some(kept) => kept.to_owned(),
            None => names::neutral()?.into(),
        };
        Ok(names::numbered(&stem, &format!("{tail}.{extension}")))
    }

    pub(super) fn publish_draft(&self, name: &Path, draft: Draft) -> Result<(), MediaError> {
        let target = self.options.out.join(name);
        let folder = target.parent().unwrap_or(&self.options.out);
        fs::create_dir_all(folder)
            .map_err(|source| MediaError::Io { doing: "making a folder for the output", source })?;
        draft.publish(&target, self.options.overwrite)
    }
}
