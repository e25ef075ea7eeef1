//! What was made but must not be posted: kept apart from the outputs, with a report beside it, for a person to look at.

use std::path::{Path, PathBuf};

use super::{
    Ending,
    publish::Made,
    run::{Job, Worker},
};
use crate::{
    audit::OutputRow,
    error::{CleanError, MediaError},
    hash::sha256_hex,
    media::draft::Draft,
    pipeline::{InputReport, Output},
};

/// The folder inside the output folder.
pub const FOLDER: &str = "withheld";

impl Worker<'_> {
    /// Puts pictures aside.
    pub(super) fn withhold(
        &self,
        stem: Option<&Path>,
        outputs: &[Output],
        report: InputReport,
        reason: String,
        job: &mut Job,
    ) -> Result<Ending, CleanError> {
        let made = outputs.iter().enumerate().map(|(page, output)| {
            self.made(aside(self.output_name(stem, page, outputs.len(), output.format.extension())?), output)
        });
        self.put_aside(made.collect::<Result<_, _>>()?, report, reason, job)
    }

    /// Puts files aside, with what was seen beside the first of them: classes and places, no words.
    pub(super) fn put_aside(
        &self,
        mut made: Vec<Made>,
        report: InputReport,
        reason: String,
        job: &mut Job,
    ) -> Result<Ending, CleanError> {
        if let Some(first) = made.first() {
            let mut name = first.name.clone().into_os_string();
            name.push(".report.json");
            let explained = self.explained(name.into(), &report)?;
            made.push(explained);
        }
        self.publish(made, job)?;
        Ok(Ending::Withheld { outputs: job.paths.clone(), report, reason, before: false })
    }

    fn explained(&self, name: PathBuf, report: &InputReport) -> Result<Made, MediaError> {
        let failed = |source: serde_json::Error| MediaError::Io {
            doing: "writing the report of what was withheld",
            source: source.into(),
        };
        let text = serde_json::to_vec_pretty(report).map_err(failed)?;
        let row = OutputRow {
            name: name.to_string_lossy().into_owned(),
            sha256: sha256_hex(&text),
            bytes: text.len() as u64,
            // Not a picture.
            width: 0,
            height: 0,
            frames: 0,
        };
        Ok(Made { name, draft: Draft::write(&self.options.out, &text)?, row })
    }
}

/// Where the output of that name is put instead of being published.
pub(super) fn aside(name: PathBuf) -> PathBuf {
    Path::new(FOLDER).join(name)
}
