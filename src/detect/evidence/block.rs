//! Lines of text that belong together. Separate because it is geometry alone: no pixels, so it is tested with boxes.

use super::line::Line;
use crate::{
    detect::plane::Frame,
    geom::{Point, Rect},
};

/// Two lines of one block have no more than this between them above one another, in heights of the lower one. Findings
/// are grown to about one and a half times their letters, so this is a blank line and a half of a form.
const GAP_ACROSS: f32 = 1.6;

/// And no more than this beside one another: the gap between the columns of a table.
const GAP_ALONG: f32 = 3.0;

/// Heights within one block differ at most by this factor; a heading and a footnote have lines in between.
const HEIGHT_RATIO: f32 = 2.2;

/// Directions differ at most by this angle (its cosine): 15 degrees, for sheets in perspective and by hand.
const SAME_DIRECTION: f32 = 0.966;

/// Only what is at least this many times as long as high, and runs along the block, adds to its depth: what is taken for
/// text in leaves, fur and blinds comes in heaps of specks at all angles.
const LINE_LIKE: f32 = 2.0;

/// Where the depth of a block is counted: at this many places along its lines; its fill, in the square of it.
const PLACES: usize = 24;

/// Lines that belong together, in a frame along them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Which lines.
    pub lines: Vec<usize>,
    /// A frame whose `u` runs along the lines.
    pub frame: Frame,
    /// The box around the cores of the lines, in that frame.
    pub rect: Rect,
    /// The middle height of the lines, in pixels.
    pub line_height: f32,
    /// How many lines lie above one another where most do. Words beside one another, and one line seen by several
    /// looks, count once.
    pub depth: usize,
    /// The share of the box that lies under lines.
    pub fill: f32,
}

/// Puts lines together that are near, alike in height, and alike in direction; the largest block first. Every line is
/// in one block.
///
/// Lines are swept from the top down, and only those whose upright boxes touch are compared: some thousand lines of a
/// page take about a millisecond, and as many heaped in one place less than a tenth of a second.
pub(super) fn blocks(lines: &[Line]) -> Vec<Block> {
    let mut order: Vec<(usize, Rect)> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| (i, line.bounds().padded(line.height() * GAP_ALONG.max(GAP_ACROSS))))
        .collect();
    order.sort_by(|a, b| a.1.y0.total_cmp(&b.1.y0));
    let mut groups = Groups((0..lines.len()).collect());
    let mut open: Vec<(usize, Rect)> = Vec::new();
    for (i, bounds) in order {
        open.retain(|(_, other)| other.y1 >= bounds.y0);
        for (other, _) in open.iter().filter(|(_, other)| other.x0 <= bounds.x1 && bounds.x0 <= other.x1) {
            let (a, b) = (groups.root(i), groups.root(*other));
            if a != b && belong_together(&lines[i], &lines[*other]) {
                groups.0[a] = b;
            }
        }
        open.push((i, bounds));
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); lines.len()];
    for i in 0..lines.len() {
        members[groups.root(i)].push(i);
    }
    let mut blocks: Vec<Block> =
        members.into_iter().filter(|m| !m.is_empty()).filter_map(|m| Block::of(m, lines)).collect();
    blocks.sort_by(|a, b| b.rect.area().total_cmp(&a.rect.area()));
    blocks
}

/// Union-find over lines: each points towards the one that stands for its group.
struct Groups(Vec<usize>);

impl Groups {
    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }
}

fn belong_together(a: &Line, b: &Line) -> bool {
    let (low, high) = (a.height().min(b.height()), a.height().max(b.height()));
    if high > low * HEIGHT_RATIO {
        return false;
    }
    let cosine = (a.frame.along.x * b.frame.along.x + a.frame.along.y * b.frame.along.y).abs();
    if a.tells_direction() && b.tells_direction() && cosine < SAME_DIRECTION {
        return false;
    }
    let (longer, other) = if a.half_length >= b.half_length { (a, b) } else { (b, a) };
    let rect = other.within(&longer.frame);
    let gap = |lo: f32, hi: f32, half: f32| (lo - half).max(-half - hi).max(0.0);
    gap(rect.x0, rect.x1, longer.half_length) <= GAP_ALONG * low
        && gap(rect.y0, rect.y1, longer.half_height) <= GAP_ACROSS * low
}

