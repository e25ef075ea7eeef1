//! What happened to one input, as plain data for manifests and programs. Holds no text, no crop and no name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    device::Device,
    finding::{Class, Finding},
    geom::Size,
    media::{self, Format, SourceInfo},
    phi::Kind,
    policy::Depth,
};

use super::video::VideoReport;

/// What was found in one frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameReport {
    /// Size of the upright picture in pixels.
    pub size: Size,
    /// Everything that was seen, except for what is in `visible`.
    pub findings: Vec<Finding>,
    /// Share of the picture that was destroyed, 0 to 1.
    pub covered: f32,
    /// What the lines of text hold; `None` where they were not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// What stays visible on purpose.
    #[serde(default, skip_serializing_if = "Visible::is_nothing")]
    pub visible: Visible,
}

/// What lines of text hold, in numbers; the words themselves are nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Lines that were found, some of them more than once; in a video, lines that were followed.
    pub lines: usize,
    /// Lines of which something could be read, each counted once.
    pub legible: usize,
    /// Identifiers in them, as rules tell them. What is not legible is not counted, and rules are often wrong.
    pub identifiers: BTreeMap<Kind, usize>,
}

/// What was found and stays visible, because the policy says so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Visible {
    /// Lines of text that are harmless by the policy.
    pub spared: usize,
    /// The authorization of every face that stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorizations: Vec<String>,
    /// Where everything is; empty in a report that comes from an audit trail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Finding>,
}

impl Visible {
    /// Whether nothing stays.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl FrameReport {
    pub(crate) fn new(size: Size, findings: Vec<Finding>) -> Self {
        Self { size, findings, covered: 0.0, reading: None, visible: Visible::default() }
    }
}

/// How an input ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// An output exists and passed every check.
    Clean,
    /// An output was made, a check refuted it, and it was not published.
    Withheld {
        /// What the check saw.
        reason: String,
    },
}

/// What happened to one input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InputReport {
    /// What the input was.
    pub format: Format,
    /// One picture, an animation, or pages.
    pub kind: media::Kind,
    /// The classes that were looked for; empty when only metadata was removed, or in reports of earlier versions.
    #[serde(default)]
    pub looked_for: Vec<Class>,
    /// What the networks that looked ran on; `None` when there were none, or in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Device>,
    /// What the file held besides the picture and was left behind, in plain words.
    pub dropped: Vec<String>,
    /// One report a frame or page; empty for videos.
    pub frames: Vec<FrameReport>,
    /// Findings that were counted and whose places were not kept, by class; empty except in a report that comes from an
    /// audit trail.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counted: BTreeMap<Class, u64>,
    /// What happened to a video; `None` for pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoReport>,
    /// What the checks of the outputs saw.
    #[serde(default)]
    pub verification: Verification,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What detectors saw when they looked at the outputs before those were published.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verification {
    /// How hard they looked; `None` where nothing was made, or in reports of earlier versions.
    pub depth: Option<Depth>,
    /// Frames of outputs that they looked at, over all rounds.
    pub looks: u64,
    /// How many times the output was made again because of what they saw.
    pub rounds: u32,
    /// What was seen only in an output, and destroyed then.
    pub caught: BTreeMap<Class, u64>,
    /// What was still seen in the end; it withholds the output.
    pub left: BTreeMap<Class, u64>,
    /// Lines of text among that, over all frames that were looked at, that can be read with certainty and hold an identifier by
    /// some rule.
    pub left_identifying: u64,
}

impl Verification {
    /// Counts what the next round is to destroy.
    pub(crate) fn take_up<'a>(&mut self, missed: impl IntoIterator<Item = &'a Finding>) {
        self.rounds += 1;
        for finding in missed {
            *self.caught.entry(finding.class).or_default() += 1;
        }
    }
}

impl InputReport {
    pub(crate) fn new(info: &SourceInfo, looked_for: Vec<Class>, device: Option<Device>) -> Self {
        Self {
            format: info.format,
            kind: info.kind,
            looked_for,
            device,
            dropped: info.dropped.clone(),
            frames: Vec::new(),
            counted: BTreeMap::new(),
            video: None,
            verification: Verification::default(),
            outcome: Outcome::Clean,
        }
    }

