//! One side of a sheet: where, outward from its text, the paper ends. Separate because it is the only judge of edges, and
//! is tested with drawn ones.

use super::patch::{Colour, Patch, apart, middle_of};
use crate::geom::{Point, Rect};

/// An edge is a step between the means of this many pixels of the patch on either side. A ruled line, which is the same on
/// both sides, is none.
const STEP_PX: usize = 3;

/// The least step, of 441: white paper on a white sheet with a shadow's edge between them makes about 25.
const STEP_MIN: f32 = 20.0;

/// A step that needs no further support; white paper on wood makes about 100.
const STEP_FULL: f32 = 80.0;

/// The share of places along a side that must show the step: fingers, clips and mugs hide the rest.
const SUPPORT_MIN: f32 = 0.65;

/// How much a far edge must be better than a near one, over the whole reach: a table's shaded heading lies within the
/// page, the far end of the desk beyond it.
const NEARNESS: f32 = 0.35;

/// Sides run at most this far off the direction of the text, as a slope: 20 degrees of perspective.
const SLOPE_MAX: f32 = 0.36;

/// Sides are judged at this many places at most.
const PLACES: usize = 40;

/// How far into the box around the text a side may cut, as a share of the box: the text of a sheet in perspective leaves
/// corners of its box empty.
const INWARD: f32 = 0.35;

/// Colours this near (of 441) are the same paper under another light, when they are met step by step.
const SAME_PAPER: f32 = 45.0;

/// The share of a row that must be paper for the sheet to go on.
const PAPER_MIN: f32 = 0.6;

/// A side of the box around a text, in the order in which they are walked around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Top,
    Right,
    Bottom,
    Left,
}

impl Side {
    /// All, each ending where the next begins.
    pub const ALL: [Side; 4] = [Side::Top, Side::Right, Side::Bottom, Side::Left];

    /// The point at the share `t` of this side of `rect`, `d` pixels outward.
    pub fn place(self, rect: &Rect, t: f32, d: f32) -> Point {
        match self {
            Side::Top => Point::new(rect.x0 + t * rect.width(), rect.y0 - d),
            Side::Right => Point::new(rect.x1 + d, rect.y0 + t * rect.height()),
            Side::Bottom => Point::new(rect.x1 - t * rect.width(), rect.y1 + d),
            Side::Left => Point::new(rect.x0 - d, rect.y1 - t * rect.height()),
        }
    }

    /// The share along this side of `rect`, and the distance outward, of `p`: the other way round.
    fn share_and_distance(self, rect: &Rect, p: Point) -> (f32, f32) {
        match self {
            Side::Top => ((p.x - rect.x0) / rect.width(), rect.y0 - p.y),
            Side::Right => ((p.y - rect.y0) / rect.height(), p.x - rect.x1),
            Side::Bottom => ((rect.x1 - p.x) / rect.width(), p.y - rect.y1),
            Side::Left => ((rect.y1 - p.y) / rect.height(), rect.x0 - p.x),
        }
    }

    fn length_and_depth(self, rect: &Rect) -> (f32, f32) {
        match self {
            Side::Top | Side::Bottom => (rect.width(), rect.height()),
            Side::Right | Side::Left => (rect.height(), rect.width()),
        }
    }
}

/// What is known about where a sheet ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// At an edge: how far outward at the beginning and at the end of the side, and the step's quality, 0 to 1.
    Edge { from: f32, to: f32, quality: f32 },
    /// Where its colour ends, without a straight edge: how far outward.
    Colour(f32),
    /// Beyond the picture, which ends this far outward.
    Picture(f32),
    /// Nowhere within reach: the same colour goes on.
    Nowhere,
}

/// The colours outward from one side, at several places.
struct Profile {
    /// Place by place, step by step.
    colours: Vec<Vec<Option<Colour>>>,
    /// Where the first step is, in pixels outward (negative: inside).
    first: f32,
    /// Pixels a step.
    scale: f32,
}

/// Where the sheet ends whose text lies in `rect`, looking up to `reach` pixels outward from `side`. No end crosses
/// `keep`, points inside `rect` that belong to the sheet.
pub(super) fn end(patch: &Patch, rect: &Rect, side: Side, reach: f32, keep: &[Point]) -> End {
    let (length, depth) = side.length_and_depth(rect);
    let count = ((length / patch.scale) as usize).clamp(8, PLACES);
    let inward = ((depth * INWARD / patch.scale) as usize + STEP_PX) as f32 * patch.scale;
    let steps = ((inward + reach) / patch.scale) as usize;
    let colour = |place: usize, step: usize| {
        let t = (place as f32 + 0.5) / count as f32;
        let p = side.place(rect, t, (step as f32 + 0.5) * patch.scale - inward);
        patch.at(p.x, p.y)
    };
    let colours = (0..count).map(|place| (0..steps).map(|step| colour(place, step)).collect()).collect();
    let profile = Profile { colours, first: -inward, scale: patch.scale };
    let keep: Vec<(f32, f32)> = keep.iter().map(|p| side.share_and_distance(rect, *p)).collect();
    let Some(paper) = patch.ground(*rect) else { return End::Picture(0.0) };
    profile.edge(length, reach, paper, &outermost(&keep)).unwrap_or_else(|| profile.walk(reach, paper))
}