impl Block {
    fn of(members: Vec<usize>, lines: &[Line]) -> Option<Self> {
        let of = |i: &usize| &lines[*i];
        let frame = Frame { origin: of(members.first()?).frame.origin, along: direction(members.iter().map(of))? };
        let corners: Vec<Point> = members.iter().flat_map(|i| of(i).core()).map(|p| frame.local(p)).collect();
        let rect = Rect::around(&corners);
        let mut heights: Vec<f32> = members.iter().map(|i| of(i).height()).collect();
        heights.sort_by(f32::total_cmp);
        let line_height = heights[heights.len() / 2];
        if !rect.is_valid() {
            return None;
        }
        let along = |line: &&Line| {
            let (a, b) = (line.frame.along, frame.along);
            line.half_length >= LINE_LIKE * line.half_height && (a.x * b.x + a.y * b.y).abs() >= SAME_DIRECTION
        };
        let boxes = members.iter().map(of).filter(along);
        let boxes: Vec<Rect> = boxes.map(|line| Rect::around(&line.core().map(|p| frame.local(p)))).collect();
        let depth = depth(boxes, rect, line_height);
        let fill = fill(members.iter().map(|i| of(i).within(&frame)), &rect);
        Some(Self { lines: members, frame, rect, line_height, depth, fill })
    }

    /// The block's box with every side moved outward by `pad_px`, in the picture.
    pub fn quad(&self, pad_px: f32) -> [Point; 4] {
        self.frame.quad(self.rect.padded(pad_px))
    }
}

/// The common direction: the mean of the doubled angles, weighed by length, because a line read from either end is the
/// same line. Words too short to tell count only when there is nothing else.
fn direction<'a>(lines: impl Iterator<Item = &'a Line> + Clone) -> Option<Point> {
    let sum = |telling: bool| {
        lines.clone().filter(|l| !telling || l.tells_direction()).fold((0.0, 0.0), |(c, s), line| {
            let Point { x, y } = line.frame.along;
            (c + line.half_length * (x * x - y * y), s + line.half_length * 2.0 * x * y)
        })
    };
    let (c, s) = Some(sum(true)).filter(|(c, s)| c.hypot(*s) > 0.0).unwrap_or_else(|| sum(false));
    let angle = s.atan2(c) / 2.0;
    angle.is_finite().then(|| Point::new(angle.cos(), angle.sin()))
}

fn depth(mut boxes: Vec<Rect>, rect: Rect, line_height: f32) -> usize {
    boxes.sort_by(|a, b| a.center().y.total_cmp(&b.center().y));
    let mut deepest = 0;
    for place in 0..PLACES {
        let u = rect.x0 + rect.width() * (place as f32 + 0.5) / PLACES as f32;
        let (mut count, mut last) = (0, f32::NEG_INFINITY);
        for row in boxes.iter().filter(|b| (b.x0..=b.x1).contains(&u)).map(|b| b.center().y) {
            // Half a height apart is the same line seen twice.
            if row - last > 0.5 * line_height {
                (count, last) = (count + 1, row);
            }
        }
        deepest = deepest.max(count);
    }
    deepest
}

