//! Counts what the judgement of regions and the look beside them say about a clip, and about several. Separate from
//! both, because how figures are pooled is another question than how they are taken.

use std::{collections::BTreeMap, error::Error, path::Path};

use serde::Serialize;

use super::{
    ffmpeg::Decoder,
    over::beside,
    planes::Planes,
    region::{COVERED_MIN, destroyed},
    truth::{Region, Truth},
};

/// Frames of an output belong to the input's frames whose times lie this near, in seconds: containers round to a
/// millisecond.
const SAME_TIME_S: f64 = 0.002;
/// Sizes by which region-frames are counted: upper limit in pixels and name.
pub const SIZES: [(f64, &str); 4] = [(16.0, "<16"), (32.0, "16-32"), (64.0, "32-64"), (f64::INFINITY, ">64")];
/// Lengths of gaps: upper limit in frames and name.
pub const GAPS: [(usize, &str); 5] = [(1, "1"), (3, "2-3"), (9, "4-9"), (29, "10-29"), (usize::MAX, "30 and more")];

/// Figures for one label of one clip, or of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Scored region-frames.
    pub scored: usize,
    /// Those of them that were covered.
    pub covered: usize,
    /// Region-frames with nothing to be seen in them; not scored.
    pub blank: usize,
    /// Scored and covered by size: height of a face, shorter side of a line of text.
    pub sizes: BTreeMap<String, [usize; 2]>,
    /// Tracks that were scored in at least one frame.
    pub tracks: usize,
    /// Those of them that were exposed in at least one frame.
    pub exposed_tracks: usize,
    /// Runs of frames in which a track stays exposed, by length.
    pub gaps: BTreeMap<String, usize>,
}

/// Figures for one clip, or of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Clip, or "pooled".
    pub name: String,
    /// What moves in it.
    pub kind: String,
    /// Frames of the input.
    pub frames: usize,
    /// Frames of the output.
    pub output_frames: usize,
    /// Frames of the input that have one of the output at the same time: only these are scored.
    pub matched: usize,
    /// Whether all frames matched and none was added.
    pub times_kept: bool,
    /// By label.
    pub labels: BTreeMap<String, Figures>,
    /// Mean share of a frame's pixels changed clearly away from everything labelled.
    pub over: f64,
    /// Mean difference of luma that coding made, in 8-bit steps.
    pub noise: f64,
}

/// A region that was seen in the output.
#[derive(Clone, Debug, Serialize)]
pub struct Exposed {
    /// Clip.
    pub clip: String,
    /// Frame of the input, from 0.
    pub frame: usize,
    /// Which region.
    #[serde(flatten)]
    pub region: Region,
    /// Share of its detail that was destroyed.
    pub destroyed: f64,
}

/// Takes the frames of a clip one after the other.
pub struct Score<'a> {
    truth: &'a Truth,
    report: Report,
    /// For each track of a label: frames scored, whether it was ever exposed, and how long it has been now.
    tracks: BTreeMap<(String, usize), (bool, usize)>,
    exposed: Vec<Exposed>,
}

impl<'a> Score<'a> {
    /// Nothing compared yet.
    pub fn new(truth: &'a Truth) -> Self {
        let (name, kind) = (truth.name.clone(), truth.kind.clone());
        let report = Report { name, kind, frames: truth.frames.len(), ..Report::default() };
        Self { truth, report, tracks: BTreeMap::new(), exposed: Vec::new() }
    }

    /// Compares frame `number` of the input with the output's at the same time; in order.
    pub fn frame(&mut self, number: usize, input: &Planes, output: &Planes) {
        let truth = &self.truth.frames[number];
        let beside = beside(truth, input, output);
        self.report.matched += 1;
        self.report.over += beside.over;
        self.report.noise += f64::from(beside.noise);
        for region in truth.regions.iter().filter(|region| !region.ignore) {
            let figures = self.report.labels.entry(region.label.clone()).or_default();
            let Some(destroyed) = destroyed(region, &truth.occluders, input, output, beside.noise) else {
                figures.blank += 1;
                continue;
            };
            let covered = destroyed >= COVERED_MIN;
            let (across, down) = region.sides();
            let side = if region.label == "face" { down } else { across.min(down) };
            let size = SIZES.iter().find(|(limit, _)| side < *limit).map_or(SIZES[3].1, |(_, name)| name);
            let sized = figures.sizes.entry(size.to_owned()).or_default();
            figures.scored += 1;
            sized[0] += 1;
            let track = self.tracks.entry((region.label.clone(), region.track)).or_default();
            if covered {
                figures.covered += 1;
                sized[1] += 1;
                close(figures, &mut track.1);
            } else {
                *track = (true, track.1 + 1);
                let (clip, region) = (self.truth.name.clone(), region.clone());
                self.exposed.push(Exposed { clip, frame: number, region, destroyed });
            }
        }
    }

