//! Finding bar codes and matrix codes, also those that no reader can read.
//!
//! A code names a patient as well as a line of text does, and a better camera or a better reader than ours may read what
//! ours does not. So codes are looked for by what they look like: stripes of many widths and two tones, the corner marks
//! of QR codes, patches of small blocks. A reader (`rxing`) is asked only where that leaves a doubt, and once about the
//! whole; what it reads is dropped at once.

mod bars;
mod blocks;
mod cells;
mod dark;
mod finder;
mod plane;
mod read;
mod stripes;
#[cfg(test)]
mod tests;
mod turned;

use crate::{
    error::DetectError,
    finding::{Class, Finding},
    geom::Size,
};

use super::{Detector, Glance, Glimpse, Picture};
use bars::Bars;
use blocks::Patch;
use cells::Cells;
use dark::Dark;
use plane::Plane;
use read::{Kind, read};
use turned::Turned;

/// The most pixels a still is looked at in: larger ones are shrunk, so that brightness alone takes at most 48 MB.
const PIXELS_MAX: u64 = 48_000_000;

/// The long side, in pixels, in which one frame of many is looked at.
const GLANCE_PX: u32 = 1280;

/// The long side up to which the reader is given a whole picture.
const WHOLE_PX: usize = 1600;

/// Halving ends below this short side, in pixels.
const SHORT_MIN: usize = 64;

/// The most halvings.
const LEVELS_MAX: usize = 5;

/// The most doubtful places that the reader is asked about, and the most codes that are read out of one whole.
const DOUBTS_MAX: usize = 24;
const WHOLE_MAX: usize = 12;

/// Groups of stripes that fill less of their rectangle are not read: a bar code is a rectangle itself.
const FILL_MIN: f32 = 0.38;

/// What differs more from one stripe to the next is no print: of the printed codes looked at, 98 % stay below 0.62.
const IRREGULAR_MAX: f32 = 0.68;

/// Stripes with less than this have a period, and a reader reads codes without check digits out of curtains.
const DOUBT_IRREGULAR_MIN: f32 = 0.2;

/// What is shorter, for its height, is a curtain and no bar code.
const LONG_MIN: f32 = 0.7;

/// The largest share of the picture that a patch may take that is not read.
const PATCH_SHARE_MAX: f32 = 0.2;

/// Finds bar codes and matrix codes. Holds nothing, so it may be shared between threads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Codes;

/// One code, in pixels of the finest plane.
#[derive(Clone, Copy, Debug)]
struct Code {
    whole: Turned,
    score: f32,
    source: &'static str,
}

/// A place that looks a little like a code, in pixels of plane `level`.
struct Doubt {
    level: usize,
    whole: Turned,
    kind: Kind,
    /// The finest detail in pixels.
    detail_px: f32,
    worth: f32,
}

/// How much a look may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Still,
    Glance,
}

impl Look {
    /// The most groups of cells that are looked at more closely in one plane, the largest first.
    fn groups_max(self) -> usize {
        match self {
            Look::Still => 48,
            Look::Glance => 8,
        }
    }
}

impl Codes {
    fn planes(picture: &dyn Picture, to: Size) -> Result<Vec<Plane>, DetectError> {
        let mut planes = vec![Plane::of(picture, to)?];
        while let Some(last) = planes.last().filter(|p| p.width.min(p.height) >= 2 * SHORT_MIN) {
            if planes.len() == LEVELS_MAX {
                break;
            }
            planes.push(last.halved());
        }
        Ok(planes)
    }

