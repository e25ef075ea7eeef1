//! One input, from its bytes to the checked bytes of its outputs. Nothing is written here: publishing belongs to the
//! caller, so a library user in memory and the batch runner share every check.

use std::{path::Path, time::Duration};

use super::{Cleaner, InputReport, Outcome, Step};
use crate::{
    error::{CleanError, MediaError},
    frame::{Raw, TimedFrame},
    geom::Size,
    media::{
        self, Kind, Source,
        image::{OutputFormat, OutputOptions, shrink},
    },
    verify::{self, Expected},
};

/// A finished, checked output in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its format; also decides the file name's extension.
    pub format: OutputFormat,
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Size of the picture in pixels.
    pub size: Size,
    /// Number of frames, 1 for a still.
    pub frames: u32,
}

/// The outputs of one input (several when it had pages) and what happened.
///
/// When the outcome is [`Outcome::Withheld`], `outputs` is empty: a refuted output does not leave the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleaned {
    /// The finished files.
    pub outputs: Vec<Output>,
    /// What was found and how it ended.
    pub report: InputReport,
}

impl Cleaner {
    /// Cleans a file in memory.
    ///
    /// # Errors
    /// When the input cannot be read whole, a detector fails, or the output cannot be encoded.
    pub fn clean_bytes(&self, input: impl Into<Vec<u8>>) -> Result<Cleaned, CleanError> {
        let mut source = media::image::open(input.into(), &self.policy.limits)?;
        let mut report = InputReport::new(source.info(), self.looked_for());
        match self.encode(source.as_mut(), &mut report) {
            Ok(outputs) => Ok(Cleaned { outputs, report }),
            Err(Stop::Refuted(reason)) => {
                report.outcome = Outcome::Withheld { reason };
                Ok(Cleaned { outputs: Vec::new(), report })
            }
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Reads and cleans one file; nothing is written.
    ///
    /// # Errors
    /// As [`Cleaner::clean_bytes`], and when the file cannot be read or is larger than the policy allows.
    pub fn clean_file(&self, input: &Path) -> Result<Cleaned, CleanError> {
        self.clean_bytes(media::read_file(input, &self.policy.limits)?)
    }

    /// Everything found in a file, frame by frame, without writing or encoding.
    ///
    /// # Errors
    /// When the input cannot be read whole or a detector fails.
    pub fn inspect_bytes(&self, input: impl Into<Vec<u8>>) -> Result<InputReport, CleanError> {
        let mut source = media::image::open(input.into(), &self.policy.limits)?;
        let mut report = InputReport::new(source.info(), self.looked_for());
        while let Some(timed) = self.next(source.as_mut(), &report)? {
            let (_, frame_report) = self.redact_raw(timed.frame)?;
            report.frames.push(frame_report);
        }
        Ok(report)
    }

    fn encode(&self, source: &mut dyn Source, report: &mut InputReport) -> Result<Vec<Output>, Stop> {
        let info = source.info().clone();
        let format = OutputFormat::choose(&info);
        let mut outputs = Vec::new();
        let mut writing = None;
        while let Some(timed) = self.next(source, report)? {
            let (frame, frame_report) = self.redact_raw(timed.frame)?;
            report.frames.push(frame_report);
            let frame = frame.try_map(|pixels| match self.policy.max_side_px {
                0 => Ok(pixels),
                max_side_px => shrink(pixels, max_side_px),
            })?;
            let timed = TimedFrame { frame, duration: shown(info.kind, timed.duration) };
            self.observer.step(Step::Encoding)?;
            let (mut sink, mut expected) = match writing.take() {
                Some(open) => open,
                None => {
                    let options = OutputOptions { quality: self.policy.quality, loops: info.loops };
                    (format.sink(options), Expected { format, size: timed.frame.size(), frames: 0 })
                }
            };
            sink.push(timed)?;
            expected.frames += 1;
            match info.kind {
                Kind::Pages => outputs.push(self.checked(sink.finish()?, &expected)?),
                Kind::Still | Kind::Animation | Kind::Video => writing = Some((sink, expected)),
            }
        }
        if let Some((sink, expected)) = writing {
            outputs.push(self.checked(sink.finish()?, &expected)?);
        }
        if outputs.is_empty() {
            return Err(MediaError::Damaged { format: "picture", detail: "it has no frame".to_owned() }.into());
        }
        Ok(outputs)
    }

    fn next(&self, source: &mut dyn Source, report: &InputReport) -> Result<Option<TimedFrame<Raw>>, CleanError> {
        self.observer.step(Step::Decoding(report.frames.len() as u32))?;
        Ok(source.next_frame()?)
    }

    fn checked(&self, bytes: Vec<u8>, expected: &Expected) -> Result<Output, Stop> {
        self.observer.step(Step::Verifying)?;
        verify::refute(&bytes, expected, &self.policy.limits).map_err(|r| Stop::Refuted(r.to_string()))?;
        Ok(Output { format: expected.format, bytes, size: expected.size, frames: expected.frames })
    }
}

/// How long a frame stays: in an animation at least 11 ms. Browsers show shorter ones for 100 ms, and a frame shown for
/// no time would be a hidden picture.
fn shown(kind: Kind, duration: Duration) -> Duration {
    match kind {
        Kind::Animation if duration < Duration::from_millis(11) => Duration::from_millis(100),
        Kind::Animation | Kind::Still | Kind::Pages | Kind::Video => duration,
    }
}

/// Why an input has no output.
enum Stop {
    Failed(CleanError),
    Refuted(String),
}

impl<E: Into<CleanError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Failed(error.into())
    }
}