/// Of `points` (share along the side, distance outward) those that a straight side outside all of them can touch: for each
/// of some intervals along the side the outermost.
fn outermost(points: &[(f32, f32)]) -> Vec<(f32, f32)> {
    let mut best: Vec<Option<(f32, f32)>> = vec![None; 16];
    for &(t, d) in points {
        let slot = &mut best[((t * 16.0) as usize).min(15)];
        // The ends of an interval are touched before its middle, so the point counts for both.
        if slot.is_none_or(|(_, other)| d > other) {
            *slot = Some((t, d));
        }
    }
    best.into_iter().flatten().collect()
}

impl Profile {
    /// The best straight edge, if there is one.
    fn edge(&self, length: f32, reach: f32, paper: Colour, keep: &[(f32, f32)]) -> Option<End> {
        let steps: Vec<Vec<Option<Colour>>> = self.colours.iter().map(|c| differences(c)).collect();
        let count = steps.first()?.len();
        // Step `i` of the differences lies between colours `i + STEP_PX - 1` and `i + STEP_PX`.
        let outward = |step: usize| self.first + (step + STEP_PX) as f32 * self.scale;
        let slope = ((SLOPE_MAX * length / self.scale) as usize).max(1);
        let mut best: Option<(f32, End)> = None;
        for a in 0..count {
            for b in a.saturating_sub(slope)..(a + slope + 1).min(count) {
                let (from, to) = (outward(a), outward(b));
                let kept = |(t, d): &(f32, f32)| from + (to - from) * t + 0.5 * self.scale >= *d;
                let mean = (from + to) / 2.0;
                // Nothing is lost by not judging what cannot win.
                let cost = NEARNESS * mean.max(0.0) / reach.max(1.0);
                if best.as_ref().is_some_and(|(score, _)| 1.0 - cost <= *score) || !keep.iter().all(kept) {
                    continue;
                }
                let quality = judged(&steps, a, b);
                let score = quality - cost;
                let better = quality > 0.0 && best.as_ref().is_none_or(|(other, _)| score > *other);
                if better && self.ends_paper(paper, a + STEP_PX, b + STEP_PX) {
                    best = Some((score, End::Edge { from, to, quality }));
                }
            }
        }
        best.map(|(_, end)| end)
    }

    /// Whether what follows beyond the line from step `a` to step `b` is no paper: beyond a ruled line and beyond a row
    /// of letters it is.
    fn ends_paper(&self, paper: Colour, a: usize, b: usize) -> bool {
        let places = self.colours.len();
        let beyond = |place: usize| {
            let t = (place as f32 + 0.5) / places as f32;
            let at = (a as f32 + (b as f32 - a as f32) * t).round() as usize;
            middle_of(self.colours[place].iter().skip(at + 1).take(2 * STEP_PX).filter_map(|c| *c))
        };
        middle_of((0..places).filter_map(beyond)).is_some_and(|outer| apart(outer, paper) >= STEP_MIN)
    }

    /// How far the colour of the paper goes on.
    fn walk(&self, reach: f32, mut paper: Colour) -> End {
        let start = (-self.first / self.scale) as usize;
        let row = |step: usize| self.colours.iter().filter_map(move |c| c.get(step).copied().flatten());
        let (count, mut last) = (self.colours.first().map_or(0, Vec::len), start);
        let outward = |step: usize| (self.first + (step + 1) as f32 * self.scale).max(0.0);
        // Rules and further text interrupt the paper for a few steps.
        let gap = 4;
        for step in start..count {
            let seen = row(step).count();
            if seen == 0 {
                return End::Picture(outward(step) + self.scale);
            }
            let alike = row(step).filter(|c| apart(*c, paper) < SAME_PAPER).count();
            if alike as f32 >= PAPER_MIN * seen as f32 {
                last = step;
                if let Some(here) = middle_of(row(step).filter(|c| apart(*c, paper) < SAME_PAPER)) {
                    paper = std::array::from_fn(|c| 0.8 * paper[c] + 0.2 * here[c]);
                }
            } else if step > last + gap {
                return End::Colour(outward(last).min(reach));
            }
        }
        End::Nowhere
    }
}

/// The step at every place along one line outward: the mean of what follows less that of what precedes.
fn differences(colours: &[Option<Colour>]) -> Vec<Option<Colour>> {
    let mean = |part: &[Option<Colour>]| {
        part.iter()
            .try_fold([0.0; 3], |sum: Colour, c| c.map(|c| std::array::from_fn(|i| sum[i] + c[i] / STEP_PX as f32)))
    };
    colours
        .windows(2 * STEP_PX)
        .map(|window| {
            let (inner, outer) = (mean(&window[..STEP_PX])?, mean(&window[STEP_PX..])?);
            Some(std::array::from_fn(|i| outer[i] - inner[i]))
        })
        .collect()
}