    /// Codes by their looks, and the places that leave a doubt.
    fn seen(planes: &[Plane], look: Look) -> (Vec<Code>, Vec<Doubt>) {
        let (mut codes, mut doubts) = (Vec::new(), Vec::new());
        for (level, plane) in planes.iter().enumerate() {
            let by = (1u32 << level) as f32;
            let cells = Cells::of(plane);
            let around = cells.around();
            for (candidate, fill) in stripes::stripes(&cells, &around, look.groups_max()) {
                if fill < FILL_MIN {
                    continue;
                }
                let Some(bars) = bars::bars(plane, &candidate) else { continue };
                let whole = margined(&bars);
                if let Some(score) = bar_code(&bars, fill) {
                    codes.push(Code { whole: whole.scaled(by), score, source: "stripes" });
                } else if bars.count >= 5
                    && bars.alike >= 0.5
                    && bars.irregular >= DOUBT_IRREGULAR_MIN
                    && length(&bars) >= LONG_MIN
                {
                    let worth = bars.count as f32 * bars.alike;
                    doubts.push(Doubt { level, whole, kind: Kind::Stripes, detail_px: bars.median_px, worth });
                }
            }
            let dark = Dark::of(plane);
            for (whole, module_px) in finder::codes(&finder::marks(plane, &dark)) {
                if let Some(score) = filled(&dark, &whole) {
                    codes.push(Code { whole: whole.scaled(by), score, source: "finder" });
                } else {
                    doubts.push(Doubt { level, whole, kind: Kind::Blocks, detail_px: module_px, worth: 60.0 });
                }
            }
            // In the finest plane of a frame there are too many patches to look at each.
            if look == Look::Glance && level == 0 {
                continue;
            }
            for patch in blocks::patches(plane, &cells, &around, &dark, look.groups_max()) {
                let whole = patch.whole.padded(0.5 * cells::CELL_PX as f32, 0.5 * cells::CELL_PX as f32);
                let share = patch.whole.area() / (plane.width * plane.height) as f32;
                if let Some(score) = matrix_code(&patch).filter(|_| share <= PATCH_SHARE_MAX) {
                    codes.push(Code { whole: whole.scaled(by), score, source: "blocks" });
                } else if patch.fill >= 0.4 && (0.2..=0.85).contains(&patch.ink) && patch.margin >= 0.7 {
                    let worth = 40.0 * patch.margin * patch.fill * patch.two_toned;
                    doubts.push(Doubt { level, whole, kind: Kind::Blocks, detail_px: patch.run_px / 2.0, worth });
                }
            }
        }
        (codes, doubts)
    }

    /// Asks the reader about doubtful places, the likeliest first.
    fn settle(planes: &[Plane], codes: &mut Vec<Code>, mut doubts: Vec<Doubt>) {
        doubts.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        let mut asked = 0;
        for doubt in doubts {
            let whole = doubt.whole.scaled((1u32 << doubt.level) as f32);
            if codes.iter().any(|code| code.whole.contains(whole.center)) {
                continue;
            }
            if asked == DOUBTS_MAX {
                break;
            }
            asked += 1;
            let margin = (8.0 * doubt.detail_px).max(0.1 * doubt.whole.half[0].min(doubt.whole.half[1]));
            let asked_about = doubt.whole.padded(margin, if doubt.kind == Kind::Stripes { 0.0 } else { margin });
            // Readers need two or three pixels a module; three make them sure.
            let by = (3.0 / doubt.detail_px.max(0.5)).clamp(1.0, 4.0);
            let [width, height] = asked_about.half.map(|half| ((2.0 * half * by) as usize).clamp(24, 900));
            let Some(points) = read(&planes[doubt.level].cut(&asked_about, width, height), doubt.kind) else {
                continue;
            };
            let back = |[x, y]: [f32; 2]| {
                let place = |at: f32, length: usize, half: f32| (at / length as f32 * 2.0 - 1.0) * half;
                asked_about.at(place(x, width, asked_about.half[0]), place(y, height, asked_about.half[1]))
            };
            // Two points only say where a line was read.
            let read = if points.len() > 2 { outline(&points).corners().map(back).to_vec() } else { Vec::new() };
            let all = read.into_iter().chain(doubt.whole.corners());
            let whole = Turned::around(all, doubt.whole.axis).scaled((1u32 << doubt.level) as f32);
            codes.push(Code { whole, score: 1.0, source: "rxing" });
        }
    }

