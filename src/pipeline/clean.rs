//! One input, from its bytes to the checked bytes of its outputs. Nothing is written here: publishing belongs to the
//! caller, so a library user in memory and the batch runner share every check.

use std::{path::Path, time::Duration};

use super::{
    Cleaner, InputReport, Outcome, Step,
    refute::{Attack, Judged, ROUNDS_MOST, Stop},
};
use crate::{
    error::{CleanError, MediaError},
    finding::Finding,
    frame::{Raw, TimedFrame},
    geom::Size,
    media::{
        self, Kind, Source,
        image::{OutputFormat, OutputOptions, shrink},
    },
    policy::Depth,
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
/// When the outcome is [`Outcome::Withheld`], `outputs` is empty; see `withheld`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cleaned {
    /// The finished files, safe as far as every check can tell.
    pub outputs: Vec<Output>,
    /// What was made and must not be posted, because a check refuted it: for a person to look at. Empty when the
    /// outcome is [`Outcome::Clean`], and when it was the structure that was refuted.
    pub withheld: Vec<Output>,
    /// What was found and how it ended.
    pub report: InputReport,
}

impl Cleaner {
    /// Cleans a file in memory. What the checks see in the output is destroyed too, by cleaning the input again with
    /// what is known now, at most twice.
    ///
    /// # Errors
    /// When the input cannot be read whole, a detector fails, or the output cannot be encoded.
    pub fn clean_bytes(&self, input: impl Into<Vec<u8>>) -> Result<Cleaned, CleanError> {
        self.clean_bytes_at(input, None)
    }

    /// The same for a file at `place` below the folder that is cleaned, so that authorizations for some files only may hold.
    ///
    /// # Errors
    /// As [`Cleaner::clean_bytes`].
    pub fn clean_bytes_at(&self, input: impl Into<Vec<u8>>, place: Option<&Path>) -> Result<Cleaned, CleanError> {
        let (input, depth) = (input.into(), self.depth(self.policy.verify.stills));
        // Only needed when something was missed, but by then the first reading has used it up.
        let again = (depth != Depth::Off).then(|| input.clone());
        let mut source = media::image::open(input, &self.policy.limits)?;
        let mut report = InputReport::new(source.info(), self.looked_for(), self.device());
        report.verification.depth = Some(depth);
        let mut attack = Attack::new(depth);
        loop {
            let made = match self.encode(source.as_mut(), place, &mut report, &attack) {
                Ok(made) => made,
                Err(Stop::Refuted(refutation)) => {
                    report.outcome = Outcome::Withheld { reason: refutation.to_string() };
                    return Ok(Cleaned { outputs: Vec::new(), withheld: Vec::new(), report });
                }
                Err(Stop::Failed(error)) => return Err(error),
            };
            let Some(again) = again.as_ref().filter(|_| !made.missed.is_empty()) else {
                return Ok(Cleaned { outputs: made.outputs, withheld: Vec::new(), report });
            };
            if report.verification.rounds == ROUNDS_MOST {
                let left = made.missed.iter().flat_map(|(_, missed)| missed).map(|finding| finding.class);
                report.leave(left, made.identifying);
                let (outputs, withheld) = match report.outcome {
                    Outcome::Clean => (made.outputs, Vec::new()),
                    Outcome::Withheld { .. } => (Vec::new(), made.outputs),
                };
                return Ok(Cleaned { outputs, withheld, report });
            }
            attack.after(&made.missed);
            report.caught(made.missed);
            source = media::image::open(again.clone(), &self.policy.limits)?;
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
        self.inspect_bytes_at(input, None)
    }

    /// The same for a file at `place` below the folder that is cleaned.
    ///
    /// # Errors
    /// As [`Cleaner::inspect_bytes`].
    pub fn inspect_bytes_at(
        &self,
        input: impl Into<Vec<u8>>,
        place: Option<&Path>,
    ) -> Result<InputReport, CleanError> {
        let mut source = media::image::open(input.into(), &self.policy.limits)?;
        let mut report = InputReport::new(source.info(), self.looked_for(), self.device());
        while let Some(timed) = self.next(source.as_mut(), report.frames.len())? {
            let (_, frame_report) = self.redact_raw(timed.frame, place)?;
            report.frames.push(frame_report);
        }
        Ok(report)
    }

    /// Makes every output. Frames that `report` knows already are not looked at again but redacted as it says.
    fn encode(
        &self,
        source: &mut dyn Source,
        place: Option<&Path>,
        report: &mut InputReport,
        attack: &Attack,
    ) -> Result<Made, Stop> {
        let info = source.info().clone();
        let format = OutputFormat::choose(&info);
        let mut made = Made::default();
        let (mut writing, mut number) = (None, 0);
        while let Some(timed) = self.next(source, number)? {
            let frame = match report.frames.get_mut(number) {
                Some(known) => {
                    let (frame, again) = self.redact_found(timed.frame, known.clone())?;
                    *known = again;
                    frame
                }
                None => {
                    let (frame, first) = self.redact_raw(timed.frame, place)?;
                    report.frames.push(first);
                    frame
                }
            };
            number += 1;
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
                Kind::Pages => self.check(sink.finish()?, &expected, report, number - 1, attack, &mut made)?,
                Kind::Still | Kind::Animation | Kind::Video => writing = Some((sink, expected)),
            }
        }
        if let Some((sink, expected)) = writing {
            self.check(sink.finish()?, &expected, report, 0, attack, &mut made)?;
        }
        if made.outputs.is_empty() {
            return Err(MediaError::Damaged { format: "picture", detail: "it has no frame".to_owned() }.into());
        }
        Ok(made)
    }

    fn next(&self, source: &mut dyn Source, number: usize) -> Result<Option<TimedFrame<Raw>>, CleanError> {
        self.observer.step(Step::Decoding(u32::try_from(number).unwrap_or(u32::MAX)))?;
        Ok(source.next_frame()?)
    }

    /// Tries to refute one draft, of which the first frame is number `first` of the report.
    fn check(
        &self,
        bytes: Vec<u8>,
        expected: &Expected,
        report: &mut InputReport,
        first: usize,
        attack: &Attack,
        made: &mut Made,
    ) -> Result<(), Stop> {
        self.observer.step(Step::Verifying)?;
        let mut number = first;
        verify::refute(&bytes, expected, &self.policy.limits, &mut |pixels| -> Result<(), Stop> {
            if let Some(known) = report.frames.get(number)
                && let Some(Judged { missed, identifying }) = self.missed(pixels, number, known, attack)?
            {
                report.verification.looks += 1;
                made.identifying += identifying;
                if !missed.is_empty() {
                    made.missed.push((number, missed));
                }
            }
            number += 1;
            Ok(())
        })?;
        made.outputs.push(Output { format: expected.format, bytes, size: expected.size, frames: expected.frames });
        Ok(())
    }
}

/// What one round made.
#[derive(Default)]
struct Made {
    outputs: Vec<Output>,
    /// What is seen in the outputs and no mask explains, by number of the frame, in pixels of the input.
    missed: Vec<(usize, Vec<Finding>)>,
    /// Lines of text among them that can be read and hold an identifier.
    identifying: u64,
}

/// How long a frame stays: in an animation at least 11 ms. Browsers show shorter ones for 100 ms, and a frame shown for
/// no time would be a hidden picture.
fn shown(kind: Kind, duration: Duration) -> Duration {
    match kind {
        Kind::Animation if duration < Duration::from_millis(11) => Duration::from_millis(100),
        Kind::Animation | Kind::Still | Kind::Pages | Kind::Video => duration,
    }
}