    /// The figures, once every frame is compared; `output_frames` of the output were there.
    pub fn finish(mut self, output_frames: usize) -> (Report, Vec<Exposed>) {
        for ((label, _), (exposed, mut gap)) in self.tracks {
            let figures = self.report.labels.entry(label).or_default();
            figures.tracks += 1;
            figures.exposed_tracks += usize::from(exposed);
            close(figures, &mut gap);
        }
        let matched = self.report.matched.max(1) as f64;
        self.report.over /= matched;
        self.report.noise /= matched;
        self.report.output_frames = output_frames;
        self.report.times_kept = self.report.matched == self.report.frames && output_frames == self.report.frames;
        (self.report, self.exposed)
    }
}

/// Counts a gap that ends.
fn close(figures: &mut Figures, gap: &mut usize) {
    if *gap > 0 {
        let name = GAPS.iter().find(|(limit, _)| *gap <= *limit).map_or(GAPS[4].1, |(_, name)| name);
        *figures.gaps.entry(name.to_owned()).or_default() += 1;
        *gap = 0;
    }
}

/// Decodes a clip and an output side by side and compares them at equal times.
///
/// # Errors
/// When one cannot be decoded, has another size, or the clip is not the one that the truth is about.
pub fn compare(truth: &Truth, input: &Path, output: &Path) -> Result<(Report, Vec<Exposed>), Box<dyn Error>> {
    let size = [truth.width, truth.height];
    let (mut inputs, mut outputs) = (Decoder::open(input, size)?, Decoder::open(output, size)?);
    let mut score = Score::new(truth);
    let mut output_frames = 0;
    let mut next = outputs.next_frame()?;
    for number in 0..truth.frames.len() {
        let (seconds, frame) = inputs.next_frame()?.ok_or("the clip has fewer frames than its truth")?;
        if (seconds - truth.seconds(number)).abs() > SAME_TIME_S {
            return Err(
                format!("frame {number} of the clip is shown at {seconds} s, not when its truth says").into()
            );
        }
        while next.as_ref().is_some_and(|(at, _)| *at < seconds - SAME_TIME_S) {
            output_frames += 1;
            next = outputs.next_frame()?;
        }
        if let Some((at, other)) = &next
            && (at - seconds).abs() <= SAME_TIME_S
        {
            score.frame(number, &frame, other);
        }
    }
    while next.is_some() {
        output_frames += 1;
        next = outputs.next_frame()?;
    }
    Ok(score.finish(output_frames))
}

/// One report over several: counts are added, shares of frames are means over all frames.
pub fn pooled(reports: &[Report]) -> Report {
    let mut all = Report { name: "pooled".to_owned(), times_kept: true, ..Report::default() };
    for report in reports {
        all.frames += report.frames;
        all.output_frames += report.output_frames;
        all.matched += report.matched;
        all.times_kept &= report.times_kept;
        all.over += report.over * report.matched as f64;
        all.noise += report.noise * report.matched as f64;
        for (label, figures) in &report.labels {
            let sum = all.labels.entry(label.clone()).or_default();
            sum.scored += figures.scored;
            sum.covered += figures.covered;
            sum.blank += figures.blank;
            sum.tracks += figures.tracks;
            sum.exposed_tracks += figures.exposed_tracks;
            for (name, count) in &figures.gaps {
                *sum.gaps.entry(name.clone()).or_default() += count;
            }
            for (name, counts) in &figures.sizes {
                let size = sum.sizes.entry(name.clone()).or_default();
                *size = [size[0] + counts[0], size[1] + counts[1]];
            }
        }
    }
    let matched = all.matched.max(1) as f64;
    all.over /= matched;
    all.noise /= matched;
    all
}