    /// Lets the reader look at the whole, as often as it finds another code.
    fn read_whole(planes: &[Plane], codes: &mut Vec<Code>) {
        let fits = |p: &&Plane| p.width.max(p.height) <= WHOLE_PX;
        let Some(level) = planes.iter().position(|p| fits(&p)) else { return };
        let mut plane = planes[level].clone();
        let by = (1u32 << level) as f32;
        for _ in 0..WHOLE_MAX {
            let Some(points) = read(&plane, Kind::Anywhere).filter(|points| points.len() > 1) else { break };
            let whole = outline(&points);
            codes.push(Code { whole: whole.scaled(by), score: 1.0, source: "rxing" });
            paint_over(&mut plane, &whole);
        }
    }

    fn findings(mut codes: Vec<Code>, (sx, sy): (f32, f32)) -> Vec<Finding> {
        // Larger ones first, so that what another covers whole is dropped in one pass.
        codes.sort_by(|a, b| b.whole.area().total_cmp(&a.whole.area()));
        let mut kept: Vec<Code> = Vec::new();
        for code in codes {
            match kept.iter_mut().find(|larger| larger.whole.covers(&code.whole)) {
                Some(larger) => larger.score = larger.score.max(code.score),
                None => kept.push(code),
            }
        }
        let finding = |code: Code| Finding {
            class: Class::Code,
            shape: code.whole.shape(sx, sy),
            score: code.score,
            source: code.source.to_owned(),
        };
        kept.into_iter().map(finding).collect()
    }
}

impl Detector for Codes {
    fn classes(&self) -> &[Class] {
        &[Class::Code]
    }

    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let size = picture.size();
        let to = fitted(size, (PIXELS_MAX as f64 / size.pixels().max(1) as f64).sqrt());
        let planes = Self::planes(picture, to)?;
        let (mut codes, doubts) = Self::seen(&planes, Look::Still);
        Self::settle(&planes, &mut codes, doubts);
        Self::read_whole(&planes, &mut codes);
        Ok(Self::findings(codes, scale(size, to)))
    }

    fn glance(&self, picture: &dyn Picture, glance: Glance) -> Result<Glimpse, DetectError> {
        let size = picture.size();
        let to = fitted(size, f64::from(GLANCE_PX) / f64::from(size.long_side().max(1)));
        let (codes, _) = Self::seen(&Self::planes(picture, to)?, Look::Glance);
        Ok(Glimpse { found: Self::findings(codes, scale(size, to)), up: glance.up })
    }
}

/// `size` times `by`, at most itself and at least a pixel.
fn fitted(size: Size, by: f64) -> Size {
    let side = |px: u32| ((f64::from(px) * by.min(1.0)).round() as u32).max(1);
    Size::new(side(size.width), side(size.height))
}

fn scale(size: Size, looked_at: Size) -> (f32, f32) {
    (size.width as f32 / looked_at.width as f32, size.height as f32 / looked_at.height as f32)
}

/// Whether these stripes are a bar code, read or not: the fewer light margins they have, the more is asked of them.
///
/// Chosen on 519 photos of people, rooms and streets with 4,108 groups of stripes: 18 passed while margins were not
/// asked about (blinds, striped shirts, railings), and one photo has such a finding now.
fn bar_code(bars: &Bars, fill: f32) -> Option<f32> {
    let long = length(bars);
    let asked = |fill_min, long_min, count_min, irregular_min, uneven_max, alike_min| {
        fill >= fill_min
            && long >= long_min
            && bars.count >= count_min
            && (irregular_min..=IRREGULAR_MAX).contains(&bars.irregular)
            && bars.uneven <= uneven_max
            && bars.alike >= alike_min
    };
    let is_code = match bars.margins {
        2 if bars.count < 12 => asked(0.4, LONG_MIN, 9, 0.27, 0.22, 0.75),
        2 => asked(0.4, LONG_MIN, 12, 0.27, 0.34, 0.75),
        1 => asked(0.5, 1.0, 10, 0.36, 0.20, 0.88),
        _ => asked(0.55, 1.2, 14, 0.38, 0.17, 0.92),
    };
    is_code.then(|| (0.4 + 0.1 * f32::from(bars.margins) + 0.012 * bars.count as f32).min(0.99))
}