    pub(crate) fn of_video(
        format: Format,
        dropped: Vec<String>,
        video: VideoReport,
        looked_for: Vec<Class>,
        device: Option<Device>,
    ) -> Self {
        let (kind, frames, counted) = (media::Kind::Video, Vec::new(), BTreeMap::new());
        let verification = Verification::default();
        let video = Some(video);
        let outcome = Outcome::Clean;
        Self { format, kind, looked_for, device, dropped, frames, counted, video, verification, outcome }
    }

    /// The same report with numbers instead of findings: what is where in the picture is nothing for a trail.
    #[must_use]
    pub fn without_places(&self) -> Self {
        let mut report = self.clone();
        for finding in report.frames.iter_mut().flat_map(|frame| frame.findings.drain(..)) {
            *report.counted.entry(finding.class).or_default() += 1;
        }
        report.frames.iter_mut().for_each(|frame| frame.visible.places.clear());
        report
    }

    /// Number of identifiers of every kind in the text that was read, over all frames.
    pub fn identifiers(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        let frames = self.frames.iter().filter_map(|frame| frame.reading.as_ref());
        let all = frames.chain(self.video.iter().filter_map(|video| video.reading.as_ref()));
        for (kind, n) in all.flat_map(|reading| &reading.identifiers) {
            *counts.entry(*kind).or_default() += n;
        }
        counts
    }

    /// The authorizations of all faces that stay visible, over all frames, each with its number of faces; in a video, of faces
    /// that were followed.
    pub fn authorized(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for authorization in self.frames.iter().flat_map(|frame| &frame.visible.authorizations) {
            *counts.entry(authorization.as_str()).or_default() += 1;
        }
        for (authorization, n) in self.video.iter().flat_map(|video| &video.kept) {
            *counts.entry(authorization.as_str()).or_default() += *n as usize;
        }
        counts
    }

    /// Lines of text that stay visible, over all frames.
    pub fn spared(&self) -> usize {
        self.frames.iter().map(|frame| frame.visible.spared).sum()
    }

    /// Takes up what was seen only in the outputs, by number of the frame, for the next round to destroy.
    pub(crate) fn caught(&mut self, missed: Vec<(usize, Vec<Finding>)>) {
        self.verification.take_up(missed.iter().flat_map(|(_, missed)| missed));
        for (number, missed) in missed {
            if let Some(frame) = self.frames.get_mut(number) {
                frame.findings.extend(missed);
            }
        }
    }

    /// Says that things of these classes are still seen, although all that was seen was destroyed, and that of the text so many
    /// lines can be read and hold an identifier. Any of it withholds the output.
    pub(crate) fn leave(&mut self, left: impl IntoIterator<Item = Class>, identifying: u64) {
        for class in left {
            *self.verification.left.entry(class).or_default() += 1;
        }
        self.verification.left_identifying = identifying;
        if self.verification.left.is_empty() && identifying == 0 {
            return;
        }
        let seen: Vec<_> = self
            .verification
            .left
            .iter()
            .map(|(class, n)| format!("{n} {}", if *n == 1 { class.name() } else { class.plural() }))
            .collect();
        let legible = match identifying {
            0 => "",
            _ => ", with an identifier that can be read",
        };
        let reason = format!(
            "detectors still see {} in the output{legible}; look at it, and cover them with --regions",
            seen.join(", ")
        );
        self.outcome = Outcome::Withheld { reason };
    }

    /// Number of findings of every class that was found, over all frames; in a video, of things that were followed.
    pub fn counts(&self) -> BTreeMap<Class, usize> {
        let tracks = self.video.iter().flat_map(|video| &video.tracks);
        let mut counts: BTreeMap<_, _> = tracks.filter(|(_, n)| **n > 0).map(|(c, n)| (*c, *n as usize)).collect();
        for (class, n) in &self.counted {
            *counts.entry(*class).or_default() += *n as usize;
        }
        for finding in self.frames.iter().flat_map(|f| &f.findings) {
            *counts.entry(finding.class).or_default() += 1;
        }
        counts
    }
}