/// The quality, 0 to 1, of the edge from step `a` at the beginning to step `b` at the end of the side; 0 when it is none:
/// the steps along it must be large, point the same way, and be there in most places.
fn judged(steps: &[Vec<Option<Colour>>], a: usize, b: usize) -> f32 {
    let at = |place: usize| {
        let t = (place as f32 + 0.5) / steps.len() as f32;
        steps[place].get((a as f32 + (b as f32 - a as f32) * t).round() as usize).copied().flatten()
    };
    let (mut sum, mut seen) = ([0.0f32; 3], 0usize);
    for step in (0..steps.len()).filter_map(at) {
        (0..3).for_each(|c| sum[c] += step[c]);
        seen += 1;
    }
    if 2 * seen < steps.len() || seen == 0 {
        return 0.0;
    }
    let mean = sum.map(|s| s / seen as f32);
    let size = apart(mean, [0.0; 3]);
    if size < STEP_MIN {
        return 0.0;
    }
    let along = |step: Colour| (0..3).map(|c| step[c] * mean[c]).sum::<f32>() / size;
    let support = (0..steps.len()).filter_map(at).filter(|s| along(*s) >= 0.5 * size).count() as f32 / seen as f32;
    if support < SUPPORT_MIN { 0.0 } else { (size / STEP_FULL).min(1.0) * support }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::detect::plane::Frame;

    const TEXT: Rect = Rect::new(100.0, 100.0, 200.0, 160.0);

    fn found(picture: &RgbImage, side: Side) -> End {
        let frame = Frame { origin: Point::new(0.0, 0.0), along: Point::new(1.0, 0.0) };
        let patch = Patch::of(picture, &frame, TEXT.padded(90.0), 400).unwrap().unwrap();
        end(&patch, &TEXT, side, 90.0, &TEXT.corners())
    }

    fn drawn(paper: impl Fn(f32, f32) -> bool) -> RgbImage {
        RgbImage::from_fn(320, 260, |x, y| {
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            Rgb(if paper(x, y) { [235, 235, 228] } else { [120, 80, 50] })
        })
    }

    #[test]
    fn a_slanting_edge_is_found_where_it_is() {
        let picture = drawn(|x, y| y > 70.0 + (x - 100.0) * 0.2 && y < 220.0);
        let End::Edge { from, to, quality } = found(&picture, Side::Top) else { panic!("no edge") };
        assert!((from - 30.0).abs() < 2.5 && (to - 10.0).abs() < 2.5 && quality > 0.8, "{from} {to} {quality}");
    }

    #[test]
    fn a_ruled_line_is_no_edge_and_the_paper_goes_on_beyond_it() {
        let mut picture = drawn(|_, y| y > 40.0);
        for x in 0..320 {
            picture.put_pixel(x, 80, Rgb([20; 3]));
        }
        let End::Edge { from, to, .. } = found(&picture, Side::Top) else { panic!("no edge") };
        assert!((from - 60.0).abs() < 2.5 && (to - 60.0).abs() < 2.5, "{from} {to}");
    }

    #[test]
    fn an_edge_that_is_half_hidden_is_still_found_one_that_is_mostly_hidden_is_not() {
        let hidden_to = |limit: f32| {
            let mut picture = drawn(|x, _| x < 240.0);
            for (x, y) in (0..320).flat_map(|x| (0..260).map(move |y| (x, y))) {
                if x > 205 && (y as f32) < limit {
                    picture.put_pixel(x, y, Rgb([180, 140, 120]));
                }
            }
            found(&picture, Side::Right)
        };
        let End::Edge { from, to, .. } = hidden_to(115.0) else { panic!("no edge") };
        assert!((from - 40.0).abs() < 8.0 && (to - 40.0).abs() < 8.0, "{from} {to}");
        if let End::Edge { from, to, .. } = hidden_to(150.0) {
            assert!((from + to) / 2.0 < 30.0, "the edge of what hides it, not the paper's: {from} {to}");
        }
    }

    #[test]
    fn paper_that_the_picture_cuts_ends_with_the_picture() {
        let picture = drawn(|_, _| true);
        let End::Picture(outward) = end_left(&picture) else { panic!("{:?}", end_left(&picture)) };
        assert!((outward - 100.0).abs() < 6.0, "{outward}");
        assert_eq!(found(&picture, Side::Top), End::Nowhere, "90 pixels do not reach the rim");
    }

    fn end_left(picture: &RgbImage) -> End {
        let frame = Frame { origin: Point::new(0.0, 0.0), along: Point::new(1.0, 0.0) };
        let patch = Patch::of(picture, &frame, TEXT.padded(130.0), 400).unwrap().unwrap();
        end(&patch, &TEXT, Side::Left, 130.0, &TEXT.corners())
    }

    #[test]
    fn paper_with_a_torn_edge_ends_where_its_colour_ends() {
        let picture = drawn(|x, y| x < 230.0 + 18.0 * (y * 0.9).sin());
        match found(&picture, Side::Right) {
            End::Colour(outward) | End::Edge { from: outward, .. } => {
                assert!((10.0..55.0).contains(&outward), "{outward}");
            }
            other => panic!("{other:?}"),
        }
    }
}