/// How many times as long as high a bar code is.
fn length(bars: &Bars) -> f32 {
    bars.whole.half[0] / bars.whole.half[1].max(0.1)
}

/// Whether this patch is a matrix code, read or not: compact, half covered with ink of one tone in runs of many
/// lengths, and an even margin all around, which writing and leaves do not have.
fn matrix_code(patch: &Patch) -> Option<f32> {
    let [u, v] = patch.whole.half;
    let (short, long) = (2.0 * u.min(v), u.max(v) / u.min(v));
    (patch.fill >= 0.55
        && (0.46..=0.74).contains(&patch.ink)
        && patch.two_toned >= 0.70
        && (0.45..=0.92).contains(&patch.irregular)
        && patch.contrast >= 50.0
        && patch.margin >= 0.975
        && patch.crossed >= 0.12
        && short >= 30.0
        && short >= 7.0 * patch.run_px
        && (long <= 2.2 || long <= 6.0 && patch.crossed >= 0.35))
        .then_some(patch.two_toned.min(0.99))
}

/// A bar code with its light margins: ten modules at each end (ISO/IEC 15417), and what a slanting line leaves out.
fn margined(bars: &Bars) -> Turned {
    let ends = (7.0 * bars.median_px).min(0.15 * bars.whole.half[0]).max(3.0);
    // Around an arm the stripes fan out, and those at the ends begin beside the others.
    let sides = (2.0 * bars.median_px).max(3.0) + 0.25 * bars.whole.half[1];
    bars.whole.padded(ends, sides)
}

/// Whether what lies between three corner marks is filled with blocks.
fn filled(dark: &Dark, whole: &Turned) -> Option<f32> {
    let (mut count, mut changes) = (0, 0);
    let side = 48;
    for j in 0..side {
        let mut last = None;
        for i in 0..side {
            let place = |i: i32| ((i as f32 + 0.5) / side as f32 * 2.0 - 1.0) * 0.6;
            let [x, y] = whole.at(place(i) * whole.half[0], place(j) * whole.half[1]);
            let is_dark = dark.get(x as isize, y as isize)?;
            count += i32::from(is_dark);
            changes += i32::from(last.is_some_and(|last| last != is_dark));
            last = Some(is_dark);
        }
    }
    let share = count as f32 / (side * side) as f32;
    ((0.3..=0.7).contains(&share) && changes > 5 * side).then_some(0.9)
}

/// Around the places that the reader named. They may be the middles of corner marks, so there is half as much beside
/// them again.
fn outline(points: &[[f32; 2]]) -> Turned {
    let along = [points[1][0] - points[0][0], points[1][1] - points[0][1]];
    let length = along[0].hypot(along[1]);
    let axis = if length > 0.0 { along.map(|v| v / length) } else { [1.0, 0.0] };
    let whole = Turned::around(points.iter().copied(), axis);
    let pad = 0.3 * whole.half[0].max(whole.half[1]) + 2.0;
    whole.padded(pad, pad)
}

/// Makes a place even, so that the reader finds the next.
fn paint_over(plane: &mut Plane, whole: &Turned) {
    let width = plane.width;
    for (i, v) in plane.luma.iter_mut().enumerate() {
        if whole.contains([(i % width) as f32 + 0.5, (i / width) as f32 + 0.5]) {
            *v = 255;
        }
    }
}
