//! What happened to one input, as plain data for manifests and programs. Holds no text, no crop and no name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    area::Area,
    finding::{Class, Finding},
    geom::Size,
    media::{Format, Kind, SourceInfo},
    redact::coverage,
};

use super::video::VideoReport;

/// What was found in one frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameReport {
    /// Size of the upright picture in pixels.
    pub size: Size,
    /// Everything that was seen, also what the policy did not destroy.
    pub findings: Vec<Finding>,
    /// Share of the picture that was destroyed, 0 to 1.
    pub covered: f32,
}

impl FrameReport {
    pub(crate) fn new(size: Size, findings: Vec<Finding>, areas: &[Area]) -> Self {
        Self { size, findings, covered: coverage(areas, size) }
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
    pub kind: Kind,
    /// The classes that were looked for; empty when only metadata was removed, or in reports of earlier versions.
    #[serde(default)]
    pub looked_for: Vec<Class>,
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
    /// How it ended.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl InputReport {
    pub(crate) fn new(info: &SourceInfo, looked_for: Vec<Class>) -> Self {
        Self {
            format: info.format,
            kind: info.kind,
            looked_for,
            dropped: info.dropped.clone(),
            frames: Vec::new(),
            counted: BTreeMap::new(),
            video: None,
            outcome: Outcome::Clean,
        }
    }

    pub(crate) fn of_video(
        format: Format,
        dropped: Vec<String>,
        video: VideoReport,
        looked_for: Vec<Class>,
    ) -> Self {
        let (kind, frames, counted) = (Kind::Video, Vec::new(), BTreeMap::new());
        Self { format, kind, looked_for, dropped, frames, counted, video: Some(video), outcome: Outcome::Clean }
    }

    /// The same report with numbers instead of findings: what is where in the picture is nothing for a trail.
    #[must_use]
    pub fn without_places(&self) -> Self {
        let mut report = self.clone();
        for finding in report.frames.iter_mut().flat_map(|frame| frame.findings.drain(..)) {
            *report.counted.entry(finding.class).or_default() += 1;
        }
        report
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
