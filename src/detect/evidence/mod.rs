//! What findings tell of beyond themselves: many lines of text are a sheet or a screen, and all of it goes; writing beside
//! a wrist is a band. Needs no training, and sees charts, boards and forms that a trained detector has never met.
//!
//! Lines are put together to blocks (`block`), and a block that is deep enough is snapped to the sheet around it (`patch`,
//! `side`, `sheet`). What stands on no sheet and lies on an arm tells of a band (`band`, `skin`). Nothing is ever taken
//! away: every answer is to be added to the findings that it was weighed from.

mod band;
mod block;
mod line;
mod patch;
mod sheet;
mod side;
mod skin;

use super::{Picture, palm::Palm, plane};
use crate::{
    area::Shape,
    error::DetectError,
    finding::{Class, Finding},
    geom::{Point, PxRect, Rect, Size},
};
use block::{Block, blocks};
use line::Line;
use sheet::Sheet;

/// The source named in the findings of sheets of which no side was seen as an edge.
const TEXT_BLOCK: &str = "text-block";

/// The source named in the findings of sheets with at least one such side.
const SHEET_EDGES: &str = "sheet-edges";

/// A block with this many lines above one another is a sheet, whatever its sides look like.
const DEPTH_SURE: usize = 6;

/// A block with this many is one when enough of its sides are straight edges.
const DEPTH_MIN: usize = 4;

/// How many straight edges that is.
const EDGES_MIN: usize = 3;

/// A block without them is a sheet when at least this share of it lies under lines. Pages have .33 to .7, crowds
/// and sponsors' walls .36 and .47, banners up to .98.
const FILL_MIN: f32 = 0.5;

/// Lines lower than this many pixels cannot be read, and are mostly not text.
const LINE_PX_MIN: f32 = 5.0;

/// No more blocks of one picture than this are looked at, the largest first: a wall of papers.
const BLOCKS_MAX: usize = 24;

/// Palms are looked for near at most this many marks, the largest first.
const PLACES_MAX: usize = 6;

/// Sides of the squares in which a palm is looked for, in longer sides of the mark: writing on a band is about half a
/// palm long, and a palm is seen when it is a tenth to a half of the square.
const PLACE_SIDES: [f32; 2] = [6.0, 14.0];

/// Sheets, screens and bands that `findings` tell of in `picture`, to be added to them. `palms` are those of
/// [`Palms::find`](super::palm::Palms::find), best called with [`places`].
///
/// # Errors
/// When the picture cannot be sampled.
pub fn weigh(picture: &dyn Picture, findings: &[Finding], palms: &[Palm]) -> Result<Vec<Finding>, DetectError> {
    let mut found = sheets(picture, findings)?;
    let all: Vec<&Finding> = findings.iter().chain(&found).collect();
    let marks = marks(&all);
    let codes: Vec<Line> = lines(&all, Class::Code).into_iter().filter(|c| !on_sheet(c, &all)).collect();
    let mut bands = band::beside_hands(&marks, palms);
    bands.extend(band::on_skin(picture, &codes)?);
    found.extend(bands);
    Ok(found)
}

/// Only the sheets and screens: what can be weighed without palms. Cheap enough for a glance at a frame: without a dense
/// block of text no pixel is looked at.
///
/// # Errors
/// When the picture cannot be sampled.
pub fn sheets(picture: &dyn Picture, findings: &[Finding]) -> Result<Vec<Finding>, DetectError> {
    let all: Vec<&Finding> = findings.iter().collect();
    let lines = lines(&all, Class::Text);
    let mut known: Vec<Shape> = all.iter().filter(|f| is_sheet(f.class)).map(|f| f.shape).collect();
    let mut found = Vec::new();
    let deep = |block: &Block| block.depth >= DEPTH_MIN && block.line_height >= LINE_PX_MIN;
    for block in blocks(&lines).into_iter().filter(deep).take(BLOCKS_MAX) {
        if known.iter().any(|shape| block.quad(0.0).iter().all(|corner| shape_holds(shape, *corner))) {
            continue;
        }
        let sheet = sheet::snapped(picture, &lines, &block)?;
        if is_enough(&block, &sheet) {
            let shape = Shape::Quad(sheet.quad);
            known.push(shape);
            let source = if sheet.edges > 0 { SHEET_EDGES } else { TEXT_BLOCK };
            // Not a probability: more edges are better evidence, nothing more.
            let score = 0.5 + 0.1 * sheet.edges as f32;
            found.push(Finding { class: sheet.class, shape, score, source: source.to_owned() });
        }
    }
    Ok(found)
}

/// Where palms are worth looking for: squares about writing and codes that stand on no sheet, small and large. Without
/// any there is nothing that a palm could tell, and none need be looked for.
pub fn places(size: Size, findings: &[Finding]) -> Vec<PxRect> {
    let all: Vec<&Finding> = findings.iter().collect();
    let mut marks = marks(&all);
    marks.sort_by(|a, b| b.half_length.total_cmp(&a.half_length));
    let mut places: Vec<PxRect> = Vec::new();
    for mark in marks.iter().take(PLACES_MAX) {
        for sides in PLACE_SIDES {
            let side = sides * 2.0 * mark.half_length;
            let square = Rect::from_center(mark.frame.origin, side, side);
            let seen = places.iter().any(|p| square.iou(&p.rect()) > 0.6);
            places.extend(square.to_px(size).filter(|_| !seen));
        }
    }
    places
}

fn is_enough(block: &Block, sheet: &Sheet) -> bool {
    sheet.edges >= EDGES_MIN || (block.depth >= DEPTH_SURE && block.fill >= FILL_MIN)
}

fn is_sheet(class: Class) -> bool {
    matches!(class, Class::Document | Class::Screen | Class::Badge)
}

fn lines(findings: &[&Finding], class: Class) -> Vec<Line> {
    findings.iter().filter(|f| f.class == class).filter_map(|f| Line::of(&f.shape)).collect()
}

/// Writing and codes that stand on no sheet.
fn marks(findings: &[&Finding]) -> Vec<Line> {
    let mut marks = lines(findings, Class::Text);
    marks.extend(lines(findings, Class::Code));
    marks.retain(|mark| !on_sheet(mark, findings));
    marks
}

fn on_sheet(mark: &Line, findings: &[&Finding]) -> bool {
    findings.iter().any(|f| is_sheet(f.class) && shape_holds(&f.shape, mark.frame.origin))
}

fn shape_holds(shape: &Shape, p: Point) -> bool {
    match shape {
        Shape::Rect(r) | Shape::Ellipse(r) => (r.x0..=r.x1).contains(&p.x) && (r.y0..=r.y1).contains(&p.y),
        Shape::Quad(quad) => plane::holds(quad, p),
    }
}

#[cfg(test)]
mod tests;
