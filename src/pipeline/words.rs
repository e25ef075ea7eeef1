//! What becomes of lines of text that were found in a picture: read where the policy asks for it, counted by kind, and, where
//! it allows, left visible. Separate because reading is rare and what may stay is decided here alone.

mod film;

pub(super) use film::{Followed, Lines};

use image::RgbImage;

use super::{
    Cleaner,
    report::{Reading, Visible},
};
use crate::{
    area::Shape,
    detect::read::Line,
    error::CleanError,
    finding::{Class, Finding},
    phi::{self, harmless, label},
    policy::{Policy, TextScope},
};

/// The least confidence of a line that may stay. Of words cut out of photos and receipts as they were labelled, 95 % of those
/// read with more than this were right to the letter, and a word that is read wrongly is hardly read as a harmless one.
const SPARE_CONFIDENCE: f32 = 0.95;

/// The least confidence at which what was read is counted.
const COUNT_CONFIDENCE: f32 = 0.5;

/// A line that stays is at most this many times as long as high for each of its letters, and for one more: a longer outline
/// holds more than what was read.
const LETTER_LENGTH: f32 = 0.9;

/// Two outlines of which one lies in the other by more than this share are one line, and counted once.
const SAME_LINE: f32 = 0.6;

/// Whether `policy` asks for text to be read.
pub(super) fn wanted(policy: &Policy) -> bool {
    policy.redact.contains(&Class::Text) && (policy.identifiers || policy.text == TextScope::Phi)
}

impl Cleaner {
    /// Reads the lines among `findings`, moves those that may stay to `visible`, and says what the lines hold.
    pub(super) fn words(
        &self,
        picture: &RgbImage,
        findings: &mut Vec<Finding>,
        visible: &mut Visible,
    ) -> Result<Option<Reading>, CleanError> {
        let Some(reader) = self.reader.as_ref().filter(|_| wanted(&self.policy)) else { return Ok(None) };
        let outlines: Vec<Shape> = findings.iter().filter(|f| f.class == Class::Text).map(|f| f.shape).collect();
        let read = reader.read(picture, &outlines)?;
        if self.policy.text == TextScope::Phi {
            let mut stays = staying(&outlines, &read, &self.policy.spare_text).into_iter();
            let spared = findings.extract_if(.., |f| f.class == Class::Text && stays.next().unwrap_or(false));
            visible.places.extend(spared);
            let places: Vec<_> =
                visible.places.iter().filter(|f| f.class == Class::Text).map(|f| f.shape).collect();
            visible.spared = once(&places, 0..places.len()).len();
        }
        Ok(self.policy.identifiers.then(|| counted(&outlines, &read)))
    }
}

fn told(outline: &Shape, line: &Line) -> phi::Line {
    phi::Line { text: line.text.clone(), place: outline.bounds() }
}

fn counted(outlines: &[Shape], read: &[Line]) -> Reading {
    let mut order: Vec<usize> = (0..read.len()).filter(|at| read[*at].confidence >= COUNT_CONFIDENCE).collect();
    order.sort_by(|a, b| read[*b].confidence.total_cmp(&read[*a].confidence));
    let lines: Vec<_> = once(outlines, order).iter().map(|at| told(&outlines[*at], &read[*at])).collect();
    Reading { lines: outlines.len(), legible: lines.len(), identifiers: label(&lines).counts }
}

/// Those of `order`, as indices into `outlines`, that are not the same line as one before them.
fn once(outlines: &[Shape], order: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        let place = outlines[at].bounds();
        let same = |other: &usize| {
            let other = outlines[*other].bounds();
            place.share_inside(&other) > SAME_LINE || other.share_inside(&place) > SAME_LINE
        };
        if !kept.iter().any(same) {
            kept.push(at);
        }
    }
    kept
}

/// For every line whether it may stay. Every line was tried with its neighbours, also those that could hardly be read.
fn staying(outlines: &[Shape], read: &[Line], own: &[String]) -> Vec<bool> {
    let lines: Vec<_> = outlines.iter().zip(read).map(|(outline, line)| told(outline, line)).collect();
    let fired = label(&lines).fired;
    let stays = |(at, line): (usize, &Line)| {
        line.confidence >= SPARE_CONFIDENCE
            && !fired[at]
            && harmless(line.text.expose(), own)
            && fills(&outlines[at], line.text.expose())
    };
    read.iter().enumerate().map(stays).collect()
}

/// Whether `text` is long enough for its outline.
fn fills(outline: &Shape, text: &str) -> bool {
    let (long, high) = match outline {
        Shape::Rect(r) | Shape::Ellipse(r) => (r.width().max(r.height()), r.width().min(r.height())),
        Shape::Quad(p) => {
            let side = |i: usize| (p[i].x - p[(i + 1) % 4].x).hypot(p[i].y - p[(i + 1) % 4].y);
            (side(0).max(side(1)), side(0).min(side(1)))
        }
    };
    long <= LETTER_LENGTH * high * (text.chars().count() + 1) as f32
}

#[cfg(test)]
mod tests;
