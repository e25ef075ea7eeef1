//! What the lines of text hold that are followed through a video. Separate from pictures, because a line is there in many
//! frames: it is read a few times where it is clearest, and counted once. Nothing here decides what stays: in videos every
//! line goes, because a track follows a place, and what stands there may change between two readings (a ticker, a screen).

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use image::RgbImage;

use super::{COUNT_CONFIDENCE, SAME_LINE};
use crate::{
    area::Shape,
    detect::{
        Picture,
        read::{Line, Reader},
    },
    error::DetectError,
    geom::{Rect, Size},
    phi,
    pipeline::report::Reading,
};

/// Times that a line is read at most.
const READ_MOST: u32 = 3;

/// Time between two looks at how clear lines are, in microseconds.
const LOOK_EVERY_US: u64 = 200_000;

/// How long the clearest look is waited for before it is read, in microseconds.
const WAIT_US: u64 = 800_000;

/// A line is only read again from a look that is so much clearer than any that was read.
const CLEARER: f32 = 1.15;

/// Lines of this height, in pixels, are read as well as higher ones.
const HEIGHT_ENOUGH_PX: f32 = 48.0;

/// A line that was read with more is not read again.
const CERTAIN: f32 = 0.97;

/// Lines that are remembered after they are gone, as neighbours of others.
const REMEMBERED: usize = 128;

/// A line that is followed, in one frame.
#[derive(Clone, Copy, Debug)]
pub(in crate::pipeline) struct Followed {
    /// Its track.
    pub track: u64,
    /// Where it is, in pixels of the frame.
    pub outline: Shape,
    /// Whether it is there for certain, between its first sighting and its last.
    pub sighted: bool,
}

/// Where every line was in one frame.
type Places = Arc<Vec<(u64, Rect)>>;

/// A look at a line.
struct Look {
    picture: RgbImage,
    outline: Shape,
    clearness: f32,
    place: Rect,
    places: Places,
}

/// What was read.
struct Told {
    line: Line,
    place: Rect,
    places: Places,
}

#[derive(Default)]
struct Track {
    /// The clearest look since the last reading.
    look: Option<Look>,
    /// When the first of them was.
    since_us: u64,
    reads: u32,
    /// How clear the clearest look was that was read.
    clearness: f32,
    best: Option<Told>,
}

/// All lines of a video.
pub(in crate::pipeline) struct Lines<'a> {
    reader: &'a Reader,
    tracks: BTreeMap<u64, Track>,
    /// Lines that are no longer followed, and whether they were counted.
    gone: VecDeque<(u64, Told)>,
    next_us: u64,
    reading: Reading,
}

impl<'a> Lines<'a> {
    pub fn new(reader: &'a Reader) -> Self {
        let (tracks, gone) = (BTreeMap::new(), VecDeque::new());
        Self { reader, tracks, gone, next_us: 0, reading: Reading::default() }
    }

    /// The next frame, shown at `at_us`, with every line that is followed in it; `cut` says that it begins a scene.
    pub fn see(
        &mut self,
        frame: &dyn Picture,
        lines: &[Followed],
        cut: bool,
        at_us: u64,
    ) -> Result<(), DetectError> {
        let over: Vec<u64> =
            self.tracks.keys().copied().filter(|track| lines.iter().all(|line| line.track != *track)).collect();
        self.count(&over)?;
        for line in lines {
            self.tracks.entry(line.track).or_default();
        }
        if !cut && at_us < self.next_us {
            return Ok(());
        }
        self.next_us = at_us + LOOK_EVERY_US;
        let places: Places = Arc::new(lines.iter().map(|line| (line.track, line.outline.bounds())).collect());
        for line in lines.iter().filter(|line| line.sighted) {
            let Some(track) = self.tracks.get_mut(&line.track) else { continue };
            track.look(frame, line, &places, at_us)?;
            if track.look.is_some() && at_us >= track.since_us + WAIT_US {
                track.read(self.reader)?;
            }
        }
        Ok(())
    }

    /// What all lines hold, once no frame follows.
    pub fn finish(mut self) -> Result<Reading, DetectError> {
        let rest: Vec<u64> = self.tracks.keys().copied().collect();
        self.count(&rest)?;
        Ok(self.reading)
    }