fn fill(boxes: impl Iterator<Item = Rect>, rect: &Rect) -> f32 {
    let mut under = [[false; PLACES]; PLACES];
    let cells = |lo: f32, hi: f32, from: f32, length: f32| {
        let cell = |at: f32| ((at - from) / length * PLACES as f32).round().clamp(0.0, PLACES as f32) as usize;
        cell(lo)..cell(hi)
    };
    for b in boxes {
        for row in &mut under[cells(b.y0, b.y1, rect.y0, rect.height())] {
            row[cells(b.x0, b.x1, rect.x0, rect.width())].fill(true);
        }
    }
    under.iter().flatten().filter(|u| **u).count() as f32 / (PLACES * PLACES) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::line::tests::level, *};
    use crate::area::Shape;

    fn page(x: f32, y: f32, rows: usize) -> Vec<Line> {
        (0..rows).map(|row| level(x, y + 20.0 * row as f32, 200.0, 12.0)).collect()
    }

    #[test]
    fn the_lines_of_a_page_are_one_block_as_deep_as_it_has_lines() {
        let blocks = blocks(&page(300.0, 50.0, 9));
        assert_eq!(blocks.len(), 1);
        assert_eq!((blocks[0].depth, blocks[0].lines.len()), (9, 9));
    }

    #[test]
    fn words_side_by_side_and_lines_seen_twice_add_no_depth() {
        let mut lines: Vec<Line> = (0..12).map(|i| level(50.0 + 60.0 * i as f32, 80.0, 50.0, 12.0)).collect();
        lines.extend(lines.clone().iter().map(|l| level(l.frame.origin.x + 1.0, 82.0, 52.0, 14.0)));
        let blocks = blocks(&lines);
        assert_eq!((blocks.len(), blocks[0].depth), (1, 1));
    }

    #[test]
    fn two_pages_side_by_side_are_two_blocks() {
        let lines: Vec<Line> = page(150.0, 50.0, 8).into_iter().chain(page(450.0, 50.0, 8)).collect();
        assert_eq!(blocks(&lines).len(), 2);
    }

    #[test]
    fn a_headline_in_letters_three_times_as_high_is_no_line_of_the_page() {
        let mut lines = page(300.0, 100.0, 6);
        lines.push(level(300.0, 60.0, 300.0, 40.0));
        assert_eq!(blocks(&lines).len(), 2);
    }

    #[test]
    fn a_turned_page_is_a_block_along_its_lines() {
        let frame = Frame { origin: Point::new(300.0, 300.0), along: Point::new(0.8, 0.6) };
        let line = |row: usize| {
            let rect = Rect::from_center(Point::new(0.0, 20.0 * row as f32), 200.0, 12.0);
            Line::of(&Shape::Quad(frame.quad(rect))).unwrap()
        };
        let blocks = blocks(&(0..7).map(line).collect::<Vec<_>>());
        assert_eq!((blocks.len(), blocks[0].depth), (1, 7));
        let along = blocks[0].frame.along;
        assert!((along.x * 0.8 + along.y * 0.6).abs() > 0.999);
        assert!((blocks[0].rect.height() - (6.0 * 20.0 + 6.0)).abs() < 2.0, "{:?}", blocks[0].rect);
    }

    #[test]
    fn two_thousand_lines_in_one_heap_take_no_noticeable_time() {
        let at = |i: usize| (i as f32 * 37.7 % 900.0, i as f32 * 91.3 % 700.0);
        let heights = [3.0, 9.0, 27.0, 81.0];
        let lines: Vec<Line> =
            (0..2000).map(|i| level(at(i).0, at(i).1, 120.0 + (i % 7) as f32, heights[i % 4])).collect();
        let begun = std::time::Instant::now();
        let blocks = blocks(&lines);
        assert!(begun.elapsed().as_secs_f32() < 2.0, "{:?}", begun.elapsed());
        assert_eq!(blocks.iter().map(|b| b.lines.len()).sum::<usize>(), 2000);
    }

    proptest! {
        #[test]
        fn every_line_is_in_exactly_one_block_and_inside_its_box(
            at in prop::collection::vec((0f32..2000.0, 0f32..1500.0, 2f32..300.0, 2f32..60.0, 0f32..3.2), 1..60),
        ) {
            let lines: Vec<Line> = at
                .into_iter()
                .map(|(x, y, w, h, turn)| {
                    let frame = Frame { origin: Point::new(x, y), along: Point::new(turn.cos(), turn.sin()) };
                    Line::of(&Shape::Quad(frame.quad(Rect::new(-w, -h, w, h)))).unwrap()
                })
                .collect();
            let blocks = blocks(&lines);
            let mut seen: Vec<usize> = blocks.iter().flat_map(|b| b.lines.clone()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lines.len()).collect::<Vec<_>>());
            for block in &blocks {
                prop_assert!(block.depth <= block.lines.len());
                for &i in &block.lines {
                    let at = block.frame.local(lines[i].frame.origin);
                    let r = block.rect.padded(0.1);
                    prop_assert!((r.x0..=r.x1).contains(&at.x) && (r.y0..=r.y1).contains(&at.y));
                }
            }
        }
    }
}
