//! From a block of text to the sheet or the screen that it stands on. Separate from `side`, which knows one side at a
//! time: here the four become a quadrilateral that is kept within bounds.

use super::{
    block::Block,
    line::Line,
    patch::{Colour, DARK, Patch, brightness, middle_of},
    side::{End, Side, end},
};
use crate::{
    area::Shape,
    detect::{Picture, plane},
    error::DetectError,
    finding::Class,
    geom::{Point, Rect},
};

/// How far outward a side is looked for, in longer sides of the block: a chart's notes below its curves are a third of it.
const REACH: f32 = 1.2;

/// The long side of the patch in which sides are looked for. An edge is found to half a pixel of it, a 500th of what is
/// looked at.
const PATCH_PX: u32 = 256;

/// A sheet is at most this many times as large as the block of text that told of it, by how many of its sides are straight
/// edges: words all over a wall or a crowd have no edges about them. On 105 photos of crowds and faces, 6 throughout covered
/// 1.22 % of the pixels and these 1.17; the other rules of this folder matter more.
const AREA_MAX: [f32; 5] = [1.8, 2.2, 4.0, 6.0, 6.0];

/// A single edge of less quality than this is shading.
const LONE_QUALITY_MIN: f32 = 0.5;

/// Added all around, in pixels of the patch: an edge is a step a pixel or two wide.
const RIM_PX: f32 = 1.5;

/// A bezel is at least this much darker than what it frames.
const BEZEL_STEP: f32 = 25.0;

/// A bezel is narrower than this, as a share of the longer side of the block; a dark table is not.
const BEZEL_MAX: f32 = 0.15;

/// A sheet or a screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sheet {
    /// Its corners, in order around; may lie outside the picture.
    pub quad: [Point; 4],
    /// How many of its sides are straight edges that were seen.
    pub edges: usize,
    /// [`Class::Document`] or [`Class::Screen`].
    pub class: Class,
}

/// The sheet that `block` stands on, as far as its sides can be seen; where none can, the block's own box, a line larger.
///
/// # Errors
/// When the picture cannot be sampled.
pub(super) fn snapped(picture: &dyn Picture, lines: &[Line], block: &Block) -> Result<Sheet, DetectError> {
    let rect = block.rect;
    let longer = rect.width().max(rect.height());
    let reach = REACH * longer;
    let margin = block.line_height;
    let plain = Sheet { quad: block.quad(margin), edges: 0, class: Class::Document };
    let Some(patch) = Patch::of(picture, &block.frame, rect.padded(reach), PATCH_PX)? else { return Ok(plain) };
    let keep: Vec<Point> =
        block.lines.iter().flat_map(|i| lines[*i].core()).map(|p| block.frame.local(p)).collect();
    let mut ends = Side::ALL.map(|side| end(&patch, &rect, side, reach, &keep));
    let edges = |ends: &[End; 4]| ends.iter().filter(|e| matches!(e, End::Edge { .. })).count();
    // A colour that goes on and on is a wall, and where it happens to end says nothing about a sheet.
    if ends.iter().filter(|e| matches!(e, End::Nowhere)).count() >= 2 {
        forget(&mut ends, |e| matches!(e, End::Colour(_) | End::Picture(_)));
    }
    if edges(&ends) == 1 {
        forget(&mut ends, |e| matches!(e, End::Edge { quality, .. } if *quality < LONE_QUALITY_MIN));
    }
    let text_area = plane::area(&block.quad(margin));
    loop {
        let corners = around(&rect, &ends, margin).map(|q| q.map(|p| block.frame.picture(p.x, p.y)));
        let edges = edges(&ends);
        let fits = |q: &[Point; 4]| plane::is_convex(q) && plane::area(q) <= AREA_MAX[edges] * text_area;
        if let Some(quad) = corners.filter(|q| fits(q)) {
            let Shape::Quad(quad) = Shape::Quad(quad).padded(RIM_PX * patch.scale) else { return Ok(plain) };
            return Ok(Sheet { quad, edges, class: class(&patch, &rect, &ends) });
        }
        // The side that asks for most is believed least.
        let ask = |i: usize| if ends[i] == End::Nowhere { f32::NEG_INFINITY } else { furthest(ends[i], margin) };
        match (0..4).max_by(|&a, &b| ask(a).total_cmp(&ask(b))).filter(|&i| ends[i] != End::Nowhere) {
            Some(i) => ends[i] = End::Nowhere,
            None => return Ok(plain),
        }
    }
}

fn forget(ends: &mut [End; 4], which: impl Fn(&End) -> bool) {
    ends.iter_mut().filter(|e| which(e)).for_each(|e| *e = End::Nowhere);
}

/// How far outward the side is where it is furthest out.
fn furthest(end: End, margin: f32) -> f32 {
    match end {
        End::Edge { from, to, .. } => from.max(to),
        End::Colour(d) | End::Picture(d) => d.max(margin),
        End::Nowhere => margin,
    }
}

/// The quadrilateral between the four ends, in the frame; `None` when neighbouring sides do not meet.
fn around(rect: &Rect, ends: &[End; 4], margin: f32) -> Option<[Point; 4]> {
    let line = |i: usize| {
        let (from, to) = match ends[i] {
            End::Edge { from, to, .. } => (from, to),
            other => (furthest(other, margin), furthest(other, margin)),
        };
        (Side::ALL[i].place(rect, 0.0, from), Side::ALL[i].place(rect, 1.0, to))
    };
    let corner = |i: usize| plane::crossing(line((i + 3) % 4), line(i));
    Some([corner(0)?, corner(1)?, corner(2)?, corner(3)?])
}

/// Whether it is a lit panel: glowing letters on a dark ground, or a dark frame that is narrow on most sides.
fn class(patch: &Patch, rect: &Rect, ends: &[End; 4]) -> Class {
    let inside = patch.ground(*rect).unwrap_or([255.0; 3]);
    if brightness(inside) < DARK {
        return Class::Screen;
    }
    let longer = rect.width().max(rect.height());
    let strip = |side: Side, (from, to): (f32, f32), by: f32| -> Option<Colour> {
        middle_of((0..24).filter_map(|i| {
            let t = (i as f32 + 0.5) / 24.0;
            let p = side.place(rect, t, from + (to - from) * t + by);
            patch.at(p.x, p.y)
        }))
    };
    let framed = |(side, end): (&Side, &End)| {
        let End::Edge { from, to, .. } = *end else { return false };
        let Some(inner) = strip(*side, (from, to), -3.0 * patch.scale) else { return false };
        let Some(bezel) = strip(*side, (from, to), 2.0 * patch.scale) else { return false };
        let dark = brightness(bezel) < DARK && brightness(inner) - brightness(bezel) >= BEZEL_STEP;
        let ends_soon = (1..=12)
            .filter_map(|i| strip(*side, (from, to), BEZEL_MAX * longer * i as f32 / 12.0))
            .any(|beyond| brightness(beyond) - brightness(bezel) >= BEZEL_STEP);
        // Or the edge that was found is the outer one of the frame.
        let framed_within = brightness(inner) < DARK && brightness(inside) - brightness(inner) >= BEZEL_STEP;
        (dark && ends_soon) || framed_within
    };
    if Side::ALL.iter().zip(ends).filter(|pair| framed(*pair)).count() >= 3 {
        Class::Screen
    } else {
        Class::Document
    }
}