    /// Reads what was not read yet of lines that are gone, and counts what they hold.
    fn count(&mut self, over: &[u64]) -> Result<(), DetectError> {
        for track in over {
            if let Some(track) = self.tracks.get_mut(track) {
                track.read(self.reader)?;
            }
        }
        for id in over {
            self.reading.lines += 1;
            let told = self.tracks.get(id).and_then(|track| track.best.as_ref());
            if let Some(told) = told.filter(|told| told.line.confidence >= COUNT_CONFIDENCE)
                && !self.counted(told)
            {
                self.reading.legible += 1;
                let held = phi::label(&self.with_neighbours(*id, told)).by_line;
                for (kind, n) in held.into_iter().next().unwrap_or_default() {
                    *self.reading.identifiers.entry(kind).or_default() += n;
                }
            }
            // What was counted is what is in `gone`; the others of `over` are still among the tracks.
            let Some(told) = self.tracks.get_mut(id).and_then(|track| track.best.take()) else { continue };
            self.gone.push_back((*id, told));
            if self.gone.len() > REMEMBERED {
                self.gone.pop_front();
            }
        }
        for id in over {
            self.tracks.remove(id);
        }
        Ok(())
    }

    /// What was read of a track, if it was.
    fn told(&self, track: u64) -> Option<&Told> {
        let gone = || self.gone.iter().find(|(id, _)| *id == track).map(|(_, told)| told);
        self.tracks.get(&track).and_then(|track| track.best.as_ref()).or_else(gone)
    }

    /// Whether a line that was counted already stood in the same place at the same time: one line, followed twice.
    fn counted(&self, told: &Told) -> bool {
        told.places.iter().any(|(other, place)| {
            let same = place.share_inside(&told.place) > SAME_LINE || told.place.share_inside(place) > SAME_LINE;
            same && self.gone.iter().any(|(id, gone)| id == other && gone.line.confidence >= COUNT_CONFIDENCE)
        })
    }

    /// A line, and those that were beside it where it was read best.
    fn with_neighbours(&self, track: u64, told: &Told) -> Vec<phi::Line> {
        let own = phi::Line { text: told.line.text.clone(), place: told.place };
        let others = told.places.iter().filter(|(other, _)| *other != track).filter_map(|(other, place)| {
            let text = self.told(*other).filter(|told| told.line.confidence >= COUNT_CONFIDENCE)?.line.text.clone();
            Some(phi::Line { text, place: *place })
        });
        std::iter::once(own).chain(others).collect()
    }
}

impl Track {
    fn look(
        &mut self,
        frame: &dyn Picture,
        line: &Followed,
        places: &Places,
        at_us: u64,
    ) -> Result<(), DetectError> {
        let certain = self.best.as_ref().is_some_and(|told| told.line.confidence >= CERTAIN);
        if self.reads >= READ_MOST || certain {
            return Ok(());
        }
        let place = line.outline.bounds();
        let Some(roi) = place.padded(4.0).to_px(frame.size()) else { return Ok(()) };
        let picture = frame.sample(roi, Size::new(roi.width(), roi.height()))?;
        let clearness = detail(&picture) * short_side(&line.outline).min(HEIGHT_ENOUGH_PX);
        let best = self.look.as_ref().map_or(CLEARER * self.clearness, |look| look.clearness);
        if clearness > best {
            if self.look.is_none() {
                self.since_us = at_us;
            }
            let outline = line.outline.mapped((1.0, 1.0), (-(roi.x0 as f32), -(roi.y0 as f32)));
            self.look = Some(Look { picture, outline, clearness, place, places: Arc::clone(places) });
        }
        Ok(())
    }

    /// Reads the clearest look that was not read, if there is one.
    fn read(&mut self, reader: &Reader) -> Result<(), DetectError> {
        let Some(Look { picture, outline, clearness, place, places }) = self.look.take() else { return Ok(()) };
        self.reads += 1;
        self.clearness = self.clearness.max(clearness);
        for line in reader.read(&picture, &[outline])? {
            if self.best.as_ref().is_none_or(|best| line.confidence > best.line.confidence) {
                self.best = Some(Told { line, place, places: Arc::clone(&places) });
            }
        }
        Ok(())
    }
}

/// Mean difference of neighbouring pixels, in grey levels: less where a picture is blurred.
fn detail(picture: &RgbImage) -> f32 {
    let green = |x: u32, y: u32| i32::from(picture.get_pixel(x, y).0[1]);
    let (w, h) = picture.dimensions();
    let steps = (1..h).flat_map(|y| (1..w).map(move |x| (x, y)));
    let sum: i32 = steps
        .map(|(x, y)| {
            let here = green(x, y);
            ((here - green(x - 1, y)).abs() + (here - green(x, y - 1)).abs()).min(255)
        })
        .sum();
    sum as f32 / (w * h).max(1) as f32
}

fn short_side(outline: &Shape) -> f32 {
    match outline {
        Shape::Rect(r) | Shape::Ellipse(r) => r.width().min(r.height()),
        Shape::Quad(p) => {
            let side = |i: usize| (p[i].x - p[i + 1].x).hypot(p[i].y - p[i + 1].y);
            side(0).min(side(1))
        }
    }
}

#[cfg(test)]
mod tests;
