//! Wristbands: writing or a code on an arm. Separate because it reasons about hands and skin, not about sheets.

use super::{line::Line, skin};
use crate::{
    area::Shape,
    detect::{
        Picture,
        palm::{BREADTH, MARGIN, Palm},
        plane::{Frame, direction},
    },
    error::DetectError,
    finding::{Class, Finding},
    geom::{Point, Rect},
};

/// The source named in findings that a palm tells of.
const BESIDE_HAND: &str = "wrist-text";

/// The source named in findings that a code between two pieces of skin tells of.
const ON_SKIN: &str = "skin-code";

/// What is higher than this many palm lengths is no writing on a band: bands are 2.5 to 3 cm wide, a palm is 9 cm long.
const HEIGHT_MAX: f32 = 0.6;

/// What is longer than this many palm lengths is a sheet that the hand holds: a band's face around half a wrist is 10 cm.
const LENGTH_MAX: f32 = 1.6;

/// How far a band goes on beyond its writing, along the arm, in palm lengths: half a band's width.
const BEYOND: f32 = 0.2;

/// Writing and codes nearer to one another along the arm than this, in palm lengths, are on one band.
const SAME_BAND: f32 = 0.5;

/// The bands that `marks` (lines of text and codes that stand on no sheet) tell of, beside `palms`.
pub(super) fn beside_hands(marks: &[Line], palms: &[Palm]) -> Vec<Finding> {
    let mut found = Vec::new();
    for palm in palms {
        let (Some(arm), length) = (palm.arm(), palm.length()) else { continue };
        let worn = |mark: &Line| {
            let rect = mark.within(&arm);
            let small = mark.height() <= HEIGHT_MAX * length && 2.0 * mark.half_length <= LENGTH_MAX * length;
            (small && palm.reaches(&rect)).then_some(rect)
        };
        let mut worn: Vec<Rect> = marks.iter().filter_map(worn).collect();
        worn.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        let mut bands: Vec<Rect> = Vec::new();
        for rect in worn {
            match bands.last_mut() {
                Some(band) if rect.x0 - band.x1 <= SAME_BAND * length => *band = band.union(&rect),
                _ => bands.push(rect),
            }
        }
        for writing in bands {
            // A wrist may be bent, so the arm's middle is drawn to what it wears.
            let middle = writing.center().y / 2.0;
            let half = (BREADTH / 2.0 + MARGIN) * length;
            let rect = Rect::new(
                writing.x0 - BEYOND * length,
                (middle - half).min(writing.y0 - MARGIN * length),
                writing.x1 + BEYOND * length,
                (middle + half).max(writing.y1 + MARGIN * length),
            );
            let shape = Shape::Quad(arm.quad(rect));
            found.push(Finding {
                class: Class::Wristband,
                shape,
                score: palm.score,
                source: BESIDE_HAND.to_owned(),
            });
        }
    }
    found
}

/// The bands that `codes` tell of which have skin on two opposite sides, whether a palm is seen or not.
///
/// # Errors
/// When the picture cannot be sampled.
pub(super) fn on_skin(picture: &dyn Picture, codes: &[Line]) -> Result<Vec<Finding>, DetectError> {
    let mut found = Vec::new();
    for code in codes {
        if let Some((quad, score)) = skin::band(picture, code)? {
            let shape = Shape::Quad(quad);
            found.push(Finding { class: Class::Wristband, shape, score, source: ON_SKIN.to_owned() });
        }
    }
    Ok(found)
}

/// The line `mark` with its two sides exchanged: `u` runs across it.
pub(super) fn turned(mark: &Line) -> Option<Frame> {
    let across = mark.frame.across();
    let o = mark.frame.origin;
    Some(Frame { origin: o, along: direction(o, Point::new(o.x + across.x, o.y + across.y))? })
}
